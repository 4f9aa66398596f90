// SPDX-License-Identifier: Apache-2.0

package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/escrin/escrin/enclaver/hint"
	"github.com/escrin/escrin/enclaver/oci"
)

// folder is an image in the folder of an OCI layout.
type folder struct {
	name   string
	layout layout
}

func openFolder(name string) (Source, error) {
	dir, tag := splitPath(name)
	l := layout{files: directory(dir), path: dir, tag: tag}
	switch err := l.check(); {
	case errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR):
		return nil, missingLayout(dir, err)
	case err != nil:
		return nil, err
	}
	return folder{name, l}, nil
}

func missingLayout(dir string, err error) error {
	info, statErr := os.Stat(dir)
	switch {
	case statErr != nil:
		return missing(dir, statErr)
	case !info.IsDir():
		return hint.Wrap(fmt.Errorf("open image: %s is not the folder of an OCI layout", dir), "an archive is named oci-archive:%s or docker-archive:%s", dir, dir)
	case looksLikeRoot(os.DirFS(dir)):
		return hint.Wrap(fmt.Errorf("open image: %s is not an OCI layout but a root file system", dir),
			"make an enclave of it with `--rootfs %s --entrypoint PROGRAM`", dir)
	}
	return hint.Wrap(fmt.Errorf("open image: %s is not an OCI layout: %w", dir, err),
		"make one with, for example, `skopeo copy docker-archive:FILE.tar oci:FOLDER:TAG`")
}

// looksLikeRoot says whether a folder has what the roots of file systems have.
func looksLikeRoot(root fs.FS) bool {
	for _, name := range []string{"bin", "usr", "etc"} {
		if info, err := fs.Stat(root, name); err == nil && info.IsDir() {
			return true
		}
	}
	return false
}

func (f folder) String() string { return f.name }

func (f folder) Resolve(context.Context) (oci.Descriptor, error) { return f.layout.resolve() }

func (f folder) Open(_ context.Context, d oci.Descriptor) (io.ReadCloser, error) {
	return f.layout.openBlob(d)
}

func (f folder) Close() error { return nil }

// directory is a folder of files.
type directory string

func (d directory) open(name string) (io.ReadCloser, error) {
	f, err := openRegular(filepath.Join(string(d), filepath.FromSlash(name)))
	if err != nil {
		return nil, err
	}
	return f, nil
}

// openRegular opens a file for reading and nothing else: a fifo would keep us waiting, a device could do anything.
func openRegular(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is not a regular file", path)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}
