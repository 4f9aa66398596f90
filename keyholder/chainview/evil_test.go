// SPDX-License-Identifier: Apache-2.0

package chainview

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/trie"

	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/jsonrpc"
)

// KR-17: a node that answers nonsense is not believed.
func TestKR17MalformedReplies(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ method, raw string }{
		"not JSON":             {"eth_getBlockByNumber", "<html>"},
		"nothing":              {"eth_getBlockByNumber", `[]`},
		"no batch":             {"eth_getBlockByNumber", `{"id":0,"result":"0x7a69"}`},
		"too few":              {"eth_getBlockByNumber", `[{"id":0,"result":"0x7a69"}]`},
		"no ids":               {"eth_getBlockByNumber", `[{"result":"0x7a69"},{"result":null}]`},
		"one id":               {"eth_getBlockByNumber", `[{"id":0,"result":"0x7a69"},{"id":0,"result":"0x7a69"}]`},
		"other ids":            {"eth_getBlockByNumber", `[{"id":0,"result":"0x7a69"},{"id":7,"result":null}]`},
		"no block":             {"eth_getBlockByNumber", `[{"id":0,"result":"0x7a69"},{"id":1,"result":null}]`},
		"neither":              {"eth_getBlockByNumber", `[{"id":0,"result":"0x7a69"},{"id":1}]`},
		"not a block":          {"eth_getBlockByNumber", `[{"id":0,"result":"0x7a69"},{"id":1,"result":{"hash":"0x"}}]`},
		"KR-12 endless":        {"eth_getBlockByNumber", strings.Repeat(" ", jsonrpc.MaxReply+1)},
		"error":                {"eth_chainId", `{"error":{"code":1,"message":"no"}}`},
		"chain id is too long": {"eth_chainId", `[{"id":0,"result":"0x10000000000007a69"},{"id":1,"result":null}]`},
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

func TestKR17AnotherChain(t *testing.T) {
	t.Parallel()
	n := newNode()
	n.chainID = 1
	_, err := newView(t, Latest(), &memory{}, n).At(t.Context())
	wantCode(t, err, keyholder.CodeChainUnavailable)
}

// KR-17: no field of a header can be forged, whatever hash comes with it: other endpoints know
// another one, and alone it is not the one that the fields have.
func TestKR17ForgedHeader(t *testing.T) {
	t.Parallel()
	for _, field := range []string{"stateRoot", "timestamp", "number", "parentHash", "hash"} {
		n := newNode()
		n.forge = func(method string, block map[string]any) {
			if text, ok := block[field].(string); ok && method == "eth_getBlockByNumber" {
				block[field] = text[:len(text)-1] + map[bool]string{true: "1", false: "0"}[strings.HasSuffix(text, "0")]
			}
		}
		_, err := newView(t, Latest(), &memory{}, n).At(t.Context())
		wantCode(t, err, keyholder.CodeChainUnavailable)
	}
}

// lies are what a node can do to eth_getProof.
func lies() map[string]func(n *node, proof map[string]any) {
	cut := func(key string, from, to int) func(*node, map[string]any) {
		return func(_ *node, p map[string]any) {
			nodes := p[key].(list)
			p[key] = nodes[from : len(nodes)+to]
		}
	}
	ofSlot := func(change func(list) list) func(*node, map[string]any) {
		return func(_ *node, p map[string]any) {
			slot := p["storageProof"].([]any)[0].(map[string]any)
			slot["proof"] = change(slot["proof"].(list))
		}
	}
	return map[string]func(*node, map[string]any){
		"truncated account proof":  cut("accountProof", 0, -1),
		"beheaded account proof":   cut("accountProof", 1, 0),
		"truncated slot proof":     ofSlot(func(l list) list { return l[:len(l)-1] }),
		"no slot proof":            ofSlot(func(list) list { return list{} }),
		"slot proof of nodes less": ofSlot(func(l list) list { return append(l, l[0]) }),
		"changed value":            ofSlot(func(l list) list { l[len(l)-1][len(l[len(l)-1])-1] ^= 1; return l }),
		"of fewer slots":           func(_ *node, p map[string]any) { p["storageProof"] = []any{} },
		"no proofs":                func(_ *node, p map[string]any) { clear(p) },
		"of another state": func(n *node, p map[string]any) {
			n.storage[[20]byte{1}][identitySlot([32]byte{5})] = addressWord([20]byte{66})
			address := [20]byte{1}
			slots, account, value := map[common.Address]*trie.Trie{}, list{}, list{}
			_ = n.accounts(slots).Prove(crypto.Keccak256(address[:]), &account)
			slot := identitySlot([32]byte{5})
			_ = slots[address].Prove(crypto.Keccak256(slot[:]), &value)
			p["accountProof"], p["storageProof"] = account, []any{map[string]any{"proof": value}}
		},
		"absent account": func(n *node, p map[string]any) {
			delete(n.storage, [20]byte{1})
			proof := list{}
			_ = n.accounts(nil).Prove(make([]byte, 32), &proof)
			p["accountProof"], p["storageProof"] = proof, []any{map[string]any{"proof": list{}}}
		},
	}
}

// KR-17: whatever one of three nodes says of the state, it does not matter: its lie is noticed, and
// another one is asked. Alone, it gets nothing decided.
func TestKR17ForgedProofs(t *testing.T) {
	t.Parallel()
	identity, permitter := [32]byte{5}, [20]byte{3}
	for name, lie := range lies() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			honest := newNode()
			honest.set([20]byte{1}, identitySlot(identity), addressWord(permitter))
			liar := honest.copy()
			liar.forge = func(method string, proof map[string]any) {
				if method == "eth_getProof" {
					lie(liar, proof)
				}
			}
			_, err := settled(t, newView(t, Latest(), &memory{}, liar)).Permitter(t.Context(), identity)
			wantCode(t, err, keyholder.CodeChainUnavailable)

			liar = honest.copy()
			liar.forge = func(method string, proof map[string]any) {
				if method == "eth_getProof" {
					lie(liar, proof)
				}
			}
			told := make(chan int, 1)
			c := testConfig(t, Latest(), &memory{}, liar, honest, honest.copy())
			c.Fault = func(endpoint int, _ error) { told <- endpoint }
			got, err := settled(t, viewOf(t, c)).Permitter(t.Context(), identity)
			if err != nil || got != permitter {
				t.Fatalf("got %x, %v", got, err)
			}
			if endpoint := <-told; endpoint != 0 {
				t.Errorf("endpoint %d was called faulty", endpoint)
			}
		})
	}
}

