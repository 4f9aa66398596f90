// SPDX-License-Identifier: Apache-2.0

package auditlog

import (
	"bytes"
	"context"
	"errors"
	"os"
	"testing"
)

// long is an open log of many records in one segment, and its heads.
func long(t *testing.T, records int) (l *Log, heads []Head) {
	t.Helper()
	l = open(t, t.TempDir())
	t.Cleanup(func() { closed(t, l) })
	heads = append(heads, Head{})
	var batch []*waiting
	for i := range records {
		r := record(i)
		text, err := r.encode()
		if err != nil {
			t.Fatal(err)
		}
		heads = append(heads, heads[i].after(text))
		batch = append(batch, &waiting{text: text, record: r})
	}
	if err := l.write(batch); err != nil || l.Head() != heads[records] {
		t.Fatal(l.Head(), err)
	}
	return l, heads
}

// Who is told old heads again and again does not read the log again and again, nor
// what comes after them.
func TestOldHeadsAreFoundWithoutReadingTheLogAgain(t *testing.T) {
	t.Parallel()
	l, heads := long(t, 3*markEvery)
	path := segment(t, l.dir)
	whole := content(t, path)
	broken := func(line int) []byte {
		b := bytes.Clone(whole)
		at := 0
		for range line {
			at += bytes.IndexByte(b[at:], '\n') + 1
		}
		b[at+70] ^= 1
		return b
	}
	put(t, path, broken(2*markEvery+100)) // counted with the first line
	if err := l.Contains(t.Context(), heads[2*markEvery+50]); err != nil {
		t.Errorf("reads on behind what it looks for: %v", err)
	}
	if err := l.Contains(t.Context(), heads[2*markEvery+200]); err == nil {
		t.Error("what follows a changed record is taken for good")
	}
	put(t, path, broken(5))
	for _, n := range []int{markEvery, markEvery + 1, 2*markEvery - 1, 2 * markEvery, 2*markEvery + 1, 3*markEvery - 1} {
		if err := l.Contains(t.Context(), heads[n]); err != nil {
			t.Errorf("%d: %v", n, err)
		}
		other := heads[n]
		other.Hash[7]++
		if err := l.Contains(t.Context(), other); !errors.Is(err, ErrLacks) {
			t.Errorf("%d with another hash: %v", n, err)
		}
	}
	if err := l.Contains(t.Context(), heads[10]); err == nil {
		t.Error("reads from places that it does not remember")
	}
}

// What is longer than the log, or as long, is judged without reading, and nobody
// waits longer than he wants.
func TestContainsEndsWithItsContext(t *testing.T) {
	t.Parallel()
	l, heads := long(t, 100)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := l.Contains(ctx, heads[50]); !errors.Is(err, context.Canceled) {
		t.Errorf("an old head: %v", err)
	}
	if err := os.Remove(segment(t, l.dir)); err != nil {
		t.Fatal(err)
	}
	for _, told := range []Head{{Length: 100}, {Length: 101}, {Length: 1<<64 - 1}} {
		if err := l.Contains(t.Context(), told); !errors.Is(err, ErrLacks) {
			t.Errorf("%v: %v", told, err)
		}
	}
	if err := l.Contains(t.Context(), heads[100]); err != nil {
		t.Errorf("the newest: %v", err)
	}
	if err := Contains(t.Context(), t.TempDir(), Head{Length: 1<<64 - 1}); !errors.Is(err, ErrLacks) {
		t.Errorf("of no log: %v", err)
	}
}
