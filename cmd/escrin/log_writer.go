// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/escrin/escrin/guestagent/livelog"
	"github.com/escrin/escrin/guestagent/workload"
)

// streamNames are those of the two streams.
var streamNames = [2]string{"stdout", "stderr"}

// logWriter writes pieces of both streams, each byte once, and in the end what the result has beyond them.
type logWriter struct {
	json    *json.Encoder // instead of the streams, or nil
	streams [2]io.Writer
	notes   io.Writer
	told    [2]uint64          // offsets
	shown   [2][]livelog.Piece // of what the result has to have: the first workload.MaxStream bytes, in order
}

func newLogWriter(cmd *cobra.Command) logWriter {
	w := logWriter{streams: [2]io.Writer{calm(cmd.OutOrStdout()), calm(cmd.ErrOrStderr())}, notes: cmd.ErrOrStderr()}
	if wantJSON(cmd) {
		w.json = json.NewEncoder(cmd.OutOrStdout())
	}
	return w
}

// forget begins anew.
func (w *logWriter) forget() { w.told, w.shown = [2]uint64{}, [2][]livelog.Piece{} }

// loggedPiece is a piece for --json.
type loggedPiece struct {
	Attempt uint32 `json:"attempt"`
	Stream  string `json:"stream"`
	Offset  uint64 `json:"offset"` // in bytes, of all that the stream had; what is between two pieces is missing
	Text    string `json:"text"`
	Anew    bool   `json:"anew,omitempty"` // instead of all pieces of this stream before, which are not what the result has
}

// segment shows what is new in both streams.
func (w *logWriter) segment(attempt uint32, s livelog.Segment) error {
	for i, p := range []livelog.Piece{s.Stdout, s.Stderr} {
		if p.End() <= w.told[i] {
			continue
		}
		if p.Offset < w.told[i] {
			p = livelog.Piece{Offset: w.told[i], Data: p.Data[w.told[i]-p.Offset:]}
		}
		if missing := p.Offset - w.told[i]; missing > 0 {
			w.note("%s of %s are missing here: they were said too fast, or are not kept any more", byteSize(int64(min(missing, 1<<62))), streamNames[i])
		}
		w.told[i] = p.End()
		if p.Offset < workload.MaxStream {
			kept := min(uint64(len(p.Data)), workload.MaxStream-p.Offset)
			w.shown[i] = append(w.shown[i], livelog.Piece{Offset: p.Offset, Data: bytes.Clone(p.Data[:kept])})
		}
		if err := w.write(attempt, i, p, false); err != nil {
			return err
		}
	}
	return nil
}

// errTold says that a live log was not the workload's output.
var errTold = errors.New("what was told while the task ran is not what its result has")

// end compares what was shown with the streams of the result, and shows the rest of them; all of one that was not what was shown.
func (w *logWriter) end(attempt uint32, streams ...[]byte) error {
	var told error
	for i, stream := range streams {
		show := w.rest
		if !w.agrees(i, stream) {
			show, told = w.anew, errTold
		}
		if err := show(attempt, i, stream); err != nil {
			return err
		}
	}
	return told
}

// agrees tells whether all that was shown is in the result's stream, where it was shown.
func (w *logWriter) agrees(i int, stream []byte) bool {
	for _, p := range w.shown[i] {
		if p.End() > uint64(len(stream)) || !bytes.Equal(p.Data, stream[p.Offset:p.End()]) {
			return false
		}
	}
	return true
}

func (w *logWriter) anew(attempt uint32, i int, stream []byte) error {
	w.note("%s was told otherwise while the task ran: do not rely on what is above. This is %s of the result, in full:", streamNames[i], streamNames[i])
	return w.write(attempt, i, livelog.Piece{Data: stream}, true)
}

// rest shows what was missing, and what comes behind all that was shown.
func (w *logWriter) rest(attempt uint32, i int, stream []byte) error {
	at := uint64(0)
	for _, p := range append(w.shown[i], livelog.Piece{Offset: uint64(len(stream))}) {
		if p.Offset > at {
			if at < w.told[i] {
				w.note("bytes %d to %d of %s were missing above, or are the agent's words:", at, p.Offset-1, streamNames[i])
			}
			if err := w.write(attempt, i, livelog.Piece{Offset: at, Data: stream[at:p.Offset]}, false); err != nil {
				return err
			}
		}
		at = p.End()
	}
	return nil
}

// note says something between pieces; for --json their offsets do.
func (w *logWriter) note(format string, words ...any) {
	if w.json == nil {
		fmt.Fprintf(w.notes, "\nnote: "+format+"\n", words...)
	}
}

// write shows a piece as it is.
func (w *logWriter) write(attempt uint32, i int, p livelog.Piece, anew bool) error {
	if w.json != nil {
		return w.json.Encode(loggedPiece{attempt, streamNames[i], p.Offset, string(p.Data), anew})
	}
	_, err := w.streams[i].Write(p.Data)
	return err
}
