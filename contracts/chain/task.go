// SPDX-License-Identifier: Apache-2.0

package chain

import (
	"context"
	"errors"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/accounts/abi/bind/v2"
	"github.com/ethereum/go-ethereum/common"

	"github.com/escrin/escrin/contracts/bindings"
	"github.com/escrin/escrin/guestagent/task"
	"github.com/escrin/escrin/guestagent/task/readback"
)

// ErrNoTask says that no task with that id was submitted.
var ErrNoTask = errors.New("no such task")

// State is a task's, as the contract numbers it.
type State uint8

// The states of a task.
const (
	StateNone State = iota
	StateOpen
	StateClaimed
	StateAccepted
	StateExpired
	StateCancelled
)

func (s State) String() string {
	names := [...]string{"none", "open", "claimed", "accepted", "expired", "cancelled"}
	if int(s) >= len(names) {
		return fmt.Sprintf("unknown (%d)", uint8(s))
	}
	return names[s]
}

// Over tells whether nothing can happen to the task any more.
func (s State) Over() bool { return s == StateAccepted || s == StateExpired || s == StateCancelled }

// Task is a batch of tasks: the hub's record of it, the terms that it was submitted under, and its results. Times are
// seconds since the epoch. Terms and results are from the hub's events, and have the digest that the record has.
type Task struct {
	ID          common.Hash // of the batch
	State       State
	Attempt     uint32         // from 1; one more than the claims that lapsed
	Runner      common.Address // who claimed, or was paid
	ClaimExpiry uint64
	Requester   common.Address // of the claim; once accepted, of the results
	Digest      common.Hash    // of the terms; once accepted, of the results
	Terms       task.Terms
	Results     []task.Result // once accepted, one for each task of the batch
}

// Identity is the identity as which the task must be run.
func (t Task) Identity() common.Hash { return t.Terms.Identity }

// InputDigest is the SHA-256 of the input manifest.
func (t Task) InputDigest() common.Hash { return t.Terms.InputDigest }

// Result is that of a task of the batch; zero if it has none.
func (t Task) Result(id common.Hash) task.Result {
	if _, index := task.Batch(id); index < len(t.Results) {
		return t.Results[index]
	}
	return task.Result{}
}

// Fee is the fee of the whole batch, in units of its token.
func (t Task) Fee() *big.Int { return Amount(t.Terms.Fee) }

// Amount is the number that a word of terms stands for.
func Amount(word [32]byte) *big.Int { return new(big.Int).SetBytes(word[:]) }

// Word is the word of terms that stands for an amount, which must be neither negative nor wider; nil is zero.
func Word(amount *big.Int) [32]byte {
	if amount == nil {
		return [32]byte{}
	}
	return common.BigToHash(amount)
}

// Domain is what signatures for the task hub are bound to.
func (c *Chain) Domain() task.Domain {
	return task.Domain{ChainID: c.contracts.ChainID, TaskHub: c.contracts.TaskHub}
}

// TaskID computes the id that a submitter's batch with this salt has or will have.
func (c *Chain) TaskID(submitter common.Address, salt common.Hash) common.Hash {
	return c.Domain().TaskID(submitter, salt)
}

// Task reads the batch that a task belongs to in its newest state; ErrNoTask if there is none, or if it has fewer tasks.
func (c *Chain) Task(ctx context.Context, id common.Hash) (Task, error) {
	batch, index := task.Batch(id)
	record, err := bind.Call(c.hub, at(ctx, nil), c.hubABI.PackRecordOf(common.Hash(batch).Big()), c.hubABI.UnpackRecordOf)
	if err != nil {
		return Task{}, fmt.Errorf("read task: %w", err)
	}
	if State(record.State) == StateNone {
		return Task{}, fmt.Errorf("task %s: %w", id, ErrNoTask)
	}
	t := Task{
		ID: batch, State: State(record.State), Attempt: record.Attempt, Runner: record.Runner,
		ClaimExpiry: record.ClaimExpiry, Requester: record.Requester, Digest: record.Digest,
	}
	if err := c.recall(ctx, &t); err != nil {
		return Task{}, fmt.Errorf("read task %s: %w", id, err)
	}
	if index >= int(t.Terms.Count) {
		return Task{}, fmt.Errorf("task %s: %w", id, ErrNoTask)
	}
	return t, nil
}

// recall reads what the hub's record has only the digest of, and compares. Once there are results, nothing on chain has the
// digest of the terms any more but what was signed: package jobs/audit compares with that.
func (c *Chain) recall(ctx context.Context, t *Task) error {
	events, err := c.taskEvents(ctx, Range{}, []string{"TaskSubmitted", "TaskAccepted"}, only(t.ID))
	if err != nil {
		return err
	}
	submitted := false
	for _, e := range events {
		switch e := e.(type) {
		case TaskSubmitted:
			t.Terms, submitted = e.Terms, true
		case TaskAccepted:
			if t.State == StateAccepted {
				t.Results, t.Attempt, t.Requester, t.Runner = e.Results, e.Attempt, e.Requester, e.Runner
			}
		}
	}
	switch {
	case !submitted:
		return errors.New("the node does not have the event of its submission")
	case t.State == StateAccepted && readback.RecordedDigest(t.Results) != t.Digest:
		return errors.New("the node's event of its results is not what the hub recorded")
	case t.State != StateAccepted && t.Terms.Digest() != t.Digest:
		return errors.New("the node's event of its submission is not what the hub recorded")
	}
	return nil
}

// ClaimWindow reads for how long a claim lasts, in seconds.
func (c *Chain) ClaimWindow(ctx context.Context) (uint64, error) {
	window, err := bind.Call(c.hub, at(ctx, nil), c.hubABI.PackClaimWindow(), c.hubABI.UnpackClaimWindow)
	if err != nil {
		return 0, fmt.Errorf("read claim window: %w", err)
	}
	return window, nil
}

// termsOf and asBinding turn terms from and into what the contract's bindings have.
func termsOf(t bindings.ITaskLifecycleTerms) task.Terms {
	return task.Terms{
		Submitter: t.Submitter, Identity: t.Identity, InputDigest: t.InputDigest, Deadline: t.Deadline, Count: t.Count,
		Attempts: t.Attempts, Token: t.Token, Fee: Word(t.Fee), Refundee: t.Refundee, Callback: t.Callback, CallbackGas: t.CallbackGas,
	}
}

func asBinding(t task.Terms) bindings.ITaskLifecycleTerms {
	return bindings.ITaskLifecycleTerms{
		Submitter: t.Submitter, Identity: t.Identity, InputDigest: t.InputDigest, Deadline: t.Deadline, Count: t.Count,
		Attempts: t.Attempts, Token: t.Token, Fee: Amount(t.Fee), Refundee: t.Refundee, Callback: t.Callback, CallbackGas: t.CallbackGas,
	}
}

func resultsOf(results []bindings.ITaskLifecycleTaskResult) []task.Result {
	converted := make([]task.Result, len(results))
	for i, r := range results {
		converted[i] = task.Result(r)
	}
	return converted
}

// asHash turns a uint256 that names something into the 32 bytes that are shown.
func asHash(value any) (common.Hash, bool) {
	number, ok := value.(*big.Int)
	if !ok {
		return common.Hash{}, false
	}
	return common.BigToHash(number), true
}