// KR-17: two nodes that contradict each other are not believed, whichever lies, unless the operator
// said that fewer are enough.
func TestKR17NodesMustAgree(t *testing.T) {
	t.Parallel()
	a := newNode()
	b, liar := a.copy(), a.copy()
	b.latest, b.time = 98, b.time-2 // behind, on the same chain
	if s := settled(t, newView(t, Latest(), &memory{}, a, b)); s.Head().Number != 98 {
		t.Fatalf("nodes at different heights: %+v", s.Head())
	}
	liar.fork, liar.forkedAt = 1, 90
	_, err := newView(t, Latest(), &memory{}, a, liar).At(t.Context())
	wantCode(t, err, keyholder.CodeChainDisagrees)
	_, err = newView(t, Latest(), &memory{}, a, b, liar).At(t.Context())
	wantCode(t, err, keyholder.CodeChainDisagrees)
	for name, lie := range map[string]func(){
		"another block": func() {},
		"far ahead":     func() { liar.latest, liar.time = 300, liar.time+200 },
		"far behind":    func() { liar.latest, liar.time = 95, liar.time-205 },
		"another chain": func() { liar.chainID = 1 },
	} {
		liar.change(lie)
		c := testConfig(t, Latest(), &memory{}, liar, a, b)
		c.Agree = 2
		if s := settled(t, viewOf(t, c)); s.Head().Hash != a.hash(98) {
			t.Errorf("%s: the head is %+v", name, s.Head())
		}
	}
}

