// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/spf13/cobra"

	"github.com/escrin/escrin/guestagent/livelog"
	"github.com/escrin/escrin/guestagent/task"
	"github.com/escrin/escrin/jobs/joblog"
	"github.com/escrin/escrin/jobs/ticket"
	"github.com/escrin/escrin/keyholder/envelope"
	"github.com/escrin/escrin/keyholder/ethsig"
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
	} {
		if err := w.segment(1, s); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.end(1, []byte("one two three four five"), []byte("error")); err != nil {
		t.Error(err)
	}
	if stdout.String() != "one two fourthree  five" || stderr.String() != "error" || strings.Count(notes.String(), "missing") != 2 || !strings.Contains(notes.String(), "6 B") {
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

// TestAG08TheResultHasTheLastWord: whatever was told before, all of the result is shown, and what was told otherwise is said.
func TestAG08TheResultHasTheLastWord(t *testing.T) {
	const authentic = "winner: alice\n"
	for name, told := range map[string]livelog.Piece{
		"another word": piece(0, "winner: mallory"), "as long": piece(0, "winner: mallo\n"), "more": piece(0, authentic+"and mallory"),
		"behind it": piece(100, "mallory"), "in it": piece(8, "bob"), "at its end": piece(uint64(len(authentic)), "m"),
	} {
		var stdout, stderr, notes, lines bytes.Buffer
		for _, w := range []logWriter{
			{streams: [2]io.Writer{&stdout, &stderr}, notes: &notes}, {json: json.NewEncoder(&lines)},
		} {
			if err := w.segment(1, livelog.Segment{Stdout: told}); err != nil {
				t.Fatal(err)
			}
			if err := w.end(1, []byte(authentic), []byte("err")); !errors.Is(err, errTold) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if stdout.String() != string(told.Data)+authentic || stderr.String() != "err" || !strings.Contains(notes.String(), "do not rely on") {
			t.Errorf("%s: %q, notes %q", name, &stdout, &notes)
		}
		if !strings.Contains(lines.String(), `"offset":0,"text":"winner: alice\n","anew":true}`) {
			t.Errorf("%s: %s", name, &lines)
		}
	}
	for name, told := range map[string]livelog.Piece{"far away": piece(1<<63, "mallory"), "nothing": piece(1<<63, ""), "not yet": piece(0, "")} {
		var stdout, notes bytes.Buffer
		w := logWriter{streams: [2]io.Writer{&stdout, io.Discard}, notes: &notes}
		if err := w.segment(1, livelog.Segment{Stdout: told}); err != nil {
			t.Fatal(err)
		}
		if err := w.end(1, []byte(authentic), nil); err != nil || stdout.String() != string(told.Data)+authentic {
			t.Errorf("%s: %q, %v", name, &stdout, err)
		}
	}
}

// hostOf serves these segments as a job service's, by attempt, and reads them as the owner.
func hostOf(t *testing.T, attempts map[uint32][][]byte, private []byte, requester common.Address) (r *logReader, stdout, stderr *bytes.Buffer) {
	t.Helper()
	store, err := joblog.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for attempt, segments := range attempts {
		for number, s := range segments {
			if err := store.Append(common.Hash{1}, attempt, uint64(number), s); err != nil {
				t.Fatal(err)
			}
		}
	}
	mux := http.NewServeMux()
	store.Register(mux)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	stdout, stderr = new(bytes.Buffer), new(bytes.Buffer)
	cmd := &cobra.Command{}
	cmd.SetErr(stderr)
	r = &logReader{
		cmd: cmd, domain: task.Domain{ChainID: 1}, ticket: ticket.Ticket{ResultKey: private}, id: common.Hash{1}, attempt: 2, requester: requester,
		segments: joblog.NewClient(server.URL), show: logWriter{streams: [2]io.Writer{stdout, stderr}, notes: stderr},
	}
	return r, stdout, stderr
}

// TestAG08AHostWritesNoLog: segments that it forged, of another attempt, or in another order are said and not shown; and those
// that it cuts off are shown in the end.
func TestAG08AHostWritesNoLog(t *testing.T) {
	private, public, err := envelope.GenerateRecipient()
	if err != nil {
		t.Fatal(err)
	}
	enclave, host := requesterKey(t), requesterKey(t)
	seal := func(key *ethsig.Key, attempt uint32, number, offset uint64, text string) []byte {
		at := livelog.Place{Domain: task.Domain{ChainID: 1}, TaskID: [32]byte{1}, Attempt: attempt, Number: number}
		sealed, err := livelog.Seal(livelog.Segment{Stdout: piece(offset, text)}, public, at, key.Sign)
		if err != nil {
			t.Fatal(err)
		}
		return sealed
	}
	one, two, three := seal(enclave, 2, 0, 0, "one "), seal(enclave, 2, 1, 4, "two "), seal(enclave, 2, 2, 8, "three")
	for name, c := range map[string]struct {
		segments [][]byte
		shown    string
		refused  uint64
	}{
		"honest":    {[][]byte{one, two, three}, "one two three", 0},
		"forged":    {[][]byte{one, seal(host, 2, 1, 4, "evil"), three}, "one three", 1},
		"replayed":  {[][]byte{seal(enclave, 1, 0, 0, "old"), two, three}, "two three", 1},
		"reordered": {[][]byte{two, one, three}, "three", 2},
		"truncated": {[][]byte{one}, "one ", 0},
		"nothing":   {nil, "", 0},
	} {
		r, stdout, stderr := hostOf(t, map[uint32][][]byte{2: c.segments}, private, enclave.Address())
		if err := r.drain(t.Context()); err != nil || stdout.String() != c.shown || r.refused != c.refused {
			t.Errorf("%s: %q, %d refused, %v", name, stdout, r.refused, err)
		}
		if said := strings.Contains(stderr.String(), "is not shown"); said != (c.refused > 0) {
			t.Errorf("%s: notes %q", name, stderr)
		}
		if err := r.show.end(2, []byte("one two three"), nil); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, word := range []string{"one ", "two ", "three"} {
			if strings.Count(stdout.String(), word) != 1 {
				t.Errorf("%s: %q in the end", name, stdout)
			}
		}
	}
	r, stdout, _ := hostOf(t, map[uint32][][]byte{2: {one}}, private, common.Address{})
	if err := r.drain(t.Context()); err != nil || stdout.Len() > 0 {
		t.Errorf("nobody has claimed the attempt: %q, %v", stdout, err)
	}
}

func requesterKey(t *testing.T) *ethsig.Key {
	t.Helper()
	key, err := ethsig.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	return key
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
