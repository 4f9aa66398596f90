// SPDX-License-Identifier: Apache-2.0

package workload

import (
	"context"
	"io"
	"os"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/escrin/escrin/guestagent/child"
	"github.com/escrin/escrin/guestagent/workload/oci"
)

// Stdio is the other end of a workload's standard streams in a trial.
type Stdio struct {
	Stdin    io.Reader      // nil for the container's own
	Stdout   io.Writer      // of a terminal: all that is written
	Stderr   io.Writer      // unused with a terminal
	Terminal *Window        // nil for pipes
	Controls <-chan Control // until it is closed
}

// Window is the size of a terminal in characters.
type Window struct{ Rows, Columns uint16 }

// Control changes a running workload.
type Control struct {
	Window *Window     // the terminal's new size, or nil
	Signal unix.Signal // to the first process, or 0
}

// Attach runs the container as Run does, with its standard streams in other hands.
func (c Container) Attach(ctx context.Context, s Stdio) (uint32, error) {
	if s.Terminal != nil {
		return c.attachTerminal(ctx, s)
	}
	to := streams{out: []io.Writer{s.Stdout, s.Stderr}}
	if s.Stdin != nil {
		stdin, keys, err := os.Pipe()
		if err != nil {
			return 0, err
		}
		defer keys.Close() // and waits for no more input
		go feed(keys, s.Stdin)
		to.stdin = stdin
	}
	r, err := c.start(ctx, to)
	if err != nil {
		return 0, err
	}
	go control(s.Controls, r.Process, nil)
	return r.wait()
}

// feed passes input on until either end has enough.
func feed(to io.WriteCloser, from io.Reader) {
	_, _ = io.Copy(to, from)
	_ = to.Close() // a workload that does not read is not in error
}

// control carries out what comes from the other end; what is no longer there misses it. The runtime passes signals on.
func control(controls <-chan Control, runtime *child.Process, terminal *os.File) {
	for c := range controls {
		if c.Window != nil && terminal != nil {
			_ = resize(terminal, *c.Window)
		}
		if c.Signal != 0 {
			runtime.Signal(c.Signal)
		}
	}
}

// attachTerminal gives the runtime a terminal of the agent's own, which it connects with that of the container.
func (c Container) attachTerminal(ctx context.Context, s Stdio) (uint32, error) {
	process := *c.Spec.Process
	process.Terminal = true
	process.ConsoleSize = &oci.Box{Height: uint(s.Terminal.Rows), Width: uint(s.Terminal.Columns)}
	if !slices.ContainsFunc(process.Env, func(e string) bool { return strings.HasPrefix(e, "TERM=") }) {
		process.Env = append(slices.Clip(process.Env), "TERM=xterm")
	}
	c.Spec.Process = &process
	outer, inner, err := openTerminal(*s.Terminal)
	if err != nil {
		return 0, err
	}
	defer outer.Close()
	s.Stdout = &shared{to: s.Stdout} // the runtime's own words, as without a terminal, are among the rest
	r, err := c.start(ctx, streams{stdin: inner, out: []io.Writer{inner, s.Stdout}, terminal: true})
	if err != nil {
		return 0, err
	}
	var output sync.WaitGroup
	output.Go(func() {
		_, _ = io.Copy(s.Stdout, outer) // ends when nobody has the other end any more
	})
	go func() { _, _ = io.Copy(outer, s.Stdin) }()
	go control(s.Controls, r.Process, outer)
	status, err := r.wait()
	output.Wait()
	return status, err
}

// shared is a writer for several at a time.
type shared struct {
	mu      sync.Mutex
	to      io.Writer
	midLine bool
}

// Write implements io.Writer.
func (s *shared) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(p) > 0 {
		s.midLine = p[len(p)-1] != '\n'
	}
	return s.to.Write(p)
}

// lines are the lines that others write between those of a stream.
type lines struct{ among *shared }

// Write implements io.Writer, for a whole line.
func (l lines) Write(p []byte) (int, error) {
	l.among.mu.Lock()
	defer l.among.mu.Unlock()
	if l.among.midLine {
		l.among.midLine = false
		if _, err := io.WriteString(l.among.to, "\n"); err != nil {
			return 0, err
		}
	}
	return l.among.to.Write(p)
}
