// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
)

// written passes on what a log says.
type written chan string

// Write implements io.Writer.
func (w written) Write(b []byte) (int, error) {
	w <- string(bytes.Clone(b))
	return len(b), nil
}

// A holder of which one part ends, ends, and says at once which and why, not only when the others have ended, too.
func TestWhichPartEnds(t *testing.T) {
	t.Parallel()
	for why, err := range map[string]error{"of itself": errors.New("of itself"), "it ended by itself": nil} {
		said, told := make(written, 1), make(chan string, 1)
		failed := together(t.Context(), slog.New(slog.NewTextHandler(said, nil)), []part{
			{"first", func(context.Context) error { return err }},
			{"second", func(ctx context.Context) error {
				<-ctx.Done()
				told <- <-said
				return nil
			}},
		})
		if failed == nil || failed.Error() != "first: "+why {
			t.Errorf("ends with %v", failed)
		}
		if line := <-told; !strings.Contains(line, "first: "+why) {
			t.Errorf("says %q", line)
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := together(ctx, slog.New(slog.DiscardHandler), []part{{"only", func(context.Context) error { return nil }}}); err != nil {
		t.Errorf("told to end: %v", err)
	}
}
