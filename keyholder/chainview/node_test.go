// SPDX-License-Identifier: Apache-2.0

package chainview

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/rawdb"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/rlp"
	"github.com/ethereum/go-ethereum/trie"
	"github.com/ethereum/go-ethereum/triedb"

	"github.com/escrin/escrin/keyholder"
)

// node is a JSON-RPC server with a chain of its own, made of go-ethereum's headers and
// tries. It answers as a node does, or as its test has it lie.
type node struct {
	mu        sync.Mutex
	chainID   uint64
	latest    uint64
	finalized uint64
	fork      byte // goes into every block from forkedAt on
	forkedAt  uint64
	time      uint64 // of the newest block; one second per block
	storage   map[common.Address]map[common.Hash]common.Hash
	raw       map[string]string                          // whole body of the reply, by method of its first call
	forge     func(method string, result map[string]any) // changes a result that is an object
	stall     chan struct{}                              // until it is closed, nothing is answered
	stalls    func(calls []call) bool                    // of which questions that is true; nil is all
	asked     map[string]int                             // calls, by method
}

func newNode() *node {
	n := &node{
		chainID: 31337, latest: 100, finalized: 64, time: uint64(time.Now().Unix()), raw: map[string]string{}, asked: map[string]int{},
		storage: map[common.Address]map[common.Hash]common.Hash{},
	}
	for _, c := range []byte{1, 2, 3, 4} {
		n.storage[common.Address{c}] = map[common.Hash]common.Hash{}
	}
	return n
}

// set writes a slot of a contract, in every block.
func (n *node) set(contract [20]byte, slot, value [32]byte) {
	n.change(func() { n.storage[contract][slot] = value })
}

func (n *node) change(do func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	do()
}

func (n *node) count(method string) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.asked[method]
}

// hash is that of a block.
func (n *node) hash(number uint64) [32]byte {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.header(number).Hash()
}

func (n *node) header(number uint64) *types.Header { return n.headers(number)[number] }

// headers are those of all blocks up to one.
func (n *node) headers(last uint64) (all []*types.Header) {
	root := n.accounts(nil).Hash()
	for i := range last + 1 {
		next := &types.Header{
			Root: root, Number: new(big.Int).SetUint64(i), Difficulty: new(big.Int), BaseFee: big.NewInt(7),
			Time: n.time - (n.latest - i), Extra: []byte{0},
		}
		if i >= n.forkedAt {
			next.Extra[0] = n.fork
		}
		if i > 0 {
			next.ParentHash = all[i-1].Hash()
		}
		all = append(all, next)
	}
	return all
}

func emptyTrie() *trie.Trie {
	return trie.NewEmpty(triedb.NewDatabase(rawdb.NewMemoryDatabase(), nil))
}

// accounts is the state trie; slots, if it is not nil, gets the storage tries.
func (n *node) accounts(slots map[common.Address]*trie.Trie) *trie.Trie {
	state := emptyTrie()
	for address, storage := range n.storage {
		in := emptyTrie()
		for key, value := range storage {
			if value != (common.Hash{}) {
				encoded, _ := rlp.EncodeToBytes(common.TrimLeftZeroes(value[:]))
				in.MustUpdate(crypto.Keccak256(key[:]), encoded)
			}
		}
		account := types.StateAccount{Nonce: 1, Balance: common.U2560, Root: in.Hash(), CodeHash: crypto.Keccak256([]byte("code"))}
		encoded, _ := rlp.EncodeToBytes(&account)
		state.MustUpdate(crypto.Keccak256(address[:]), encoded)
		if slots != nil {
			slots[address] = in
		}
	}
	return state
}

type call struct {
	ID     int               `json:"id"`
	Method string            `json:"method"`
	Params []json.RawMessage `json:"params"`
}

func (n *node) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var body json.RawMessage
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	var calls []call
	single := body[0] != '['
	if single {
		calls = make([]call, 1)
		_ = json.Unmarshal(body, &calls[0])
	} else {
		_ = json.Unmarshal(body, &calls)
	}
	n.mu.Lock()
	stall, stalls := n.stall, n.stalls
	n.mu.Unlock()
	if stall != nil && (stalls == nil || stalls(calls)) {
		select {
		case <-stall:
		case <-r.Context().Done():
			return
		}
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	var replies []any
	for _, c := range calls {
		n.asked[c.Method]++
		if raw, ok := n.raw[c.Method]; ok {
			fmt.Fprint(w, raw)
			return
		}
		replies = append(replies, n.reply(c))
	}
	if single {
		_ = json.NewEncoder(w).Encode(replies[0])
	} else {
		_ = json.NewEncoder(w).Encode(replies)
	}
}