// KR-17: nobody counts for a block that is above what it calls settled.
func TestKR17OnlySettledBlocksCount(t *testing.T) {
	t.Parallel()
	a := newNode()
	b, liar := a.copy(), a.copy()
	b.finalized = 32
	liar.finalized, liar.fork, liar.forkedAt = 90, 1, 40
	c := testConfig(t, Finalized(), &memory{}, liar, a, b)
	c.Agree = 2
	if s := settled(t, viewOf(t, c)); s.Head().Number != 32 || s.Head().Hash != a.hash(32) {
		t.Errorf("head is %+v", s.Head())
	}
}

// KR-13, KR-17: slow nodes are not waited for while there are others, and for none for ever.
func TestKR13SlowNodes(t *testing.T) {
	t.Parallel()
	a := newNode()
	b, slow := a.copy(), a.copy()
	slow.stall = make(chan struct{})
	c := testConfig(t, Latest(), &memory{}, slow, a, b)
	defer close(slow.stall)
	c.Agree = 2
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second) // only a hang lasts that long
	defer cancel()
	s, err := viewOf(t, c).Settled(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Permitter(ctx, [32]byte{}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel = context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err = newView(t, Latest(), &memory{}, slow).At(ctx)
	wantCode(t, err, keyholder.CodeChainUnavailable)
}

// KR-17: huge replies to questions for proofs.
func TestKR12HugeProofs(t *testing.T) {
	t.Parallel()
	for name, raw := range map[string]string{
		"endless":       `[` + strings.Repeat(" ", jsonrpc.MaxReply),
		"endless proof": `[{"id":0,"result":{"accountProof":[` + strings.Repeat(`"0x",`, 600_000) + `"0x"],"storageProof":[{"proof":[]}]}}]`,
		"endless node":  `[{"id":0,"result":{"accountProof":["0x` + strings.Repeat("00", 1_500_000) + `"],"storageProof":[{"proof":[]}]}}]`,
		"deep":          `[{"id":0,"result":` + strings.Repeat(`[`, 1_000_000) + `}]`,
	} {
		n := newNode()
		n.raw["eth_getProof"] = raw
		_, err := settled(t, newView(t, Latest(), &memory{}, n)).Permitter(t.Context(), [32]byte{})
		var e *keyholder.Error
		if wantCode(t, err, keyholder.CodeChainUnavailable); !errors.As(err, &e) || len(e.Message) > 1000 {
			t.Errorf("%s: message of %d bytes", name, len(e.Message))
		}
	}
}

// KR-18: a state that a reorganisation removed answers nothing more, but what was read of it.
func TestKR18OrphanedState(t *testing.T) {
	t.Parallel()
	n := newNode()
	s := settled(t, newView(t, Latest(), &memory{}, n))
	n.change(func() { n.fork++ })
	_, err := s.Permitter(t.Context(), [32]byte{})
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

// KR-19: a chain that stands still is refused after a while, also by who had seen it; and so is one from
// the future.
func TestKR19FrozenHead(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		clock time.Duration // after now
		want  keyholder.Code
	}{
		"fresh": {0, ""}, "frozen": {601 * time.Second, keyholder.CodeChainUnavailable}, "in ten years": {87_600 * time.Hour, keyholder.CodeChainUnavailable},
		"ten years ago": {-87_600 * time.Hour, keyholder.CodeChainUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now := time.Now()
			config := testConfig(t, Latest(), &memory{}, newNode())
			config.Clock = func() time.Time { return now }
			v := viewOf(t, config)
			v.lifetime = time.Hour // the head is not even looked for again
			if _, err := v.At(t.Context()); err != nil {
				t.Fatal(err)
			}
			now = now.Add(c.clock)
			if _, err := v.At(t.Context()); c.want != "" {
				wantCode(t, err, c.want)
			} else if err != nil {
				t.Fatal(err)
			}
		})
	}
}

// An endpoint's address can hold a password: no error shows it.
func TestKR25NoAddressInErrors(t *testing.T) {
	t.Parallel()
	c := testConfig(t, Latest(), &memory{})
	c.URLs = []string{"http://user:secret@127.0.0.1:1/secret"}
	_, err := viewOf(t, c).At(t.Context())
	wantCode(t, err, keyholder.CodeChainUnavailable)
	if strings.Contains(fmt.Sprint(err), "secret") {
		t.Error(err)
	}
}
