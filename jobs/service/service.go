// SPDX-License-Identifier: Apache-2.0

// Package service is the job service: it follows the chain, takes up open tasks, gives each attempt to a runner, and
// tells over HTTP how they go.
//
// The chain is the source of truth. Each turn of the loop takes in the new blocks, reads the state of the tasks they
// touched, and then decides, for each task that is not over, on one action by a pure function of what the chain says
// and what runs here (decide.go). Nothing that was decided is remembered: after kill -9 at any point the next process
// reads the chain and decides anew. What the dead process had claimed is given up, because its guests died with it; a
// transaction that it left in flight comes first, for its nonce is lower. The hub accepts one result per task, so a
// task ends once whatever is done here. An account serves one service: two would give up each other's claims.
package service

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"net/netip"
	"sync"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/escrin/escrin/contracts/chain"
	guesttask "github.com/escrin/escrin/guestagent/task"
	"github.com/escrin/escrin/jobs/api"
	"github.com/escrin/escrin/jobs/runner"
	"github.com/escrin/escrin/jobs/task"
)

// Chain is what the service needs of the chain; *chain.Chain is one.
type Chain interface {
	Head(ctx context.Context) (chain.Block, error)
	BlockAt(ctx context.Context, number uint64) (chain.Block, error)
	TaskEvents(ctx context.Context, blocks chain.Range) ([]chain.TaskEvent, error)
	TaskHistory(ctx context.Context, task common.Hash) ([]chain.TaskEvent, error)
	Task(ctx context.Context, id common.Hash) (chain.Task, error)
	Expire(ctx context.Context, from *chain.Account, id common.Hash, terms guesttask.Terms) (chain.Receipt, error)
	Credit(ctx context.Context, token, account common.Address) (*big.Int, error)
	Withdraw(ctx context.Context, from *chain.Account, token common.Address) (chain.Receipt, error)
}

// Runner makes attempts; *runner.Local is one. Run returns nil when the chain has accepted the result, and leaves
// nothing of the attempt running when it returns.
type Runner interface {
	Run(ctx context.Context, a runner.Assignment, o runner.Observer) error
	Over(task common.Hash) // no attempt at the task will be asked for any more
}

// Config is what a service works with. All fields but the last four are required.
type Config struct {
	ChainID uint64
	Chain   Chain
	Account *chain.Account // as which tasks are claimed, and which pays for transactions
	Runner  Runner
	Journal *task.Journal // owned by the service until Run returns
	Places  int           // guests at once, at least 1
	Poll    time.Duration // between two looks at the chain
	Backoff time.Duration // pause after a first failure; it doubles with each further one, up to MaxBackoff
	Limits  Limits        // which tasks it takes
	Log     func(line string)

	Instance       string               // a name for this process, which it tells in its health; empty for none
	TrustedProxies []netip.Prefix       // whose X-Forwarded-For says who asks
	Spread         func() time.Duration // over which job services begin a task that is open for all of them; nil for none

	WithdrawFrom *big.Int // wei that the hub must owe to the account before they are withdrawn; nil for never
}

// MaxBackoff is the longest pause between two attempts at a task.
const MaxBackoff = time.Minute

// Service schedules the tasks of one network. Make it with New, then call Run once.
type Service struct {
	Config
	wake chan struct{} // of capacity 1: something happened, look again
	pace pace

	collecting sync.Mutex // held while credit is withdrawn

	mu      sync.Mutex // guards what follows, and Journal
	head    chain.Block
	trouble error // why the last look at the chain failed
	views   map[common.Hash]chain.Task
	guests  map[common.Hash]*guest
	retries map[common.Hash]retry
	turns   map[common.Hash]turn
	ending  map[common.Hash]bool // the hub is being told that a claim or a deadline is over
	changed chan struct{}        // closed and replaced when any task changes
	running sync.WaitGroup
}

// guest is an attempt that runs here.
type guest struct {
	attempt uint32
	index   int // in the task's list of attempts
	cancel  context.CancelCauseFunc
}

// retry says when a task may be tried again.
type retry struct {
	failures int
	next     time.Time
}

// New makes a service out of what its journal knows. Attempts that the journal has as running belong to a process
// that is gone, and so are their guests.
func New(c Config) (*Service, error) {
	s := &Service{
		Config: c, wake: make(chan struct{}, 1), pace: pace{writeLimit, slowest}, changed: make(chan struct{}),
		views: map[common.Hash]chain.Task{}, guests: map[common.Hash]*guest{}, retries: map[common.Hash]retry{}, turns: map[common.Hash]turn{},
		ending: map[common.Hash]bool{},
	}
	for _, t := range s.Journal.Tasks() {
		if err := s.bury(t); err != nil {
			return nil, fmt.Errorf("make service: %w", err)
		}
	}
	return s, nil
}

// bury marks what ran in a process that is gone.
func (s *Service) bury(t api.Task) error {
	t, found := clone(t), false
	for i := range t.Attempts {
		if t.Attempts[i].Outcome == api.OutcomeRunning {
			t.Attempts[i].Outcome, found = api.OutcomeAbandoned, true
			t.Attempts[i].Reason = "the job service ended while it ran"
		}
	}
	if t.State == api.StateRunning || (found && !t.State.Final()) {
		t.Message = "the job service was restarted"
		s.apply(&t, task.Ended)
	} else if !found {
		return nil
	}
	return s.Journal.Record(s.Journal.Cursor(), t)
}

// Run follows the chain until ctx ends; then it stops its guests and waits until they are gone.
func (s *Service) Run(ctx context.Context) error {
	defer s.running.Wait()
	s.running.Go(func() { s.collect(ctx) })
	for {
		err := s.follow(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		s.report(err)
		if err == nil {
			s.act(ctx)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-s.wake:
		case <-time.After(s.Poll):
		}
	}
}

// report keeps the trouble for /healthz and logs it when it is new.
func (s *Service) report(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil && (s.trouble == nil || s.trouble.Error() != err.Error()) {
		s.Log("follow chain: " + err.Error())
	}
	s.trouble = err
}

// apply moves a task by one event. An event that the table does not have changes nothing: it comes from a guest or a
// chain that is not where the task is, and the next look at the chain decides.
func (s *Service) apply(t *api.Task, on task.Event) {
	to, err := task.Next(t.State, on)
	if err != nil {
		s.Log(fmt.Sprintf("task %s: ignored: %v", t.ID, err))
		return
	}
	t.State = to
}

// update changes one known task under the lock and notes it in the journal.
func (s *Service) update(id common.Hash, change func(*api.Task)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.updateLocked(id, change)
}

func (s *Service) updateLocked(id common.Hash, change func(*api.Task)) {
	t, ok := s.Journal.Task(id)
	if !ok {
		return
	}
	t = clone(t)
	change(&t)
	if err := s.Journal.Record(s.Journal.Cursor(), t); err != nil {
		s.Log(err.Error()) // the task is changed in memory; the file can be rebuilt
	}
	s.announce()
}

// announce wakes everyone who watches a task.
func (s *Service) announce() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// nudge makes the loop look again now.
func (s *Service) nudge() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// clone copies what an update may change in place, so that a task that was given away never changes.
func clone(t api.Task) api.Task {
	attempts := make([]api.Attempt, len(t.Attempts))
	for i, a := range t.Attempts {
		a.Steps = append([]api.Step{}, a.Steps...)
		a.Txs = append([]api.Tx{}, a.Txs...)
		attempts[i] = a
	}
	t.Attempts = attempts
	return t
}

// errShutdown is why guests are stopped when the service ends.
var errShutdown = errors.New("the job service is shutting down")
