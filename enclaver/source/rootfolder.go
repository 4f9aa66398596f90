// SPDX-License-Identifier: Apache-2.0

package source

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/escrin/escrin/enclaver/hint"
	"github.com/escrin/escrin/imagebuild/layer"
)

// rootFolder is a root file system in a folder. Nothing outside the folder is read, whatever links there are in it.
type rootFolder struct {
	path string
	root *os.Root // nil until it is listed
}

// inode tells files apart.
type inode struct{ device, number uint64 }

func (f *rootFolder) entries(ctx context.Context) ([]entry, error) {
	var err error
	if f.root == nil {
		if f.root, err = os.OpenRoot(f.path); err != nil {
			return nil, err
		}
	}
	top, err := f.root.Lstat(".")
	if err != nil {
		return nil, err
	}
	walk := folderWalk{root: f.root, device: top.Sys().(*syscall.Stat_t).Dev, groups: make(map[inode]int)}
	err = fs.WalkDir(f.root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil || name == "." {
			return err
		}
		return walk.add(name)
	})
	if errors.Is(err, fs.ErrPermission) {
		err = hint.Wrap(err, "let somebody run this who may read all of it")
	}
	return walk.entries, err
}

type folderWalk struct {
	root    *os.Root
	device  uint64
	groups  map[inode]int
	count   tally
	entries []entry
}

func (w *folderWalk) add(name string) error {
	info, err := w.root.Lstat(name)
	if err != nil {
		return err
	}
	st := info.Sys().(*syscall.Stat_t)
	e := entry{name: name, mode: int64(st.Mode & 0o7777), inode: st.Ino}
	switch st.Mode & unix.S_IFMT {
	case unix.S_IFREG:
		e.kind, e.size = tar.TypeReg, st.Size
		if st.Nlink > 1 {
			e.group = w.group(inode{st.Dev, st.Ino})
		}
	case unix.S_IFDIR:
		e.kind = tar.TypeDir
		if st.Dev != w.device {
			return hint.Wrap(fmt.Errorf("%q: another file system is mounted there", name), "unmount it: an image is made of one")
		}
	case unix.S_IFLNK:
		e.kind, e.mode = tar.TypeSymlink, 0o777
		if e.link, err = w.root.Readlink(name); err != nil {
			return err
		}
	case unix.S_IFIFO:
		e.kind = tar.TypeFifo
	case unix.S_IFCHR, unix.S_IFBLK:
		e.kind = tar.TypeChar
		if st.Mode&unix.S_IFMT == unix.S_IFBLK {
			e.kind = tar.TypeBlock
		}
		e.major, e.minor = int64(unix.Major(st.Rdev)), int64(unix.Minor(st.Rdev))
	default:
		return nil // a socket is there as long as somebody listens
	}
	w.entries = append(w.entries, e)
	return w.count.add(e)
}

// group numbers the files that have several names.
func (w *folderWalk) group(id inode) int {
	if w.groups[id] == 0 {
		w.groups[id] = len(w.groups) + 1
	}
	return w.groups[id]
}

func (f *rootFolder) open(e entry) (_ io.ReadCloser, _ map[string]string, err error) {
	file, err := f.root.OpenFile(e.name, os.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, nil, err
	}
	defer func() {
		if err != nil {
			file.Close()
		}
	}()
	info, err := file.Stat()
	if err != nil {
		return nil, nil, err
	}
	if st := info.Sys().(*syscall.Stat_t); st.Ino != e.inode || info.IsDir() != (e.kind == tar.TypeDir) || !info.IsDir() && st.Size != e.size {
		return nil, nil, errChanged
	}
	attributes, err := attributesOf(file)
	return file, attributes, err
}

// attributesOf returns those extended attributes of a file that an enclave keeps. Others say something about the machine
// that the file lies on, and would make the same content differ.
func attributesOf(file *os.File) (map[string]string, error) {
	fd := int(file.Fd())
	list, err := readXattr(func(p []byte) (int, error) { return unix.Flistxattr(fd, p) })
	if err != nil || len(list) == 0 {
		return nil, err
	}
	attributes := make(map[string]string)
	for name := range strings.SplitSeq(strings.TrimSuffix(string(list), "\x00"), "\x00") {
		if !layer.AllowedXattr(name) {
			continue
		}
		value, err := readXattr(func(p []byte) (int, error) { return unix.Fgetxattr(fd, name, p) })
		if err != nil {
			return nil, fmt.Errorf("read attribute %s: %w", name, err)
		}
		attributes[name] = string(value)
	}
	if attributeBytes(attributes) > maxAttributes {
		return nil, errAttributes
	}
	return attributes, nil
}

// maxXattr is the most bytes that Linux has for a list of extended attributes, or for one of them.
const maxXattr = 64 << 10

func readXattr(read func([]byte) (int, error)) ([]byte, error) {
	n, err := read(nil)
	if errors.Is(err, unix.ENOTSUP) || err == nil && n == 0 {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	value := make([]byte, min(n, maxXattr))
	if n, err = read(value); err != nil {
		return nil, err
	}
	return value[:n], nil
}

func (f *rootFolder) Close() error {
	if f.root == nil {
		return nil
	}
	return f.root.Close()
}

// cleanName is the name of a tar's entry without leading and repeated slashes and dots.
func cleanName(name string) (string, error) {
	var parts []string
	for part := range strings.SplitSeq(name, "/") {
		switch part {
		case "", ".":
		case "..":
			return "", errors.New("the name leads out of its folder")
		default:
			parts = append(parts, part)
		}
	}
	clean := path.Join(parts...)
	if len(clean) > maxName || strings.ContainsRune(clean, 0) {
		return "", fmt.Errorf("the name has a zero byte or more than %d bytes", maxName)
	}
	return clean, nil
}
