// SPDX-License-Identifier: Apache-2.0

package erofs

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
)

const (
	// maxFollow is how many symbolic links one path may lead through, as in the kernel.
	maxFollow = 40
	// maxList is the most entries of a directory that are listed.
	maxList = 1 << 20
)

// walk resolves a path from the root. The stack holds the directories that lead to the current one.
func (im *Image) walk(name string, follow bool) (Inode, error) {
	root, err := im.Root()
	if err != nil {
		return Inode{}, err
	}
	stack := []Inode{root}
	rest := strings.Split(name, "/")
	for links := 0; len(rest) > 0; {
		part := rest[0]
		rest = rest[1:]
		switch part {
		case "", ".":
			continue
		case "..":
			stack = stack[:max(1, len(stack)-1)]
			continue
		}
		child, err := im.lookup(stack[len(stack)-1], part)
		if err != nil {
			return Inode{}, err
		}
		if child.Type() != ModeSymlink || (len(rest) == 0 && !follow) {
			stack = append(stack, child)
			continue
		}
		if links++; links > maxFollow {
			return Inode{}, errors.New("too many symbolic links")
		}
		target, err := im.Readlink(child)
		if err != nil {
			return Inode{}, err
		}
		if strings.HasPrefix(target, "/") {
			stack = stack[:1]
		}
		rest = append(strings.Split(target, "/"), rest...)
	}
	return stack[len(stack)-1], nil
}

func (im *Image) lookup(dir Inode, name string) (Inode, error) {
	if dir.Type() != ModeDir {
		return Inode{}, fmt.Errorf("not a directory: %w", fs.ErrNotExist)
	}
	var found uint64
	err := im.entries(dir, func(e dirent) error {
		if e.name == name {
			found = e.nid
			return io.EOF
		}
		return nil
	})
	if err == io.EOF {
		return im.Inode(found)
	}
	if err == nil {
		err = fs.ErrNotExist
	}
	return Inode{}, err
}

// list reads the entries of a directory, but not "." and "..".
func (im *Image) list(dir Inode) ([]fs.DirEntry, error) {
	var list []fs.DirEntry
	err := im.entries(dir, func(e dirent) error {
		if e.name == "." || e.name == ".." {
			return nil
		}
		if len(list) >= maxList {
			return errors.New("too many directory entries")
		}
		inode, err := im.Inode(e.nid)
		list = append(list, fs.FileInfoToDirEntry(fileInfo{name: e.name, inode: inode}))
		return err
	})
	return list, err
}
