// SPDX-License-Identifier: Apache-2.0

// Package trialhost is the host's side of a trial: it gives a guest inputs in the clear, connects the workload's standard
// streams with those it is given, and keeps how it ended. It has no chain, no keys and no quotes to give.
package trialhost

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"

	"github.com/escrin/escrin/guestagent/hostlink"
	"github.com/escrin/escrin/guestagent/task"
	"github.com/escrin/escrin/guestagent/task/readback"
	"github.com/escrin/escrin/guestagent/wire"
)

// Streams are the host's ends of the workload's standard streams.
type Streams struct {
	Stdin    io.Reader // nil: standard input is that of a job, the only input or nothing
	Stdout   io.Writer // with a terminal, all that the workload writes
	Stderr   io.Writer
	Terminal *hostlink.Size // the size of the terminal that Stdin and Stdout are, or nil
}

// Host is a hostend.TrialHandler for one guest; New makes it.
type Host struct {
	trial    hostlink.Trial
	streams  Streams
	stdin    chan []byte // closed at its end
	read     sync.Once
	controls chan hostlink.Control
	onStep   func(hostlink.StepReport)

	inputs map[wire.Digest][]byte

	mu      sync.Mutex
	output  []byte // an archive
	result  *hostlink.TrialResult
	failure hostlink.Failure
}

// New prepares a trial with these inputs, by name. It tells onStep what the guest reaches.
func New(inputs map[string][]byte, s Streams, onStep func(hostlink.StepReport)) (*Host, error) {
	h := &Host{
		trial:   hostlink.Trial{Inputs: []hostlink.TrialInput{}, Attached: s.Stdin != nil, Terminal: s.Terminal},
		streams: s, stdin: make(chan []byte), controls: make(chan hostlink.Control, 16), onStep: onStep,
		inputs: make(map[wire.Digest][]byte),
	}
	if s.Terminal != nil && s.Stdin == nil {
		return nil, errors.New("prepare trial: a terminal needs standard input")
	}
	for _, name := range slices.Sorted(maps.Keys(inputs)) {
		content := inputs[name]
		if !task.ValidName(name) || len(content) > task.MaxInput {
			return nil, fmt.Errorf("prepare trial: input %q has no valid name or more than %d bytes", name, task.MaxInput)
		}
		digest := wire.DigestOf(content)
		h.inputs[digest] = content
		h.trial.Inputs = append(h.trial.Inputs, hostlink.TrialInput{Name: name, Digest: digest})
	}
	if len(inputs) > task.MaxInputs {
		return nil, fmt.Errorf("prepare trial: %d inputs, more than %d", len(inputs), task.MaxInputs)
	}
	return h, nil
}

// Send has something happen at the workload's terminal, or to its first process. If the guest has not taken the last few,
// it is dropped.
func (h *Host) Send(c hostlink.Control) {
	select {
	case h.controls <- c:
	default:
	}
}

// Result is the workload's exit status and the files that it left, or an error that names the failure.
func (h *Host) Result() (uint32, []readback.OutputFile, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.result == nil {
		return 0, nil, &NoResultError{Failure: h.failure}
	}
	if wire.DigestOf(h.output) != h.result.Output {
		return 0, nil, errors.New("the guest did not store the output that it names")
	}
	out, err := readback.ReadOutput(bytes.NewReader(h.output), task.MaxOutput)
	return h.result.Status, out.Files, err
}

// NoResultError says that the guest ended without the workload's exit status.
type NoResultError struct {
	Failure hostlink.Failure // empty if the guest said nothing
}

// Error implements error.
func (e *NoResultError) Error() string {
	return fmt.Sprintf("the guest ended without a result (failure %q)", cmp.Or(e.Failure, "none reported"))
}

// Launch implements hostend.TrialHandler.
func (h *Host) Launch(context.Context) (hostlink.Trial, error) { return h.trial, nil }

// Stdin implements hostend.TrialHandler. A read of standard input cannot be interrupted: it goes on, and what it brings
// after the trial is lost.
func (h *Host) Stdin(ctx context.Context) ([]byte, error) {
	if h.streams.Stdin == nil {
		return nil, io.EOF
	}
	h.read.Do(func() { go h.readStdin() })
	select {
	case piece, ok := <-h.stdin:
		if !ok {
			return nil, io.EOF
		}
		return piece, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (h *Host) readStdin() {
	defer close(h.stdin)
	for {
		piece := make([]byte, hostlink.MaxChunk)
		n, err := h.streams.Stdin.Read(piece)
		if n > 0 {
			h.stdin <- piece[:n]
		}
		if err != nil {
			return
		}
	}
}

// Output implements hostend.TrialHandler.
func (h *Host) Output(_ context.Context, stream hostlink.Stream, piece []byte) error {
	to := h.streams.Stdout
	if stream == hostlink.Stderr {
		to = h.streams.Stderr
	}
	_, err := to.Write(piece)
	return err
}

// Control implements hostend.TrialHandler.
func (h *Host) Control(ctx context.Context) (hostlink.Control, error) {
	select {
	case c := <-h.controls:
		return c, nil
	case <-ctx.Done():
		return hostlink.Control{}, ctx.Err()
	}
}

// Ended implements hostend.TrialHandler.
func (h *Host) Ended(_ context.Context, result hostlink.TrialResult) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.result = &result
	return nil
}

// Fetch implements hostend.TrialHandler.
func (h *Host) Fetch(_ context.Context, digest wire.Digest, _ uint64) (io.ReadCloser, uint64, error) {
	blob, ok := h.inputs[digest]
	if !ok {
		return nil, 0, &hostlink.Error{Code: hostlink.CodeNotFound}
	}
	return io.NopCloser(bytes.NewReader(blob)), uint64(len(blob)), nil
}

// Store implements hostend.TrialHandler. It keeps the last blob, and reads one at a time.
func (h *Host) Store(_ context.Context, digest wire.Digest, blob io.Reader, size uint64) error {
	if size > task.MaxOutput {
		return &hostlink.Error{Code: hostlink.CodeTooLarge}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	content, err := io.ReadAll(blob)
	if err != nil {
		return err
	}
	if wire.DigestOf(content) != digest {
		return &hostlink.Error{Code: hostlink.CodeInvalid, Err: errors.New("other bytes than announced")}
	}
	h.output = content
	return nil
}

// Step implements hostend.TrialHandler.
func (h *Host) Step(_ context.Context, report hostlink.StepReport) error {
	h.onStep(report)
	return nil
}

// Failed implements hostend.TrialHandler.
func (h *Host) Failed(_ context.Context, failure hostlink.Failure) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.failure = failure
	return nil
}
