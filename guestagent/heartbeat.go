// SPDX-License-Identifier: Apache-2.0

package guestagent

import (
	"context"
	"sync"
	"time"

	"github.com/escrin/escrin/guestagent/hostlink"
	"github.com/escrin/escrin/guestagent/task"
)

// maxWindow and minWindow bound the claim window that a host tells of: a host that says that it is shorter gets no more
// signatures for that, and a hub with a shorter one is not served.
const (
	maxWindow = 24 * time.Hour
	minWindow = time.Minute
)

// window is the claim window within its bounds.
func (a *attempt) window() time.Duration {
	return max(time.Duration(min(a.permit.ClaimWindow, uint64(maxWindow/time.Second)))*time.Second, a.shortest)
}

// keepClaim has the claim extended until stop is called, which returns when nothing is under way any more. A computation may
// so take longer than the claim window, and a guest that is gone holds its task no longer than that.
func (a *attempt) keepClaim(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var beating sync.WaitGroup
	beating.Go(func() { a.beat(ctx, a.window()) })
	return func() {
		cancel()
		beating.Wait()
	}
}

// beat signs a heartbeat every half window. What it asks for is a little less than what the hub allows, for the chain's time
// may be behind. It is never beyond the deadline, nor further from the claim's first expiry than the time that has passed here:
// a host cannot lay in heartbeats for when the guest is gone.
func (a *attempt) beat(ctx context.Context, window time.Duration) {
	began, last := a.permitted, a.permit.ClaimExpiry
	timer := time.NewTimer(max(window/2-time.Since(began), 0))
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
			timer.Reset(window / 2)
		}
		passed := uint64((time.Since(began) - window/6) / time.Second)
		deadline := a.launch.Task.Terms.Deadline
		if last >= deadline {
			return
		}
		until := a.permit.ClaimExpiry + min(passed, deadline-a.permit.ClaimExpiry)
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
	signature := a.keys.requester.Sign(task.Heartbeat{TaskID: t.ID, Attempt: t.Attempt, Until: until}.SigningDigest(a.domain()))
	return hostlink.Heartbeat{Until: until, Signature: signature[:]}
}
