// SPDX-License-Identifier: Apache-2.0

package auditlog

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/escrin/escrin/strictjson"
)

// A segment is a file of the log. Its name says how many records came before it,
// its first line also their hash, so that what comes after can be verified without
// them.
const (
	segmentPrefix = "audit-"
	segmentSuffix = ".log"
	segmentSize   = 64 << 20 // bytes after which the next begins
)

// header is the text of a segment's first line; the hash before it is the one of
// the records before.
type header struct {
	Log    string `json:"log"`
	Before uint64 `json:"before"` // records
}

const headerLog = "escrin audit log v1"

func segmentName(before uint64) string {
	return fmt.Sprintf("%s%020d%s", segmentPrefix, before, segmentSuffix)
}

// segments returns the names of the segments in dir, oldest first.
func segments(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		n := e.Name()
		if strings.HasPrefix(n, segmentPrefix) && strings.HasSuffix(n, segmentSuffix) && len(n) == len(segmentName(0)) {
			names = append(names, n)
		}
	}
	slices.Sort(names)
	return names, nil
}

func headerLine(before Head) []byte {
	return appendLine(nil, before.Hash, fmt.Appendf(nil, `{"log":%q,"before":%d}`, headerLog, before.Length))
}

// readHeader returns the head before a segment.
func readHeader(name string, line []byte) (Head, error) {
	hash, text, err := splitLine(line)
	if err != nil {
		return Head{}, err
	}
	h, err := strictjson.Decode[header](text, MaxRecord)
	before := Head{h.Before, hash}
	if err != nil || h.Log != headerLog || segmentName(h.Before) != name || (h.Before == 0) != (before == Head{}) {
		return Head{}, errChanged
	}
	return before, nil
}

// Entry is a record at its place.
type Entry struct {
	Record
	After Head // with this record
}

// walk is a way through one segment.
type walk struct {
	start  Head   // before the first record
	head   Head   // after the last good one
	offset int64  // of the end of the last good line; zero if there is none
	last   []byte // text of the last good record; nil if there is none
}

// walkSegment reads a segment up to its end or to its first bad line, and shows
// each record to visit. If that is nil, it looks at hashes only.
func walkSegment(path string, visit func(Entry) error) (w walk, err error) {
	f, err := os.Open(path)
	if err != nil {
		return w, err
	}
	defer f.Close()
	lines := bufio.NewReaderSize(f, maxLine)
	for w.offset == 0 || !ended(lines) {
		line, err := lines.ReadSlice('\n')
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
			return w, err
		}
		if err := w.step(filepath.Base(path), line, visit); err != nil {
			return w, err
		}
		w.offset += int64(len(line))
	}
	return w, nil
}

func ended(r *bufio.Reader) bool {
	_, err := r.Peek(1)
	return errors.Is(err, io.EOF)
}

// step takes the next line of a segment.
func (w *walk) step(name string, line []byte, visit func(Entry) error) error {
	if w.offset == 0 {
		start, err := readHeader(name, line)
		if err != nil {
			return fmt.Errorf("%s: first line %w", name, err)
		}
		w.start, w.head = start, start
		return nil
	}
	text, next, err := w.head.read(line)
	if err != nil {
		return fmt.Errorf("%s: record %d %w", name, w.head.Length+1, err)
	}
	w.head, w.last = next, append(w.last[:0], text...)
	if visit == nil {
		return nil
	}
	record, err := decodeRecord(text)
	if err != nil {
		return fmt.Errorf("%s: record %d: %w", name, next.Length, err)
	}
	return visit(Entry{record, next})
}

// torn reports whether err is what a crash may do to the end of the segment at
// path: the last bytes, not more than were written at once, are an unfinished
// line, or blocks that were never written. A line that does not fit was changed by
// somebody.
func torn(path string, w walk, err error) bool {
	rest, readErr := restOf(path, w.offset)
	return errors.Is(err, errMalformed) && readErr == nil && len(rest) <= maxBatch &&
		(bytes.IndexByte(rest, '\n') < 0 || bytes.IndexByte(rest, 0) >= 0)
}

// restOf returns what stands behind the good lines of a segment, if that is not more than
// one batch, else a little more than that.
func restOf(path string, offset int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.NewSectionReader(f, offset, maxBatch+1))
}
