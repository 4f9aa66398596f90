// SPDX-License-Identifier: Apache-2.0

package hostend

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/escrin/escrin/guestagent/hostlink"
	"github.com/escrin/escrin/guestagent/hostlink/internal/frame"
	"github.com/escrin/escrin/guestagent/wire"
)

// trialOnly is a TrialHandler that keeps what it hears; embedding host gives it what trials share with jobs.
type trialOnly struct {
	*host
	trial  hostlink.Trial
	typed  []string
	gave   hostlink.Control
	output bytes.Buffer
}

func (h *trialOnly) Launch(context.Context) (hostlink.Trial, error) { return h.trial, h.note("launch") }
func (h *trialOnly) Stdin(context.Context) ([]byte, error) {
	if len(h.typed) == 0 {
		return nil, io.EOF
	}
	piece := h.typed[0]
	h.typed = h.typed[1:]
	return []byte(piece), nil
}
func (h *trialOnly) Output(_ context.Context, s hostlink.Stream, piece []byte) error {
	h.output.Write(piece)
	return h.note("output " + string(s))
}
func (h *trialOnly) Control(context.Context) (hostlink.Control, error) { return h.gave, nil }
func (h *trialOnly) Ended(_ context.Context, r hostlink.TrialResult) error {
	if r.Status != 7 {
		return errors.New("another status")
	}
	return h.note("ended")
}

func newTrial() *trialOnly {
	return &trialOnly{host: &host{blobs: map[wire.Digest][]byte{}}, trial: hostlink.Trial{Inputs: []hostlink.TrialInput{{Name: "a", Digest: wire.Digest{1}}}, Attached: true, Terminal: &hostlink.Size{Rows: 24, Columns: 80}}}
}

// trialLink returns a client of h, as link does of a job's host.
func trialLink(t *testing.T, h TrialHandler) *hostlink.Client {
	t.Helper()
	guest, runner := net.Pipe()
	done := make(chan error, 1)
	go func() { done <- ServeTrial(t.Context(), runner, h) }()
	client := hostlink.NewClient(guest)
	t.Cleanup(func() {
		client.Close()
		if err := <-done; err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("ServeTrial: %v", err)
		}
	})
	return client
}

func TestEveryRequestOfATrial(t *testing.T) {
	h := newTrial()
	h.typed = []string{"hello", strings.Repeat("x", hostlink.MaxChunk)}
	c, ctx := trialLink(t, h), t.Context()
	job, trial, err := c.Launch(ctx)
	check(t, err)
	if job != nil || trial.Inputs[0].Name != "a" || *trial.Terminal != (hostlink.Size{Rows: 24, Columns: 80}) {
		t.Errorf("job %v, trial %+v", job, trial)
	}
	for _, want := range h.typed {
		piece, err := c.Stdin(ctx)
		check(t, err)
		if string(piece) != want {
			t.Errorf("%.10q was typed", piece)
		}
	}
	if _, err := c.Stdin(ctx); err != io.EOF {
		t.Errorf("at the end: %v", err)
	}
	check(t, c.Output(ctx, hostlink.Stdout, bytes.Repeat([]byte("y"), hostlink.MaxChunk)))
	check(t, c.Output(ctx, hostlink.Stderr, []byte("z")))
	for _, gave := range []hostlink.Control{{Signal: "SIGINT"}, {Size: &hostlink.Size{Rows: 1, Columns: 2}}} {
		h.gave = gave
		got, err := c.Control(ctx)
		check(t, err)
		if got.Signal != gave.Signal || gave.Size != nil && *got.Size != *gave.Size {
			t.Errorf("control %+v", got)
		}
	}
	check(t, c.Step(ctx, hostlink.StepWorkload, 0))
	check(t, c.Ended(ctx, hostlink.TrialResult{Status: 7}))
	if got := strings.Join(h.heard, "|"); got != "launch|output stdout|output stderr|step workload|ended" || h.output.Len() != hostlink.MaxChunk+1 {
		t.Errorf("heard %s, %d bytes", got, h.output.Len())
	}
}

