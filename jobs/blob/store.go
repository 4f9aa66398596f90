// SPDX-License-Identifier: Apache-2.0

package blob

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
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

// OpenStore opens (and makes, with mode 0700) the store in dir. max is the largest blob in bytes it accepts.
func OpenStore(dir string, max int64) (*Store, error) {
	if max <= 0 {
		return nil, errors.New("open blob store: the limit must be positive")
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

// put is Put with something to be noted of the blob before it is written.
func (s *Store) put(d Digest, r io.Reader, note func() error) (created bool, err error) {
	b, err := readAtMost(r, s.max)
	if err != nil {
		return false, fmt.Errorf("store blob: %w", err)
	}
	if Of(b) != d {
		return false, fmt.Errorf("store blob %s: %w", d, ErrMismatch)
	}
	s.noting.Lock()
	defer s.noting.Unlock()
	if err := note(); err != nil {
		return false, fmt.Errorf("store blob %s: %w", d, err)
	}
	return s.write(blobPath(d), b)
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

func (s *Store) read(path string) ([]byte, error) {
	f, err := s.root.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readAtMost(f, s.max)
}

// write replaces path unless it already holds exactly b, so that a damaged blob can be stored anew.
func (s *Store) write(path string, b []byte) (created bool, err error) {
	if old, err := s.read(path); err == nil && Of(old) == Of(b) {
		return false, nil
	}
	partial := "partial/" + rand.Text()
	f, err := s.root.OpenFile(partial, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return false, fmt.Errorf("store blob: %w", err)
	}
	defer s.root.Remove(partial)
	_, err = f.Write(b)
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return false, fmt.Errorf("store blob: %w", err)
	}
	if err := s.root.Rename(partial, path); err != nil {
		return false, fmt.Errorf("store blob: %w", err)
	}
	return true, nil
}
