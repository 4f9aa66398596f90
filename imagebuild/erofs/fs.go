// SPDX-License-Identifier: Apache-2.0

package erofs

import (
	"errors"
	"io"
	"io/fs"
	"path"
	"time"
)

// FS gives the tree as an fs.FS, which also implements fs.ReadLinkFS, fs.StatFS and fs.ReadDirFS. Open, Stat and
// ReadDir follow symbolic links inside the image: an absolute target starts at the image's root, and ".." stays at the
// root. Lstat and ReadLink do not follow the last component. FileInfo.Sys is the Inode.
func (im *Image) FS() fs.ReadLinkFS { return imageFS{im} }

type imageFS struct{ im *Image }

// Open implements fs.FS.
func (f imageFS) Open(name string) (fs.File, error) {
	inode, err := f.find("open", name, true)
	if err != nil {
		return nil, err
	}
	info := fileInfo{name: path.Base(name), inode: inode}
	if inode.Type() == ModeDir {
		return &dirFile{im: f.im, info: info}, nil
	}
	if inode.Type() != ModeRegular {
		return nil, &fs.PathError{Op: "open", Path: name, Err: errors.New("not a regular file")}
	}
	return &regularFile{SectionReader: f.im.Body(inode), info: info}, nil
}

// Stat implements fs.StatFS.
func (f imageFS) Stat(name string) (fs.FileInfo, error) {
	inode, err := f.find("stat", name, true)
	return fileInfo{name: path.Base(name), inode: inode}, err
}

// Lstat implements fs.ReadLinkFS.
func (f imageFS) Lstat(name string) (fs.FileInfo, error) {
	inode, err := f.find("lstat", name, false)
	return fileInfo{name: path.Base(name), inode: inode}, err
}

// ReadLink implements fs.ReadLinkFS.
func (f imageFS) ReadLink(name string) (string, error) {
	inode, err := f.find("readlink", name, false)
	if err != nil {
		return "", err
	}
	target, err := f.im.Readlink(inode)
	if err != nil {
		return "", &fs.PathError{Op: "readlink", Path: name, Err: err}
	}
	return target, nil
}

// ReadDir implements fs.ReadDirFS.
func (f imageFS) ReadDir(name string) ([]fs.DirEntry, error) {
	inode, err := f.find("readdir", name, true)
	if err != nil {
		return nil, err
	}
	entries, err := f.im.list(inode)
	if err != nil {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: err}
	}
	return entries, nil
}

func (f imageFS) find(op, name string, follow bool) (Inode, error) {
	if !fs.ValidPath(name) {
		return Inode{}, &fs.PathError{Op: op, Path: name, Err: fs.ErrInvalid}
	}
	inode, err := f.im.walk(name, follow)
	if err != nil {
		return Inode{}, &fs.PathError{Op: op, Path: name, Err: err}
	}
	return inode, nil
}

type fileInfo struct {
	name  string
	inode Inode
}

func (i fileInfo) Name() string       { return i.name }
func (i fileInfo) Size() int64        { return i.inode.Size }
func (i fileInfo) Mode() fs.FileMode  { return fileMode(i.inode.Mode) }
func (i fileInfo) ModTime() time.Time { return time.Unix(i.inode.Mtime, 0).UTC() }
func (i fileInfo) IsDir() bool        { return i.inode.Type() == ModeDir }
func (i fileInfo) Sys() any           { return i.inode }

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
	im   *Image
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
		list, err := f.im.list(f.info.inode)
		if err != nil {
			return nil, err
		}
		f.read, f.rest = true, list
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
