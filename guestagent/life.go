// SPDX-License-Identifier: Apache-2.0

package guestagent

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/escrin/escrin/guestagent/hostlink"
	"github.com/escrin/escrin/guestagent/livelog"
)

// life is what outlasts an attempt: the machine, and the link to its host.
type life struct {
	machine  Machine
	shortest time.Duration           // claim window: minWindow
	pace     time.Duration           // of log segments: livelog.Pace
	validity time.Duration           // of what is signed for anchors: the constant
	cancel   context.CancelCauseFunc // ends what is under way
	opened   bool                    // inputs may be in memory, or were: no reason of a failure is told any more

	mu      sync.Mutex // guards what follows against the workload's first output
	pending []hostlink.StepReport
	link    *hostlink.Client
	origin  time.Duration // where the time of reports begins, since the kernel started
	told    chan struct{} // closed when nothing is pending any more; nil while nothing is being told
}

func newLife(m Machine) *life {
	return &life{
		machine: m, cancel: func(error) {}, shortest: minWindow, pace: livelog.Pace, validity: validity,
		pending: []hostlink.StepReport{{Step: hostlink.StepKernel}}, // at 0 ms
	}
}

// endure lives, and tells the host how that ended.
func (l *life) endure(ctx context.Context) error {
	ctx, l.cancel = context.WithCancelCause(ctx)
	defer l.cancel(nil)
	l.reach(ctx, hostlink.StepAgent)
	err := l.live(ctx)
	if err == nil {
		l.reach(ctx, hostlink.StepPoweroff)
	} else {
		l.reportFailure(ctx, err)
	}
	l.flush(ctx)
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
	if err := a.walk(ctx, []stage{{"wipe machine", a.wipe, hostlink.StepWiped, hostlink.FailSetup}}); err != nil {
		return nil, err
	}
	a.flush(ctx) // what comes next is of another task
	next := &attempt{life: a.life, later: true}
	err := next.walk(ctx, next.renewal())
	if none := new(hostlink.Error); errors.As(err, &none) && none.Code == hostlink.CodeNotFound {
		return nil, nil
	}
	return next, err
}

// errLinkGone ends a life whose host has gone.
var errLinkGone = errors.New("the host link has ended")

// openLink opens the link, once.
func (l *life) openLink(ctx context.Context) error {
	conn, err := l.machine.OpenLink()
	if err != nil {
		return err
	}
	link := hostlink.NewClient(conn)
	go func() { // nobody is left to ask, or to wait for
		<-link.Gone()
		l.cancel(errLinkGone)
	}()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.link = link
	l.tell(ctx)
	return nil
}

// beginNow makes reports count from now on: who waited for a task is not slow at it.
func (l *life) beginNow() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.origin = l.machine.SinceBoot()
}

// reach reports a step, when the link is open and the steps before are reported. Nothing waits for that: an answer of the host takes an
// emulated guest as long as a dozen system calls. A host that does not listen misses it.
func (l *life) reach(ctx context.Context, s hostlink.Step) {
	l.mu.Lock()
	defer l.mu.Unlock()
	since := l.machine.SinceBoot() - l.origin
	l.pending = append(l.pending, hostlink.StepReport{Step: s, Milliseconds: uint64(since.Milliseconds())})
	if l.link != nil {
		l.tell(ctx)
	}
}

// tell has the pending reports sent in order, by one goroutine at a time. The caller holds mu.
func (l *life) tell(ctx context.Context) {
	if l.told != nil || len(l.pending) == 0 {
		return
	}
	l.told = make(chan struct{})
	go func() {
		for {
			l.mu.Lock()
			if len(l.pending) == 0 {
				close(l.told)
				l.told = nil
				l.mu.Unlock()
				return
			}
			r := l.pending[0]
			l.pending = l.pending[1:]
			l.mu.Unlock()
			_ = l.link.Step(context.WithoutCancel(ctx), r.Step, time.Duration(r.Milliseconds)*time.Millisecond)
		}
	}()
}

// flush waits until all reports are sent.
func (l *life) flush(ctx context.Context) {
	l.mu.Lock()
	told := l.told
	l.mu.Unlock()
	if told == nil {
		return
	}
	select {
	case <-told:
	case <-ctx.Done():
	}
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
	l.flush(ctx)
	_ = l.link.Failed(ctx, failure) // there is nobody else to tell
}

func (l *life) close() {
	if l.link != nil {
		_ = l.link.Close() // the machine is powered off next
	}
}
