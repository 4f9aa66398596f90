// SPDX-License-Identifier: Apache-2.0

// Package initrd writes initial RAM disks: one cpio archive in the "newc" format of the kernel's
// Documentation/driver-api/early-userspace/buffer-format.rst. The bytes depend on the entries alone, not on their order.
package initrd

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// Entry is one file, directory or symbolic link. It belongs to root and was changed at time 0.
type Entry struct {
	// Name is the path without a leading slash, such as "lib/modules/erofs.ko".
	Name string
	// Mode holds the permission bits and the type: regular (0), fs.ModeDir or fs.ModeSymlink.
	Mode fs.FileMode
	// Data is the content of a regular file or the target of a symbolic link; a directory has none.
	Data []byte
}

const (
	maxName = 4095    // PATH_MAX of the kernel, without the NUL
	maxData = 1 << 30 // far more than an initrd should hold
	trailer = "TRAILER!!!"
)

// Write writes the archive to dst: entries sorted by name, parents that no entry names added as directories with
// mode 0755, and zero bytes up to a multiple of 512. Names must be clean, relative and unique.
func Write(dst io.Writer, entries []Entry) error {
	sorted, err := complete(entries)
	if err != nil {
		return err
	}
	w := &writer{dst: bufio.NewWriterSize(dst, 1<<16)}
	for i, e := range sorted {
		w.entry(uint32(i+1), e)
	}
	w.entry(0, Entry{Name: trailer})
	w.pad(512)
	if w.err == nil {
		w.err = w.dst.Flush()
	}
	if w.err != nil {
		return fmt.Errorf("write initrd: %w", w.err)
	}
	return nil
}

// complete checks the entries, adds missing parents and sorts by name: a parent comes before what it holds.
func complete(entries []Entry) ([]Entry, error) {
	modes := make(map[string]fs.FileMode, len(entries))
	sorted := slices.Clone(entries)
	for _, e := range entries {
		if err := check(e); err != nil {
			return nil, fmt.Errorf("entry %q: %w", e.Name, err)
		}
		if _, taken := modes[e.Name]; taken {
			return nil, fmt.Errorf("entry %q: named twice", e.Name)
		}
		modes[e.Name] = e.Mode
	}
	for _, e := range entries {
		for dir := path.Dir(e.Name); dir != "."; dir = path.Dir(dir) {
			mode, named := modes[dir]
			if named && !mode.IsDir() {
				return nil, fmt.Errorf("entry %q: %q is not a directory", e.Name, dir)
			}
			if !named {
				modes[dir] = fs.ModeDir | 0o755
				sorted = append(sorted, Entry{Name: dir, Mode: fs.ModeDir | 0o755})
			}
		}
	}
	slices.SortFunc(sorted, func(a, b Entry) int { return strings.Compare(a.Name, b.Name) })
	return sorted, nil
}

func check(e Entry) error {
	switch {
	case !fs.ValidPath(e.Name) || e.Name == "." || e.Name == trailer || strings.ContainsRune(e.Name, 0):
		return errors.New("not a clean relative path")
	case len(e.Name) > maxName:
		return fmt.Errorf("name longer than %d bytes", maxName)
	case len(e.Data) > maxData:
		return fmt.Errorf("more than %d bytes", maxData)
	}
	switch e.Mode.Type() {
	case 0:
		return nil
	case fs.ModeDir:
		if len(e.Data) != 0 {
			return errors.New("a directory with data")
		}
		return nil
	case fs.ModeSymlink:
		if len(e.Data) == 0 || len(e.Data) > maxName {
			return fmt.Errorf("link target of %d bytes", len(e.Data))
		}
		return nil
	}
	return fmt.Errorf("unsupported type %v", e.Mode.Type())
}
