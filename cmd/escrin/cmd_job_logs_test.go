// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/escrin/escrin/guestagent/livelog"
)

func piece(offset uint64, text string) livelog.Piece {
	return livelog.Piece{Offset: offset, Data: []byte(text)}
}

// TestEachByteOfALogIsShownOnce: segments may have gaps, and the output in the end has what was shown before.
func TestEachByteOfALogIsShownOnce(t *testing.T) {
	var stdout, stderr, notes bytes.Buffer
	w := logWriter{notes: &notes}
	w.streams[0], w.streams[1] = &stdout, &stderr
	for _, s := range []livelog.Segment{
		{Stdout: piece(0, "one "), Stderr: piece(0, "err")},
		{Stdout: piece(4, ""), Stderr: piece(3, "")},
		{Stdout: piece(4, "two "), Stderr: piece(3, "")},
		{Stdout: piece(14, "four"), Stderr: piece(3, "")}, // six bytes are missing
		{Stdout: piece(0, "one two three four"), Stderr: piece(0, "error")},
		{Stdout: piece(0, "one two three four five"), Stderr: piece(0, "error")},
	} {
		if err := w.segment(1, s); err != nil {
			t.Fatal(err)
		}
	}
	if stdout.String() != "one two four five" || stderr.String() != "error" || strings.Count(notes.String(), "missing") != 1 || !strings.Contains(notes.String(), "6 B") {
		t.Errorf("%q, %q, notes %q", &stdout, &stderr, &notes)
	}
	var lines bytes.Buffer
	w = logWriter{json: json.NewEncoder(&lines)}
	if err := w.segment(2, livelog.Segment{Stdout: piece(7, "out"), Stderr: piece(0, "err")}); err != nil {
		t.Fatal(err)
	}
	want := `{"attempt":2,"stream":"stdout","offset":7,"text":"out"}` + "\n" + `{"attempt":2,"stream":"stderr","offset":0,"text":"err"}` + "\n"
	if lines.String() != want {
		t.Errorf("%s", &lines)
	}
}

// TestALogDoesNotDrawOnATerminal: escape sequences of a workload are no commands of the owner's terminal, however they are cut.
func TestALogDoesNotDrawOnATerminal(t *testing.T) {
	const text = "héllo\x1b[2J\a\ttab\r\nü\u009b31m\u202eevil\x00\xff end"
	for size := 1; size < 7; size++ {
		var out bytes.Buffer
		w := &calmWriter{w: &out}
		for rest := []byte(text); len(rest) > 0; {
			n := min(size, len(rest))
			if _, err := w.Write(rest[:n]); err != nil {
				t.Fatal(err)
			}
			rest = rest[n:]
		}
		if got := out.String(); got != "héllo?[2J?\ttab?\nü?31m?evil?? end" {
			t.Errorf("in pieces of %d: %q", size, got)
		}
	}
}
