// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/spf13/cobra"

	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/jobs/api"
	"github.com/escrin/escrin/jobs/network"
)

func newJobStatusCommand() *cobra.Command {
	var watch bool
	cmd := &cobra.Command{
		Use:   "status TASK",
		Short: "Show how far a task is",
		Long: `Show how far a task is.

With --watch it shows the steps as they happen, with the seconds since the virtual machine was started, until the task
is over; the exit status is then 0 only if a result was accepted. What the job service tells is not evidence: see
"escrin job verify".`,
		Args: exactly("TASK"),
		RunE: onChain("task", func(cmd *cobra.Command, n network.Network, c *chain.Chain, id common.Hash) error {
			follow := follower{cmd: cmd, jobs: api.NewClient(n.Jobs), chain: c, id: id}
			if watch {
				return follow.watch(cmd.Context())
			}
			return follow.once(cmd.Context())
		}),
	}
	cmd.Flags().BoolVarP(&watch, "watch", "w", false, "show the steps as they happen, until the task is over")
	return cmd
}

// follower shows one task.
type follower struct {
	cmd   *cobra.Command
	jobs  *api.Client
	chain *chain.Chain
	id    common.Hash
}

// taskStatus is a task for --json.
type taskStatus struct {
	api.Task
	AcceptedBlock uint64 `json:"acceptedBlock,omitempty"`
}

func newTaskStatus(t api.Task) taskStatus {
	status := taskStatus{Task: t}
	if t.Result != nil {
		status.AcceptedBlock = t.Result.Block
	}
	return status
}

// once shows the task as it is now: what the job service knows, else what the chain knows.
func (f follower) once(ctx context.Context) error {
	t, err := f.jobs.Task(ctx, f.id)
	if err != nil {
		known, chainErr := f.fromChain(ctx)
		if chainErr != nil {
			return chainErr
		}
		fmt.Fprintf(f.cmd.ErrOrStderr(), "note: from the chain alone: %s\n", silence(err))
		t = known
	}
	if wantJSON(f.cmd) {
		return printJSON(f.cmd.OutOrStdout(), newTaskStatus(t))
	}
	teller := stepTeller{out: f.cmd.OutOrStdout()}
	teller.tell(t)
	return nil
}

// silence says why the job service told nothing of a task that is on chain.
func silence(err error) string {
	if errors.Is(err, api.ErrUnknownTask) {
		return "the job service has not taken note of the task yet"
	}
	return oneLine(err.Error())
}

// fromChain is what the task hub's record says of the task.
func (f follower) fromChain(ctx context.Context) (api.Task, error) {
	record, err := f.chain.Task(ctx, f.id)
	if errors.Is(err, chain.ErrNoTask) {
		return api.Task{}, withHint(err, "`escrin job list` shows the tasks of this network")
	}
	if err != nil {
		return api.Task{}, unreachable(err)
	}
	t := api.Task{ID: f.id.Hex(), Identity: record.Identity(), State: api.State(record.State.String()), Attempt: record.Attempt,
		InputDigest: record.InputDigest(), Terms: api.TermsOf(record.Terms), Attempts: []api.Attempt{}}
	if record.State == chain.StateAccepted {
		t.Result = api.ResultOf(record.Result(f.id), record.Requester)
	}
	return t, nil
}

// retryPause is how long watch waits before it asks a job service again that did not answer.
const retryPause = time.Second

// watch shows each change until the task is over. It outlives a restart of the job service.
func (f follower) watch(ctx context.Context) error {
	if _, err := f.fromChain(ctx); err != nil {
		return err
	}
	teller := stepTeller{out: f.cmd.OutOrStdout()}
	var last api.Task
	seen := func(t api.Task) error {
		last, teller.away = t, false
		if !wantJSON(f.cmd) {
			teller.tell(t)
			return nil
		}
		return json.NewEncoder(f.cmd.OutOrStdout()).Encode(newTaskStatus(t))
	}
	for {
		err := f.jobs.Watch(ctx, f.id, seen)
		if err == nil {
			return verdict(last)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if !errors.Is(err, api.ErrUnknownTask) && !teller.away {
			teller.away = true
			fmt.Fprintln(f.cmd.ErrOrStderr(), "        … the job service does not answer; waiting for it")
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(retryPause):
		}
	}
}

// verdict is nil if the task has a result.
func verdict(t api.Task) error {
	switch t.State {
	case api.StateAccepted:
		return nil
	case api.StateExpired:
		return withHint(fmt.Errorf("task %s expired without a result", t.ID), "submit it again with a longer --deadline or more --attempts; the fee went back")
	}
	return fmt.Errorf("task %s is %s", t.ID, t.State)
}
