// SPDX-License-Identifier: Apache-2.0

package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/escrin/escrin/enclaver/hint"
	"github.com/escrin/escrin/enclaver/oci"
)

// format is what an archive holds.
type format int

const (
	formatAny format = iota
	formatOCI
	formatDocker
)

// packed is an image in an archive, which is read when the image is resolved.
type packed struct {
	name   string // as the user wrote it
	want   string // the image's name in the archive, "" for the only one
	format format
	load   func(context.Context) (*os.File, error) // the archive as one tar
	id     v1.Hash                                 // that the image must have; zero for any

	archive *archive
	image   inside
}

// inside is an image in an archive that has been read.
type inside interface {
	resolve() (oci.Descriptor, error)
	openBlob(d oci.Descriptor) (io.ReadCloser, error)
}

func openArchive(name string, f format) (Source, error) {
	path, want := splitPath(name)
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, missing(path, err)
	case info.IsDir():
		return nil, hint.Wrap(fmt.Errorf("open image: %s is a folder, not an archive", path), "the folder of an OCI layout is named oci:%s", path)
	}
	return &packed{name: name, want: want, format: f, load: fromFile(path)}, nil
}

// fromFile loads an archive that is a file: in place if it is a plain tar, else unpacked. It may be a pipe.
func fromFile(path string) func(context.Context) (*os.File, error) {
	return func(ctx context.Context) (*os.File, error) {
		file, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		info, err := file.Stat()
		if err == nil && info.Mode().IsRegular() {
			var packing packing
			if packing, err = sniff(file); err == nil && packing == plainTar {
				return file, nil
			}
		}
		defer file.Close()
		if err != nil {
			return nil, err
		}
		defer context.AfterFunc(ctx, func() { file.Close() })()
		unpacked, err := spool(ctx, file)
		if err != nil && ctx.Err() != nil {
			err = ctx.Err() // and not that the file is closed
		}
		return unpacked, err
	}
}

func (p *packed) String() string { return p.name }

func (p *packed) Resolve(ctx context.Context) (oci.Descriptor, error) {
	if p.image == nil {
		if err := p.read(ctx); err != nil {
			return oci.Descriptor{}, fmt.Errorf("open image %s: %w", p.name, err)
		}
	}
	return p.image.resolve()
}

func (p *packed) read(ctx context.Context) error {
	if p.archive == nil {
		file, err := p.load(ctx)
		if err != nil {
			return err
		}
		if p.archive, err = newArchive(ctx, file); err != nil {
			file.Close()
			return notAnImage(p.name, err)
		}
	}
	image, err := p.choose(ctx)
	if err != nil {
		return err
	}
	if err := p.checkID(ctx, image); err != nil {
		return err
	}
	p.image = image
	return nil
}

func (p *packed) checkID(ctx context.Context, image inside) error {
	if p.id == (v1.Hash{}) {
		return nil
	}
	d, err := image.resolve()
	if err != nil {
		return err
	}
	open := func(_ context.Context, d oci.Descriptor) (io.ReadCloser, error) { return image.openBlob(d) }
	return checkID(ctx, open, d, p.id)
}

// choose tells the formats apart. An archive may be both: docker writes an OCI layout with its own index beside it.
func (p *packed) choose(ctx context.Context) (inside, error) {
	if p.format != formatDocker && (p.archive.has(layoutFile) || p.format == formatOCI) {
		l := layout{files: p.archive, path: p.name, tag: p.want}
		err := l.check()
		if errors.Is(err, fs.ErrNotExist) {
			err = fmt.Errorf("it is not an OCI layout: %w", err)
		}
		return l, err
	}
	saved, err := openSaved(ctx, p.archive, p.name, p.want)
	if errors.Is(err, fs.ErrNotExist) && !p.archive.has(savedFile) {
		return nil, notAnImage(p.name, errors.New("it is neither an OCI layout nor an archive of `docker save`"))
	}
	return saved, err
}

func notAnImage(name string, err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	return hint.Wrap(err, "the tar of a root file system becomes an enclave with `--rootfs %s --entrypoint PROGRAM`", strings.TrimPrefix(name, "docker-archive:"))
}

func (p *packed) Open(_ context.Context, d oci.Descriptor) (io.ReadCloser, error) {
	if p.image == nil {
		return nil, fmt.Errorf("open image %s: it has not been resolved", p.name)
	}
	return p.image.openBlob(d)
}

func (p *packed) Close() error {
	if p.archive == nil {
		return nil
	}
	return p.archive.Close()
}
