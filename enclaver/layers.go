// SPDX-License-Identifier: Apache-2.0

package enclaver

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strconv"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"golang.org/x/sync/errgroup"

	"github.com/escrin/escrin/enclaver/artifact"
	"github.com/escrin/escrin/enclaver/hint"
	"github.com/escrin/escrin/enclaver/oci"
	"github.com/escrin/escrin/imagebuild/layer"
)

// maxWindow bounds the memory of a zstd stream (threat IMG-08).
const maxWindow = 128 << 20

// convertLayers returns the converted form of every layer, bottom first. What the store has is used again.
func (b *builder) convertLayers(ctx context.Context, img image) ([]oci.Descriptor, error) {
	converted := make([]oci.Descriptor, len(img.manifest.Layers))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i := range converted {
		group.Go(func() (err error) {
			converted[i], err = b.convertLayer(ctx, img, i)
			return err
		})
	}
	return converted, group.Wait()
}

func (b *builder) convertLayer(ctx context.Context, img image, i int) (oci.Descriptor, error) {
	diffID, version := img.config.DiffIDs[i], strconv.Itoa(layer.Version)
	name := fmt.Sprintf("layer %d of %d", i+1, len(img.manifest.Layers))
	if d, ok := b.store.CachedLayer(diffID, version); ok && b.store.Check(ctx, d) == nil {
		b.progress.say("%s: converted before (%d bytes)", name, d.Size)
		return d, nil
	}
	b.progress.say("%s: convert %d bytes", name, img.manifest.Layers[i].Size)
	d, err := b.convert(ctx, img, i)
	if err != nil {
		return oci.Descriptor{}, fmt.Errorf("convert %s: %w", name, err)
	}
	return d, b.store.CacheLayer(diffID, version, d)
}

// convert streams one layer through digest check, decompression and conversion. Nothing of it is kept
// unless the digest of what came in, and the diff id of what it unpacked to, are those of the image
// (threats REG-01, REG-02).
func (b *builder) convert(ctx context.Context, img image, i int) (oci.Descriptor, error) {
	d := img.manifest.Layers[i]
	raw, err := img.source.Open(ctx, d)
	if err != nil {
		return oci.Descriptor{}, err
	}
	defer raw.Close()
	verified := oci.NewVerifier(ctx, raw, d)
	tar, err := decompress(verified, d.MediaType)
	if err != nil {
		return oci.Descriptor{}, corrupt(err, verified)
	}
	defer tar.Close()
	blob, err := b.store.Create()
	if err != nil {
		return oci.Descriptor{}, err
	}
	defer blob.Discard()
	scratch, err := b.store.Create()
	if err != nil {
		return oci.Descriptor{}, err
	}
	defer scratch.Discard()
	info, err := layer.Convert(tar, layer.Output{Image: blob.File, Leaves: noLeaves{}, Scratch: scratch.File}, limitsFor(d.Size))
	if err != nil {
		return oci.Descriptor{}, corrupt(err, verified)
	}
	if _, err := io.Copy(io.Discard, verified); err != nil {
		return oci.Descriptor{}, corrupt(err, verified)
	}
	if got := oci.HashOf(info.DiffID); got != img.config.DiffIDs[i] {
		return oci.Descriptor{}, hint.Wrap(
			fmt.Errorf("it unpacks to %s, but the image config says %s", got, img.config.DiffIDs[i]),
			"the image is not what it says: do not use it, or build it again")
	}
	return blob.Commit(artifact.MediaTypeLayer)
}

// noLeaves takes the leaves of a layer's hash tree and forgets them.
type noLeaves struct{}

// WriteAt implements io.WriterAt.
func (noLeaves) WriteAt(p []byte, _ int64) (int, error) { return len(p), nil }

// limitsFor bounds what a layer of so many bytes may unpack to (threat IMG-08): ordinary layers are packed
// three to one, and a small one may hold large files of zeros.
func limitsFor(packed int64) layer.Limits {
	const free, ratio = 1 << 30, 256
	limits := layer.DefaultLimits()
	limits.StreamBytes = min(limits.StreamBytes, free+ratio*min(packed, limits.StreamBytes))
	return limits
}

// corrupt prefers the digest's verdict to whatever the decoder stumbled over.
func corrupt(err error, verified *oci.Verifier) error {
	if _, drained := io.Copy(io.Discard, verified); drained != nil {
		err = drained
	}
	if errors.Is(err, oci.ErrMismatch) {
		return hint.Wrap(err, "the image is corrupted: copy or pull it again")
	}
	return err
}

func decompress(r io.Reader, mediaType string) (io.ReadCloser, error) {
	switch mediaType {
	case oci.MediaTypeLayerGzip, oci.DockerLayerGzip:
		return gzip.NewReader(r)
	case oci.MediaTypeLayerZstd:
		decoder, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return nil, err
		}
		return decoder.IOReadCloser(), nil
	}
	return io.NopCloser(r), nil
}
