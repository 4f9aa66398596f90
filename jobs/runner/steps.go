// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"context"
	"fmt"
	"time"

	"github.com/escrin/escrin/guestagent/hostlink"
)

// reached is a step that a guest reported: when the report came, and its time on the guest's own clock, which begins
// with its kernel.
type reached struct {
	step    hostlink.Step
	arrived time.Time
	since   time.Duration // negative if the guest's word cannot be true
}

// settle is how long the first reports are held back, in which a guest catches up on what it did before it had a
// link: the last of them says best when its kernel started.
const settle = 300 * time.Millisecond

// Step records a step, once.
func (at *attempt) Step(_ context.Context, report hostlink.StepReport) error {
	at.mu.Lock()
	defer at.mu.Unlock()
	for _, r := range at.steps {
		if r.step == report.Step {
			return &hostlink.Error{Code: hostlink.CodeRefused, Err: fmt.Errorf("step %s was reported before", report.Step)}
		}
	}
	r := reached{step: report.Step, arrived: time.Now(), since: -1}
	if limit := r.arrived.Sub(at.started); report.Milliseconds <= uint64(limit.Milliseconds()) {
		r.since = time.Duration(report.Milliseconds) * time.Millisecond
	}
	at.steps = append(at.steps, r)
	switch {
	case len(at.steps) == 1:
		at.settled = time.AfterFunc(settle, at.tellSteps)
	case at.told > 0:
		at.tellLocked()
	}
	return nil
}

func (at *attempt) tellSteps() {
	at.mu.Lock()
	defer at.mu.Unlock()
	at.tellLocked()
}

// tellLocked passes the steps on that are new, and the others again if the guest's clock is now known better. A
// report cannot come before what it reports, so the earliest start of the kernel that any report allows is the best.
func (at *attempt) tellLocked() {
	var kernel time.Time
	for _, r := range at.steps {
		if start := r.arrived.Add(-r.since); r.since >= 0 && (kernel.IsZero() || start.Before(kernel)) {
			kernel = start
		}
	}
	if !kernel.Equal(at.kernel) {
		at.kernel, at.told = kernel, 0
	}
	for ; at.told < len(at.steps); at.told++ {
		r := at.steps[at.told]
		when := r.arrived
		if r.since >= 0 {
			when = kernel.Add(r.since)
		}
		if when.Before(at.started) {
			when = at.started
		}
		at.observer.Step(string(r.step), when)
	}
}

// last is the step that was reached last.
func (at *attempt) last() hostlink.Step {
	if len(at.steps) == 0 {
		return StepBoot
	}
	return at.steps[len(at.steps)-1].step
}
