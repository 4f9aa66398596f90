// SPDX-License-Identifier: Apache-2.0

package chainview

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/internal/abi"
	"github.com/escrin/escrin/keyholder/jsonrpc"
	"github.com/escrin/escrin/keyholder/release"
)

// node is a JSON-RPC server that answers as a node does, or lies.
type node struct {
	mu        sync.Mutex
	chainID   uint64
	latest    uint64
	finalized uint64
	fork      byte              // goes into the hash of every block
	time      uint64            // of the newest block; one second per block
	results   map[string]any    // of eth_call, by "address selector"
	raw       map[string]string // whole body of the reply, by method
}

func newNode() *node {
	return &node{chainID: 31337, latest: 100, finalized: 64, time: uint64(time.Now().Unix()), results: map[string]any{}, raw: map[string]string{}}
}

func (n *node) hash(number uint64) [32]byte {
	return abi.Words{}.Uint64(number).Uint64(uint64(n.fork)).Keccak()
}

func (n *node) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n.mu.Lock()
	defer n.mu.Unlock()
	var req struct {
		Method string            `json:"method"`
		Params []json.RawMessage `json:"params"`
	}
	if err := json.NewDecoder(r.Body).Decode(&req); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if raw, ok := n.raw[req.Method]; ok {
		fmt.Fprint(w, raw)
		return
	}
	result, failure := n.answer(req.Method, req.Params)
	reply := map[string]any{"jsonrpc": "2.0", "id": 1}
	if failure != "" {
		reply["error"] = map[string]any{"code": -32000, "message": failure}
	} else {
		reply["result"] = result
	}
	_ = json.NewEncoder(w).Encode(reply)
}

func (n *node) answer(method string, params []json.RawMessage) (result any, failure string) {
	switch method {
	case "eth_chainId":
		return fmt.Sprintf("0x%x", n.chainID), ""
	case "eth_getBlockByNumber":
		return n.block(params[0]), ""
	case "eth_call":
		return n.call(params)
	}
	return nil, "unknown method"
}

func (n *node) block(which json.RawMessage) any {
	var tag string
	if err := json.Unmarshal(which, &tag); err != nil {
		return nil
	}
	number := n.latest
	switch tag {
	case "latest":
	case "finalized":
		number = n.finalized
	default:
		if _, err := fmt.Sscanf(tag, "0x%x", &number); err != nil || number > n.latest {
			return nil
		}
	}
	return map[string]any{
		"number": fmt.Sprintf("0x%x", number), "hash": fmt.Sprintf("0x%x", n.hash(number)),
		"timestamp": fmt.Sprintf("0x%x", n.time-(n.latest-number)), "parentHash": "0x00", "extra": []int{1},
	}
}

// call answers only for a block of this chain, named by hash.
func (n *node) call(params []json.RawMessage) (any, string) {
	var call struct{ To, Data string }
	var at struct {
		BlockHash        string
		RequireCanonical bool
	}
	if len(params) != 2 || json.Unmarshal(params[0], &call) != nil || json.Unmarshal(params[1], &at) != nil || !at.RequireCanonical {
		return nil, "bad parameters"
	}
	for number := range n.latest + 1 {
		if at.BlockHash == fmt.Sprintf("0x%x", n.hash(number)) {
			return n.results[call.To+" "+call.Data[:10]], ""
		}
	}
	return nil, "header not found"
}

// set makes the contract at an address answer a function with words.
func (n *node) set(to [20]byte, signature string, words abi.Words) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.results[fmt.Sprintf("0x%x 0x%x", to, abi.Selector(signature))] = fmt.Sprintf("0x%x", []byte(words))
}

