// SPDX-License-Identifier: Apache-2.0

package hostlink

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/escrin/escrin/guestagent/hostlink/internal/frame"
	"github.com/escrin/escrin/guestagent/task"
	"github.com/escrin/escrin/guestagent/wire"
)

// MaxChunk is the largest piece of a trial's standard streams in bytes.
const MaxChunk = 32 << 10

// Trial is a run without chain, keys and evidence, to try an image: nothing in it is confidential, the host gives the inputs
// in the clear and sees what the workload says while it runs. A guest that is asked for a trial makes no keys, so that
// it has nothing to lose; one that has a job has no request by which a workload's word could leave it unsealed.
type Trial struct {
	Inputs   []TrialInput `json:"inputs"`   // at most task.MaxInputs
	Attached bool         `json:"attached"` // standard input is the host's; else it is that of a job
	Terminal *Size        `json:"terminal"` // of the host's terminal, or null for pipes
}

// TrialInput is an input in the clear.
type TrialInput struct {
	Name   string      `json:"name"` // task.ValidName
	Digest wire.Digest `json:"digest"`
}

// Size is a terminal's, in characters.
type Size struct {
	Rows    uint16 `json:"rows"`
	Columns uint16 `json:"columns"`
}

// Stream is a standard stream of the workload.
type Stream string

// The streams. A terminal has only the first.
const (
	Stdout Stream = "stdout"
	Stderr Stream = "stderr"
)

// Control is what happens at the host's terminal: exactly one of the two.
type Control struct {
	Size   *Size  `json:"size"`   // the terminal has another size, or null
	Signal string `json:"signal"` // to the workload's first process, one of Signals, or ""
}

// Signals returns the signals that a host may send to a workload.
func Signals() []string {
	return []string{"SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM", "SIGUSR1", "SIGUSR2"}
}

// TrialResult is how the workload ended.
type TrialResult struct {
	Status uint32      `json:"status"` // as that of a job
	Output wire.Digest `json:"output"` // of the archive of its files (task.WriteOutput), which is stored
}

// Stdin asks for the next piece of standard input; io.EOF is its end.
func (c *Client) Stdin(ctx context.Context) ([]byte, error) {
	result, piece, err := call[frame.None, frame.StdinResult](ctx, c, frame.OpStdin, frame.None{}, frame.Body{}, MaxChunk)
	if err == nil && result.End {
		return nil, io.EOF
	}
	return piece, wrap("ask for standard input", err)
}

// Output hands over a piece of a stream, at most MaxChunk bytes.
func (c *Client) Output(ctx context.Context, stream Stream, piece []byte) error {
	return tell(ctx, c, "hand over output", frame.OpOutput, frame.OutputParams{Stream: string(stream)}, frame.Bytes(piece))
}

// Control waits for what happens at the host's terminal.
func (c *Client) Control(ctx context.Context) (Control, error) {
	control, _, err := call[frame.None, Control](ctx, c, frame.OpControl, frame.None{}, frame.Body{}, 0)
	if err == nil {
		err = control.validate()
	}
	return control, wrap("ask for control", err)
}

// Ended reports how the workload ended.
func (c *Client) Ended(ctx context.Context, result TrialResult) error {
	return tell(ctx, c, "report end", frame.OpEnded, result, frame.Body{})
}

func (a Assignment) validate() error {
	switch {
	case a.Job != nil && a.Trial == nil:
		return a.Job.validate()
	case a.Job == nil && a.Trial != nil:
		return a.Trial.validate()
	}
	return errors.New("want either a job or a trial")
}

func (t Trial) validate() error {
	if len(t.Inputs) > task.MaxInputs {
		return fmt.Errorf("%d inputs, more than %d", len(t.Inputs), task.MaxInputs)
	}
	for i, in := range t.Inputs {
		if !task.ValidName(in.Name) || i > 0 && in.Name <= t.Inputs[i-1].Name {
			return errors.New("inputs must have valid names and be sorted by them")
		}
	}
	if t.Terminal != nil && !t.Attached {
		return errors.New("a terminal must be attached")
	}
	return nil
}

func (c Control) validate() error {
	if (c.Size == nil) == (c.Signal == "") || c.Signal != "" && !slices.Contains(Signals(), c.Signal) {
		return errors.New("want either a size or a known signal")
	}
	return nil
}
