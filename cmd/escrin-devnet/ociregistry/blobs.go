// SPDX-License-Identifier: Apache-2.0

package ociregistry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/google/go-containerregistry/pkg/registry"
)

// blobs keeps each blob in a file named after its digest. It does not look into what it serves: clients must, because
// no registry is trusted.
type blobs struct{ dir string }

func (b blobs) path(digest v1.Hash) string { return filepath.Join(b.dir, digest.Algorithm, digest.Hex) }

// Stat returns a blob's size; registry.ErrNotFound if there is none.
func (b blobs) Stat(_ context.Context, _ string, digest v1.Hash) (int64, error) {
	info, err := os.Stat(b.path(digest))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, registry.ErrNotFound
	}
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// Get opens a blob; registry.ErrNotFound if there is none.
func (b blobs) Get(_ context.Context, _ string, digest v1.Hash) (io.ReadCloser, error) {
	file, err := os.Open(b.path(digest))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, registry.ErrNotFound
	}
	return file, err
}

// Put stores a blob whose digest the registry checks while it is read: whole or not at all.
func (b blobs) Put(_ context.Context, _ string, digest v1.Hash, from io.ReadCloser) error {
	defer from.Close()
	if err := os.MkdirAll(filepath.Dir(b.path(digest)), 0o755); err != nil {
		return fmt.Errorf("store blob: %w", err)
	}
	file, err := os.CreateTemp(b.dir, "upload-*")
	if err != nil {
		return fmt.Errorf("store blob: %w", err)
	}
	defer os.Remove(file.Name())
	_, err = io.Copy(file, from)
	if err = errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("store blob: %w", err)
	}
	return os.Rename(file.Name(), b.path(digest))
}

// Delete removes a blob.
func (b blobs) Delete(_ context.Context, _ string, digest v1.Hash) error {
	return os.Remove(b.path(digest))
}
