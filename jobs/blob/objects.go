// SPDX-License-Identifier: Apache-2.0

package blob

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
)

// entrySize is that of a version in an object's record: number and digest.
const entrySize = 8 + len(Digest{})

// Bring is Put for the guest of a task: what nobody had, and nobody else puts, may be removed again (Supersede).
func (s *Store) Bring(d Digest, r io.Reader, task [32]byte) error {
	_, err := s.put(d, r, func() error {
		_, err := s.root.Stat(blobPath(d))
		if errors.Is(err, fs.ErrNotExist) {
			_, err = s.write(broughtPath(d), task[:])
			return err
		}
		if s.broughtBy(d, task) {
			return nil // again
		}
		return s.keep(d)
	})
	return err
}

// Keep keeps a blob for good, whoever brought it.
func (s *Store) Keep(d Digest) error {
	s.noting.Lock()
	defer s.noting.Unlock()
	return s.keep(d)
}

// keep is Keep for who holds noting.
func (s *Store) keep(d Digest) error { return s.remove(broughtPath(d)) }

// brought says whether a blob is the guest's alone that brought it.
func (s *Store) brought(d Digest) bool {
	_, err := s.root.Stat(broughtPath(d))
	return err == nil
}

// broughtBy says whether that is the guest of this task.
func (s *Store) broughtBy(d Digest, task [32]byte) bool {
	by, err := s.read(broughtPath(d))
	return err == nil && bytes.Equal(by, task[:])
}

func broughtPath(d Digest) string { return "brought/" + hex.EncodeToString(d[:]) }

// remove removes a file that may be there.
func (s *Store) remove(path string) error {
	if err := s.root.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Supersede notes that a blob is a version of an object that the chain has taken, and removes versions before the one before it. Who
// has a version signed has seen the one before it as final, so that nothing leads back behind that. A blob that the guest of this task
// did not bring is not noted, since digests are the guest's to choose; and one that somebody else has put meanwhile is not removed.
func (s *Store) Supersede(object [32]byte, version uint64, d Digest, task [32]byte) error {
	s.noting.Lock()
	defer s.noting.Unlock()
	if !s.broughtBy(d, task) {
		return nil
	}
	path := "objects/" + hex.EncodeToString(object[:])
	record, err := s.read(path)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return fmt.Errorf("read record of object: %w", err)
	}
	kept, over := turned(record, version, d)
	if _, err := s.write(path, kept); err != nil { // first: what is then forgotten is not removed, and no harm is done
		return fmt.Errorf("note version of object: %w", err)
	}
	for _, digest := range over {
		if !s.brought(digest) {
			continue
		}
		if err := errors.Join(s.remove(blobPath(digest)), s.keep(digest)); err != nil {
			return fmt.Errorf("remove version of object: %w", err)
		}
	}
	return nil
}

// turned is a record with one version more, and what has gone from it.
func turned(record []byte, version uint64, d Digest) (kept []byte, over []Digest) {
	kept = append(binary.BigEndian.AppendUint64(nil, version), d[:]...)
	for ; len(record) >= entrySize; record = record[entrySize:] {
		number, digest := binary.BigEndian.Uint64(record), Digest(record[8:entrySize])
		switch {
		case digest == d:
		case number+1 >= version && len(kept) < maxRecord:
			kept = append(kept, record[:entrySize]...)
		default:
			over = append(over, digest)
		}
	}
	return kept, over
}

// maxRecord bounds a record in bytes: a chain that forgets brings several blobs of one number.
const maxRecord = 64 * entrySize