func (n *node) change(do func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	do()
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

func (n *node) serve(t *testing.T) string {
	t.Helper()
	s := httptest.NewServer(n)
	t.Cleanup(s.Close)
	return s.URL
}

func newView(t *testing.T, f Finality, floor Floor, nodes ...*node) *View {
	t.Helper()
	c := Config{
		ChainID: 31337, Registry: [20]byte{1}, TaskHub: [20]byte{2}, Platforms: [20]byte{4}, Finality: f,
		MaxHeadAge: 10 * time.Minute, Floor: floor, Clock: time.Now,
	}
	for _, n := range nodes {
		c.URLs = append(c.URLs, n.serve(t))
	}
	v, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func wantCode(t *testing.T, err error, want keyholder.Code) {
	t.Helper()
	var e *keyholder.Error
	if !errors.As(err, &e) || e.Code != want {
		t.Fatalf("got %v, want code %s", err, want)
	}
}

func TestFinalityChoosesTheHead(t *testing.T) {
	t.Parallel()
	for want, f := range map[uint64]Finality{100: Latest(), 64: Finalized(), 88: Confirmations(12)} {
		n := newNode()
		s, err := newView(t, f, &memory{}, n).At(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if h := s.Head(); h.Number != want || h.Hash != n.hash(want) || h.Time != n.time-(100-want) {
			t.Errorf("head is %+v, want block %d", h, want)
		}
		if hash, err := s.BlockHash(t.Context(), 7); err != nil || hash != n.hash(7) {
			t.Errorf("block 7: %x, %v", hash, err)
		}
	}
}

func TestContractsAreRead(t *testing.T) {
	t.Parallel()
	n := newNode()
	permitter := [20]byte{3}
	n.set([20]byte{1}, "getPermitter(bytes32)", abi.Words{}.Address(permitter))
	n.set([20]byte{1}, "readPermit(address,bytes32)", abi.Words{}.Uint64(77))
	n.set(permitter, "policyOf(bytes32)", abi.Words{}.Uint64(2).Bytes32([32]byte{8}).Uint64(99).Uint64(1).Uint64(2).Uint64(3))
	n.set([20]byte{4}, "allows(bytes32)", abi.Words{}.Uint64(1))
	want := release.Task{State: 2, Attempt: 7, ClaimExpiry: 6, Requester: [20]byte{9}, Digest: [32]byte{5}}
	n.set([20]byte{2}, "recordOf(uint256)", abi.Words{}.
		Uint64(2).Uint64(7).Address([20]byte{1}).Uint64(6).Address(want.Requester).Bytes32(want.Digest))
	s, err := newView(t, Latest(), &memory{}, n).At(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got, err := s.Permitter(t.Context(), [32]byte{}); err != nil || got != permitter {
		t.Errorf("permitter: %x, %v", got, err)
	}
	if got, err := s.PermitExpiry(t.Context(), [20]byte{}, [32]byte{}); err != nil || got != 77 {
		t.Errorf("expiry: %d, %v", got, err)
	}
	if got, err := s.Policy(t.Context(), permitter, [32]byte{}); err != nil || got != (release.Policy{Kind: release.ByAuthor, Subject: [32]byte{8}, MaxDuration: 99}) {
		t.Errorf("policy: %+v, %v", got, err)
	}
	if got, err := s.PlatformAllowed(t.Context(), [32]byte{1}); err != nil || !got {
		t.Errorf("platform: %t, %v", got, err)
	}
	if got, err := s.Task(t.Context(), [32]byte{}); err != nil || got != want {
		t.Errorf("task: %+v, %v", got, err)
	}
}

// KR-17: a node that answers nonsense is not believed.
func TestKR17MalformedReplies(t *testing.T) {
	t.Parallel()
	block := `{"result":{"number":"0x64","hash":"0x%s","timestamp":"%s"}}`
	ok := strings.Repeat("11", 32)
	for name, c := range map[string]struct{ method, raw string }{
		"not JSON":             {"eth_getBlockByNumber", "<html>"},
		"no block":             {"eth_getBlockByNumber", `{"result":null}`},
		"nothing":              {"eth_getBlockByNumber", `{}`},
		"short hash":           {"eth_getBlockByNumber", fmt.Sprintf(block, "11", "0x1")},
		"hash not hexadecimal": {"eth_getBlockByNumber", fmt.Sprintf(block, strings.Repeat("zz", 32), "0x1")},
		"number too large":     {"eth_getBlockByNumber", fmt.Sprintf(block, ok, "0x"+ok)},
		"number without 0x":    {"eth_getBlockByNumber", fmt.Sprintf(block, ok, "12")},
		"number is a number":   {"eth_getBlockByNumber", strings.Replace(fmt.Sprintf(block, ok, "x"), `"x"`, "12", 1)},
		"KR-12 endless":        {"eth_getBlockByNumber", strings.Repeat(" ", jsonrpc.MaxReply+1)},
		"error":                {"eth_chainId", `{"error":{"code":1,"message":"no"}}`},
		"another chain":        {"eth_chainId", `{"result":"0x1"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := newNode()
			n.raw[c.method] = c.raw
			_, err := newView(t, Latest(), &memory{}, n).At(t.Context())
			wantCode(t, err, keyholder.CodeChainUnavailable)
		})
	}
}

func TestKR17MalformedResults(t *testing.T) {
	t.Parallel()
	for name, words := range map[string]abi.Words{
		"empty, as from an address without code": {},
		"too short":                              make(abi.Words, 31),
		"too long":                               make(abi.Words, 64),
		"not an address":                         abi.Words{}.Bytes32([32]byte{1}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := newNode()
			n.set([20]byte{1}, "getPermitter(bytes32)", words)
			s, err := newView(t, Latest(), &memory{}, n).At(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			_, err = s.Permitter(t.Context(), [32]byte{})
			wantCode(t, err, keyholder.CodeChainUnavailable)
		})
	}
}

// KR-17: two nodes that contradict each other are not believed, whichever lies.
func TestKR17NodesMustAgree(t *testing.T) {
	t.Parallel()
	a, b := newNode(), newNode()
	b.latest, b.time = 98, b.time-2 // behind, on the same chain
	v := newView(t, Latest(), &memory{}, a, b)
	s, err := v.At(t.Context())
	if err != nil || s.Head().Number != 98 {
		t.Fatalf("nodes at different heights: %v", err)
	}
	a.set([20]byte{1}, "getPermitter(bytes32)", abi.Words{}.Address([20]byte{3}))
	b.set([20]byte{1}, "getPermitter(bytes32)", abi.Words{}.Address([20]byte{4}))
	_, err = s.Permitter(t.Context(), [32]byte{})
	wantCode(t, err, keyholder.CodeChainDisagrees)
	b.change(func() { b.fork++ })
	_, err = v.At(t.Context())
	wantCode(t, err, keyholder.CodeChainDisagrees)
}

// KR-18: a state that a reorganisation removed answers nothing more.
func TestKR18OrphanedState(t *testing.T) {
	t.Parallel()
	n := newNode()
	n.set([20]byte{1}, "getPermitter(bytes32)", abi.Words{}.Address([20]byte{3}))
	s, err := newView(t, Latest(), &memory{}, n).At(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	n.change(func() { n.fork++ })
	_, err = s.Permitter(t.Context(), [32]byte{})
	wantCode(t, err, keyholder.CodeChainUnavailable)
}

// KR-19: nobody can show a keyholder an older chain than it has seen, nor
// another one where blocks were final.
func TestKR19ChainCannotGoBack(t *testing.T) {
	t.Parallel()
	floor := &memory{}
	n := newNode()
	v := newView(t, Finalized(), floor, n)
	if _, err := v.At(t.Context()); err != nil {
		t.Fatal(err)
	}
	if floor.number != 64 || floor.hash != n.hash(64) {
		t.Fatalf("floor is %d", floor.number)
	}
	n.change(func() { n.finalized = 63 })
	_, err := v.At(t.Context())
	wantCode(t, err, keyholder.CodeChainRegressed)
	_, err = newView(t, Finalized(), floor, n).At(t.Context()) // after a restart
	wantCode(t, err, keyholder.CodeChainRegressed)
	n.change(func() { n.finalized, n.fork = 70, 1 })
	_, err = v.At(t.Context())
	wantCode(t, err, keyholder.CodeChainRegressed)
	n.change(func() { n.fork = 0 })
	if _, err := v.At(t.Context()); err != nil || floor.number != 70 {
		t.Fatalf("chain that went on: %v", err)
	}
}

func TestKR19FrozenHead(t *testing.T) {
	t.Parallel()
	n := newNode()
	n.time -= 601
	_, err := newView(t, Latest(), &memory{}, n).At(t.Context())
	wantCode(t, err, keyholder.CodeChainUnavailable)
}

func TestUnreachableNode(t *testing.T) {
	t.Parallel()
	c := Config{ChainID: 1, URLs: []string{"http://127.0.0.1:1"}, Finality: Latest(), MaxHeadAge: time.Hour, Floor: &memory{}, Clock: time.Now}
	v, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	_, err = v.At(t.Context())
	wantCode(t, err, keyholder.CodeChainUnavailable)
}

func TestAT04NothingIsOptional(t *testing.T) {
	t.Parallel()
	good := Config{ChainID: 1, URLs: []string{"http://x"}, Finality: Latest(), MaxHeadAge: time.Hour, Floor: &memory{}, Clock: time.Now}
	for name, drop := range map[string]func(c *Config){
		"chain id": func(c *Config) { c.ChainID = 0 },
		"urls":     func(c *Config) { c.URLs = nil },
		"finality": func(c *Config) { c.Finality = Finality{} },
		"head age": func(c *Config) { c.MaxHeadAge = 0 },
		"floor":    func(c *Config) { c.Floor = nil },
		"clock":    func(c *Config) { c.Clock = nil },
	} {
		c := good
		drop(&c)
		if _, err := New(c); err == nil {
			t.Errorf("view without %s", name)
		}
	}
}

func TestFinalityJSON(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Finality{
		`"latest"`: Latest(), `"finalized"`: Finalized(), `{"confirmations":3}`: Confirmations(3),
	} {
		var f Finality
		if err := json.Unmarshal([]byte(text), &f); err != nil || f != want {
			t.Errorf("%s: %+v, %v", text, f, err)
		}
		if b, err := json.Marshal(f); err != nil || string(b) != text {
			t.Errorf("%s: encoded as %s", text, b)
		}
	}
	for _, text := range []string{`""`, `"pending"`, `"confirmations"`, `{}`, `{"confirmations":0}`, `{"confirmations":10001}`, `{"confirmations":1,"x":1}`, `{"confirmations":1,"Confirmations":2}`, `3`, `null`} {
		var f Finality
		if err := json.Unmarshal([]byte(text), &f); err == nil && f != (Finality{}) {
			t.Errorf("%s: %+v", text, f)
		}
	}
}
