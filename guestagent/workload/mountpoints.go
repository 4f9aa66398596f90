// SPDX-License-Identifier: Apache-2.0

package workload

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/escrin/escrin/guestagent/workload/oci"
)

// UnfitError says that the image's files do not go with the mounts of a container.
type UnfitError struct {
	Path string // in the container
	Err  error
}

// Error implements error.
func (e *UnfitError) Error() string {
	return fmt.Sprintf("the image does not fit: %s: %v", e.Path, e.Err)
}

// Unwrap returns the reason.
func (e *UnfitError) Unwrap() error { return e.Err }

// MakeMountpoints makes what the runtime mounts on where the image has nothing, and refuses, with an *UnfitError, an image
// that has a symbolic link on the way or something of another type at its end (IMG-07). Nothing else runs yet, so what it
// finds is what the runtime finds. Mounts must be sorted such that outer ones come first.
func MakeMountpoints(s oci.Spec) error {
	for i, m := range s.Mounts {
		if m.Destination == rootItself {
			continue // it is there
		}
		base, below := s.Root.Path, m.Destination
		for _, outer := range s.Mounts[:i] {
			if inner, ok := strings.CutPrefix(m.Destination, outer.Destination+"/"); ok {
				base, below = outer.Source, "/"+inner
				if outer.Type != "bind" {
					base = "" // a file system of the kernel: nothing of the image is in it
				}
			}
		}
		if base == "" {
			continue
		}
		if err := makeMountpoint(base, below, m); err != nil {
			return err
		}
	}
	return nil
}

// makeMountpoint makes the directories of a path, and at its end what the mount's source is.
func makeMountpoint(base, path string, m oci.Mount) error {
	root, err := os.OpenRoot(base)
	if err != nil {
		return err
	}
	defer root.Close()
	kind, err := kindOf(m)
	if err != nil {
		return err
	}
	for i := 1; i <= len(path); i++ {
		if i < len(path) && path[i] != '/' {
			continue
		}
		want := fs.ModeDir
		if i == len(path) {
			want = kind
		}
		if err := makeNode(root, path[1:i], want); err != nil {
			return &UnfitError{m.Destination, err}
		}
	}
	return nil
}

// kindOf is what a mountpoint has to be: a directory, or a file for a file.
func kindOf(m oci.Mount) (fs.FileMode, error) {
	if m.Type != "bind" {
		return fs.ModeDir, nil
	}
	info, err := os.Stat(m.Source)
	if err != nil {
		return 0, err
	}
	return info.Mode() & fs.ModeDir, nil // a socket goes on a file
}

// makeNode makes an empty directory or file, or finds one.
func makeNode(root *os.Root, name string, kind fs.FileMode) error {
	info, err := root.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist) && kind == fs.ModeDir:
		return root.Mkdir(name, 0o755)
	case errors.Is(err, fs.ErrNotExist):
		file, err := root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o444)
		if err != nil {
			return err
		}
		return file.Close()
	case err != nil:
		return err
	case info.Mode().Type() != kind:
		return fmt.Errorf("/%s is %s", name, describe(info.Mode()))
	}
	return nil
}

func describe(mode fs.FileMode) string {
	switch mode.Type() {
	case fs.ModeSymlink:
		return "a symbolic link"
	case fs.ModeDir:
		return "a directory"
	case 0:
		return "a file"
	}
	return "a special file"
}
