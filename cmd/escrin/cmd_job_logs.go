// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/spf13/cobra"

	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/guestagent/livelog"
	"github.com/escrin/escrin/guestagent/task"
	"github.com/escrin/escrin/jobs/joblog"
	"github.com/escrin/escrin/jobs/network"
	"github.com/escrin/escrin/jobs/ticket"
	"github.com/escrin/escrin/plural"
)

func newJobLogsCommand() *cobra.Command {
	var follow bool
	cmd := &cobra.Command{
		Use:   "logs TASK",
		Short: "Show what a task's workload says",
		Long: `Show what a task's workload says: its standard output and standard error.

They are encrypted to the task; only who prepared or submitted it can read them. The log is there with the result. An
enclave whose spec has "logs: {live: true}" tells while it runs as well: 4 KiB every 2 seconds, whatever is said, so that size
and time tell nobody else anything. What is said faster than that is left out, and comes with the result: the first MiB of each
stream. With --follow it goes on until the task is over.

What is told while it runs is shown only if the enclave that claimed the attempt on chain signed it, and is compared with the
result in the end: what is missing is shown then, and a stream that is not what was told is shown anew, in full. The exit status is not 0
if anything was not the enclave's.`,
		Example: "  escrin job logs $TASK\n  escrin job logs --follow $TASK",
		Args:    exactly("TASK"),
		RunE: onChain("task", func(cmd *cobra.Command, n network.Network, c *chain.Chain, id common.Hash) error {
			return showLogs(cmd, n, c, id, follow)
		}),
	}
	cmd.Flags().BoolVarP(&follow, "follow", "f", false, "show what comes, until the task is over")
	return cmd
}

func showLogs(cmd *cobra.Command, n network.Network, c *chain.Chain, id common.Hash, follow bool) error {
	t, err := loadTicket(n, id)
	if err != nil {
		return err
	}
	r := logReader{cmd: cmd, network: n, chain: c, domain: c.Domain(), ticket: t, id: id, segments: joblog.NewClient(n.Jobs), show: newLogWriter(cmd)}
	if follow {
		return r.follow(cmd.Context())
	}
	return r.once(cmd.Context())
}

// logReader puts together what a workload said: of the segments while it runs, and of the sealed output in the end.
type logReader struct {
	cmd      *cobra.Command
	network  network.Network
	chain    *chain.Chain
	domain   task.Domain
	ticket   ticket.Ticket
	id       common.Hash
	segments joblog.Client
	show     logWriter

	attempt   uint32
	requester common.Address // who claimed the attempt; zero if nobody has
	next      uint64         // segment of the attempt
	refused   uint64         // segments that were not shown
	away      bool           // the job service did not answer last time
}

// once shows what there is now.
func (r *logReader) once(ctx context.Context) error {
	record, err := r.look(ctx)
	if err != nil {
		return err
	}
	if record.State == chain.StateAccepted {
		return r.end(ctx, record)
	}
	if err := r.drain(ctx); err != nil {
		return unreachable(err)
	}
	if r.refused > 0 {
		return r.errRefused()
	}
	if r.next == 0 {
		return withHint(fmt.Errorf("task %s has no log yet: it is %s", r.id, record.State),
			"the log comes with the result; earlier, if the enclave's spec has `logs: {live: true}` and its workload runs")
	}
	return nil
}

// follow shows what comes until the task is over.
func (r *logReader) follow(ctx context.Context) error {
	for {
		record, err := r.look(ctx)
		if err != nil {
			return err
		}
		err = r.drain(ctx)
		if err != nil && !errors.Is(err, livelog.ErrKey) && !r.away {
			fmt.Fprintf(r.cmd.ErrOrStderr(), "note: %s; trying again\n", oneLine(err.Error()))
		} else if errors.Is(err, livelog.ErrKey) {
			return err
		}
		r.away = err != nil
		switch {
		case record.State == chain.StateAccepted:
			return r.end(ctx, record)
		case record.State.Over():
			return fmt.Errorf("task %s has no result: it is %s", r.id, record.State)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(livelog.Pace):
		}
	}
}

// look reads the task's record; of another attempt everything begins anew.
func (r *logReader) look(ctx context.Context) (chain.Task, error) {
	record, err := r.chain.Task(ctx, r.id)
	switch {
	case errors.Is(err, chain.ErrNoTask):
		return record, withHint(err, "`escrin job list` shows the tasks of this network")
	case err != nil:
		return record, unreachable(err)
	}
	if record.Attempt != r.attempt {
		if r.next > 0 { // what it said is in no result
			fmt.Fprintf(r.cmd.ErrOrStderr(), "note: attempt %d ended without a result; attempt %d begins\n", r.attempt, record.Attempt)
		}
		r.attempt, r.next = record.Attempt, 0
		r.show.forget()
	}
	r.requester = record.Requester
	return record, nil
}

// Bounds of what a job service can make a reader do between two looks at the chain.
const (
	maxLogReplies = 64
	logPatience   = 30 * time.Second // with a reply
)

// drain shows the segments that there are. Without a claim on chain there is nobody who could have signed any.
func (r *logReader) drain(ctx context.Context) error {
	for range maxLogReplies {
		if r.requester == (common.Address{}) {
			return nil
		}
		first, sealed, err := r.read(ctx)
		if err != nil || len(sealed) == 0 {
			return err
		}
		for i, raw := range sealed {
			if err := r.take(raw, first+uint64(i)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *logReader) read(ctx context.Context) (first uint64, sealed [][]byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, logPatience)
	defer cancel()
	return r.segments.Read(ctx, r.id, r.attempt, r.next)
}

// take shows the segment of a number if it is the enclave's.
func (r *logReader) take(raw []byte, number uint64) error {
	at := livelog.Place{Domain: r.domain, TaskID: r.id, Attempt: r.attempt, Number: number}
	s, err := livelog.Open(raw, r.ticket.ResultKey, at, r.requester)
	if errors.Is(err, livelog.ErrKey) {
		return fmt.Errorf("segment %d of the log: %w", number, err)
	}
	r.next = number + 1
	if err == nil {
		return r.show.segment(r.attempt, s)
	}
	if r.refused++; r.refused == 1 {
		fmt.Fprintf(r.cmd.ErrOrStderr(), "\nnote: segment %d of the log is not shown: %v\n", number, err)
	}
	return nil
}

// errRefused says that somebody else than the enclave wrote to the log.
func (r *logReader) errRefused() error {
	return withHint(fmt.Errorf("%s of the log not shown: not the enclave's, whatever the job service says", plural.Of(r.refused, "segment")),
		"what `escrin job result` shows is the enclave's in any case")
}

// end compares what was told with the sealed output, and shows what that has beyond it.
func (r *logReader) end(ctx context.Context, record chain.Task) error {
	if record.Result(r.id).ExitStatus == task.ExitInputsRejected {
		return errInputsRejected()
	}
	out, err := fetchOutput(ctx, r.network, r.ticket, record)
	if err != nil {
		return err
	}
	if err := r.show.end(r.attempt, out.Stdout, out.Stderr); err != nil {
		return err
	}
	if r.refused > 0 {
		return r.errRefused()
	}
	return nil
}
