// SPDX-License-Identifier: Apache-2.0

// Package store keeps enclaves on this machine, as an OCI image layout (any OCI tool can read it), with a
// cache of converted layers beside it and downloads that were cut. Content is named by digest and is checked
// whenever it is used: the store survives a crash in the middle of a write, and a flipped bit, by noticing.
//
//	oci-layout, index.json, blobs/sha256/   the layout; index.json has the names
//	layers/CONVERSION/DIFFID/               a converted layer: image, leaves, about.json
//	packed/DIGEST.json                      what a layer's blob unpacked to, when it was last converted
//	measured/KEY                            what a guest base contributes to launch measurements
//	partial/DIGEST                          the beginning of a blob
//	tmp/                                    what is being written
package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/escrin/escrin/enclaver/oci"
)

// ErrNotExist says that the store does not have the content or the name.
var ErrNotExist = errors.New("not in the local store")

const layoutDocument = `{"imageLayoutVersion":"1.0.0"}`

// Store is a directory. It may be used by several processes at a time.
type Store struct{ dir string }

// Open opens the store in dir, and makes it if there is none.
func Open(dir string) (*Store, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	for _, sub := range []string{"blobs/sha256", "layers", "packed", "measured", "partial", "tmp"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o755); err != nil {
			return nil, fmt.Errorf("open store: %w", err)
		}
	}
	s := &Store{dir: dir}
	layout := filepath.Join(dir, "oci-layout")
	if _, err := os.Stat(layout); errors.Is(err, fs.ErrNotExist) {
		if err := s.replace(layout, []byte(layoutDocument)); err != nil {
			return nil, fmt.Errorf("open store: %w", err)
		}
	}
	return s, nil
}

// Dir is the store's directory.
func (s *Store) Dir() string { return s.dir }

// BlobPath is where the content with this digest is, if the store has it.
func (s *Store) BlobPath(digest v1.Hash) string {
	return filepath.Join(s.dir, "blobs", "sha256", digest.Hex)
}

// Open returns the content that d names. The caller must check it ([oci.NewVerifier]) or have called
// [Store.Check]; an error wraps ErrNotExist where there is none, oci.ErrMismatch where its size differs.
func (s *Store) Open(d oci.Descriptor) (*os.File, error) {
	if err := d.Validate(); err != nil {
		return nil, err
	}
	f, err := os.Open(s.BlobPath(d.Digest))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w", d.Digest, ErrNotExist)
	}
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && info.Size() != d.Size {
		err = fmt.Errorf("%s: has %d bytes, want %d: %w", d.Digest, info.Size(), d.Size, oci.ErrMismatch)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// Has says whether there is content of the digest and size that d names. It was right when it was stored; whoever
// passes it on checks it.
func (s *Store) Has(d oci.Descriptor) bool {
	info, err := os.Stat(s.BlobPath(d.Digest))
	return err == nil && d.Validate() == nil && info.Size() == d.Size
}

// Drop removes content, for whoever found that it is not right.
func (s *Store) Drop(d oci.Descriptor) error { return os.Remove(s.BlobPath(d.Digest)) }

// Check reads the content that d names and returns nil if it is there and right.
func (s *Store) Check(ctx context.Context, d oci.Descriptor) error {
	f, err := s.Open(d)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(io.Discard, oci.NewVerifier(ctx, f, d))
	return err
}

// ReadDocument returns a small blob, checked.
func (s *Store) ReadDocument(ctx context.Context, d oci.Descriptor) ([]byte, error) {
	f, err := s.Open(d)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return oci.ReadDocument(ctx, f, d)
}

// Put stores the content that d names from r, checking it on the way; on any mismatch nothing is stored.
func (s *Store) Put(ctx context.Context, d oci.Descriptor, r io.Reader) error {
	if err := d.Validate(); err != nil {
		return err
	}
	b, err := s.Create()
	if err != nil {
		return err
	}
	defer b.Discard()
	if _, err := io.Copy(b.File, oci.NewVerifier(ctx, r, d)); err != nil {
		return err
	}
	return b.commit(d.Digest)
}

// PutBytes stores data, unless the store has it, and returns its descriptor.
func (s *Store) PutBytes(mediaType string, data []byte) (oci.Descriptor, error) {
	d := oci.DescriptorOf(mediaType, data)
	if s.Check(context.Background(), d) == nil {
		return d, nil
	}
	return d, s.replace(s.BlobPath(d.Digest), data)
}

// Blob is content that is being written and has no name yet.
type Blob struct {
	File  *os.File
	store *Store
}

// Create starts a blob. The caller ends it with Commit or Discard.
func (s *Store) Create() (*Blob, error) {
	f, err := os.CreateTemp(filepath.Join(s.dir, "tmp"), "blob-*")
	if err != nil {
		return nil, fmt.Errorf("write to store: %w", err)
	}
	return &Blob{File: f, store: s}, nil
}

// Describe hashes what was written to the file, whatever its offset.
func (b *Blob) Describe(mediaType string) (oci.Descriptor, error) {
	info, err := b.File.Stat()
	if err != nil {
		return oci.Descriptor{}, err
	}
	h := sha256.New()
	whole := io.NewSectionReader(b.File, 0, info.Size())
	if _, err := io.Copy(h, whole); err != nil {
		return oci.Descriptor{}, err
	}
	digest := v1.Hash{Algorithm: "sha256", Hex: hex.EncodeToString(h.Sum(nil))}
	return oci.Descriptor{MediaType: mediaType, Digest: digest, Size: info.Size()}, nil
}

// Commit hashes what was written to the file, and gives it its name.
func (b *Blob) Commit(mediaType string) (oci.Descriptor, error) {
	d, err := b.Describe(mediaType)
	if err != nil {
		return oci.Descriptor{}, err
	}
	return d, b.commit(d.Digest)
}

// CommitAs gives what was written the name in d. The caller has checked it.
func (b *Blob) CommitAs(d oci.Descriptor) error { return b.commit(d.Digest) }

func (b *Blob) commit(digest v1.Hash) error {
	if err := b.File.Chmod(0o644); err != nil {
		return err
	}
	if err := os.Rename(b.File.Name(), b.store.BlobPath(digest)); err != nil {
		return err
	}
	err := b.File.Close()
	b.File = nil
	return err
}

// Discard forgets an uncommitted blob; after Commit it does nothing.
func (b *Blob) Discard() {
	if b.File != nil {
		os.Remove(b.File.Name())
		b.File.Close()
		b.File = nil
	}
}

// replace writes a small file whole or not at all.
func (s *Store) replace(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Join(s.dir, "tmp"), "file-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(data)
	if err == nil {
		err = f.Chmod(0o644)
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
