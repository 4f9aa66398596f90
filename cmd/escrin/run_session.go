// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/escrin/escrin/guestagent/hostlink"
	"github.com/escrin/escrin/guestagent/trialhost"
	"github.com/escrin/escrin/guestagent/workload"
)

// session connects the user with the workload of a trial.
type session struct {
	host           *trialhost.Host
	steps          *progress
	stdout, stderr *kept
	notes          io.Writer
	terminal       *os.File // standard input, where the workload gets a terminal; else nil
	stopSignal     string   // of the image
	running        atomic.Bool
	ended          atomic.Pointer[context.CancelCauseFunc] // of the machine

	mu     sync.Mutex
	before *term.State // of the terminal, while it is the workload's
}

// errEnded says that the user ended the machine.
var errEnded = errors.New("ended by the user")

// newSession prepares the host of the trial. Standard input is the workload's only if it is to be attached.
func newSession(cmd *cobra.Command, inputs map[string][]byte, attach bool, stopSignal string, steps *progress) (*session, error) {
	s := &session{
		steps: steps, stdout: &kept{to: steps.beside(cmd.OutOrStdout())}, stderr: &kept{to: steps.beside(cmd.ErrOrStderr())},
		notes: steps.beside(cmd.ErrOrStderr()), stopSignal: stopSignal,
	}
	streams := trialhost.Streams{Stdout: s.stdout, Stderr: s.stderr}
	if wantJSON(cmd) {
		s.stdout.to, s.stderr.to = io.Discard, io.Discard
	}
	if attach {
		streams.Stdin = cmd.InOrStdin()
		if in := terminalOf(cmd.InOrStdin()); in != nil && terminalOf(cmd.OutOrStdout()) != nil && !wantJSON(cmd) {
			size := sizeOf(in)
			s.terminal, streams.Terminal = in, &size
			streams.Stdin = &escape{from: in, end: s.end}
		}
	}
	var err error
	s.host, err = trialhost.New(inputs, streams, s.reached)
	return s, err
}

// terminalOf returns the terminal that a stream is, or nil.
func terminalOf[T any](stream T) *os.File {
	file, ok := any(stream).(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return nil
	}
	return file
}

func sizeOf(terminal *os.File) hostlink.Size {
	columns, rows, err := term.GetSize(int(terminal.Fd()))
	if err != nil || rows <= 0 || columns <= 0 || rows > 0xffff || columns > 0xffff {
		return hostlink.Size{Rows: 24, Columns: 80}
	}
	return hostlink.Size{Rows: uint16(rows), Columns: uint16(columns)}
}

// reached shows the guest's steps until the workload has the terminal.
func (s *session) reached(report hostlink.StepReport) {
	switch {
	case report.Step == hostlink.StepWorkload:
		s.steps.done()
		s.running.Store(true)
		s.takeTerminal()
	case !s.running.Load():
		s.steps.step(fmt.Sprintf("guest: %s", report.Step))
	case report.Step == hostlink.StepPoweroff:
		s.giveTerminal()
	}
}

// takeTerminal passes every key on to the workload. A guest that says twice that its workload runs changes nothing: the
// state to go back to is the first.
func (s *session) takeTerminal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.terminal != nil && s.before == nil {
		if state, err := term.MakeRaw(int(s.terminal.Fd())); err == nil {
			s.before = state
		}
	}
}

// giveTerminal gives the terminal back to the user.
func (s *session) giveTerminal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.before != nil {
		_ = term.Restore(int(s.terminal.Fd()), s.before)
		s.before = nil
	}
}

// listen gives signals their meaning until the returned function is called: while the workload runs, the first goes to it.
// The context ends with the limit, if there is one, and when the user has had enough.
func (s *session) listen(limit time.Duration) (context.Context, func()) {
	ctx, end := context.WithCancelCause(context.Background())
	s.ended.Store(&end)
	release := func() {}
	if limit > 0 {
		ctx, release = context.WithTimeoutCause(ctx, limit, fmt.Errorf("not at its end after %s", limit))
	}
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGWINCH)
	go s.obey(ctx, signals)
	return ctx, func() {
		signal.Stop(signals)
		s.giveTerminal()
		release()
		end(nil)
	}
}

func (s *session) obey(ctx context.Context, signals <-chan os.Signal) {
	sent := false
	for {
		select {
		case <-ctx.Done():
			return
		case received := <-signals:
			switch {
			case received == syscall.SIGWINCH:
				if s.terminal != nil {
					size := sizeOf(s.terminal)
					s.host.Send(hostlink.Control{Size: &size})
				}
			case !s.running.Load() || sent || received == syscall.SIGHUP:
				s.end()
			default:
				sent = true
				s.host.Send(hostlink.Control{Signal: s.meaning(received)})
				fmt.Fprintln(s.notes, "escrin: the workload was told; once more ends the machine")
			}
		}
	}
}

// meaning is the signal for the workload: to stop is what the image calls so.
func (s *session) meaning(received os.Signal) string {
	switch {
	case received == os.Interrupt:
		return "SIGINT"
	case slices.Contains(hostlink.Signals(), s.stopSignal):
		return s.stopSignal
	}
	return "SIGTERM"
}

// end ends the machine.
func (s *session) end() {
	if cancel := s.ended.Load(); cancel != nil {
		(*cancel)(errEnded)
	}
}

// kept passes on what is written, and keeps the beginning.
type kept struct {
	mu   sync.Mutex
	to   io.Writer
	kept []byte
}

// Write implements io.Writer.
func (k *kept) Write(p []byte) (int, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.kept = append(k.kept, p[:min(len(p), workload.MaxStream-len(k.kept))]...)
	return k.to.Write(p)
}

// escape passes keys on until ^] comes three times in a row.
type escape struct {
	from  io.Reader
	end   func()
	count int
}

const (
	escapeKey   = 0x1d // ^]
	escapeTimes = 3
)

// Read implements io.Reader.
func (e *escape) Read(p []byte) (int, error) {
	n, err := e.from.Read(p)
	for _, key := range p[:n] {
		if key != escapeKey {
			e.count = 0
			continue
		}
		if e.count++; e.count == escapeTimes {
			e.end()
		}
	}
	return n, err
}
