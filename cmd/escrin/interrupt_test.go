// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
)

// hesitant is somebody who is asked, and interrupts the command instead of an answer.
type hesitant struct{ interrupt func() }

func (h hesitant) Read([]byte) (int, error) {
	h.interrupt()
	select {}
}

// TestInterruptEndsTheWaitForInput: whatever reads standard input.
func TestInterruptEndsTheWaitForInput(t *testing.T) {
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	for _, line := range []string{"evidence show -", "collateral show -"} {
		ctx, interrupt := context.WithCancel(t.Context())
		root := newRootCommand()
		root.SetArgs(strings.Fields(line))
		root.SetIn(hesitant{interrupt})
		root.SetOut(io.Discard)
		root.SetErr(io.Discard)
		if err := root.ExecuteContext(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", line, err)
		}
	}
}

// TestInputIsWhole: what is read by way of it is all that there is.
func TestInputIsWhole(t *testing.T) {
	text := strings.Repeat("some text\n", 10_000)
	got, err := io.ReadAll(interruptible{t.Context(), strings.NewReader(text)})
	if err != nil || string(got) != text {
		t.Errorf("%d bytes of %d, %v", len(got), len(text), err)
	}
}

// oneWay is a connection that can be closed in one direction, as far as anybody asks.
type oneWay struct{ net.Conn }

func (oneWay) CloseWrite() error { return nil }

// TestInterruptEndsAConversation: with a service that has nothing to say, and a user who has not, either.
func TestInterruptEndsAConversation(t *testing.T) {
	ours, theirs := net.Pipe()
	defer theirs.Close()
	ctx, interrupt := context.WithCancel(t.Context())
	if err := converse(ctx, oneWay{ours}, hesitant{interrupt}, io.Discard); !errors.Is(err, context.Canceled) {
		t.Errorf("it ends with %v", err)
	}
	if _, err := theirs.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("the service hears %v", err)
	}
}
