// SPDX-License-Identifier: Apache-2.0

package epoch_test

import (
	"slices"
	"testing"

	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/keystore"
)

// Who leaves shows no key for later epochs, but deals its share on, and destroys
// it when others have theirs.
func TestLeaving(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	first := w.run(2, w.holders[:3]...)
	group := w.check(first, 2, nil, w.holders[:3]...)
	leaver := w.holders[0]
	leaver.leaving = true
	w.pass(1)
	if leaver.node.Holder().Next != nil {
		t.Fatal("shows a key for the next epoch")
	}
	second := w.run(2, w.holders[1:]...)
	w.check(second, 2, &group, w.holders[1:]...)
	w.wantShareOf(leaver, first, false)
	leaver.leaving = false
	w.pass(1)
	w.check(w.run(3, w.holders...), 3, &group, w.holders...)
}

func (w *world) wantShareOf(h *holder, number uint64, want bool) {
	w.t.Helper()
	if slices.Contains(h.keys.Names(), keystore.ShareOf(number)) != want {
		w.t.Fatalf("holder %d: share of epoch %d is there: %v", h.account[0], number, !want)
	}
}

// A member whose entry names a key that it does not have complains about nobody,
// gets no share, and says so; the others go on.
func TestEntryWithAnotherKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3)
	members := w.members(w.holders...)
	members[1].EncryptionKey[0] ^= 1
	number, err := w.chain.Start(members, 2, phase)
	if err != nil {
		t.Fatal(err)
	}
	w.pass(2*phase + 1)
	p, err := w.holders[1].node.Step(t.Context())
	if err != nil || p.Problem == "" {
		t.Fatalf("%+v, %v", p, err)
	}
	w.pass(2*phase + lag)
	w.wantShareOf(w.holders[0], number, true)
	w.wantShareOf(w.holders[1], number, false)
	if own, ok := w.holders[0].node.Serving(); !ok || own.Epoch != number {
		t.Fatal("the others do not serve")
	}
}

// KR-22: a machine that was put back to before its dealing does not deal
// again, nor answers for what it does not know.
func TestKR22PutBackToBeforeTheDealing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	before := w.holders[0].keys.Copy()
	number := w.start(3, w.holders...)
	w.pass(lag + 2)
	w.holders[0].keys = before
	w.holders[0].boot()
	w.pass(4*phase + 1)
	for _, h := range w.holders {
		if own, ok := h.node.Serving(); !ok || own.Epoch != number {
			t.Fatalf("holder %d does not serve", h.account[0])
		}
	}
	w.wantShareOf(w.holders[0], number, true) // its encryption key was in the copy
}

// Nobody could ask a member for its key, so nothing was sealed to it: it has no
// share in this epoch, says so, and has one in the next.
func TestAwayWhenOthersDealt(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	number := w.start(3, w.holders...)
	w.holders[2].down()
	w.pass(4*phase + lag)
	w.holders[2].boot()
	w.settle()
	p, err := w.holders[2].node.Step(t.Context())
	if err != nil || p.Problem == "" || p.Head.Active != number {
		t.Fatalf("%+v, %v", p, err)
	}
	own, ok := w.holders[0].node.Serving()
	if !ok {
		t.Fatal("the others do not serve")
	}
	used, err := own.Use(w.holders[0].key().Sign, keyholder.Board{ChainID: 1, KeyNetwork: [20]byte{1}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	group, err := used.Network().Group()
	if err != nil {
		t.Fatal(err)
	}
	w.check(w.run(3, w.holders...), 3, &group, w.holders...)
}
