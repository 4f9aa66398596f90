// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/escrin/escrin/enclaver"
)

// wantJSON says whether the user asked for machine-readable output.
func wantJSON(cmd *cobra.Command) bool {
	asked, err := cmd.Flags().GetBool("json")
	return err == nil && asked
}

// printJSON writes one indented JSON value and a newline.
func printJSON[T any](w io.Writer, value T) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}

// progress tells the user what is going on: one line that is redrawn on a terminal, plain lines elsewhere.
type progress struct {
	out      io.Writer
	terminal bool
	start    time.Time
	name     string    // of the step that was told of last
	drawn    time.Time // when the line was drawn

	mu   sync.Mutex
	open bool // a line without its newline is on the terminal
}

// newProgress writes to the command's standard error; with --json it says nothing.
func newProgress(cmd *cobra.Command) *progress {
	p := &progress{out: cmd.ErrOrStderr(), start: time.Now()}
	if wantJSON(cmd) {
		p.out = io.Discard
		return p
	}
	p.terminal = terminalOf(p.out) != nil
	return p
}

// step announces the next piece of work.
func (p *progress) step(line string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.terminal {
		fmt.Fprintf(p.out, "\r\x1b[K%5.1fs  %s", time.Since(p.start).Seconds(), oneLine(line))
		p.open = true
		return
	}
	fmt.Fprintf(p.out, "%5.1fs  %s\n", time.Since(p.start).Seconds(), oneLine(line))
}

// tell shows how far a piece of work is: on a terminal as it goes on, elsewhere when it begins.
func (p *progress) tell(s enclaver.Step) {
	const often = 100 * time.Millisecond
	switch {
	case s.Name != p.name:
		p.name = s.Name
		if line := s.Name; p.terminal || s.Total == 0 {
			p.step(line)
		} else {
			p.step(fmt.Sprintf("%s, %s", line, byteSize(s.Total)))
		}
	case p.terminal && (time.Since(p.drawn) >= often || s.Done == s.Total):
		p.step(s.String())
	default:
		return
	}
	p.drawn = time.Now()
}

// redraw is tell for work that prints a line of its own for each step when it is done.
func (p *progress) redraw() enclaver.Progress {
	if !p.terminal {
		return nil
	}
	return p.tell
}

// done ends the line that a terminal still shows.
func (p *progress) done() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
}

func (p *progress) clear() {
	if p.open {
		fmt.Fprint(p.out, "\r\x1b[K")
		p.open = false
	}
}

// beside returns a writer to w for others while there is progress: if both are on a terminal, what they write does not
// begin in the line of a step.
func (p *progress) beside(w io.Writer) io.Writer {
	if !p.terminal || terminalOf(w) == nil {
		return w
	}
	return &besideProgress{p, w}
}

type besideProgress struct {
	steps *progress
	to    io.Writer
}

// Write implements io.Writer.
func (b *besideProgress) Write(data []byte) (int, error) {
	b.steps.mu.Lock()
	defer b.steps.mu.Unlock()
	b.steps.clear()
	return b.to.Write(data)
}

// byteSize is n for humans, in decimal units.
func byteSize(n int64) string {
	const unit = 1000
	if n < unit {
		return fmt.Sprintf("%d B", n)
	}
	value, names := float64(n)/unit, "kMGTPE"
	for value >= unit {
		value, names = value/unit, names[1:]
	}
	return fmt.Sprintf("%.1f %cB", value, names[0])
}
