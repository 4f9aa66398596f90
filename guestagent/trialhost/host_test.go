// SPDX-License-Identifier: Apache-2.0

package trialhost

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/escrin/escrin/guestagent/hostlink"
	"github.com/escrin/escrin/guestagent/task"
	"github.com/escrin/escrin/guestagent/wire"
)

func newHost(t *testing.T, s Streams) *Host {
	t.Helper()
	h, err := New(map[string][]byte{"b": []byte("B"), "a": []byte("A")}, s, func(hostlink.StepReport) {})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestTrialsThatCannotBeAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		inputs  map[string][]byte
		streams Streams
	}{
		"name":     {map[string][]byte{"../a": nil}, Streams{}},
		"size":     {map[string][]byte{"a": make([]byte, task.MaxInput+1)}, Streams{}},
		"terminal": {nil, Streams{Terminal: &hostlink.Size{}}},
	} {
		if _, err := New(c.inputs, c.streams, nil); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestInputsAreFetchedByDigest(t *testing.T) {
	h := newHost(t, Streams{})
	trial, err := h.Launch(t.Context())
	if err != nil || len(trial.Inputs) != 2 || trial.Inputs[0].Name != "a" || trial.Attached {
		t.Fatalf("%+v, %v", trial, err)
	}
	blob, size, err := h.Fetch(t.Context(), trial.Inputs[1].Digest, 10)
	if err != nil || size != 1 {
		t.Fatal(err)
	}
	if content, err := io.ReadAll(blob); err != nil || string(content) != "B" {
		t.Errorf("%q, %v", content, err)
	}
	var e *hostlink.Error
	if _, _, err := h.Fetch(t.Context(), wire.Digest{}, 10); !errors.As(err, &e) || e.Code != hostlink.CodeNotFound {
		t.Errorf("%v", err)
	}
}

// TestAG13OutputIsBoundedAndWhatItSays: the guest is whatever image a user tries.
func TestAG13OutputIsBoundedAndWhatItSays(t *testing.T) {
	h := newHost(t, Streams{})
	if err := h.Store(t.Context(), wire.Digest{}, strings.NewReader(""), task.MaxOutput+1); err == nil {
		t.Error("a larger output was taken")
	}
	if err := h.Store(t.Context(), wire.Digest{}, strings.NewReader("x"), 1); err == nil {
		t.Error("another output was taken")
	}
	if _, _, err := h.Result(); err == nil {
		t.Error("there is a result")
	}
	if err := h.Ended(t.Context(), hostlink.TrialResult{Output: wire.Digest{1}}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := h.Result(); err == nil {
		t.Error("there is a result without its output")
	}
}

func TestStdinEndsAndIsInterrupted(t *testing.T) {
	h := newHost(t, Streams{Stdin: strings.NewReader("typed")})
	if piece, err := h.Stdin(t.Context()); err != nil || string(piece) != "typed" {
		t.Errorf("%q, %v", piece, err)
	}
	for range 2 {
		if _, err := h.Stdin(t.Context()); err != io.EOF {
			t.Errorf("%v", err)
		}
	}
	silent, _ := io.Pipe()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := newHost(t, Streams{Stdin: silent}).Stdin(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if _, err := newHost(t, Streams{}).Stdin(ctx); err != io.EOF {
		t.Errorf("%v", err)
	}
}

func TestStreamsAreApart(t *testing.T) {
	var stdout, stderr bytes.Buffer
	h := newHost(t, Streams{Stdout: &stdout, Stderr: &stderr})
	for stream, text := range map[hostlink.Stream]string{hostlink.Stdout: "out", hostlink.Stderr: "err"} {
		if err := h.Output(t.Context(), stream, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if stdout.String() != "out" || stderr.String() != "err" {
		t.Errorf("%q, %q", stdout.String(), stderr.String())
	}
}

// TestControlsNeverBlock: a guest that takes none does not stop the user's signals.
func TestControlsNeverBlock(t *testing.T) {
	h := newHost(t, Streams{})
	for range 100 {
		h.Send(hostlink.Control{Signal: "SIGINT"})
	}
	if c, err := h.Control(t.Context()); err != nil || c.Signal != "SIGINT" {
		t.Errorf("%+v, %v", c, err)
	}
}
