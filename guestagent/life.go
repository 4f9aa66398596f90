// SPDX-License-Identifier: Apache-2.0

package guestagent

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/escrin/escrin/guestagent/hostlink"
	"github.com/escrin/escrin/guestagent/livelog"
)

// life is what outlasts an attempt: the machine, and the link to its host.
type life struct {
	machine  Machine
	shortest time.Duration // claim window: minWindow
	pace     time.Duration // of log segments: livelog.Pace
	validity time.Duration // of what is signed for anchors: the constant
	opened   bool          // inputs may be in memory, or were: no reason of a failure is told any more

	mu      sync.Mutex // guards what follows against the workload's first output
	pending []hostlink.StepReport
	link    *hostlink.Client
	origin  time.Duration // where the time of reports begins, since the kernel started
}

func newLife(m Machine) *life {
	return &life{
		machine: m, shortest: minWindow, pace: livelog.Pace, validity: validity,
		pending: []hostlink.StepReport{{Step: hostlink.StepKernel}}, // at 0 ms
	}
}

// endure lives, and tells the host how that ended.
func (l *life) endure(ctx context.Context) error {
	l.reach(ctx, hostlink.StepAgent)
	err := l.live(ctx)
	if err == nil {
		l.reach(ctx, hostlink.StepPoweroff)
	} else {
		l.reportFailure(ctx, err)
	}
	l.close()
	return err
}

// live makes one attempt after another, as many as the measured config allows and the host has tasks for. Whatever
// fails ends the machine, and all that is in it.
func (l *life) live(ctx context.Context) error {
	a := &attempt{life: l}
	err := a.walk(ctx, a.beginning())
	for done := uint32(1); err == nil && a != nil; done++ {
		if err = a.live(ctx); err != nil || a.trial != nil || done >= a.config.Tasks.PerBoot {
			break
		}
		a, err = a.next(ctx)
	}
	return err
}

// next wipes the machine, and returns an attempt that has nothing of this one, with the host's next task; nil if it has none.
func (a *attempt) next(ctx context.Context) (*attempt, error) {
	if err := a.walk(ctx, a.wiping()); err != nil {
		return nil, err
	}
	next := &attempt{life: a.life, later: true}
	err := next.walk(ctx, next.renewal())
	if none := new(hostlink.Error); errors.As(err, &none) && none.Code == hostlink.CodeNotFound {
		return nil, nil
	}
	return next, err
}

// openLink opens the link, once.
func (l *life) openLink(ctx context.Context) error {
	conn, err := l.machine.OpenLink()
	if err != nil {
		return err
	}
	link, err := hostlink.NewClient(conn)
	if err != nil {
		return err
	}
	l.mu.Lock()
	l.link = link
	l.mu.Unlock()
	return l.flush(ctx)
}

// beginNow makes reports count from now on: who waited for a task is not slow at it.
func (l *life) beginNow() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.origin = l.machine.SinceBoot()
}

// reach reports a step, at once or when the link is open. A host that does not listen misses it.
func (l *life) reach(ctx context.Context, s hostlink.Step) {
	l.mu.Lock()
	since := l.machine.SinceBoot() - l.origin
	l.pending = append(l.pending, hostlink.StepReport{Step: s, Milliseconds: uint64(since.Milliseconds())})
	open := l.link != nil
	l.mu.Unlock()
	if open {
		_ = l.flush(ctx)
	}
}

// flush sends the pending reports in order.
func (l *life) flush(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.pending) > 0 {
		r := l.pending[0]
		l.pending = l.pending[1:]
		if err := l.link.Step(ctx, r.Step, time.Duration(r.Milliseconds)*time.Millisecond); err != nil {
			return fmt.Errorf("report step %s: %w", r.Step, err)
		}
	}
	return nil
}

// reportFailure tells the host the failure's kind, opening the link if need be.
func (l *life) reportFailure(ctx context.Context, err error) {
	if l.link == nil && l.openLink(ctx) != nil {
		return
	}
	failure := hostlink.FailUnexpected
	var e *Error
	if errors.As(err, &e) {
		failure = e.Failure
	}
	_ = l.link.Failed(ctx, failure) // there is nobody else to tell
}

func (l *life) close() {
	if l.link != nil {
		_ = l.link.Close() // the machine is powered off next
	}
}
