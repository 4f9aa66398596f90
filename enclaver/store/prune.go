// SPDX-License-Identifier: Apache-2.0

package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
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
	root, err := os.OpenRoot(s.dir)
	if err != nil {
		return 0, fmt.Errorf("prune store: %w", err)
	}
	defer root.Close()
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
		n, err := s.sweep(root, pattern, wanted.Conversion, stays)
		if freed += n; err != nil {
			return freed, fmt.Errorf("prune store: %w", err)
		}
	}
	return freed, nil
}

func sha256Of(digits string) v1.Hash { return v1.Hash{Algorithm: "sha256", Hex: digits} }

// sweep removes what matches a pattern and does not stay. It works inside the store's directory: neither a name with
// wildcards in it nor a link leads anywhere else.
func (s *Store) sweep(in *os.Root, pattern string, conversion int, stays func(name string) bool) (freed int64, err error) {
	paths, err := fs.Glob(in.FS(), pattern)
	if err != nil {
		return 0, err
	}
	for _, name := range paths {
		current := !strings.HasPrefix(pattern, "layers/") || path.Base(path.Dir(name)) == strconv.Itoa(conversion)
		if current && stays(path.Base(name)) {
			continue
		}
		size, err := sizeOf(in, name)
		if err == nil {
			err = in.RemoveAll(name)
		}
		if err != nil {
			return freed, err
		}
		freed += size
	}
	return freed, nil
}

// sizeOf adds up the sizes of the files under a name.
func sizeOf(in *os.Root, name string) (size int64, err error) {
	info, err := in.Lstat(name)
	if err != nil {
		return 0, err
	}
	if !info.IsDir() {
		return info.Size(), nil
	}
	err = fs.WalkDir(in.FS(), name, func(_ string, entry fs.DirEntry, err error) error {
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
