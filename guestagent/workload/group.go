// SPDX-License-Identifier: Apache-2.0

package workload

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/escrin/escrin/guestagent/config"
)

// Group is the containers of a task, in start order; the last is the main one, and there is one at least.
type Group []Container

const (
	// patience is how long all containers together may take to end after the main one, and then each of them by force.
	patience = 10 * time.Second
	// maxAside is how many bytes of what the others say are passed on, in lines of at most maxLine.
	maxAside = 256 << 10
	maxLine  = 4 << 10
	// startPoll is how often is looked whether a container runs.
	startPoll = 2 * time.Millisecond
)

// Run runs the containers until the main one has ended (Container.Run). What the others say is heard as Aside, in whole lines with
// their names, and no more than maxAside of it. One piece is heard at a time.
func (g Group) Run(ctx context.Context, heard Listener) (uint32, error) {
	heard = heard.inTurn()
	aside := &shared{to: &bounded{to: heard.to(Aside), left: maxAside}}
	return g.beside(ctx, aside, func(main Container) (uint32, error) { return main.Run(ctx, heard) })
}

// beside runs the main container beside the others, which say what they say to aside. It is run if those have started.
func (g Group) beside(ctx context.Context, aside io.Writer, run func(main Container) (uint32, error)) (uint32, error) {
	others, main := &companions{to: aside}, len(g)-1
	status, err := others.start(ctx, g[:main])
	if err == nil && status == 0 {
		status, err = run(g[main])
	}
	if left := others.stop(); left != nil {
		return 0, left
	}
	return status, err
}

// inTurn is a listener that hears one piece at a time.
func (l Listener) inTurn() Listener {
	var mu sync.Mutex
	return func(s Stream, piece []byte) {
		mu.Lock()
		defer mu.Unlock()
		l(s, piece)
	}
}

// bounded passes on what comes first, as far as it fits whole, and takes the rest.
type bounded struct {
	to   io.Writer
	left int
}

// Write implements io.Writer.
func (b *bounded) Write(p []byte) (int, error) {
	if len(p) > b.left {
		b.left = 0
		return len(p), nil
	}
	b.left -= len(p)
	return b.to.Write(p)
}

// Attach is Run with the main container's standard streams in other hands (Container.Attach). A terminal is the main
// container's alone: what the others say comes when that has ended.
func (g Group) Attach(ctx context.Context, s Stdio) (uint32, error) {
	attach := func(main Container) (uint32, error) { return main.Attach(ctx, s) }
	if s.Terminal == nil {
		main := &shared{to: s.Stderr}
		s.Stderr = main
		return g.beside(ctx, &shared{to: &bounded{to: lines{main}, left: maxAside}}, attach)
	}
	aside := &capture{limit: maxAside}
	status, err := g.beside(ctx, &shared{to: aside}, attach)
	if len(aside.kept) > 0 {
		_, _ = s.Stdout.Write(bytes.ReplaceAll(aside.kept, []byte("\n"), []byte("\r\n")))
	}
	return status, err
}

// companions are the containers that were started before the main one.
type companions struct {
	to      io.Writer // what they say, for several at a time
	running []*companion
}

// companion is a container that was started.
type companion struct {
	*running
	ended  chan struct{} // closed when it has
	status uint32        // when it has
	err    error         // likewise
}

// start starts containers in their order. The first that does not start, or does not complete as it should, ends the task:
// its exit status is returned. Else that is 0.
func (s *companions) start(ctx context.Context, containers Group) (uint32, error) {
	for _, c := range containers {
		started, err := c.begin(ctx, s.to)
		if err != nil {
			return 0, err
		}
		s.running = append(s.running, started)
		if started.failed() {
			fmt.Fprintf(s.to, "escrin: the container %s ended with exit status %d, so that what comes after it did not start\n", c.Name, started.status)
			return started.status, started.err
		}
	}
	return 0, nil
}

// begin has the runtime start a container, and passes on what it says.
func (c Container) begin(ctx context.Context, to io.Writer) (*companion, error) {
	said := &aside{name: c.Name, to: to}
	r, err := c.start(ctx, streams{out: []io.Writer{said}})
	if err != nil {
		return nil, err
	}
	r.linger = patience / 2
	s := &companion{running: r, ended: make(chan struct{})}
	go func() {
		defer close(s.ended)
		s.status, s.err = r.wait()
		said.end()
	}()
	return s, nil
}

// failed waits until the next container may start, and says whether it must not: this one did not complete as it should, or
// the runtime refused it.
func (s *companion) failed() bool {
	if s.Completes {
		<-s.ended
		return s.err != nil || s.status != 0
	}
	for {
		select {
		case <-s.ended:
			return s.refused
		case <-time.After(startPoll):
		}
		if s.executes() {
			return false
		}
	}
}

// stop ends the containers, the last one first: each by its signal, and by force when patience is at its end. It is an error if
// one is left then.
func (s *companions) stop() (left error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for _, c := range slices.Backward(s.running) {
		c.Signal(config.Signal(c.StopSignal))
		select {
		case <-c.ended:
		case <-ctx.Done():
		}
		c.kill()
		select {
		case <-c.ended:
		case <-time.After(patience):
			left = fmt.Errorf("%w: the container %s does not end", ErrRuntime, c.Name)
		}
	}
	return left
}

// aside passes on what a container says in whole lines, each with its name before it. Whoever could
// begin a line and end it later would speak in the name of who spoke in between.
type aside struct {
	name string
	to   io.Writer
	line []byte // that is not over
}

// Write implements io.Writer; it never fails, so that a container does not end because nobody listens.
func (a *aside) Write(p []byte) (int, error) {
	for piece := range bytes.Lines(p) {
		for len(piece) > 0 {
			n := min(len(piece), maxLine-len(a.line))
			a.line, piece = append(a.line, piece[:n]...), piece[n:]
			if len(a.line) == maxLine || a.line[len(a.line)-1] == '\n' {
				a.end()
			}
		}
	}
	return len(p), nil
}

// end passes on the line that is not over, if there is one.
func (a *aside) end() {
	if len(a.line) > 0 {
		_, _ = fmt.Fprintf(a.to, "%s: %s\n", a.name, bytes.TrimSuffix(a.line, []byte("\n")))
		a.line = a.line[:0]
	}
}
