// SPDX-License-Identifier: Apache-2.0

package epoch_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/escrin/escrin/keyholder/epoch"
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

// Nobody can seal anything to a member whose entry names a key that it does not
// have: nothing is dealt, and everybody says because of whom.
func TestEntryWithAnotherKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3)
	members := w.members(w.holders...)
	members[1].EncryptionKey[0] ^= 1
	number, err := w.chain.Start(members, 2, phase)
	if err != nil {
		t.Fatal(err)
	}
	w.wantNothingDealt(number, 2)
	w.check(w.run(2, w.holders...), 2, nil, w.holders...)
}

// wantNothingDealt lets an epoch fail for want of a member's key.
func (w *world) wantNothingDealt(number uint64, without uint32) {
	w.t.Helper()
	w.pass(phase - 2)
	want := fmt.Sprintf("epoch %d: nothing is dealt without the encryption keys of members [%d]", number, without)
	for i, h := range w.holders {
		if h.node == nil || uint32(i)+1 == without {
			continue
		}
		if p, err := h.node.Step(w.t.Context()); err != nil || !strings.HasPrefix(p.Problem, want) {
			w.t.Fatalf("holder %d: %+v, %v", i+1, p, err)
		}
	}
	posts, err := w.chain.ViewAt(w.chain.Newest()).Posts(w.t.Context(), number)
	if err != nil || len(posts) != 0 {
		w.t.Fatal(posts, err)
	}
	w.pass(3*phase + lag + 3)
	if now := w.chain.Phase(number); now != epoch.Failed {
		w.t.Fatal(now)
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

// KR-22: a machine that was put back shows no key for the next epoch that one on the board has used up,
// neither before it has read the board nor after.
func TestKR22UsedKeyIsNotShownAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3)
	h := w.holders[0]
	before := h.keys.Copy()
	used := h.node.Holder().Next
	w.check(w.run(2, w.holders...), 2, nil, w.holders...)
	h.keys = before
	h.boot()
	for i := 0; ; i++ {
		if told := h.node.Holder(); bytes.Equal(told.Next, used) {
			t.Fatalf("shown after %d steps", i)
		} else if told.Next != nil {
			break
		}
		if _, err := h.node.Step(t.Context()); err != nil || i == 9 {
			t.Fatal(err)
		}
	}
	w.check(w.run(2, w.holders...), 2, nil, w.holders...)
}

// A member whose key nobody has seen keeps the others from dealing. They start again
// without it.
func TestAwayWhenOthersDeal(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	number := w.start(3, w.holders...)
	w.holders[2].down()
	w.wantNothingDealt(number, 3)
	rest := []*holder{w.holders[0], w.holders[1], w.holders[3]}
	group := w.check(w.run(2, rest...), 2, nil, rest...)
	w.holders[2].boot()
	w.settle()
	w.check(w.run(3, w.holders...), 3, &group, w.holders...)
}

// The contract takes networks that nobody would use: holders say so, and keep out.
func TestEpochOfOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	number := w.start(1, w.holders[0])
	w.pass(lag)
	p, err := w.holders[0].node.Step(t.Context())
	if err != nil || !strings.HasPrefix(p.Problem, fmt.Sprintf("epoch %d can come to nothing: ", number)) {
		t.Fatalf("%+v, %v", p, err)
	}
	w.pass(4 * phase)
	w.check(w.run(2, w.holders...), 2, nil, w.holders...)
}