func (n *node) reply(c call) any {
	result, err := n.answer(c.Method, c.Params)
	if err != nil {
		return map[string]any{"jsonrpc": "2.0", "id": c.ID, "error": map[string]any{"code": -32000, "message": err.Error()}}
	}
	if object, ok := result.(map[string]any); ok && n.forge != nil {
		n.forge(c.Method, object)
	}
	return map[string]any{"jsonrpc": "2.0", "id": c.ID, "result": result}
}

func (n *node) answer(method string, params []json.RawMessage) (any, error) {
	switch method {
	case "eth_chainId":
		return hexutil.Uint64(n.chainID), nil
	case "eth_getBlockByNumber":
		return n.block(params[0])
	case "eth_getProof":
		return n.proof(params)
	}
	return nil, errors.New("unknown method")
}

func (n *node) block(which json.RawMessage) (any, error) {
	var tag string
	if err := json.Unmarshal(which, &tag); err != nil {
		return nil, err
	}
	number := n.latest
	switch tag {
	case "latest":
	case "finalized":
		number = n.finalized
	default:
		if _, err := fmt.Sscanf(tag, "0x%x", &number); err != nil || number > n.latest {
			return nil, nil
		}
	}
	return object(n.header(number)), nil
}

// object is a value as JSON has it, with something besides that every node adds.
func object(v any) map[string]any {
	text, _ := json.Marshal(v)
	out := map[string]any{}
	_ = json.Unmarshal(text, &out)
	out["transactions"] = []string{}
	return out
}

// proof answers only for a block of this chain, named by its hash.
func (n *node) proof(params []json.RawMessage) (any, error) {
	var address common.Address
	var keys []common.Hash
	var at struct{ BlockHash common.Hash }
	if len(params) != 3 {
		return nil, errors.New("three parameters")
	}
	for i, into := range []any{&address, &keys, &at} {
		if err := json.Unmarshal(params[i], into); err != nil {
			return nil, err
		}
	}
	if !slices.ContainsFunc(n.headers(n.latest), func(h *types.Header) bool { return h.Hash() == at.BlockHash }) {
		return nil, errors.New("header not found")
	}
	slots := map[common.Address]*trie.Trie{}
	state := n.accounts(slots)
	storage := []any{}
	for _, key := range keys {
		proof := list{}
		if in := slots[address]; in != nil && len(n.storage[address]) > 0 {
			if err := in.Prove(crypto.Keccak256(key[:]), &proof); err != nil {
				return nil, err
			}
		}
		storage = append(storage, map[string]any{"key": key, "value": "0x0", "proof": proof})
	}
	account := list{}
	if err := state.Prove(crypto.Keccak256(address[:]), &account); err != nil {
		return nil, err
	}
	return map[string]any{"accountProof": account, "storageProof": storage}, nil
}

// list collects the nodes of a proof.
type list []hexutil.Bytes

func (l *list) Put(_, value []byte) error { *l = append(*l, common.CopyBytes(value)); return nil }
func (l *list) Delete([]byte) error       { return nil }

// copy is a node with the same chain.
func (n *node) copy() *node {
	n.mu.Lock()
	defer n.mu.Unlock()
	c := newNode()
	c.time, c.latest, c.finalized = n.time, n.latest, n.finalized
	for address, storage := range n.storage {
		c.storage[address] = maps.Clone(storage)
	}
	return c
}

func (n *node) serve(t *testing.T) string {
	t.Helper()
	s := httptest.NewServer(n)
	t.Cleanup(s.Close)
	return s.URL
}

// memory is a floor without a disk.
type memory struct {
	number uint64
	hash   [32]byte
}

func (m *memory) Load() (uint64, [32]byte, error) { return m.number, m.hash, nil }

func (m *memory) Raise(number uint64, hash [32]byte) error {
	if number > m.number {
		m.number, m.hash = number, hash
	}
	return nil
}

// testConfig is of a view of nodes.
func testConfig(t *testing.T, f Finality, floor Floor, nodes ...*node) Config {
	t.Helper()
	c := Config{
		ChainID: 31337, Registry: [20]byte{1}, TaskHub: [20]byte{2}, Platforms: [20]byte{4}, Finality: f,
		MaxHeadAge: 10 * time.Minute, Floor: floor, Clock: time.Now,
	}
	for _, n := range nodes {
		c.URLs = append(c.URLs, n.serve(t))
	}
	return c
}

// viewOf is a view that looks for the head each time.
func viewOf(t *testing.T, c Config) *View {
	t.Helper()
	v, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	v.lifetime = 0
	return v
}

func newView(t *testing.T, f Finality, floor Floor, nodes ...*node) *View {
	t.Helper()
	return viewOf(t, testConfig(t, f, floor, nodes...))
}

func settled(t *testing.T, v *View) *State {
	t.Helper()
	s, err := v.Settled(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func wantCode(t *testing.T, err error, want keyholder.Code) {
	t.Helper()
	var e *keyholder.Error
	if !errors.As(err, &e) || e.Code != want {
		t.Fatalf("got %v, want code %s", err, want)
	}
}
