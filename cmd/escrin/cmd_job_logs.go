// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/spf13/cobra"

	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/guestagent/livelog"
	"github.com/escrin/escrin/guestagent/task"
	"github.com/escrin/escrin/jobs/joblog"
	"github.com/escrin/escrin/jobs/network"
	"github.com/escrin/escrin/jobs/ticket"
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
stream. With --follow it goes on until the task is over.`,
		Example: "  escrin job logs $TASK\n  escrin job logs --follow $TASK",
		Args:    exactly("TASK"),
		RunE:    func(cmd *cobra.Command, args []string) error { return showLogs(cmd, args[0], follow) },
	}
	cmd.Flags().BoolVarP(&follow, "follow", "f", false, "show what comes, until the task is over")
	return cmd
}

func showLogs(cmd *cobra.Command, text string, follow bool) error {
	id, err := parseHash32(cmd, "task", text)
	if err != nil {
		return err
	}
	n, c, err := loadAndConnect(cmd)
	if err != nil {
		return err
	}
	defer c.Close()
	t, err := loadTicket(n, id)
	if err != nil {
		return err
	}
	r := logReader{cmd: cmd, network: n, chain: c, ticket: t, id: id, segments: joblog.NewClient(n.Jobs), show: newLogWriter(cmd)}
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
	ticket   ticket.Ticket
	id       common.Hash
	segments joblog.Client
	show     logWriter

	attempt uint32
	next    uint64 // segment of the attempt
	away    bool   // the job service did not answer last time
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
		if r.next > 0 {
			fmt.Fprintf(r.cmd.ErrOrStderr(), "note: attempt %d ended without a result; attempt %d begins\n", r.attempt, record.Attempt)
		}
		r.attempt, r.next, r.show.told = record.Attempt, 0, [2]uint64{}
	}
	return record, nil
}

// drain shows the segments that there are.
func (r *logReader) drain(ctx context.Context) error {
	for {
		first, sealed, err := r.segments.Read(ctx, r.id, r.attempt, r.next)
		if err != nil || len(sealed) == 0 {
			return err
		}
		for i, raw := range sealed {
			s, err := livelog.Open(raw, r.ticket.ResultKey, r.id, r.attempt, first+uint64(i))
			if err != nil {
				return fmt.Errorf("segment %d of the log: %w", first+uint64(i), err)
			}
			r.next = first + uint64(i) + 1
			if err := r.show.segment(r.attempt, s); err != nil {
				return err
			}
		}
	}
}

// end shows what the sealed output has beyond what was told.
func (r *logReader) end(ctx context.Context, record chain.Task) error {
	if record.Result(r.id).ExitStatus == task.ExitInputsRejected {
		return errInputsRejected()
	}
	out, err := fetchOutput(ctx, r.network, r.ticket, record)
	if err != nil {
		return err
	}
	return r.show.segment(r.attempt, livelog.Segment{Stdout: livelog.Piece{Data: out.Stdout}, Stderr: livelog.Piece{Data: out.Stderr}})
}

// logWriter writes pieces of both streams, each byte once.
type logWriter struct {
	json    *json.Encoder // instead of the streams, or nil
	streams [2]io.Writer
	notes   io.Writer
	told    [2]uint64 // offsets
}

func newLogWriter(cmd *cobra.Command) logWriter {
	w := logWriter{streams: [2]io.Writer{calm(cmd.OutOrStdout()), calm(cmd.ErrOrStderr())}, notes: cmd.ErrOrStderr()}
	if wantJSON(cmd) {
		w.json = json.NewEncoder(cmd.OutOrStdout())
	}
	return w
}

// loggedPiece is a piece for --json.
type loggedPiece struct {
	Attempt uint32 `json:"attempt"`
	Stream  string `json:"stream"`
	Offset  uint64 `json:"offset"` // in bytes, of all that the stream had; what is between two pieces is missing
	Text    string `json:"text"`
}

func (w *logWriter) segment(attempt uint32, s livelog.Segment) error {
	for i, p := range []livelog.Piece{s.Stdout, s.Stderr} {
		if p.End() <= w.told[i] {
			continue
		}
		if p.Offset < w.told[i] {
			p = livelog.Piece{Offset: w.told[i], Data: p.Data[w.told[i]-p.Offset:]}
		}
		name := [2]string{"stdout", "stderr"}[i]
		missing := p.Offset - w.told[i]
		w.told[i] = p.End()
		if w.json != nil {
			if err := w.json.Encode(loggedPiece{attempt, name, p.Offset, string(p.Data)}); err != nil {
				return err
			}
			continue
		}
		if missing > 0 {
			fmt.Fprintf(w.notes, "\nnote: %s of %s are missing here: they were said too fast, or are not kept any more\n", byteSize(int64(min(missing, 1<<62))), name)
		}
		if _, err := w.streams[i].Write(p.Data); err != nil {
			return err
		}
	}
	return nil
}
