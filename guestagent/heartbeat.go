// SPDX-License-Identifier: Apache-2.0

package guestagent

import (
	"context"
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

// keepClaim has the claim extended until its end. A computation may so take longer than the claim window, and a guest that is gone
// holds its task no longer than that.
func (a *attempt) keepClaim(ctx context.Context) (_ context.Context, end func(), err error) {
	return ctx, alongside(ctx, func(ctx context.Context) {
		a.beat(ctx, a.window(), func(until uint64) error { return a.link.Heartbeat(ctx, a.heartbeat(until)) })
	}), nil
}

// beat signs a heartbeat every half window, and sooner after one that was not taken. It is never beyond the deadline, nor further
// from the claim's first expiry than the time that has passed here: a host cannot lay in heartbeats for when the guest is gone.
func (a *attempt) beat(ctx context.Context, window time.Duration, send func(until uint64) error) {
	last := a.permit.ClaimExpiry
	timer := time.NewTimer(max(window/2-time.Since(a.permitted), 0))
	defer timer.Stop()
	for last < a.launch.Task.Terms.Deadline {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
			timer.Reset(window / 2)
		}
		passed := uint64((time.Since(a.permitted) - window/6) / time.Second) // a little less: the newest block is one of the past
		limit := a.permit.ClaimExpiry + min(passed, a.launch.Task.Terms.Deadline-a.permit.ClaimExpiry)
		if limit <= last {
			continue
		}
		until := a.extend(last, limit, send)
		if until == last {
			timer.Reset(window / 8)
		}
		last = until
	}
}

// extend has the claim extended by three quarters of the window, but not beyond limit, or by less if that is refused: time on the
// chain may go on more slowly than here, and then the hub takes nothing that is as far ahead. A runner takes nothing for less than
// a quarter. It returns until when the claim lasts.
func (a *attempt) extend(last, limit uint64, send func(until uint64) error) uint64 {
	quarter, asked := a.permit.ClaimWindow/4+1, last
	for n := uint64(3); n > 0; n-- {
		until := last + min(n*quarter, limit-last)
		if until == asked {
			continue
		}
		if asked = until; send(until) == nil {
			return until
		}
	}
	return last // it is the host's claim: one that does not want it may lose it
}

func (a *attempt) heartbeat(until uint64) hostlink.Heartbeat {
	t := a.launch.Task
	signature := a.keys.requester.Sign(task.Heartbeat{TaskID: t.ID, Attempt: t.Attempt, Until: until}.SigningDigest(a.domain()))
	return hostlink.Heartbeat{Until: until, Signature: signature[:]}
}
