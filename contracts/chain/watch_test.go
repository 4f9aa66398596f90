// SPDX-License-Identifier: Apache-2.0

package chain_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/escrin/escrin/contracts/chain"
)

var errSeen = errors.New("seen")

// TestWatchMissesNothing submits before and while it watches, and starts again in between, as after a crash.
func TestWatchMissesNothing(t *testing.T) {
	r := newRun(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	first := r.submit("before", nil)
	var from uint64
	seen := r.watchOne(ctx, &from)
	if seen.Task() != first.id {
		t.Fatalf("saw %s, want %s", seen.Task(), first.id)
	}
	second := r.submit("after", nil)
	if seen := r.watchOne(ctx, &from); seen.Task() != second.id {
		t.Fatalf("saw %s, want %s", seen.Task(), second.id)
	}
	head, err := r.Chain.Head(ctx)
	r.must(err)
	if from > head.Number+1 {
		t.Fatalf("next block is %d, the newest %d", from, head.Number)
	}
}

// watchOne watches until there is an event, which must be the only one.
func (r *run) watchOne(ctx context.Context, from *uint64) chain.TaskEvent {
	r.t.Helper()
	var all []chain.TaskEvent
	handle := func(events []chain.TaskEvent, next uint64) error {
		*from = next
		all = append(all, events...)
		if len(all) > 0 {
			return errSeen
		}
		return nil
	}
	report := func(err error) { r.t.Error(err) }
	if err := r.Chain.Watch(ctx, *from, 20*time.Millisecond, handle, report); !errors.Is(err, errSeen) {
		r.t.Fatal(err)
	}
	if len(all) != 1 {
		r.t.Fatalf("%d events", len(all))
	}
	return all[0]
}
