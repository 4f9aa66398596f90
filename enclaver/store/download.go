// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/escrin/escrin/enclaver/oci"
)

// OpenAt opens content without its first offset bytes.
type OpenAt func(offset int64) (io.ReadCloser, error)

// Download stores the content that d names. What an earlier attempt left of it is not fetched again; the whole is
// checked before it has its name. What arrives before a cut is kept for the next attempt; what is not right is not.
// The function progress is told of bytes, fetched and found; it may be told of fewer than none.
func (s *Store) Download(ctx context.Context, d oci.Descriptor, open OpenAt, progress func(bytes int64)) error {
	if err := d.Validate(); err != nil {
		return err
	}
	p, err := s.openPartial(d)
	if errors.Is(err, unix.EWOULDBLOCK) { // another process is at it: do not wait for it
		return s.downloadWhole(ctx, d, open, progress)
	}
	if err != nil {
		return fmt.Errorf("write to store: %w", err)
	}
	defer p.file.Close()
	for {
		found := p.size
		err := p.complete(ctx, d, open, progress)
		if !errors.Is(err, oci.ErrMismatch) {
			return err
		}
		if err := p.file.Truncate(0); err != nil {
			return err
		}
		if p.size = 0; found == 0 {
			return errors.Join(err, os.Remove(p.file.Name()))
		}
	}
}

func (s *Store) downloadWhole(ctx context.Context, d oci.Descriptor, open OpenAt, progress func(int64)) error {
	content, err := open(0)
	if err != nil {
		return err
	}
	defer content.Close()
	return s.Put(ctx, d, &counter{content, progress, 0})
}

// partial is the beginning of a blob, which only this process writes to.
type partial struct {
	store *Store
	file  *os.File
	size  int64
}

// openPartial opens and locks the file of a blob. The one that was locked may have become the blob in between.
func (s *Store) openPartial(d oci.Descriptor) (*partial, error) {
	path := filepath.Join(s.dir, "partial", d.Digest.Hex)
	for {
		f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
		if err != nil {
			return nil, err
		}
		p, err := s.lockPartial(f, path, d.Size)
		if p != nil {
			return p, nil
		}
		f.Close()
		if err != nil {
			return nil, err
		}
	}
}

// lockPartial returns nil and no error if the file has another name by now.
func (s *Store) lockPartial(f *os.File, path string, limit int64) (*partial, error) {
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if named, err := os.Stat(path); err != nil || !os.SameFile(info, named) {
		return nil, nil
	}
	p := &partial{store: s, file: f, size: info.Size()}
	if p.size > limit {
		p.size = 0
		return p, f.Truncate(0)
	}
	return p, nil
}

// complete fetches what is missing, and checks it behind what is there.
func (p *partial) complete(ctx context.Context, d oci.Descriptor, open OpenAt, progress func(int64)) error {
	here := io.NewSectionReader(p.file, 0, p.size)
	rest := &lazy{open: func() (io.ReadCloser, error) { return open(p.size) }, none: p.size == d.Size}
	defer rest.Close()
	count := &counter{io.MultiReader(here, rest), progress, 0}
	whole := oci.NewVerifier(ctx, count, d)
	_, err := io.CopyN(io.Discard, whole, p.size)
	if err == nil {
		_, err = p.file.Seek(p.size, io.SeekStart)
	}
	if err == nil {
		_, err = io.Copy(p.file, whole)
	}
	if err != nil {
		progress(-count.total)
		return err
	}
	if err := p.file.Chmod(0o644); err != nil {
		return err
	}
	return os.Rename(p.file.Name(), p.store.BlobPath(d.Digest))
}

// lazy opens what it reads when it is first read.
type lazy struct {
	open    func() (io.ReadCloser, error)
	none    bool // there is nothing to read
	content io.ReadCloser
}

func (l *lazy) Read(p []byte) (int, error) {
	if l.none {
		return 0, io.EOF
	}
	if l.content == nil {
		content, err := l.open()
		if err != nil {
			return 0, err
		}
		l.content = content
	}
	return l.content.Read(p)
}

func (l *lazy) Close() error {
	if l.content == nil {
		return nil
	}
	return l.content.Close()
}

// counter tells of the bytes that are read.
type counter struct {
	from     io.Reader
	progress func(int64)
	total    int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	c.total += int64(n)
	c.progress(int64(n))
	return n, err
}
