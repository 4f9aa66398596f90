// SPDX-License-Identifier: Apache-2.0

package auditlog

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

func open(t *testing.T, dir string) *Log {
	t.Helper()
	l, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func closed(t *testing.T, l *Log) {
	t.Helper()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
}

func record(n int) Record {
	return Record{
		Time: time.UnixMilli(1_700_000_000_000 + int64(n)), About: Release, Decision: Granted, Epoch: 3,
		Requester: Address{byte(n)}, Identity: Word{1}, Task: Word{byte(n), byte(n >> 8)}, Attempt: 1, Block: 7,
	}
}

// filled is a directory with a log of n records.
func filled(t *testing.T, n int) (dir string, head Head) {
	t.Helper()
	dir = t.TempDir()
	l := open(t, dir)
	for i := range n {
		if err := l.Append(record(i)); err != nil {
			t.Fatal(err)
		}
	}
	defer closed(t, l)
	return dir, l.Head()
}

// segment is the one file of a log.
func segment(t *testing.T, dir string) string {
	t.Helper()
	names, err := segments(dir)
	if err != nil || len(names) != 1 {
		t.Fatal(names, err)
	}
	return filepath.Join(dir, names[0])
}

func content(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func put(t *testing.T, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestRecordsComeBack(t *testing.T) {
	t.Parallel()
	dir, head := filled(t, 5)
	l := open(t, dir)
	if l.Head() != head || head.Length != 5 {
		t.Fatalf("head %v after reopening, want %v", l.Head(), head)
	}
	if err := l.Append(record(5)); err != nil {
		t.Fatal(err)
	}
	closed(t, l)
	if err := l.Append(record(6)); !errors.Is(err, ErrClosed) {
		t.Errorf("append after close: %v", err)
	}
	var got []Entry
	s, err := Verify(dir, func(e Entry) error { got = append(got, e); return nil })
	if err != nil || s.Last != l.Head() || s.First != (Head{}) || len(got) != 6 {
		t.Fatalf("%+v, %d records, %v", s, len(got), err)
	}
	for i, e := range got {
		want := record(i)
		want.Time = want.Time.UTC()
		if e.Record != want || e.After.Length != uint64(i)+1 {
			t.Errorf("record %d: %+v", i, e)
		}
	}
	if info, err := os.Stat(segment(t, dir)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

// Whoever knew the head finds any change: of a byte, of a record's place, of the
// number of records.
func TestNothingIsChangedWithoutATrace(t *testing.T) {
	t.Parallel()
	dir, head := filled(t, 4)
	path := segment(t, dir)
	whole := content(t, path)
	lines := slices.Collect(bytes.Lines(whole))
	unnoticed := func(name string, b []byte) {
		t.Helper()
		put(t, path, b)
		_, err := Verify(dir, nil) // what comes after the head, too
		if err == nil && Contains(t.Context(), dir, head) == nil {
			t.Errorf("%s: goes unnoticed", name)
		}
	}
	for i := range whole {
		for _, bit := range []byte{1, 0x80} {
			b := bytes.Clone(whole)
			b[i] ^= bit
			unnoticed(fmt.Sprintf("bit of byte %d", i), b)
		}
	}
	for cut := range len(whole) {
		unnoticed(fmt.Sprintf("cut to %d", cut), whole[:cut])
	}
	for i := 1; i < len(lines); i++ {
		unnoticed(fmt.Sprintf("record %d dropped", i), slices.Concat(slices.Concat(lines[:i]...), slices.Concat(lines[i+1:]...)))
		unnoticed(fmt.Sprintf("record %d twice, instead of the next", i), slices.Concat(slices.Concat(lines[:i]...), lines[i], lines[i], slices.Concat(lines[min(i+2, len(lines)):]...)))
		if i > 1 {
			swapped := slices.Clone(lines)
			swapped[i], swapped[i-1] = swapped[i-1], swapped[i]
			unnoticed(fmt.Sprintf("records %d and %d swapped", i-1, i), slices.Concat(swapped...))
		}
	}
	other, _ := filled(t, 3)
	unnoticed("another log", content(t, segment(t, other)))
	put(t, path, whole)
	if err := Contains(t.Context(), dir, head); err != nil {
		t.Errorf("unchanged: %v", err)
	}
	more := open(t, dir)
	if err := more.Append(record(9)); err != nil {
		t.Fatal(err)
	}
	closed(t, more)
	if err := Contains(t.Context(), dir, head); err != nil {
		t.Errorf("with one record more: %v", err)
	}
	if err := Contains(t.Context(), dir, Head{}); err != nil {
		t.Errorf("the empty head: %v", err)
	}
}

// A log that was rewritten as a whole verifies by itself. That is what heads are
// told to others for.
func TestRewrittenLogIsNotTheOneThatWasTold(t *testing.T) {
	t.Parallel()
	_, told := filled(t, 3)
	dir := t.TempDir()
	l := open(t, dir)
	for i := range 5 {
		r := record(i)
		r.Requester = Address{0xff}
		if err := l.Append(r); err != nil {
			t.Fatal(err)
		}
	}
	defer closed(t, l)
	if _, err := Verify(dir, nil); err != nil {
		t.Fatal(err)
	}
	if err := l.Contains(t.Context(), told); err == nil || !strings.Contains(err.Error(), "changed") {
		t.Errorf("contains what was told: %v", err)
	}
	if err := l.Contains(t.Context(), Head{Length: 6}); err == nil || !strings.Contains(err.Error(), "missing") {
		t.Errorf("contains more than there is: %v", err)
	}
}

// However a crash leaves the end of the file, the records before it are kept, what
// comes after follows them, and the crash is on record.
func TestTornEndIsCutOff(t *testing.T) {
	t.Parallel()
	dir, head := filled(t, 3)
	path := segment(t, dir)
	whole := content(t, path)
	line := appendLine(nil, head.after([]byte("{}")).Hash, []byte("{}"))
	ends := map[string][]byte{"zeros": make([]byte, 4096), "zeros, then a block that was written": append(make([]byte, 4096), line...)}
	for n := 1; n < len(line); n++ {
		ends[fmt.Sprintf("%d bytes of a line", n)] = line[:n]
	}
	for name, end := range ends {
		put(t, path, slices.Concat(whole, end))
		if s, err := Verify(dir, nil); !errors.Is(err, ErrTorn) || s.Last != head {
			t.Fatalf("%s: verified as %+v, %v", name, s, err)
		}
		l := open(t, dir)
		if err := l.Append(record(3)); err != nil {
			t.Fatal(err)
		}
		closed(t, l)
		var about []string
		s, err := Verify(dir, func(e Entry) error { about = append(about, e.About); return nil })
		if err != nil || s.Last.Length != 5 || about[3] != Recovered {
			t.Fatalf("%s: %+v %v, %v", name, s, about, err)
		}
		if kept := content(t, filepath.Join(dir, "torn-00000000000000000003")); !bytes.Equal(kept, end) {
			t.Errorf("%s: kept %q", name, kept)
		}
	}
}

// A torn end is no excuse for a change.
func TestDamageIsNotTakenForATornEnd(t *testing.T) {
	t.Parallel()
	dir, _ := filled(t, 3)
	path := segment(t, dir)
	whole := content(t, path)
	lines := slices.Collect(bytes.Lines(whole))
	for name, b := range map[string][]byte{
		"flipped in the last record": append(bytes.Clone(whole[:len(whole)-3]), whole[len(whole)-3]^1, '}', '\n'),
		"last hash is no hex":        slices.Concat(lines[0], lines[1], lines[2], []byte("x"), lines[3][1:]),
		"middle record dropped":      slices.Concat(lines[0], lines[1], lines[3]),
		"a line of text":             append(bytes.Clone(whole), "hello\n"...),
		"more than a batch of zeros": append(bytes.Clone(whole), make([]byte, maxBatch+1)...),
		"first line of another time": slices.Concat([]byte(strings.Replace(string(lines[0]), `"before":0`, `"before":1`, 1)), lines[1]),
		"first line with a hash":     slices.Concat([]byte("11"), lines[0][2:], lines[1]),
	} {
		put(t, path, b)
		if l, err := Open(dir); err == nil {
			closed(t, l)
			t.Errorf("%s: opened", name)
		}
		if _, err := Verify(dir, nil); err == nil || errors.Is(err, ErrTorn) {
			t.Errorf("%s: verified: %v", name, err)
		}
		if !bytes.Equal(content(t, path), b) {
			t.Errorf("%s: was touched", name)
		}
	}
}

func TestTornFirstLine(t *testing.T) {
	t.Parallel()
	dir, _ := filled(t, 0)
	path := segment(t, dir)
	whole := content(t, path)
	for n := range whole {
		put(t, path, whole[:n])
		l := open(t, dir)
		if err := l.Append(record(1)); err != nil {
			t.Fatal(err)
		}
		closed(t, l)
		if s, err := Verify(dir, nil); err != nil || s.Last.Length != 1 {
			t.Fatalf("%d bytes: %+v, %v", n, s, err)
		}
	}
}

// Many callers share one write, and each record has one place.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l := open(t, dir)
	const callers, each = 32, 20
	var all sync.WaitGroup
	for i := range callers {
		all.Go(func() {
			for j := range each {
				before := l.Head().Length
				if err := l.Append(record(i*each + j)); err != nil || l.Head().Length <= before {
					t.Errorf("append: %v", err)
				}
			}
		})
	}
	all.Wait()
	closed(t, l)
	seen := map[Word]bool{}
	s, err := Verify(dir, func(e Entry) error { seen[e.Task] = true; return nil })
	if err != nil || s.Last.Length != callers*each || len(seen) != callers*each {
		t.Fatalf("%+v, %d different, %v", s, len(seen), err)
	}
}

func TestReasonsAreBounded(t *testing.T) {
	t.Parallel()
	for _, why := range []string{strings.Repeat("x", 10_000), strings.Repeat("\u20ac", 5_000), strings.Repeat("\xff", 9_000), strings.Repeat("\n\x00", 3_000)} {
		r := record(1)
		r.Why = why
		b, err := r.encode()
		if err != nil || len(b) > MaxRecord || bytes.ContainsAny(b, "\n\x00") {
			t.Fatalf("%d bytes, %v", len(b), err)
		}
		if again, err := decodeRecord(b); err != nil || len(again.Why) > maxWhy {
			t.Fatalf("%q, %v", again.Why, err)
		}
	}
}
