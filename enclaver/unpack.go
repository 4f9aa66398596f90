// SPDX-License-Identifier: Apache-2.0

package enclaver

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/escrin/escrin/enclaver/ahead"
	"github.com/escrin/escrin/enclaver/hint"
	"github.com/escrin/escrin/enclaver/oci"
	"github.com/escrin/escrin/enclaver/store"
	"github.com/escrin/escrin/imagebuild/layer"
)

// The memory of all zstd streams that are read side by side is bounded (threat IMG-08). A stream is given what its first
// frame asks for, or an ordinary window.
const (
	maxWindow      = 128 << 20 // what the zstd program takes without being asked to
	ordinaryWindow = 8 << 20
)

// unpacker gives the tar stream of a layer's blob, and keeps the blob that an enclave carries: the blob itself, or a
// packed one if the layer is a plain tar.
type unpacker struct {
	source   *metered
	packed   io.Reader // what comes from the source, verified, seen by whoever keeps it
	tar      io.Reader
	close    func()
	blob     *store.Blob   // nil if the blob is not kept
	window   int64         // of a zstd stream, in bytes
	plain    *zstd.Encoder // nil if the layer is packed already
	describe oci.Descriptor
	discards bool // whether the blob goes when its digest is known
}

func (c *converter) unpack(ctx context.Context, from *metered, d oci.Descriptor, keep bool) (u *unpacker, err error) {
	verified := oci.NewVerifier(ctx, from, d)
	u = &unpacker{source: from, packed: verified, close: func() {}, describe: carried(d)}
	if keep || isPlain(d) {
		if u.blob, err = c.store.Create(); err != nil {
			return nil, err
		}
	}
	u.discards = !keep
	switch {
	case isPlain(d):
		err = c.pack(ctx, u)
	case keep:
		err = c.decompress(ctx, u, io.TeeReader(verified, u.blob.File))
	default:
		err = c.decompress(ctx, u, verified)
	}
	if err != nil {
		err = u.finish(err)
		u.discard()
	}
	return u, err
}

// isPlain says whether a layer's blob is its tar.
func isPlain(d oci.Descriptor) bool {
	return d.MediaType == oci.MediaTypeLayer || d.MediaType == oci.DockerLayer
}

// carried is the descriptor of a packed layer in an enclave: docker's media types are OCI's by another name.
func carried(d oci.Descriptor) oci.Descriptor {
	mediaType := oci.MediaTypeLayerGzip
	if d.MediaType == oci.MediaTypeLayerZstd {
		mediaType = oci.MediaTypeLayerZstd
	}
	return oci.Descriptor{MediaType: mediaType, Digest: d.Digest, Size: d.Size}
}

// pack makes a zstd stream of a plain tar on the way. The encoder works alone, so that its output is a function of its
// input.
func (c *converter) pack(ctx context.Context, u *unpacker) (err error) {
	if u.close, err = c.memory.take(ctx, ordinaryWindow); err != nil {
		return err
	}
	u.plain, err = zstd.NewWriter(u.blob.File, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedDefault))
	if err != nil {
		return err
	}
	u.packed = io.TeeReader(u.packed, u.plain)
	u.tar = u.packed
	return nil
}

func (c *converter) decompress(ctx context.Context, u *unpacker, packed io.Reader) (err error) {
	read := ahead.New(packed)
	u.packed, u.close = read, read.Close
	buffered := bufio.NewReaderSize(read, 64<<10)
	if u.describe.MediaType == oci.MediaTypeLayerGzip {
		release, err := c.memory.take(ctx, ordinaryWindow)
		if err != nil {
			return err
		}
		u.close = func() {
			read.Close()
			release()
		}
		u.tar, err = gzip.NewReader(buffered)
		return err
	}
	if u.window, err = windowOf(buffered); err != nil {
		return err
	}
	release, err := c.memory.take(ctx, u.window)
	if err != nil {
		return err
	}
	decoder, err := zstd.NewReader(buffered, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(uint64(u.window)))
	if err != nil {
		release()
		return err
	}
	u.tar, u.close = decoder, func() {
		read.Close()
		decoder.Close()
		release()
	}
	return nil
}

// windowOf is how much memory the first frame of a zstd stream asks for, and no less than an ordinary one does.
func windowOf(stream *bufio.Reader) (int64, error) {
	start, err := stream.Peek(zstd.HeaderMaxSize)
	if err != nil && !errors.Is(err, io.EOF) {
		return 0, err
	}
	var header zstd.Header
	if err := header.Decode(start); err != nil {
		return 0, err
	}
	if header.WindowSize > maxWindow {
		return 0, fmt.Errorf("a zstd window of %d bytes, more than %d", header.WindowSize, int64(maxWindow))
	}
	return max(int64(header.WindowSize), ordinaryWindow), nil
}

// errCut is what a decoder calls io.ErrUnexpectedEOF, which io.ReadFull also says of streams that end as they should.
var errCut = errors.New("the packed stream ends in the middle, or something follows it")

// Read implements io.Reader: the tar stream.
func (u *unpacker) Read(p []byte) (int, error) {
	n, err := u.tar.Read(p)
	if err == io.ErrUnexpectedEOF {
		err = errCut
	}
	return n, err
}

// finish reads what follows the stream, and prefers the digest's verdict to whatever the decoder or converter stumbled
// over.
func (u *unpacker) finish(err error) error {
	if _, drained := io.Copy(io.Discard, u.packed); drained != nil {
		err = drained
	}
	if errors.Is(err, oci.ErrMismatch) {
		return hint.Wrap(err, "the image is corrupted: copy or pull it again")
	}
	if err == nil || u.source.err != nil || errors.As(err, new(*fs.PathError)) {
		return err // of the source or of this machine, and not of the layer
	}
	if errors.Is(err, layer.ErrLimit) {
		return hint.Wrap(err, "the layer unpacks to far more than layers do: if it is meant to, divide it into several")
	}
	return hint.Wrap(err, "the layer has something that leads out of the image, is damaged, or is read in different ways by different tools: build the image again without it")
}

// commit gives the blob its name, and returns its descriptor.
func (u *unpacker) commit() (oci.Descriptor, error) {
	switch {
	case u.plain != nil:
		if err := u.plain.Close(); err != nil {
			return oci.Descriptor{}, err
		}
		if u.discards {
			return u.blob.Describe(oci.MediaTypeLayerZstd)
		}
		return u.blob.Commit(oci.MediaTypeLayerZstd)
	case u.blob != nil:
		return u.describe, u.blob.CommitAs(u.describe)
	}
	return u.describe, nil
}

// discard ends what was not committed.
func (u *unpacker) discard() {
	u.close()
	if u.blob != nil {
		u.blob.Discard()
	}
}
