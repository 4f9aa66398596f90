// SPDX-License-Identifier: Apache-2.0

package workload

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

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

// MakeMountpoints makes what the runtime mounts on where an image has nothing, in the directory that is going to be mounted over
// it, and refuses, with an *UnfitError, an image that has a symbolic link on the way or something of another type at its end
// (IMG-07). Nothing else runs yet, so what it finds is what the runtime finds. Mounts must be sorted such that outer ones come first.
func MakeMountpoints(s oci.Spec, image, over string) error {
	for i, m := range s.Mounts {
		if m.Destination == rootItself {
			continue // it is there
		}
		base, below := tree{image, over}, m.Destination
		for _, outer := range s.Mounts[:i] {
			if inner, ok := strings.CutPrefix(m.Destination, outer.Destination+"/"); ok {
				base, below = tree{over: outer.Source}, "/"+inner
				if outer.Type != "bind" {
					base = tree{} // a file system of the kernel: nothing of the image is in it
				}
			}
		}
		if base.over == "" {
			continue
		}
		if err := base.makeMountpoint(below, m); err != nil {
			return err
		}
	}
	return nil
}

// tree is a directory and, if it has one, the image that it is going to be mounted over.
type tree struct{ image, over string }

// makeMountpoint makes the directories of a path, and at its end what the mount's source is.
func (t tree) makeMountpoint(path string, m oci.Mount) error {
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
		if err := t.makeNode(path[:i], want); err != nil {
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

// makeNode makes an empty directory or file, or finds one. What it is in was made or found to be a directory before, so that no
// symbolic link is followed. A directory of the image gets its like over it, for what is made in it.
func (t tree) makeNode(path string, kind fs.FileMode) error {
	info, err := os.Lstat(t.over + path)
	if errors.Is(err, fs.ErrNotExist) && t.image != "" {
		if info, err = os.Lstat(t.image + path); err == nil && info.IsDir() {
			err = MakeLike(t.over+path, info)
		}
	}
	switch {
	case errors.Is(err, fs.ErrNotExist) && kind == fs.ModeDir:
		return os.Mkdir(t.over+path, 0o755)
	case errors.Is(err, fs.ErrNotExist):
		return os.WriteFile(t.over+path, nil, 0o444)
	case err != nil:
		return err
	case info.Mode().Type() != kind:
		return fmt.Errorf("%s is %s", path, describe(info.Mode()))
	}
	return nil
}

// MakeLike makes a directory with the owner and the mode of another.
func MakeLike(path string, other fs.FileInfo) error {
	owner := other.Sys().(*syscall.Stat_t) // what os returns on Linux
	return MakeDirectory(path, owner.Mode&0o7777, owner.Uid, owner.Gid)
}

// MakeDirectory makes one with this owner and mode, whatever the umask.
func MakeDirectory(path string, mode, uid, gid uint32) error {
	if err := os.Mkdir(path, 0o700); err != nil {
		return err
	}
	if err := os.Chown(path, int(uid), int(gid)); err != nil {
		return err
	}
	return unix.Chmod(path, mode)
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
