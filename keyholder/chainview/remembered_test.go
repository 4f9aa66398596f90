// SPDX-License-Identifier: Apache-2.0

package chainview

import (
	"encoding/json"
	"testing"

	"github.com/ethereum/go-ethereum/common/hexutil"

	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/release"
)

// following is a chain that a view has followed for some blocks, in which the storage of
// contracts stayed what it is.
type following struct {
	*testing.T
	n        *node
	v        *View
	identity [32]byte
}

func follow(t *testing.T) *following {
	f := &following{t, newNode(), nil, [32]byte{5}}
	f.n.set([20]byte{1}, identitySlot(f.identity), addressWord([20]byte{3}))
	f.v = newView(t, Latest(), &memory{}, f.n)
	for range 3 {
		f.decide()
		f.next()
	}
	return f
}

// next adds a block.
func (f *following) next() {
	f.n.change(func() { f.n.latest, f.n.time = f.n.latest+1, f.n.time+1; clear(f.n.asked) })
}

func (f *following) decide() *State {
	f.Helper()
	s := settled(f.T, f.v)
	s.Expect(f.Context(), release.Reads{BaseBlock: 7, Identity: f.identity, Release: true})
	read(f.T, s, f.identity)
	if hash, err := s.BlockHash(f.Context(), 7); err != nil || hash != f.n.hash(7) {
		f.Fatalf("block 7: %x, %v", hash, err)
	}
	return s
}

// words counts the words of storage that proofs are asked of from now on.
func (f *following) words() (asked func() int) {
	count := 0
	f.n.change(func() {
		f.n.forge = func(method string, result map[string]any) {
			if proofs, ok := result["storageProof"].([]any); ok {
				count += len(proofs)
			}
		}
	})
	return func() int { f.n.mu.Lock(); defer f.n.mu.Unlock(); return count }
}

// KR-17: what did not change is proven in each block anew, by the contracts' accounts
// alone: no word of storage is read again.
func TestKR17UnchangedStorageIsProvenByItsRoot(t *testing.T) {
	t.Parallel()
	f := follow(t)
	words := f.words()
	f.decide()
	if got := f.n.count("eth_getProof"); got != 4 { // registry, platforms, permitter, hub
		t.Errorf("%d accounts were asked for", got)
	}
	if got := words(); got != 0 {
		t.Errorf("%d words were read again", got)
	}
	f.next()
	f.v.permitters = guesses{} // a process that knows nothing but the roots
	f.decide()
	if got := words(); got != 0 {
		t.Errorf("%d words were read again", got)
	}
}

// KR-19: a word that changed is read anew in the block in which it did, whether or not its
// contract kept still before; the block before has the old one.
func TestKR19ChangedStorageIsReadAnew(t *testing.T) {
	t.Parallel()
	f := follow(t)
	before := f.decide()
	for value := byte(40); value < 44; value++ {
		f.next()
		permitter := [20]byte{value}
		f.n.set([20]byte{1}, identitySlot(f.identity), addressWord(permitter))
		now := settled(t, f.v)
		now.Expect(t.Context(), release.Reads{BaseBlock: 7, Identity: f.identity, Release: true})
		if got, err := now.Permitter(t.Context(), f.identity); err != nil || got != permitter {
			t.Fatalf("permitter is %x, %v; want %x", got, err, permitter)
		}
		if got, err := before.Permitter(t.Context(), f.identity); err != nil || got == permitter {
			t.Fatalf("in the block before it is %x, %v", got, err)
		}
		before = now
	}
}

// KR-17: a node that shows the account as it was proves nothing by that, though what is
// remembered would fit.
func TestKR17OldAccountsAreNoProof(t *testing.T) {
	t.Parallel()
	f := follow(t)
	f.decide()
	address, _ := json.Marshal(hexutil.Bytes(append([]byte{1}, make([]byte, 19)...)))
	at, _ := json.Marshal(map[string]any{"blockHash": hexutil.Bytes(hashOf(f.n, f.n.latest))})
	var old any
	f.n.change(func() {
		proof, err := f.n.proof([]json.RawMessage{address, json.RawMessage("[]"), at})
		if err != nil {
			t.Fatal(err)
		}
		old = proof.(map[string]any)["accountProof"]
		f.n.forge = func(method string, result map[string]any) {
			if method == "eth_getProof" {
				result["accountProof"] = old
			}
		}
	})
	f.next()
	f.n.set([20]byte{1}, identitySlot(f.identity), addressWord([20]byte{66}))
	got, err := settled(t, f.v).Permitter(t.Context(), f.identity)
	if wantCode(t, err, keyholder.CodeChainUnavailable); got != [20]byte{} {
		t.Errorf("permitter is %x", got)
	}
}

func hashOf(n *node, number uint64) []byte {
	hash := n.header(number).Hash()
	return hash[:]
}

// KR-18: hashes of old blocks are handed on from parent to child only: on another branch
// they are asked for anew.
func TestKR18HashesAreOfOneBranch(t *testing.T) {
	t.Parallel()
	n := newNode()
	v := newView(t, Latest(), &memory{}, n)
	ask := func(number uint64) [32]byte {
		t.Helper()
		hash, err := settled(t, v).BlockHash(t.Context(), number)
		if err != nil || hash != n.hash(number) {
			t.Fatalf("block %d: %x, %v", number, hash, err)
		}
		return hash
	}
	old := ask(90)
	n.change(func() { n.latest++; n.time++ })
	if ask(90) != old {
		t.Error("the next block has another ancestor")
	}
	n.change(func() { n.fork, n.forkedAt, n.latest, n.time = 1, 80, n.latest+1, n.time+1 })
	if ask(90) == old {
		t.Error("the other branch has the same ancestor")
	}
}

// What is remembered is bounded, and what is used stays.
func TestRememberedStorageIsBounded(t *testing.T) {
	t.Parallel()
	r := newRemembered()
	root := [32]byte{1}
	r.keep([32]byte{1}, [20]byte{1}, root, [][32]byte{{9}}, [][32]byte{{8}})
	for i := range 3 * maxKept {
		key := slotOf(i + 1)
		r.keep([32]byte{1}, [20]byte{1}, root, [][32]byte{key}, [][32]byte{key})
		if i%1000 == 0 {
			if value, ok := r.value(root, [32]byte{9}); !ok || value != [32]byte{8} {
				t.Fatal("forgotten, though it was used")
			}
		}
	}
	if n := len(r.newer) + len(r.older); n > 2*maxKept {
		t.Errorf("%d words are remembered", n)
	}
	for i := range 3 * maxGuesses {
		contract := [20]byte{byte(i), byte(i >> 8), byte(i >> 16)}
		r.keep([32]byte{1}, contract, root, nil, nil)
	}
	if n := len(r.roots); n > maxGuesses {
		t.Errorf("%d roots are remembered", n)
	}
}
