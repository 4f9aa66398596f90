// SPDX-License-Identifier: Apache-2.0

package guestagent

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/escrin/escrin/guestagent/livelog"
	"github.com/escrin/escrin/guestagent/workload"
)

// TestAG11TalkIsBounded: a workload that writes, or notes, without end neither blocks nor fills the memory.
func TestAG11TalkIsBounded(t *testing.T) {
	var said transcript
	for range 40 {
		said.hear(workload.Stdout, make([]byte, 100_000))
	}
	for range 10_000 {
		said.note(strings.Repeat("n", 99))
	}
	if out := said.output(); len(out.stdout) != workload.MaxStream || len(out.stderr) > maxNotes || len(out.stderr) < maxNotes-100 {
		t.Errorf("kept %d and %d bytes", len(out.stdout), len(out.stderr))
	}
}

// TestAG08WhatIsToldIsInTheResult: whoever reads along is told nothing that the result does not have in the same place, whatever was
// said to either stream, by whichever container, and noted in between. Else an honest guest would look like a host that lies.
func TestAG08WhatIsToldIsInTheResult(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		said := transcript{tail: new(livelog.Tail)}
		var told [2][]livelog.Piece
		sizes := rapid.SampledFrom([]int{0, 1, 100, 5_000, 300_000})
		for n := range rapid.IntRange(1, 30).Draw(t, "steps") {
			word := bytes.Repeat([]byte{byte('a' + n%26)}, sizes.Draw(t, "size"))
			switch rapid.IntRange(0, 4).Draw(t, "what") {
			case 0:
				said.hear(workload.Stdout, word)
			case 1:
				said.hear(workload.Stderr, word)
			case 2:
				said.note("progress " + string(word[:min(len(word), 99)]))
			case 3:
				said.hear(workload.Aside, []byte("sidecar: "+string(word[:min(len(word), 99)])+"\n"))
			default:
				segment := said.tail.Next()
				told[0], told[1] = append(told[0], segment.Stdout), append(told[1], segment.Stderr)
			}
		}
		out := said.output()
		for i, kept := range [][]byte{out.stdout, out.stderr} {
			for _, p := range told[i] {
				end := min(p.End(), workload.MaxStream)
				if p.Offset < end && (end > uint64(len(kept)) || !bytes.Equal(kept[p.Offset:end], p.Data[:end-p.Offset])) {
					t.Fatalf("stream %d: %d bytes at %d are not in the result", i, len(p.Data), p.Offset)
				}
			}
		}
	})
}

// TestANoteIsALine: what is noted in the midst of a line does not become part of it.
func TestANoteIsALine(t *testing.T) {
	var said transcript
	said.hear(workload.Stderr, []byte("loading"))
	said.note("half")
	said.note("more")
	said.hear(workload.Stdout, []byte("out"))
	said.hear(workload.Stderr, []byte("done\n"))
	said.note("all")
	if got := string(said.output().stderr); got != "loading\nhalf\nmore\ndone\nall\n" {
		t.Errorf("%q", got)
	}
}

// TestAG08NobodySpeaksInAnothersLine: what another container says, or the agent, is a line of its own, wherever the main one is.
func TestAG08NobodySpeaksInAnothersLine(t *testing.T) {
	var said transcript
	said.hear(workload.Stderr, []byte("the winner is "))
	said.hear(workload.Aside, []byte("sidecar: mallory\n"))
	said.note("escrin: progress 10 %")
	said.hear(workload.Aside, []byte("sidecar: escrin: progress 100 %\n"))
	said.hear(workload.Stderr, []byte("alice\n"))
	const want = "the winner is \nsidecar: mallory\nescrin: progress 10 %\nsidecar: escrin: progress 100 %\nalice\n"
	if got := string(said.output().stderr); got != want {
		t.Errorf("%q", got)
	}
}

// TestTheOwnerReadsProgressAlong: what the workload notes is among what it says, in the segments as in the result.
func TestTheOwnerReadsProgressAlong(t *testing.T) {
	h := newHost(t)
	m := &machine{config: several(1)}
	m.config.Logs.Live = true
	kept := make(chan int, 10_000)
	h.Segment = func(n int) { kept <- n }
	m.during = func() {
		if status := m.ask(t, "POST", "/v1/progress", map[string]any{"percent": 50, "note": "half"}, &struct{}{}); status != 200 {
			t.Errorf("status %d", status)
		}
		for last := len(h.Heard().Logs) + 2; awaited(t, kept) < last && !t.Failed(); { // what it is in then has come
		}
	}
	if err := liveAt(t, m, h, minWindow, time.Millisecond); err != nil {
		t.Fatal(err)
	}
	_, told, err := h.OpenLogs()
	if err != nil {
		t.Fatal(err)
	}
	out, err := h.OpenOutput(result(t, h).OutputDigest)
	if err != nil {
		t.Fatal(err)
	}
	const want = "err\nescrin: progress 50 % \"half\"\n"
	if told != want || string(out.Stderr) != want {
		t.Errorf("told %q, the result has %q", told, out.Stderr)
	}
}
