// SPDX-License-Identifier: Apache-2.0

package service

import (
	"context"
	"errors"
	"fmt"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"

	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/jobs/api"
	"github.com/escrin/escrin/jobs/task"
)

// maxBlocks is how many blocks are asked for at once; public nodes refuse more.
const maxBlocks = 2000

// follow takes in the blocks since the last turn. Events say only which tasks to look at; what a task is now is read
// from the hub, so that taking in a block twice, or several at once, comes to the same.
func (s *Service) follow(ctx context.Context) error {
	if err := s.checkCursor(ctx); err != nil {
		return err
	}
	head, err := s.Chain.Head(ctx)
	if err != nil {
		return err
	}
	for first := s.cursor().Number + 1; first <= head.Number; first += maxBlocks {
		last := min(first+maxBlocks-1, head.Number)
		if err := s.takeIn(ctx, first, last); err != nil {
			return err
		}
	}
	if err := s.lookAtUnseen(ctx); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.head = head
	return nil
}

func (s *Service) cursor() task.Cursor {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.Journal.Cursor()
}

// checkCursor starts anew if the last block taken in is not on the chain any more.
func (s *Service) checkCursor(ctx context.Context) error {
	at := s.cursor()
	if at.Number == 0 {
		return nil
	}
	block, err := s.Chain.BlockAt(ctx, at.Number)
	if err == nil && block.Hash == at.Hash {
		return nil
	}
	if err != nil && !errors.Is(err, ethereum.NotFound) {
		return err
	}
	s.Log(fmt.Sprintf("block %d is not the one that was seen: reading the chain from its beginning", at.Number))
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.views)
	return s.Journal.Rewind()
}

// takeIn looks at every task that has an event in a range of blocks, and moves the cursor.
func (s *Service) takeIn(ctx context.Context, first, last uint64) error {
	end, err := s.Chain.BlockAt(ctx, last)
	if err != nil {
		return err
	}
	events, err := s.Chain.TaskEvents(ctx, chain.Range{First: first, Last: last})
	if err != nil {
		return err
	}
	seen := map[common.Hash]bool{}
	for _, e := range events {
		if !seen[e.Task()] {
			seen[e.Task()] = true
			if err := s.lookAt(ctx, e.Task()); err != nil {
				return err
			}
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.Journal.Record(task.Cursor{Number: last, Hash: end.Hash})
}

// lookAtUnseen reads the tasks that the journal has as unfinished and that this process has not looked at.
func (s *Service) lookAtUnseen(ctx context.Context) error {
	for _, id := range s.unseen() {
		if err := s.lookAt(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) unseen() []common.Hash {
	s.mu.Lock()
	defer s.mu.Unlock()
	var ids []common.Hash
	for _, t := range s.Journal.Tasks() {
		id := common.HexToHash(t.ID)
		if _, ok := s.views[id]; !ok && t.State != "" && !t.State.Final() {
			ids = append(ids, id)
		}
	}
	return ids
}

// lookAt reads one task from the hub and moves ours to where it is.
func (s *Service) lookAt(ctx context.Context, id common.Hash) error {
	view, err := s.Chain.Task(ctx, id)
	if errors.Is(err, chain.ErrNoTask) {
		return nil // its block was reorganised away; it may come again
	}
	if err != nil {
		return err
	}
	s.mu.Lock()
	known, ok := s.Journal.Task(id)
	s.mu.Unlock()
	var history []chain.TaskEvent
	if !ok || known.State == "" || view.State == chain.StateAccepted {
		if history, err = s.Chain.TaskHistory(ctx, id); err != nil {
			return err
		}
	}
	return s.learn(id, view, history)
}

// learn moves a task to where the hub says it is.
func (s *Service) learn(id common.Hash, view chain.Task, history []chain.TaskEvent) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, ok := s.Journal.Task(id)
	if !ok {
		t = api.Task{ID: id.Hex(), Attempts: []api.Attempt{}}
	}
	t = clone(t)
	t.Identity, t.InputDigest, t.Terms = view.Terms.Identity, view.Terms.InputDigest, api.TermsOf(view.Terms)
	for _, e := range task.Observe(t.State, t.Attempt, task.Sighting{State: api.State(view.State.String()), Attempt: view.Attempt}) {
		s.apply(&t, e)
	}
	if !t.State.Final() || view.State.Over() {
		t.Attempt = view.Attempt
	}
	for _, e := range history {
		recall(&t, e)
	}
	s.views[id] = view
	if t.State.Final() {
		s.finish(&t)
	}
	s.announce()
	return s.Journal.Record(s.Journal.Cursor(), t)
}

// finish tidies up after a task that is over; its view is kept while a guest runs.
func (s *Service) finish(t *api.Task) {
	id := common.HexToHash(t.ID)
	t.Message = ""
	delete(s.retries, id)
	delete(s.turns, id)
	if n := len(t.Attempts); n > 0 && t.State == api.StateAccepted && t.Attempts[n-1].Number == t.Attempt && t.Attempts[n-1].Outcome == api.OutcomeRunning {
		t.Attempts[n-1].Outcome = api.OutcomeAccepted
	}
	if s.guests[id] == nil {
		delete(s.views, id)
		s.over(id)
	}
}

// recall takes from a past event what the hub's state does not have.
func recall(t *api.Task, e chain.TaskEvent) {
	switch e := e.(type) {
	case chain.TaskSubmitted:
		t.Submitted = e.At.Block
	case chain.TaskAccepted:
		if len(e.Results) == 1 { // larger batches are run by others
			t.Result = api.ResultOf(e.Results[0], e.Requester)
			t.Result.Tx, t.Result.Block = e.At.TxHash, e.At.Block
		}
	}
}
