// SPDX-License-Identifier: Apache-2.0

package guestagent

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/escrin/escrin/guestagent/hostlink"
)

// hub holds a claim as the TaskHub does and takes heartbeats as a runner does, on a chain whose time has its own pace.
type hub struct {
	t              *testing.T
	window, expiry uint64
	now            func() uint64 // on the chain
	permitted      time.Time     // where the guest's time begins
	first          uint64
	deadline       uint64
	least          uint64 // the least that a claim that was extended had left
	taken, refused int
}

func (h *hub) heartbeat(until uint64) error {
	now := h.now()
	if now >= h.expiry {
		h.t.Errorf("the claim lapsed at %d, it is %d", h.expiry, now)
	}
	if passed := uint64(time.Since(h.permitted) / time.Second); until > h.first+passed {
		h.t.Errorf("after %d s, a heartbeat until %d s after the first expiry", passed, until-h.first)
	}
	if until > now+h.window || until < h.expiry+h.window/4 && until != h.deadline {
		h.refused++
		return errors.New("ExtensionUnfit")
	}
	h.least = min(h.least, h.expiry-now)
	h.taken++
	h.expiry = until
	return nil
}

// TestClaimOutlivesSlowChains: blocks may come slowly, or with times that go on more slowly than the guest's clock, as those of a
// chain that was ahead of it do. A claim is extended as long as the guest computes, with time to spare, and nowhere for more than
// the time that has passed.
func TestClaimOutlivesSlowChains(t *testing.T) {
	for name, c := range map[string]struct {
		window, rate  uint64        // in seconds; in eighths of the guest's
		block, behind time.Duration // from one to the next; by how much its time falls back after the claim
		good          bool          // nothing is refused
	}{
		"as fast":            {120, 8, time.Second, 0, true},
		"blocks of 12 s":     {120, 8, 12 * time.Second, 0, true},
		"a short window":     {60, 8, 12 * time.Second, 0, false},
		"three quarters":     {120, 6, 4 * time.Second, 0, false},
		"half":               {120, 4, 2 * time.Second, 0, false},
		"a quarter":          {120, 2, 2 * time.Second, 0, false},
		"far behind at once": {120, 8, time.Second, time.Hour, false},
		"a day's window":     {86400, 6, 12 * time.Second, 0, false},
		"two days' window":   {2 * 86400, 8, 12 * time.Second, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began, behind := time.Now(), time.Duration(0)
				h := &hub{t: t, window: c.window, least: c.window, permitted: began, deadline: 1 << 40}
				h.now = func() uint64 {
					passed := max(time.Since(began).Truncate(c.block)-behind, 0)
					return 1_000_000 + uint64(passed/time.Second)*c.rate/8
				}
				h.expiry = h.now() + c.window
				h.first, behind = h.expiry, c.behind
				a := &attempt{life: newLife(nil), permitted: began}
				a.permit = hostlink.Permit{ClaimExpiry: h.expiry, ClaimWindow: c.window}
				a.launch.Task.Terms.Deadline = h.deadline
				ctx, stop := context.WithTimeout(t.Context(), 5*time.Hour+3*time.Duration(c.window)*time.Second)
				defer stop()
				a.beat(ctx, a.window(), h.heartbeat)
				if now := h.now(); now >= h.expiry {
					t.Errorf("the claim lapsed at %d, it is %d", h.expiry, now)
				}
				t.Logf("%d taken, %d refused, at least %d s left", h.taken, h.refused, h.least)
				requests := uint64(h.taken + h.refused)
				if most := 8 + 64*((h.now()-h.first+2*c.window)/c.window); requests > most { // jobs/runner takes no more
					t.Errorf("%d requests, want at most %d", requests, most)
				}
				if h.least < c.window/6 || c.good && h.refused > 0 {
					t.Errorf("%d s left, want %d; %d refused", h.least, c.window/6, h.refused)
				}
			})
		})
	}
}
