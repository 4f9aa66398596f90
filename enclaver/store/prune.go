// SPDX-License-Identifier: Apache-2.0

package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/escrin/escrin/enclaver/hint"
)

// Use keeps Prune away until release is called: what is being put together has no name yet.
func (s *Store) Use() (release func(), err error) {
	release, err = s.lock("use", unix.LOCK_SH)
	if err != nil {
		return nil, fmt.Errorf("lock store: %w", err)
	}
	return release, nil
}

// Keep is what Prune leaves.
type Keep struct {
	Blobs      map[v1.Hash]bool
	Layers     map[v1.Hash]bool // by diff id
	Conversion int              // of the layers; those of others go
}

// Prune removes all that keep does not name, what was left by processes that ended early, and the beginnings of
// downloads. It returns the number of bytes. It is an error if the store is in use.
func (s *Store) Prune(keep func() (Keep, error)) (freed int64, err error) {
	release, err := s.lock("use", unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		return 0, hint.Wrap(fmt.Errorf("prune store: another process is using it"), "try again when no enclave is being made or pulled")
	}
	if err != nil {
		return 0, fmt.Errorf("prune store: %w", err)
	}
	defer release()
	wanted, err := keep()
	if err != nil {
		return 0, fmt.Errorf("prune store: %w", err)
	}
	for pattern, stays := range map[string]func(name string) bool{
		"blobs/sha256/*": func(name string) bool { return wanted.Blobs[sha256Of(name)] },
		"packed/*": func(name string) bool {
			p, ok := s.Packed(sha256Of(strings.TrimSuffix(name, ".json")))
			return ok && wanted.Blobs[p.Blob.Digest]
		},
		"layers/*/*": func(name string) bool { return wanted.Layers[sha256Of(name)] },
		"measured/*": func(string) bool { return false },
		"partial/*":  func(string) bool { return false },
		"tmp/*":      func(string) bool { return false },
	} {
		n, err := s.sweep(pattern, wanted.Conversion, stays)
		if freed += n; err != nil {
			return freed, fmt.Errorf("prune store: %w", err)
		}
	}
	return freed, nil
}

func sha256Of(digits string) v1.Hash { return v1.Hash{Algorithm: "sha256", Hex: digits} }

func (s *Store) sweep(pattern string, conversion int, stays func(name string) bool) (freed int64, err error) {
	paths, err := filepath.Glob(filepath.Join(s.dir, pattern))
	if err != nil {
		return 0, err
	}
	for _, path := range paths {
		current := !strings.HasPrefix(pattern, "layers/") || filepath.Base(filepath.Dir(path)) == strconv.Itoa(conversion)
		if current && stays(filepath.Base(path)) {
			continue
		}
		size, err := sizeOf(path)
		if err == nil {
			err = os.RemoveAll(path)
		}
		if err != nil {
			return freed, err
		}
		freed += size
	}
	return freed, nil
}

// sizeOf adds up the sizes of the files under path.
func sizeOf(path string) (size int64, err error) {
	err = filepath.WalkDir(path, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err == nil {
			size += info.Size()
		}
		return err
	})
	return size, err
}
