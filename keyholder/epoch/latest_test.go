// SPDX-License-Identifier: Apache-2.0

package epoch_test

import (
	"context"
	"testing"

	"github.com/escrin/escrin/keyholder/epoch"
	"github.com/escrin/escrin/keyholder/epoch/epochtest"
)

// latest is a board whose newest block counts, although it may be undone.
type latest struct {
	epoch.Board
	chain *epochtest.Chain
}

// View implements epoch.Board.
func (l latest) View(context.Context) (epoch.View, error) {
	return l.chain.ViewAt(l.chain.Newest()), nil
}

// tardy is a board that gets a dealing late.
type tardy struct {
	epoch.Board
	hold bool
}

// Deal implements epoch.Board.
func (b *tardy) Deal(ctx context.Context, number uint64, message []byte) (epoch.Delivery, error) {
	if b.hold {
		return epoch.Pending, nil
	}
	return b.Board.Deal(ctx, number, message)
}

// newLatestWorld returns holders for whom the newest block counts.
func newLatestWorld(t *testing.T, holders int) *world {
	w := newWorld(t, holders)
	w.chain.Lag = 4 * phase // as much may be undone
	for _, h := range w.holders {
		h.board = latest{h.board, w.chain}
		h.boot()
	}
	w.settle()
	return w
}

// KR-18: a share that was computed from a dealing which is undone afterwards is no share any more.
// Everybody computes another one from what is left, and the epoch comes to its end with that.
func TestKR18StaleShareOfAnUndoneDealing(t *testing.T) {
	t.Parallel()
	w := newLatestWorld(t, 4)
	members, tardy := w.members(w.holders...), &tardy{w.holders[3].board, true}
	w.holders[3].board = tardy
	w.holders[3].boot()
	number, err := w.chain.Start(members, 3, phase)
	if err != nil {
		t.Fatal(err)
	}
	w.chain.Mine(1)
	w.pass(phase / 2)
	tardy.hold = false
	for w.chain.Phase(number) != epoch.Certification {
		w.pass(1)
	}
	var stale [][32]byte
	for _, h := range w.holders {
		told, ok := h.node.Completion(number)
		if !ok {
			t.Fatalf("holder %d has no share before the certificate", h.account[0])
		}
		stale = append(stale, told.Digest)
	}
	w.chain.Reorganize(3*phase-phase/2+2, false) // the late dealing, and what was confirmed
	w.pass(phase)
	for i, h := range w.holders {
		if told, ok := h.node.Completion(number); !ok || told.Digest == stale[i] {
			t.Errorf("holder %d has the share of what was undone", h.account[0])
		}
	}
	w.check(number, 3, nil, w.holders...)
}

// KR-09, KR-18: a session that begins anew, because its start was undone, gets dealings of its own, to
// the keys that it names.
func TestKR18SessionThatBeginsAnew(t *testing.T) {
	t.Parallel()
	w := newLatestWorld(t, 3)
	number := w.start(2, w.holders...)
	w.pass(3) // the encryption keys are given to it, and all have dealt
	w.chain.Reorganize(5, false)
	if again := w.start(2, w.holders...); again != number {
		t.Fatalf("epoch %d, not %d", again, number)
	}
	w.pass(4*phase + 1)
	w.check(number, 2, nil, w.holders...)
}
