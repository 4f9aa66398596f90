// SPDX-License-Identifier: Apache-2.0

package blob

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"sync"

	"github.com/escrin/escrin/attest"
)

// TooLargeError says that a blob is larger than what is accepted.
type TooLargeError struct{ Max int64 }

func (e *TooLargeError) Error() string {
	return fmt.Sprintf("larger than the limit of %d bytes (%d MiB)", e.Max, e.Max>>20)
}

// Store keeps blobs in a directory, one file each, named by digest. It is safe for concurrent use and for kill -9
// at any point: a blob is written beside, synced and renamed, and checked again each time it is read.
type Store struct {
	root *os.Root
	max  int64

	noting sync.Mutex // held while a blob is put, or a record of an object changed
}

// OpenStore opens (and makes, with mode 0700) the store in dir, which no other process has open. max is the largest blob in bytes it accepts.
func OpenStore(dir string, max int64) (*Store, error) {
	if max <= 0 {
		return nil, errors.New("open blob store: the limit must be positive")
	}
	if err := os.RemoveAll(dir + "/partial"); err != nil { // what the process before this one did not get to the end of
		return nil, fmt.Errorf("open blob store: %w", err)
	}
	for _, sub := range []string{"sha256", "evidence", "brought", "borrowed", "objects", "partial"} {
		if err := os.MkdirAll(dir+"/"+sub, 0o700); err != nil {
			return nil, fmt.Errorf("open blob store: %w", err)
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open blob store: %w", err)
	}
	return &Store{root: root, max: max}, nil
}

// Close releases the directory.
func (s *Store) Close() error { return s.root.Close() }

// MaxBytes is the largest blob that the store accepts.
func (s *Store) MaxBytes() int64 { return s.max }

// Put reads a blob to its end, checks it against the digest and keeps it for good. It reports whether the blob is new. The
// error is a *TooLargeError over the limit and ErrMismatch for another digest.
func (s *Store) Put(d Digest, r io.Reader) (created bool, err error) {
	return s.put(d, r, func() error { return s.keep(d) })
}

// put is Put with something to be noted of the blob before it has its name.
func (s *Store) put(d Digest, r io.Reader, note func() error) (created bool, err error) {
	partial := partialPath()
	defer s.root.Remove(partial)
	if err := s.receive(partial, d, r); err != nil {
		return false, fmt.Errorf("store blob %s: %w", d, err)
	}
	s.noting.Lock()
	defer s.noting.Unlock()
	if err := note(); err != nil {
		return false, fmt.Errorf("store blob %s: %w", d, err)
	}
	if old, _, err := s.open(d); err == nil {
		return false, old.Close()
	}
	if err := s.root.Rename(partial, blobPath(d)); err != nil {
		return false, fmt.Errorf("store blob %s: %w", d, err)
	}
	return true, nil
}

// receive writes a blob to a path as it comes: whoever sends one, or many, has no memory for it.
func (s *Store) receive(path string, d Digest, r io.Reader) error {
	return s.create(path, func(f io.Writer) error {
		sum := sha256.New()
		size, err := io.Copy(f, io.TeeReader(io.LimitReader(r, s.max+1), sum))
		return s.check(d, size, sum, err)
	})
}

// check says what is wrong with a blob of which so many bytes were read.
func (s *Store) check(d Digest, size int64, sum hash.Hash, err error) error {
	switch {
	case err != nil:
		return fmt.Errorf("read: %w", err)
	case size > s.max:
		return &TooLargeError{Max: s.max}
	case Digest(sum.Sum(nil)) != d:
		return ErrMismatch
	}
	return nil
}

// open returns the file of a blob, to be read from its beginning, and its size in bytes. All of it is checked before: what was sent of a blob
// that was changed on disk could not be taken back.
func (s *Store) open(d Digest) (f *os.File, size int64, err error) {
	if f, err = s.openFile(blobPath(d)); err != nil {
		return nil, 0, err
	}
	sum := sha256.New()
	size, err = io.Copy(sum, io.LimitReader(f, s.max+1))
	if err = s.check(d, size, sum, err); err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	return f, size, nil
}

// Get returns the blob of digest d. A blob that was changed on disk is not returned: the error is ErrMismatch
// (JS-09); a missing one is ErrNotFound.
func (s *Store) Get(d Digest) ([]byte, error) {
	b, err := s.read(blobPath(d))
	if err != nil {
		return nil, fmt.Errorf("read blob %s: %w", d, err)
	}
	if Of(b) != d {
		return nil, fmt.Errorf("read blob %s: %w", d, ErrMismatch)
	}
	return b, nil
}

// PutEvidence keeps evidence under its Keccak-256, which it returns.
func (s *Store) PutEvidence(b []byte) ([32]byte, error) {
	if int64(len(b)) > s.max {
		return [32]byte{}, fmt.Errorf("store evidence: %w", &TooLargeError{Max: s.max})
	}
	digest := keccak(b)
	_, err := s.write(evidencePath(digest), b)
	return digest, err
}

// errMalformed says that what is brought as evidence is none.
var errMalformed = errors.New("this is no evidence")

// takeEvidence is Put for evidence that anybody brings.
func (s *Store) takeEvidence(digest [32]byte, r io.Reader) (created bool, err error) {
	b, err := readAtMost(r, attest.MaxEvidenceSize)
	if err != nil {
		return false, fmt.Errorf("store evidence: %w", err)
	}
	if keccak(b) != digest {
		return false, fmt.Errorf("store evidence 0x%x: %w", digest, ErrMismatch)
	}
	if _, err := attest.ParseEvidence(b); err != nil {
		return false, fmt.Errorf("%w: %w", errMalformed, err)
	}
	return s.write(evidencePath(digest), b)
}

// Evidence returns the evidence of the given Keccak-256, with the errors of Get.
func (s *Store) Evidence(digest [32]byte) ([]byte, error) {
	b, err := s.read(evidencePath(digest))
	if err != nil {
		return nil, fmt.Errorf("read evidence 0x%x: %w", digest, err)
	}
	if keccak(b) != digest {
		return nil, fmt.Errorf("read evidence 0x%x: %w", digest, ErrMismatch)
	}
	return b, nil
}

func blobPath(d Digest) string { return "sha256/" + hex.EncodeToString(d[:]) }

func evidencePath(d [32]byte) string { return "evidence/" + hex.EncodeToString(d[:]) }

func partialPath() string { return "partial/" + rand.Text() }

// openFile opens a file, which ErrNotFound says is not there.
func (s *Store) openFile(path string) (*os.File, error) {
	f, err := s.root.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotFound
	}
	return f, err
}

func (s *Store) read(path string) ([]byte, error) {
	f, err := s.openFile(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readAtMost(f, s.max)
}

// create makes a file with what fill writes.
func (s *Store) create(path string, fill func(io.Writer) error) error {
	f, err := s.root.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if err = fill(f); err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// write replaces path unless it already holds exactly b, so that a damaged blob can be stored anew.
func (s *Store) write(path string, b []byte) (created bool, err error) {
	if old, err := s.read(path); err == nil && Of(old) == Of(b) {
		return false, nil
	}
	partial := partialPath()
	defer s.root.Remove(partial)
	err = s.create(partial, func(f io.Writer) error { _, err := f.Write(b); return err })
	if err == nil {
		err = s.root.Rename(partial, path)
	}
	if err != nil {
		return false, fmt.Errorf("store blob: %w", err)
	}
	return true, nil
}
