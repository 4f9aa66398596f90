// SPDX-License-Identifier: Apache-2.0

package erofs

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"time"
)

// maxFollow is how many symbolic links one path may lead through, as in the kernel.
const maxFollow = 40

// Stat is what FileInfo.Sys returns for a file of FS.
type Stat struct {
	Attributes
	// Number is the inode number: hard links share it.
	Number uint64
	// Links counts the names.
	Links uint32
}

// FS gives a tree that was loaded as an fs.FS, which also implements fs.ReadLinkFS, fs.StatFS and fs.ReadDirFS. Open, Stat and ReadDir follow symbolic links inside the
// tree: an absolute target starts at its root, and ".." stays at the root. Lstat and ReadLink do not follow the last
// component. FileInfo.Sys is a Stat. Names need not be UTF-8.
func FS(root *Node) fs.ReadLinkFS { return treeFS{root} }

type treeFS struct{ root *Node }

// Open implements fs.FS.
func (f treeFS) Open(name string) (fs.File, error) {
	n, err := f.find("open", name, true)
	if err != nil {
		return nil, err
	}
	info := fileInfo{name: path.Base(name), node: n}
	switch n.Type() {
	case ModeDir:
		return &dirFile{info: info}, nil
	case ModeRegular:
		return &regularFile{SectionReader: io.NewSectionReader(content{n}, 0, n.Size), info: info}, nil
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: errors.New("not a regular file")}
}

// Stat implements fs.StatFS.
func (f treeFS) Stat(name string) (fs.FileInfo, error) { return f.info("stat", name, true) }

// Lstat implements fs.ReadLinkFS.
func (f treeFS) Lstat(name string) (fs.FileInfo, error) { return f.info("lstat", name, false) }

func (f treeFS) info(op, name string, follow bool) (fs.FileInfo, error) {
	n, err := f.find(op, name, follow)
	if err != nil {
		return nil, err
	}
	return fileInfo{name: path.Base(name), node: n}, nil
}

// ReadLink implements fs.ReadLinkFS.
func (f treeFS) ReadLink(name string) (string, error) {
	n, err := f.find("readlink", name, false)
	if err != nil {
		return "", err
	}
	if n.Type() != ModeSymlink {
		return "", &fs.PathError{Op: "readlink", Path: name, Err: errors.New("not a symbolic link")}
	}
	return n.Target, nil
}

// ReadDir implements fs.ReadDirFS.
func (f treeFS) ReadDir(name string) ([]fs.DirEntry, error) {
	n, err := f.find("readdir", name, true)
	if err != nil {
		return nil, err
	}
	if !n.IsDir() {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: errors.New("not a directory")}
	}
	return n.list(), nil
}

// list returns the children of a directory in the order of their names.
func (n *Node) list() []fs.DirEntry {
	sorted := n.children.sort()
	list := make([]fs.DirEntry, 0, len(sorted))
	for _, c := range sorted {
		list = append(list, dirEntry(c))
	}
	return list
}

// validPath is fs.ValidPath for names that need not be UTF-8: an image's names are bytes.
func validPath(name string) bool {
	return name == path.Clean(name) && name != ".." && !strings.HasPrefix(name, "../") && !strings.HasPrefix(name, "/")
}

func (f treeFS) find(op, name string, follow bool) (*Node, error) {
	if !validPath(name) {
		return nil, &fs.PathError{Op: op, Path: name, Err: fs.ErrInvalid}
	}
	n, err := f.root.walk(name, follow)
	if err != nil {
		return nil, &fs.PathError{Op: op, Path: name, Err: err}
	}
	return n, nil
}

// walk resolves a path from the root. The stack holds the directories that lead to the current node.
func (n *Node) walk(name string, follow bool) (*Node, error) {
	stack := []*Node{n}
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
		dir := stack[len(stack)-1]
		if !dir.IsDir() {
			return nil, fmt.Errorf("not a directory: %w", fs.ErrNotExist)
		}
		child := dir.Child(part)
		if child == nil {
			return nil, fs.ErrNotExist
		}
		child, err := child.read()
		if err != nil {
			return nil, err
		}
		if child.Type() != ModeSymlink || (len(rest) == 0 && !follow) {
			stack = append(stack, child)
			continue
		}
		if links++; links > maxFollow {
			return nil, errors.New("too many symbolic links")
		}
		if strings.HasPrefix(child.Target, "/") {
			stack = stack[:1]
		}
		rest = append(strings.Split(child.Target, "/"), rest...)
	}
	return stack[len(stack)-1], nil
}

// dirEntry is an entry of a directory; all but its name and type is read when it is asked for.
type dirEntry child

func (e dirEntry) Name() string      { return e.name }
func (e dirEntry) IsDir() bool       { return e.node.IsDir() }
func (e dirEntry) Type() fs.FileMode { return fileMode(e.node.Mode).Type() }
func (e dirEntry) String() string    { return fs.FormatDirEntry(e) }

func (e dirEntry) Info() (fs.FileInfo, error) {
	n, err := e.node.read()
	if err != nil {
		return nil, &fs.PathError{Op: "stat", Path: e.name, Err: err}
	}
	return fileInfo{name: e.name, node: n}, nil
}

type fileInfo struct {
	name string
	node *Node
}

func (i fileInfo) Name() string       { return i.name }
func (i fileInfo) Size() int64        { return i.node.Size }
func (i fileInfo) Mode() fs.FileMode  { return fileMode(i.node.Mode) }
func (i fileInfo) ModTime() time.Time { return time.Unix(i.node.Mtime, 0).UTC() }
func (i fileInfo) IsDir() bool        { return i.node.IsDir() }
func (i fileInfo) Sys() any {
	return Stat{Attributes: i.node.Attributes, Number: i.node.Number(), Links: i.node.links}
}

// fileMode translates st_mode.
func fileMode(mode uint16) fs.FileMode {
	result := fs.FileMode(mode & 0o777)
	switch mode & ModeType {
	case ModeDir:
		result |= fs.ModeDir
	case ModeSymlink:
		result |= fs.ModeSymlink
	case ModeFIFO:
		result |= fs.ModeNamedPipe
	case ModeWhiteout:
		result |= fs.ModeDevice | fs.ModeCharDevice
	}
	if mode&0o4000 != 0 {
		result |= fs.ModeSetuid
	}
	if mode&0o2000 != 0 {
		result |= fs.ModeSetgid
	}
	if mode&0o1000 != 0 {
		result |= fs.ModeSticky
	}
	return result
}

type regularFile struct {
	*io.SectionReader
	info fileInfo
}

func (f *regularFile) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *regularFile) Close() error               { return nil }

type dirFile struct {
	info fileInfo
	read bool
	rest []fs.DirEntry
}

func (f *dirFile) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *dirFile) Close() error               { return nil }

func (f *dirFile) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: f.info.name, Err: errors.New("is a directory")}
}

// ReadDir implements fs.ReadDirFile.
func (f *dirFile) ReadDir(n int) ([]fs.DirEntry, error) {
	if !f.read {
		f.read, f.rest = true, f.info.node.list()
	}
	if n <= 0 {
		n = len(f.rest)
	} else if len(f.rest) == 0 {
		return nil, io.EOF
	}
	n = min(n, len(f.rest))
	list := f.rest[:n]
	f.rest = f.rest[n:]
	return list, nil
}
