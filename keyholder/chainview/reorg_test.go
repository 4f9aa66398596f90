// SPDX-License-Identifier: Apache-2.0

package chainview

import (
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/contracts/chaintest"
	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/release"
)

// real is a chain of go-ethereum with the contracts on it, and an identity.
type real struct {
	*chaintest.Network
	t        *testing.T
	identity common.Hash
}

func newReal(t *testing.T) *real {
	t.Helper()
	r := &real{Network: chaintest.New(t), t: t}
	var err error
	if r.identity, _, err = r.Chain.CreateIdentity(t.Context(), r.Accounts[1]); err != nil {
		t.Fatal(err)
	}
	return r
}

// view is one of the chain by its own clock.
func (r *real) view(f Finality, floor Floor) *View {
	r.t.Helper()
	return viewOf(r.t, Config{
		ChainID: 31337, Registry: r.At.Registry, TaskHub: r.At.TaskHub, Platforms: r.At.Platforms, URLs: []string{r.URL},
		Finality: f, MaxHeadAge: time.Hour, Floor: floor, Clock: func() time.Time { return time.Unix(int64(r.head().Time), 0) },
	})
}

func (r *real) head() chain.Block {
	r.t.Helper()
	head, err := r.Chain.Head(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	return head
}

// set gives the identity a policy by measurements that nobody has.
func (r *real) set(name string) [32]byte {
	r.t.Helper()
	root := crypto.Keccak256Hash([]byte(name))
	if _, err := r.Chain.SetPolicy(r.t.Context(), r.Accounts[1], r.identity, chain.Measured(root, 600, "")); err != nil {
		r.t.Fatal(err)
	}
	return root
}

func (r *real) policy(s *State) release.Policy {
	r.t.Helper()
	permitter, err := s.Permitter(r.t.Context(), r.identity)
	if err != nil || permitter != r.At.Permitter {
		r.t.Fatalf("permitter: %x, %v", permitter, err)
	}
	p, err := s.Policy(r.t.Context(), permitter, r.identity)
	if err != nil {
		r.t.Fatal(err)
	}
	return p
}

// reorganise changes the last blocks of the chain.
func (r *real) reorganise(blocks uint64) {
	r.t.Helper()
	if err := r.Node.Reorganise(blocks); err != nil {
		r.t.Fatal(err)
	}
}

// canonical reports whether a block is on the chain.
func (r *real) canonical(h release.Head) bool {
	r.t.Helper()
	b, err := r.Chain.BlockAt(r.t.Context(), h.Number)
	return err == nil && b.Hash == h.Hash
}

// KR-18: with 64 confirmations, no reorganisation of 1 to 64 blocks takes a block back that was acted upon, and nothing
// is ever seen that it orphaned.
func TestKR18ReorganisationsUpTo64(t *testing.T) {
	t.Parallel()
	r := newReal(t)
	r.reorganise(0)
	kept := r.set("kept")
	for range 65 {
		r.reorganise(0)
	}
	v := r.view(Confirmations(64), &memory{})
	var seen []release.Head
	for _, depth := range []uint64{1, 2, 3, 5, 8, 16, 31, 32, 33, 48, 63, 64} {
		orphan := r.set("orphan")
		before := settled(t, v)
		if p := r.policy(before); p.Subject != kept || p.Subject == orphan {
			t.Fatalf("depth %d: policy %x", depth, p.Subject)
		}
		r.reorganise(depth)
		after := settled(t, v)
		if p := r.policy(after); p.Subject != kept {
			t.Fatalf("depth %d: policy %x", depth, p.Subject)
		}
		seen = append(seen, before.Head(), after.Head())
	}
	for _, h := range seen {
		if !r.canonical(h) {
			t.Errorf("block %d was acted upon and is not on the chain", h.Number)
		}
	}
}

// KR-18: a deeper one than the operator reckoned with stops the keyholder for good, also after a restart.
func TestKR18DeeperReorganisations(t *testing.T) {
	t.Parallel()
	r := newReal(t)
	for range 20 {
		r.reorganise(0)
	}
	for _, f := range []Finality{Confirmations(3), Finalized()} {
		floor := &memory{}
		v := r.view(f, floor)
		head := settled(t, v).Head()
		r.reorganise(r.head().Number - head.Number + 1)
		for range 40 {
			r.reorganise(0)
		}
		for _, v := range []*View{v, r.view(f, floor)} {
			_, err := v.Settled(t.Context())
			wantCode(t, err, keyholder.CodeChainRegressed)
		}
	}
}

// KR-18: even without finality, what a reorganisation took back is gone at the next question, and a state of an
// orphaned block says nothing of the blocks that replaced it.
func TestKR18WithoutFinality(t *testing.T) {
	t.Parallel()
	r := newReal(t)
	v := r.view(Latest(), &memory{})
	orphan := r.set("orphan")
	before := settled(t, v)
	if p := r.policy(before); p.Subject != orphan {
		t.Fatalf("policy: %+v", p)
	}
	r.reorganise(r.head().Number - before.Head().Number + 1)
	if p := r.policy(settled(t, v)); p != (release.Policy{}) {
		t.Errorf("policy: %+v", p)
	}
	if p := r.policy(before); p.Subject != orphan {
		t.Errorf("the same state has another policy: %+v", p)
	}
}

// The head's state proves the hashes of the last 8,191 blocks.
func TestBlockHashesOfARealChain(t *testing.T) {
	t.Parallel()
	r := newReal(t)
	for range 40 {
		r.reorganise(0)
	}
	for _, f := range []Finality{Latest(), Finalized(), Confirmations(2)} {
		s := settled(t, r.view(f, &memory{}))
		for number := range s.Head().Number + 1 {
			hash, err := s.BlockHash(t.Context(), number)
			if err != nil || !r.canonical(release.Head{Number: number, Hash: hash}) {
				t.Fatalf("block %d below %d: %x, %v", number, s.Head().Number, hash, err)
			}
		}
	}
}
