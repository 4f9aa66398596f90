// SPDX-License-Identifier: Apache-2.0

package chainview

import (
	"context"
	"testing"
	"time"

	"github.com/escrin/escrin/keyholder"
)

// promptly ends before one endpoint is given up that was waited for.
func promptly(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), attemptTimeout-500*time.Millisecond)
	t.Cleanup(cancel)
	return ctx
}

// stalling is a node that never answers some questions.
func (n *node) stalling(of func(calls []call) bool) *node {
	c := n.copy()
	c.stall, c.stalls = make(chan struct{}), of
	return c
}

func (n *node) goes(to uint64) *node {
	n.time, n.latest = n.time+to-n.latest, to
	return n
}

func ofOneBlock(calls []call) bool {
	return len(calls) == 1 && calls[0].Method == "eth_getBlockByNumber"
}

// KR-13, KR-17: an endpoint that says where it is, but then shows no block, is not waited for, wherever it says to be:
// not where the others have the block, nor where one other has it.
func TestKR13BlocksThatOneEndpointHidesAreNotWaitedFor(t *testing.T) {
	t.Parallel()
	for name, at := range map[string]uint64{"ahead": 300, "like the first": 100, "between": 99, "like the second": 98, "behind": 90} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newNode()
			b, liar := a.copy().goes(98), a.stalling(ofOneBlock).goes(at)
			c := testConfig(t, Latest(), &memory{number: 98, hash: a.hash(98)}, liar, a, b)
			c.Agree = 2
			v := viewOf(t, c)
			for range 3 {
				s, err := v.Settled(promptly(t))
				if err != nil || s.Head().Number < 98 || s.Head().Hash != a.hash(s.Head().Number) {
					t.Fatalf("%+v, %v", s, err)
				}
			}
		})
	}
}

// KR-13: who was slow once is not waited for in the next minute, but is asked where it is needed.
func TestKR13SlowEndpointsAreDemoted(t *testing.T) {
	t.Parallel()
	a := newNode()
	liar := a.stalling(func(calls []call) bool { return calls[0].Method == "eth_getProof" })
	c := testConfig(t, Latest(), &memory{}, liar, a, a.copy())
	c.Agree = 2
	v := viewOf(t, c)
	read := func(ctx context.Context, slot byte) {
		t.Helper()
		s, err := v.Settled(ctx)
		if err == nil {
			_, err = s.Storage(ctx, [20]byte{1}, [32]byte{slot})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	v.first.Store(0)
	read(t.Context(), 1)
	for i := range byte(3) {
		v.first.Store(0)
		read(promptly(t), 2+i)
	}
	for i := range v.endpoints {
		v.slow.mark(i)
	}
	read(promptly(t), 9)
}

// KR-13: what an endpoint does not say of one contract does not keep others from being read: the next one is asked
// for that one only.
func TestKR13OneContractsErrorIsItsOwn(t *testing.T) {
	t.Parallel()
	n := newNode()
	n.set([20]byte{1}, [32]byte{5}, [32]byte{6})
	n.forge = func(method string, proof map[string]any) {
		if method == "eth_getProof" && len(proof["storageProof"].([]any)) == 2 { // the other contract's
			clear(proof)
		}
	}
	two := request{[20]byte{2}, [][32]byte{{1}, {2}}}
	one := request{[20]byte{1}, [][32]byte{{5}}}
	s := settled(t, newView(t, Latest(), &memory{}, n, n.copy()))
	answers := s.view.prove(t.Context(), s.block.header, []request{two, one})
	if answers[0].err != nil || answers[1].err != nil || answers[1].values[0] != [32]byte{6} {
		t.Fatalf("with another endpoint: %+v", answers)
	}

	s = settled(t, newView(t, Latest(), &memory{}, n))
	s.block.mu.Lock() // both are read in one round
	var in *round
	for _, r := range []request{two, one} {
		for _, key := range r.slots {
			in = s.block.roundFor(r.contract, func(*round) bool { return false })
			in.wanted[slot{r.contract, key}] = true
		}
	}
	s.block.reading = true
	s.block.mu.Unlock()
	s.block.work(t.Context())
	<-in.done
	wantCode(t, in.failed[two.contract], keyholder.CodeChainUnavailable)
	before := n.count("eth_getProof")
	values, err := s.Storage(t.Context(), one.contract, one.slots...)
	if err != nil || values[0] != [32]byte{6} || n.count("eth_getProof") != before {
		t.Fatalf("%x, %v", values, err)
	}
}
