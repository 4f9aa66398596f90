// SPDX-License-Identifier: Apache-2.0

// Package joblog keeps what workloads say while they run, for the owners of their tasks: sealed segments of one size
// (guestagent/livelog), which nobody else can open. The newest of each attempt are kept, and the newest attempts.
package joblog

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/escrin/escrin/guestagent/livelog"
)

// What is kept.
const (
	perFile      = 1024 // segments in a file
	keptFiles    = 4    // of an attempt, the newest
	keptAttempts = 64
	perRead      = 256 // segments that a reader gets at once
)

// ErrOrder says that a segment is not the next one.
var ErrOrder = errors.New("not the next segment")

// Store keeps segments in a directory. It is safe for concurrent use.
type Store struct {
	dir string
	mu  sync.Mutex // one for all logs: it is held while the disk has a segment or a page of them, never while a peer is waited for, and pruning is about all
}

// Open makes the directory, if there is none, and a store of it.
func Open(dir string) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open job logs: %w", err)
	}
	return &Store{dir: dir}, nil
}

// attemptDir is where the segments of an attempt are, in files named by their number.
func (s *Store) attemptDir(task common.Hash, attempt uint32) string {
	return filepath.Join(s.dir, fmt.Sprintf("%s-%d", task.Hex(), attempt))
}

// Append keeps the segment of a number, which has to be the next one, or the last one again, or else is ErrOrder: a guest that
// did not hear that its segment was taken hands it over once more.
func (s *Store) Append(task common.Hash, attempt uint32, number uint64, segment []byte) error {
	if len(segment) != livelog.SealedSize {
		return fmt.Errorf("keep job log: segment of %d bytes", len(segment))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	dir := s.attemptDir(task, attempt)
	files, next, err := s.extent(dir)
	if err != nil {
		return fmt.Errorf("keep job log: %w", err)
	}
	if next > 0 && number == next-1 {
		return s.same(dir, number, segment)
	}
	if number != next {
		return ErrOrder
	}
	if next == 0 {
		if err := s.prune(); err != nil {
			return fmt.Errorf("keep job log: %w", err)
		}
	}
	if err := s.write(dir, files, number, segment); err != nil {
		return fmt.Errorf("keep job log: %w", err)
	}
	return nil
}

// same tells whether this is the segment that is kept.
func (s *Store) same(dir string, number uint64, segment []byte) error {
	kept, err := read(dir, number, 1)
	if err == nil && !bytes.Equal(kept, segment) {
		err = ErrOrder
	}
	return err
}

// write writes a segment to its place, and removes the oldest file when it begins another.
func (s *Store) write(dir string, files []uint64, number uint64, segment []byte) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if number%perFile == 0 && len(files) == keptFiles {
		if err := os.Remove(filepath.Join(dir, strconv.FormatUint(files[0], 10))); err != nil {
			return err
		}
	}
	f, err := os.OpenFile(filepath.Join(dir, strconv.FormatUint(number/perFile, 10)), os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteAt(segment, int64(number%perFile)*livelog.SealedSize) // over the rest of one that did not get through
	return errors.Join(err, f.Close())
}

// extent lists the files of an attempt and the number of its next segment.
func (s *Store) extent(dir string) (files []uint64, next uint64, err error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, nil
	}
	for _, e := range entries {
		n, err := strconv.ParseUint(e.Name(), 10, 64)
		if err != nil {
			return nil, 0, err
		}
		files = append(files, n)
	}
	if err != nil || len(files) == 0 {
		return nil, 0, err
	}
	slices.Sort(files)
	last := files[len(files)-1]
	info, err := os.Stat(filepath.Join(dir, strconv.FormatUint(last, 10)))
	if err != nil {
		return nil, 0, err
	}
	return files, last*perFile + uint64(info.Size())/livelog.SealedSize, nil
}

// Read returns segments from one number on, or from the oldest that is kept, and the number of the first. There are at most as many as fit a
// reply; none if there are no more yet.
func (s *Store) Read(task common.Hash, attempt uint32, from uint64) (first uint64, segments []byte, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	dir := s.attemptDir(task, attempt)
	files, next, err := s.extent(dir)
	if err != nil {
		return 0, nil, fmt.Errorf("read job log: %w", err)
	}
	if from >= next {
		return from, nil, nil
	}
	first = max(from, files[0]*perFile)
	segments, err = read(dir, first, min(next-first, perFile-first%perFile, perRead))
	return first, segments, err
}

// read reads segments that are there, of one file.
func read(dir string, first, count uint64) ([]byte, error) {
	f, err := os.Open(filepath.Join(dir, strconv.FormatUint(first/perFile, 10)))
	if err != nil {
		return nil, fmt.Errorf("read job log: %w", err)
	}
	defer f.Close()
	segments := make([]byte, count*livelog.SealedSize)
	if _, err := f.ReadAt(segments, int64(first%perFile)*livelog.SealedSize); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read job log: %w", err)
	}
	return segments, nil
}

// prune removes the attempts that nothing was kept of for longest, so that there is room for another.
func (s *Store) prune() error {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return err
	}
	if len(entries) < keptAttempts {
		return nil
	}
	last := map[string]time.Time{}
	for _, e := range entries {
		if last[e.Name()], err = written(filepath.Join(s.dir, e.Name())); err != nil {
			return err
		}
	}
	slices.SortFunc(entries, func(a, b os.DirEntry) int { return last[a.Name()].Compare(last[b.Name()]) })
	for _, e := range entries[:len(entries)-keptAttempts+1] {
		if err := os.RemoveAll(filepath.Join(s.dir, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

// written is when the last segment of an attempt was: its directory's own time is that of its newest file's beginning.
func written(dir string) (last time.Time, err error) {
	files, err := os.ReadDir(dir)
	if err != nil {
		return last, err
	}
	for _, f := range files {
		info, err := f.Info()
		if err != nil {
			return last, err
		}
		if info.ModTime().After(last) {
			last = info.ModTime()
		}
	}
	return last, nil
}
