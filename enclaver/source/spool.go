// SPDX-License-Identifier: Apache-2.0

package source

import (
	"bytes"
	"compress/bzip2"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/escrin/escrin/enclaver/hint"
	"github.com/escrin/escrin/enclaver/oci"
)

// packing is how an archive's bytes are packed.
type packing int

const (
	unknown packing = iota
	plainTar
	packedGzip
	packedZstd
	packedBzip2
	packedXZ
)

// sniffed is how many bytes tell how an archive is packed.
const sniffed = 512

func packingOf(head []byte) packing {
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		return packedGzip
	case bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		return packedZstd
	case bytes.HasPrefix(head, []byte("BZh")):
		return packedBzip2
	case bytes.HasPrefix(head, []byte{0xfd, '7', 'z', 'X', 'Z', 0}):
		return packedXZ
	case len(head) >= 262 && string(head[257:262]) == "ustar", len(head) == sniffed && isZero(head):
		return plainTar
	}
	return unknown
}

func isZero(b []byte) bool { return len(bytes.Trim(b, "\x00")) == 0 }

// sniff says how a file is packed by its first bytes, and leaves its position there.
func sniff(r io.ReaderAt) (packing, error) {
	head := make([]byte, sniffed)
	n, err := r.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return unknown, err
	}
	return packingOf(head[:n]), nil
}

const (
	// maxArchive bounds the bytes of an unpacked archive.
	maxArchive = 2 * oci.MaxBlob
	// freeBytes may unpack from nothing; beyond, each packed byte may become as many as maxRatio (threat IMG-08).
	freeBytes, maxRatio = 1 << 30, 256
	// maxWindow bounds the memory of a zstd stream.
	maxWindow = 128 << 20
)

// spool writes an archive, unpacked, to a temporary file that has no name any more, so that it can be read anywhere.
func spool(ctx context.Context, r io.Reader) (_ *os.File, err error) {
	tmp, err := os.CreateTemp("", "escrin-image-")
	if err != nil {
		return nil, fmt.Errorf("unpack archive: %w", err)
	}
	defer func() {
		if err != nil {
			tmp.Close()
		}
	}()
	if err := os.Remove(tmp.Name()); err != nil {
		return nil, fmt.Errorf("unpack archive: %w", err)
	}
	in := &counted{ctx: ctx, r: r}
	unpacked, err := unpack(in)
	if err != nil {
		return nil, fmt.Errorf("unpack archive: %w", err)
	}
	defer unpacked.Close()
	if _, err = io.Copy(tmp, &bounded{r: unpacked, in: in}); err != nil {
		err = fmt.Errorf("unpack archive: %w", err)
		if errors.Is(err, syscall.ENOSPC) {
			err = hint.Wrap(err, "point TMPDIR at a folder with more room")
		}
		return nil, err
	}
	return tmp, nil
}

// unpack returns the archive's tar.
func unpack(r io.Reader) (io.ReadCloser, error) {
	head := make([]byte, sniffed)
	n, err := io.ReadFull(r, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, err
	}
	all := io.MultiReader(bytes.NewReader(head[:n]), r)
	switch packingOf(head[:n]) {
	case packedGzip:
		return gzip.NewReader(all)
	case packedZstd:
		decoder, err := zstd.NewReader(all, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return nil, err
		}
		return decoder.IOReadCloser(), nil
	case packedBzip2:
		return io.NopCloser(bzip2.NewReader(all)), nil
	case packedXZ:
		return nil, hint.Wrap(errors.New("it is packed with xz"), "unpack it first with `xz -d`")
	}
	return io.NopCloser(all), nil
}

// counted counts the bytes of a stream and ends with its context.
type counted struct {
	ctx context.Context
	r   io.Reader
	n   int64
}

func (c *counted) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// bounded is an unpacked stream that may not be much longer than what it comes from.
type bounded struct {
	r  io.Reader
	in *counted
	n  int64
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	b.n += int64(n)
	if limit := min(maxArchive, freeBytes+maxRatio*b.in.n); b.n > limit {
		return 0, fmt.Errorf("%d bytes unpack to more than %d", b.in.n, limit)
	}
	return n, err
}
