// SPDX-License-Identifier: Apache-2.0

package service

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/jobs/api"
	"github.com/escrin/escrin/jobs/runner"
	"github.com/escrin/escrin/jobs/task"
)

// act decides about each task that is not over, in the order of submission, and does it.
func (s *Service) act(ctx context.Context) {
	for _, id := range s.unfinished() {
		switch a := s.decideFor(id); a.verb {
		case start:
			s.start(ctx, id)
		case stop:
			s.stop(id, a.why)
		case expire:
			s.expire(ctx, id, a.why)
		case hold:
			s.hold(id, a.why)
		}
	}
}

func (s *Service) unfinished() []common.Hash {
	s.mu.Lock()
	defer s.mu.Unlock()
	var ids []common.Hash
	for _, t := range s.Journal.Tasks() {
		id := common.HexToHash(t.ID)
		if _, ok := s.views[id]; ok || s.guests[id] != nil {
			ids = append(ids, id)
		}
	}
	return ids
}

func (s *Service) decideFor(id common.Hash) action {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := situation{
		view: s.views[id], now: s.head.Time, self: s.Account.Address(),
		free: len(s.guests) < s.Places, resting: s.ending[id] || time.Now().Before(s.retries[id].next),
	}
	t, _ := s.Journal.Task(id)
	now.early = s.early(id, now.view)
	now.refused = s.Limits.refuse(now.view.Terms, now.now, costlyFailures(t))
	if g := s.guests[id]; g != nil {
		now.guest = g.attempt
	}
	return decide(now)
}

// start gives the task's attempt to the runner.
func (s *Service) start(service context.Context, id common.Hash) {
	ctx, cancel := context.WithCancelCause(service)
	s.mu.Lock()
	defer s.mu.Unlock()
	view := s.views[id]
	g := &guest{attempt: view.Attempt, cancel: cancel}
	s.updateLocked(id, func(t *api.Task) {
		s.apply(t, task.Held)
		t.Message = ""
		t.Attempts = append(t.Attempts[max(0, len(t.Attempts)-keptAttempts+1):], api.Attempt{
			Number: view.Attempt, Started: time.Now().UTC(), Outcome: api.OutcomeRunning, Steps: []api.Step{}, Txs: []api.Tx{},
		})
		g.index = len(t.Attempts) - 1
	})
	s.guests[id] = g
	assignment := runner.Assignment{TaskID: id, Attempt: view.Attempt, Terms: view.Terms}
	s.Log(fmt.Sprintf("task %s: attempt %d begins", id, view.Attempt))
	s.running.Go(func() {
		defer cancel(nil)
		err := s.Runner.Run(ctx, assignment, &observer{s, id, g.index})
		s.ended(id, g, err, context.Cause(ctx))
		s.collect(service)
	})
}

// keptAttempts is how many attempts a task's status lists.
const keptAttempts = 20

// ended notes how an attempt ended and when the task may be tried again.
func (s *Service) ended(id common.Hash, g *guest, err, cause error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.nudge()
	delete(s.guests, id)
	delete(s.views, id) // the guest may have changed the task since it was last looked at: look again before deciding
	outcome, reason := api.OutcomeAccepted, ""
	switch {
	case err == nil:
		delete(s.retries, id)
	case errors.Is(cause, context.Canceled):
		outcome, reason = api.OutcomeAbandoned, errShutdown.Error()
	default:
		outcome, reason = api.OutcomeFailed, err.Error()
		s.postpone(id)
	}
	s.Log(fmt.Sprintf("task %s: attempt %d %s %s", id, g.attempt, outcome, reason))
	if t, _ := s.Journal.Task(id); t.State.Final() {
		s.over(id)
	}
	s.updateLocked(id, func(t *api.Task) {
		s.apply(t, task.Ended)
		t.Message = ""
		if t.Attempts[g.index].Outcome == api.OutcomeAccepted {
			return // the chain has said so before
		}
		t.Attempts[g.index].Outcome, t.Attempts[g.index].Reason = outcome, reason
		if reason != "" && !t.State.Final() {
			t.Message = fmt.Sprintf("attempt %d: %s", g.attempt, reason)
		}
	})
}

// postpone makes a task rest after a failure, twice as long as after the one before.
func (s *Service) postpone(id common.Hash) {
	r := s.retries[id]
	pause := min(s.Backoff<<min(r.failures, 20), MaxBackoff)
	s.retries[id] = retry{failures: r.failures + 1, next: time.Now().Add(pause)}
	time.AfterFunc(pause, s.nudge)
}

// over tells the runner, beside the loop.
func (s *Service) over(id common.Hash) {
	s.running.Go(func() { s.Runner.Over(id) })
}

// stop ends a guest; its end is noted when the runner returns.
func (s *Service) stop(id common.Hash, why string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if g := s.guests[id]; g != nil {
		g.cancel(errors.New(why))
	}
}

// expire tells the hub, beside the loop: a transaction may take a while.
func (s *Service) expire(ctx context.Context, id common.Hash, why string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	view := s.views[id]
	s.ending[id] = true
	s.running.Go(func() {
		s.expireNow(ctx, id, view, why)
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.ending, id)
		s.nudge()
	})
}

// expireNow looks at the task once more, for a claim that is given up or expired costs its bond, and tells the hub. A refusal
// is the hub's to explain; the next look at the chain decides again.
func (s *Service) expireNow(ctx context.Context, id common.Hash, view chain.Task, why string) {
	now, err := s.Chain.Task(ctx, id)
	if err == nil && (now.State != view.State || now.Attempt != view.Attempt || now.ClaimExpiry != view.ClaimExpiry) {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.views, id) // so that it is looked at again
		return
	}
	var receipt chain.Receipt
	if err == nil {
		receipt, err = s.Chain.Expire(ctx, s.Account, id, view.Terms)
	}
	if ctx.Err() != nil {
		return
	}
	if err != nil {
		s.mu.Lock()
		s.postpone(id)
		s.mu.Unlock()
		s.hold(id, fmt.Sprintf("%s, but the hub did not take it: %v", why, err))
		return
	}
	s.Log(fmt.Sprintf("task %s: %s: told the hub in transaction %s", id, why, receipt.TxHash))
	s.update(id, func(t *api.Task) {
		if n := len(t.Attempts); n > 0 {
			t.Attempts[n-1].Txs = append(t.Attempts[n-1].Txs, api.Tx{Kind: "expire", Hash: receipt.TxHash, Block: receipt.Block})
		}
	})
}

// hold says why nothing is done. The reason of the last failure is more worth knowing than that the task waits.
func (s *Service) hold(id common.Hash, why string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, ok := s.Journal.Task(id)
	if n := len(t.Attempts); ok && n > 0 && t.Attempts[n-1].Outcome == api.OutcomeFailed && t.Attempts[n-1].Number == t.Attempt {
		why = fmt.Sprintf("attempt %d: %s; %s", t.Attempt, t.Attempts[n-1].Reason, why)
	}
	if !ok || (t.Message == why && t.State != api.StateOpen) {
		return
	}
	s.updateLocked(id, func(t *api.Task) {
		s.apply(t, task.Held)
		t.Message = why
	})
}
