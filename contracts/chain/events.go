// SPDX-License-Identifier: Apache-2.0

package chain

import (
	"context"
	"fmt"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"

	"github.com/escrin/escrin/guestagent/task"
)

// TaskEvent is one of TaskSubmitted, TaskClaimed, ClaimExtended, TaskReopened, TaskAccepted, TaskExpired and TaskCancelled.
type TaskEvent interface {
	Task() common.Hash
	Where() Position
}

// event is what all events of a batch have.
type event struct {
	ID common.Hash
	At Position
}

// Task is the id of the event's batch.
func (e event) Task() common.Hash { return e.ID }

// Where says where the event is.
func (e event) Where() Position { return e.At }

// The events of a batch's life. Times are seconds since the epoch.
type (
	TaskSubmitted struct {
		event
		Identity  common.Hash
		Submitter common.Address
		Terms     task.Terms
	}
	TaskClaimed struct {
		event
		Attempt     uint32
		Requester   common.Address
		Runner      common.Address
		ClaimExpiry uint64
	}
	ClaimExtended struct {
		event
		Attempt     uint32
		ClaimExpiry uint64
	}
	TaskAccepted struct {
		event
		Attempt   uint32
		Requester common.Address
		Runner    common.Address // who was paid
		Results   []task.Result
	}
	TaskReopened struct {
		event
		Attempt uint32 // the next
	}
	TaskExpired   struct{ event }
	TaskCancelled struct{ event }
)

func taskEvents() []string {
	return []string{"TaskSubmitted", "TaskClaimed", "ClaimExtended", "TaskAccepted", "TaskReopened", "TaskExpired", "TaskCancelled"}
}

// TaskEvents returns the hub's events in a range of blocks, in the chain's order.
func (c *Chain) TaskEvents(ctx context.Context, blocks Range) ([]TaskEvent, error) {
	return c.taskEvents(ctx, blocks, taskEvents(), nil)
}

// TaskHistory returns all events so far of the batch that a task belongs to.
func (c *Chain) TaskHistory(ctx context.Context, id common.Hash) ([]TaskEvent, error) {
	batch, _ := task.Batch(id)
	return c.taskEvents(ctx, Range{}, taskEvents(), only(batch))
}

func (c *Chain) taskEvents(ctx context.Context, blocks Range, names []string, batch []common.Hash) ([]TaskEvent, error) {
	logs, err := c.logs(ctx, c.contracts.TaskHub, blocks, c.topic(names...), batch)
	if err != nil {
		return nil, fmt.Errorf("read events of tasks: %w", err)
	}
	events := make([]TaskEvent, 0, len(logs))
	for i := range logs {
		event, err := c.taskEvent(&logs[i])
		if err != nil {
			return nil, fmt.Errorf("read event in transaction %s: %w", logs[i].TxHash, err)
		}
		events = append(events, event)
	}
	return events, nil
}

func (c *Chain) taskEvent(log *types.Log) (TaskEvent, error) {
	if len(log.Topics) < 2 {
		return nil, fmt.Errorf("it has %d topics", len(log.Topics))
	}
	base := event{ID: log.Topics[1], At: position(log)}
	switch log.Topics[0] {
	case c.topics["TaskSubmitted"]:
		e, err := c.hubABI.UnpackTaskSubmittedEvent(log)
		if err != nil {
			return nil, err
		}
		return TaskSubmitted{base, e.Identity, e.Submitter, termsOf(e.Terms)}, nil
	case c.topics["TaskClaimed"]:
		e, err := c.hubABI.UnpackTaskClaimedEvent(log)
		if err != nil {
			return nil, err
		}
		return TaskClaimed{base, e.Attempt, e.Requester, e.Runner, e.ClaimExpiry}, nil
	case c.topics["ClaimExtended"]:
		e, err := c.hubABI.UnpackClaimExtendedEvent(log)
		if err != nil {
			return nil, err
		}
		return ClaimExtended{base, e.Attempt, e.ClaimExpiry}, nil
	case c.topics["TaskAccepted"]:
		e, err := c.hubABI.UnpackTaskAcceptedEvent(log)
		if err != nil {
			return nil, err
		}
		return TaskAccepted{base, e.Attempt, e.Requester, e.Runner, resultsOf(e.Results)}, nil
	case c.topics["TaskReopened"]:
		e, err := c.hubABI.UnpackTaskReopenedEvent(log)
		if err != nil {
			return nil, err
		}
		return TaskReopened{base, e.Attempt}, nil
	case c.topics["TaskExpired"]:
		return TaskExpired{base}, nil
	default:
		return TaskCancelled{base}, nil
	}
}

// Watch follows the hub's events by asking for new blocks every so often, starting with block first. It hands each
// batch to handle together with the block to start from next time, which handle may persist: after a crash, events
// are seen again or for the first time, but none is missed. It ends when ctx does, or with handle's error; a node that
// does not answer is asked again, and report, if not nil, told.
func (c *Chain) Watch(ctx context.Context, first uint64, every time.Duration, handle func(events []TaskEvent, next uint64) error, report func(error)) error {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		events, next, err := c.newEvents(ctx, first)
		switch {
		case err != nil && ctx.Err() == nil && report != nil:
			report(err)
		case err == nil && next > first:
			if err := handle(events, next); err != nil {
				return err
			}
			first = next
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
}

// maxBlocks is how many blocks are asked for at once; public nodes refuse more.
const maxBlocks = 2000

func (c *Chain) newEvents(ctx context.Context, first uint64) ([]TaskEvent, uint64, error) {
	head, err := c.eth.BlockNumber(ctx)
	if err != nil {
		return nil, first, fmt.Errorf("read the newest block: %w", err)
	}
	if head < first {
		return nil, first, nil
	}
	last := min(head, first+maxBlocks-1)
	if last == 0 { // the genesis block has no events
		return nil, 1, nil
	}
	events, err := c.TaskEvents(ctx, Range{First: first, Last: last})
	return events, last + 1, err
}
