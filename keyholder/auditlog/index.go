// SPDX-License-Identifier: Apache-2.0

package auditlog

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
)

// ErrLacks reports that a log does not have a head that others were told of.
var ErrLacks = errors.New("audit log is not the one that others were told of")

func lacksEnd(last, told Head) error {
	return fmt.Errorf("%w: it has %d records, others were told of %d: its end is missing", ErrLacks, last.Length, told.Length)
}

func lacksHash(told Head) error {
	return fmt.Errorf("%w: it has another hash after %d records: it was changed", ErrLacks, told.Length)
}

// Contains reports whether the log in dir has a head, as somebody was told of it:
// that many records at least, and the first of them just those. The error is ErrLacks
// if not. Of the log, only the segment with that record is looked at, up to it.
func Contains(ctx context.Context, dir string, told Head) error {
	return newIndex(dir).contains(ctx, told)
}

// markEvery is how many records are between two places that an index remembers.
const markEvery = 4096

// index finds heads in a log, and remembers places in segments that it read, by the
// number of records before them. It is safe for concurrent use.
type index struct {
	dir string

	mu      sync.Mutex
	marks   map[uint64]mark
	longest uint64 // of them
}

// mark is the end of a line in a segment.
type mark struct {
	head   Head
	offset int64
}

func newIndex(dir string) *index { return &index{dir: dir, marks: map[uint64]mark{}} }

func (x *index) contains(ctx context.Context, told Head) error {
	if told == (Head{}) {
		return nil
	}
	names, err := segments(x.dir)
	if err != nil {
		return fmt.Errorf("look into audit log: %w", err)
	}
	for len(names) > 1 && names[1] <= segmentName(told.Length) {
		names = names[1:]
	}
	if len(names) == 0 {
		return lacksEnd(Head{}, told)
	}
	found, err := x.headAt(ctx, names[0], told.Length, len(names) == 1)
	switch {
	case err != nil:
		return fmt.Errorf("look into audit log: %w", err)
	case found == told:
		return nil
	case found.Length < told.Length:
		return lacksEnd(found, told)
	case found.Length > told.Length:
		return fmt.Errorf("audit log begins after record %d: segments from before are needed to look for %v", found.Length, told)
	}
	return lacksHash(told)
}

// headAt returns the head after so many records of a segment, its last one if it
// has fewer, or its first one if it begins later.
func (x *index) headAt(ctx context.Context, name string, length uint64, newest bool) (Head, error) {
	path := filepath.Join(x.dir, name)
	f, err := os.Open(path)
	if err != nil {
		return Head{}, err
	}
	defer f.Close()
	w := x.nearest(name, length)
	lines := bufio.NewReaderSize(io.NewSectionReader(f, w.offset, 1<<62), maxLine)
	for w.offset == 0 || w.head.Length < length && !ended(lines) {
		if err := ctx.Err(); err != nil {
			return Head{}, err
		}
		line, err := lines.ReadSlice('\n')
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
			return Head{}, err
		}
		err = w.step(name, line, nil)
		if err != nil && newest && torn(path, w, err) {
			break
		}
		if err != nil {
			return Head{}, err
		}
		w.offset += int64(len(line))
		x.keep(w)
	}
	return w.head, nil
}

// nearest returns the last place of a segment that is known and not behind so many
// records; the segment's beginning if there is none.
func (x *index) nearest(name string, length uint64) walk {
	x.mu.Lock()
	defer x.mu.Unlock()
	length = min(length, x.longest)
	for n := length - length%markEvery; n > 0 && segmentName(n) > name; n -= markEvery {
		if m, ok := x.marks[n]; ok {
			return walk{head: m.head, offset: m.offset}
		}
	}
	return walk{}
}

func (x *index) keep(w walk) {
	if n := w.head.Length; n%markEvery == 0 && w.head != w.start {
		x.mu.Lock()
		defer x.mu.Unlock()
		x.longest = max(x.longest, n)
		x.marks[n] = mark{w.head, w.offset}
	}
}
