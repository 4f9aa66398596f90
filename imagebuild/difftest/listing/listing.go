// SPDX-License-Identifier: Apache-2.0

// Package listing writes down everything that a program can see of a file tree, one line per name, so that two trees
// are equal if their listings are. It runs on a host and, in the tests of difftest, as part of a guest's only program.
package listing

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Xattr is an extended attribute; Name includes the namespace.
type Xattr struct {
	Name  string
	Value []byte
}

// Entry is one name of a tree.
type Entry struct {
	// Name is the path from the root, "." for the root itself.
	Name string
	// Mode is st_mode: file type and permission bits.
	Mode uint32
	// UID and GID own the inode.
	UID, GID uint32
	// Mtime is the time of the last change in seconds since 1970.
	Mtime int64
	// Links is how many names the inode has. That of a directory is not listed.
	Links uint64
	// Inode is the same for all names of one inode. Its number is not listed, but the first of its names is.
	Inode uint64
	// Device is the device number of a device node.
	Device uint64
	// Size is the length in bytes and Digest the SHA-256 digest of a regular file's content.
	Size   int64
	Digest [sha256.Size]byte
	// Target is what a symbolic link names.
	Target string
	// Xattrs are the extended attributes, sorted by name.
	Xattrs []Xattr
}

// Text returns the listing of a tree. Its entries must be in the order of a walk: a directory before what is in it,
// names in the order of their bytes.
func Text(entries []Entry) string {
	var b strings.Builder
	first := map[uint64]string{}
	for _, e := range entries {
		fmt.Fprintf(&b, "%s %06o %d:%d %d", strconv.Quote(e.Name), e.Mode, e.UID, e.GID, e.Mtime)
		if e.Mode&unix.S_IFMT != unix.S_IFDIR {
			if _, known := first[e.Inode]; !known {
				first[e.Inode] = e.Name
			}
			fmt.Fprintf(&b, " links=%d first=%s", e.Links, strconv.Quote(first[e.Inode]))
		}
		switch e.Mode & unix.S_IFMT {
		case unix.S_IFREG:
			fmt.Fprintf(&b, " size=%d sha256=%x", e.Size, e.Digest)
		case unix.S_IFLNK:
			fmt.Fprintf(&b, " -> %s", strconv.Quote(e.Target))
		case unix.S_IFCHR, unix.S_IFBLK:
			fmt.Fprintf(&b, " device=%#x", e.Device)
		}
		for _, x := range e.Xattrs {
			fmt.Fprintf(&b, " %s=%s", strconv.Quote(x.Name), strconv.Quote(string(x.Value)))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// Directory walks the tree below root without following symbolic links. It stops at the first thing that cannot be
// read.
func Directory(root string) ([]Entry, error) {
	var entries []Entry
	var walk func(name string) error
	walk = func(name string) error {
		e, err := Read(root, name)
		if err != nil {
			return err
		}
		entries = append(entries, e)
		if e.Mode&unix.S_IFMT != unix.S_IFDIR {
			return nil
		}
		children, err := os.ReadDir(path.Join(root, name)) // sorted
		if err != nil {
			return err
		}
		for _, c := range children {
			if err := walk(path.Join(name, c.Name())); err != nil {
				return err
			}
		}
		return nil
	}
	return entries, walk(".")
}

// Read describes one name of the tree below root.
func Read(root, name string) (Entry, error) {
	at := path.Join(root, name)
	var st unix.Stat_t
	if err := unix.Lstat(at, &st); err != nil {
		return Entry{}, &os.PathError{Op: "lstat", Path: at, Err: err}
	}
	e := Entry{
		Name: name, Mode: st.Mode, UID: st.Uid, GID: st.Gid, Mtime: st.Mtim.Sec, Links: uint64(st.Nlink), Inode: st.Ino,
		Device: st.Rdev, Size: st.Size,
	}
	var err error
	switch st.Mode & unix.S_IFMT {
	case unix.S_IFREG:
		e.Digest, err = digest(at)
	case unix.S_IFLNK:
		e.Target, err = os.Readlink(at)
	}
	if err != nil {
		return Entry{}, err
	}
	e.Xattrs, err = xattrs(at)
	return e, err
}

func digest(at string) (sum [sha256.Size]byte, err error) {
	fd, err := unix.Open(at, unix.O_RDONLY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return sum, &os.PathError{Op: "open", Path: at, Err: err}
	}
	defer unix.Close(fd)
	hash := sha256.New()
	for buffer := make([]byte, 8192); ; {
		n, err := unix.Read(fd, buffer)
		if err != nil {
			return sum, &os.PathError{Op: "read", Path: at, Err: err}
		}
		if n == 0 {
			return [sha256.Size]byte(hash.Sum(nil)), nil
		}
		hash.Write(buffer[:n])
	}
}

func xattrs(at string) ([]Xattr, error) {
	names, err := whole(func(b []byte) (int, error) { return unix.Llistxattr(at, b) })
	if err != nil {
		return nil, &os.PathError{Op: "llistxattr", Path: at, Err: err}
	}
	var list []Xattr
	for name := range strings.SplitSeq(strings.TrimSuffix(string(names), "\x00"), "\x00") {
		if name == "" {
			continue
		}
		value, err := whole(func(b []byte) (int, error) { return unix.Lgetxattr(at, name, b) })
		if err != nil {
			return nil, &os.PathError{Op: "lgetxattr " + name, Path: at, Err: err}
		}
		list = append(list, Xattr{name, value})
	}
	slices.SortFunc(list, func(a, b Xattr) int { return cmp.Compare(a.Name, b.Name) })
	return list, nil
}

// whole asks for a length and then for that many bytes.
func whole(get func([]byte) (int, error)) ([]byte, error) {
	n, err := get(nil)
	if err != nil || n == 0 {
		return nil, err
	}
	b := make([]byte, n)
	n, err = get(b)
	return b[:max(n, 0)], err
}
