// SPDX-License-Identifier: Apache-2.0

package chainview

import (
	"encoding/json"
	"sync"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/release"
)

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

// The slots of one decision are read in one exchange, if they are announced, and what was proven is
// not asked again while the block stays the head.
func TestOneDecisionIsOneQuestion(t *testing.T) {
	t.Parallel()
	n := newNode()
	identity, permitter := [32]byte{5}, [20]byte{3}
	n.set([20]byte{1}, identitySlot(identity), addressWord(permitter))
	v := newView(t, Finalized(), &memory{}, n)
	for want := 1; want <= 2; want++ { // the first one does not know the permitter yet
		s := settled(t, v)
		s.Expect(t.Context(), release.Reads{BaseBlock: 7, Identity: identity, Release: true})
		read(t, s, identity)
		if want == 1 {
			n.change(func() { n.finalized++; clear(n.asked) })
		}
	}
	if got := n.count("eth_getProof"); got != 5 { // history, registry, platforms, permitter, hub
		t.Errorf("%d contracts were asked for", got)
	}
	read(t, settled(t, v), identity)
	if got := n.count("eth_getProof"); got != 5 {
		t.Errorf("%d contracts were asked for, some of them twice", got)
	}
}

// read reads everything that a decision does.
func read(t *testing.T, s *State, identity [32]byte) {
	t.Helper()
	permitter, err := s.Permitter(t.Context(), identity)
	if err != nil || permitter != [20]byte{3} {
		t.Fatalf("permitter: %x, %v", permitter, err)
	}
	if _, err := s.Policy(t.Context(), permitter, identity); err != nil {
		t.Fatal(err)
	}
	if _, err := s.PlatformAllowed(t.Context(), [32]byte{}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.PermitExpiry(t.Context(), [20]byte{}, identity); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Task(t.Context(), [32]byte{}); err != nil {
		t.Fatal(err)
	}
}

// A thousand decisions at once, about different things, are read together.
func TestManyDecisionsAtOnce(t *testing.T) {
	t.Parallel()
	n := newNode()
	v := newView(t, Finalized(), &memory{}, n)
	v.lifetime = time.Hour
	for i := range 1000 {
		n.change(func() { n.storage[[20]byte{2}][slotOf(i)] = [32]byte{byte(i), 1} })
	}
	s := settled(t, v)
	var all sync.WaitGroup
	for i := range 1000 {
		all.Go(func() {
			values, err := s.Storage(t.Context(), [20]byte{2}, slotOf(i))
			if err != nil || values[0] != [32]byte{byte(i), 1} {
				t.Errorf("slot %d: %x, %v", i, values, err)
			}
		})
	}
	all.Wait()
	if got := n.count("eth_getProof"); got > 20 {
		t.Errorf("asked %d times", got)
	}
	values, err := s.Storage(t.Context(), [20]byte{2}, func() (many [][32]byte) {
		for i := range 1000 {
			many = append(many, slotOf(2000+i))
		}
		return many
	}()...)
	if err != nil || len(values) != 1000 {
		t.Errorf("a thousand slots: %v", err)
	}
}

func slotOf(i int) [32]byte { return word(uint64(i)) }

// A permitter that keeps its policies in another way than ours is not misread.
func TestPoliciesInAnotherForm(t *testing.T) {
	t.Parallel()
	identity, permitter := [32]byte{5}, [20]byte{3}
	slots := policySlots(identity)
	for i := range slots {
		n := newNode()
		n.set(permitter, slots[i], [32]byte{1})
		_, err := settled(t, newView(t, Latest(), &memory{}, n)).Policy(t.Context(), permitter, identity)
		wantCode(t, err, keyholder.CodeChainUnavailable)
	}
}

func TestNoContract(t *testing.T) {
	t.Parallel()
	n := newNode()
	n.change(func() { delete(n.storage, [20]byte{1}) })
	_, err := settled(t, newView(t, Latest(), &memory{}, n)).Permitter(t.Context(), [32]byte{})
	wantCode(t, err, keyholder.CodeChainUnavailable)
}

// The hash of an old block is proven by the head's state (EIP-2935), or else agreed upon.
func TestHashesOfOldBlocks(t *testing.T) {
	t.Parallel()
	n := newNode()
	n.change(func() { n.storage[history] = map[common.Hash]common.Hash{} })
	n.set(history, historySlot(7), [32]byte{77})
	s := settled(t, newView(t, Latest(), &memory{}, n))
	for number, want := range map[uint64][32]byte{7: {77}, 8: n.hash(8), 99: n.hash(99), 100: n.hash(100)} {
		if got, err := s.BlockHash(t.Context(), number); err != nil || got != want {
			t.Errorf("block %d: %x, %v", number, got, err)
		}
	}
	_, err := s.BlockHash(t.Context(), 101)
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
		"majority": func(c *Config) { c.Agree, c.URLs = 1, []string{"http://x", "http://y"} },
		"as many":  func(c *Config) { c.Agree = 2 },
		"a number": func(c *Config) { c.Agree = -1 },
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
