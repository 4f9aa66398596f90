// SPDX-License-Identifier: Apache-2.0

package guestagent

import (
	"context"
	"sync"
	"time"

	"github.com/escrin/escrin/guestagent/hostlink"
	"github.com/escrin/escrin/guestagent/task"
)

// maxWindow bounds the claim window that a host tells of.
const maxWindow = 24 * time.Hour

// keepClaim has the claim extended until stop is called, which returns when nothing is under way any more. A computation may
// so take longer than the claim window, and a guest that is gone holds its task no longer than that.
func (a *attempt) keepClaim(ctx context.Context) (stop func()) {
	window := maxWindow
	if a.permit.ClaimWindow < uint64(maxWindow/time.Second) {
		window = time.Duration(a.permit.ClaimWindow) * time.Second
	}
	if window == 0 {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	var beating sync.WaitGroup
	beating.Go(func() { a.beat(ctx, window) })
	return func() {
		cancel()
		beating.Wait()
	}
}

// beat signs a heartbeat every half window. What it asks for is a little less than what the hub allows, for the chain's time
// may be behind.
func (a *attempt) beat(ctx context.Context, window time.Duration) {
	ticker := time.NewTicker(window / 2)
	defer ticker.Stop()
	began, last := time.Now(), a.permit.ClaimExpiry
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		passed := uint64((time.Since(began) - window/6) / time.Second)
		until := min(a.permit.ClaimExpiry+passed, a.launch.Task.Terms.Deadline)
		if until <= last {
			continue
		}
		if a.link.Heartbeat(ctx, a.heartbeat(until)) == nil { // it is the host's claim: one that does not want it may lose it
			last = until
		}
	}
}

func (a *attempt) heartbeat(until uint64) hostlink.Heartbeat {
	t := a.launch.Task
	signature := a.keys.sign(task.Heartbeat{TaskID: t.ID, Attempt: t.Attempt, Until: until}.SigningDigest(a.domain()))
	return hostlink.Heartbeat{Until: until, Signature: signature[:]}
}
