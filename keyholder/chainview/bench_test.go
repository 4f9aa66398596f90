// SPDX-License-Identifier: Apache-2.0

package chainview

import (
	"encoding/binary"
	"sync/atomic"
	"testing"
	"time"

	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/contracts/chaintest"
	"github.com/escrin/escrin/keyholder/release"
)

// benchmark is a real chain in this process, of which a release of a task is decided.
type benchmark struct {
	*chaintest.Network
	b        *testing.B
	identity [32]byte
	view     *View
	tasks    atomic.Uint64
}

func newBenchmark(b *testing.B) *benchmark {
	b.Helper()
	n := chaintest.New(b)
	identity, _, err := n.Chain.CreateIdentity(b.Context(), n.Accounts[1])
	if err != nil {
		b.Fatal(err)
	}
	if _, err := n.Chain.SetPolicy(b.Context(), n.Accounts[1], identity, chain.Measured([32]byte{1}, 600, "")); err != nil {
		b.Fatal(err)
	}
	view, err := New(Config{
		ChainID: 31337, Registry: n.At.Registry, TaskHub: n.At.TaskHub, Platforms: n.At.Platforms, URLs: []string{n.URL},
		Finality: Latest(), MaxHeadAge: time.Hour, Floor: &memory{}, Clock: time.Now,
	})
	if err != nil {
		b.Fatal(err)
	}
	return &benchmark{Network: n, b: b, identity: identity, view: view}
}

// decide reads what the decision about one task does; every task is another one's.
func (b *benchmark) decide(task uint64) {
	s, err := b.view.Settled(b.b.Context())
	if err != nil {
		b.b.Error(err)
		return
	}
	ctx, id, requester := b.b.Context(), word(task<<8), [20]byte{}
	binary.BigEndian.PutUint64(requester[:], task)
	base := s.Head().Number - 2
	s.Expect(ctx, release.Reads{BaseBlock: base, Identity: b.identity, Release: true, Requester: requester, Task: id})
	_, err = s.BlockHash(ctx, base)
	check := func(err error) {
		if err != nil {
			b.b.Error(err)
		}
	}
	check(err)
	permitter, err := s.Permitter(ctx, b.identity)
	check(err)
	_, err = s.Policy(ctx, permitter, b.identity)
	check(err)
	_, err = s.PlatformAllowed(ctx, [32]byte{1})
	check(err)
	_, err = s.PermitExpiry(ctx, requester, b.identity)
	check(err)
	_, err = s.Task(ctx, id)
	check(err)
}

// Nothing is known: not the head, nor the permitter.
func BenchmarkDecisionCold(b *testing.B) {
	n := newBenchmark(b)
	for b.Loop() {
		n.view.head, n.view.permitters = nil, guesses{}
		n.decide(n.tasks.Add(1))
	}
}

// What other decisions read of this block is known: the identity, its policy, the platform; not the permit and the task.
func BenchmarkDecisionWarm(b *testing.B) {
	n := newBenchmark(b)
	n.decide(0)
	for b.Loop() {
		n.decide(n.tasks.Add(1))
	}
}

// The same request again: all but the head is known.
func BenchmarkDecisionAgain(b *testing.B) {
	n := newBenchmark(b)
	n.decide(1)
	for b.Loop() {
		n.decide(1)
	}
}

// Many decisions at a time, about different tasks, as of a head that is a second old at most.
func BenchmarkDecisionsAtOnce(b *testing.B) {
	n := newBenchmark(b)
	n.view.lifetime = time.Second
	n.decide(0)
	b.SetParallelism(64)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			n.decide(n.tasks.Add(1))
		}
	})
}