// TestAG08NeitherTableAnswersTheOther: what belongs to jobs is unknown in a trial, and the other way round.
func TestAG08NeitherTableAnswersTheOther(t *testing.T) {
	jobHost, trialHost := &host{launch: goodLaunch()}, newTrial()
	for _, name := range []string{"stdin", "output", "control", "ended"} {
		request := honest(`{"op":"` + name + `","params":{},"bodyLength":0}`)
		if code := answered(t, (&jobs{handler: jobHost}).answer, request); code != hostlink.CodeInvalid {
			t.Errorf("a job's host answers %s with %q", name, code)
		}
	}
	for _, name := range []string{"quote", "keyholder", "keynet", "accuse", "evidence", "permit", "result"} {
		request := honest(`{"op":"` + name + `","params":{},"bodyLength":0}`)
		if code := answered(t, trialRequests(trialHost), request); code != hostlink.CodeInvalid {
			t.Errorf("a trial's host answers %s with %q", name, code)
		}
	}
	if len(jobHost.heard)+len(trialHost.heard) > 0 {
		t.Errorf("heard %q and %q", jobHost.heard, trialHost.heard)
	}
}

func answered(t testing.TB, answers requests, request []byte) hostlink.Code {
	t.Helper()
	c := &conversation{Reader: bytes.NewReader(request)}
	answer(t.Context(), c, answers)
	header, err := frame.Read[frame.Reply](&c.Buffer)
	if err != nil {
		t.Fatal(err)
	}
	return hostlink.Code(header.Error)
}

// TestLaunchIsOneOfTwo: a host cannot ask for both, nor for neither.
func TestLaunchIsOneOfTwo(t *testing.T) {
	job, trial := `{"chainId":1}`, `{"inputs":[],"attached":false,"terminal":null}`
	for name, result := range map[string]string{
		"neither": `{"job":null,"trial":null}`, "both": `{"job":` + job + `,"trial":` + trial + `}`,
		"a third": `{"job":null,"trial":` + trial + `,"shell":true}`, "bare": trial,
	} {
		guest, runner := net.Pipe()
		var served sync.WaitGroup
		served.Go(func() { answerWith(runner, honest(`{"error":"","result":`+result+`,"bodyLength":0}`)) })
		c := hostlink.NewClient(guest)
		if _, _, err := c.Launch(t.Context()); err == nil {
			t.Errorf("%s: the guest took it", name)
		}
		c.Close()
		served.Wait()
	}
}

func TestMalformedTrialsAreRefused(t *testing.T) {
	for name, change := range map[string]func(*trialOnly){
		"detached terminal": func(h *trialOnly) { h.trial.Attached = false },
		"name with a path":  func(h *trialOnly) { h.trial.Inputs[0].Name = "../a" },
		"not sorted":        func(h *trialOnly) { h.trial.Inputs = []hostlink.TrialInput{{Name: "b"}, {Name: "a"}} },
		"twice":             func(h *trialOnly) { h.trial.Inputs = []hostlink.TrialInput{{Name: "a"}, {Name: "a"}} },
		"many":              func(h *trialOnly) { h.trial.Inputs = make([]hostlink.TrialInput, 65) },
	} {
		h := newTrial()
		change(h)
		if _, _, err := trialLink(t, h).Launch(t.Context()); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
	for name, gave := range map[string]hostlink.Control{
		"nothing": {}, "both": {Size: &hostlink.Size{Rows: 1, Columns: 1}, Signal: "SIGINT"}, "unknown": {Signal: "SIGKILL"}, "no name": {Signal: "9"},
	} {
		h := newTrial()
		h.gave = gave
		if _, err := trialLink(t, h).Control(t.Context()); err == nil {
			t.Errorf("control %s was accepted", name)
		}
	}
	h := newTrial()
	h.typed = []string{strings.Repeat("x", hostlink.MaxChunk+1)}
	if _, err := trialLink(t, h).Stdin(t.Context()); err == nil {
		t.Error("a piece over the limit was accepted")
	}
}

func FuzzAnswerTrial(f *testing.F) {
	for _, name := range []string{"launch", "stdin", "control"} {
		f.Add(honest(`{"op":"` + name + `","params":{},"bodyLength":0}`))
	}
	f.Add(append(honest(`{"op":"output","params":{"stream":"stdout"},"bodyLength":3}`), "abc"...))
	f.Fuzz(func(t *testing.T, request []byte) {
		c := &conversation{Reader: bytes.NewReader(request)}
		answer(t.Context(), c, trialRequests(newTrial()))
	})
}
