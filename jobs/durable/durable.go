// SPDX-License-Identifier: Apache-2.0

// Package durable writes files that are either wholly there after a crash or not there at all.
package durable

import (
	"fmt"
	"os"
	"path/filepath"
)

// WriteFile replaces path by data with the given permissions (exact: the umask is not applied).
//
// The happy path, as strace shows it:
//
//	openat(dir, ".name.NNNN", O_CREAT|O_EXCL, 0600)  fchmod  write  fsync  close
//	renameat(".name.NNNN", "name")
//	openat(dir, O_RDONLY)  fsync  close
//
// A reader sees the old bytes or the new ones; after it returned nil, a loss of power cannot bring the old
// ones back.
func WriteFile(path string, data []byte, mode os.FileMode) (err error) {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, "."+filepath.Base(path)+".")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
			err = fmt.Errorf("write %s: %w", path, err)
		}
	}()
	if err = f.Chmod(mode); err != nil {
		return err
	}
	if _, err = f.Write(data); err != nil {
		return err
	}
	if err = f.Sync(); err != nil {
		return err
	}
	if err = f.Close(); err != nil {
		return err
	}
	if err = os.Rename(f.Name(), path); err != nil {
		return err
	}
	return syncDirectory(dir)
}

func syncDirectory(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
