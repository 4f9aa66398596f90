// SPDX-License-Identifier: Apache-2.0

package enclaver

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"golang.org/x/sync/errgroup"

	"github.com/escrin/escrin/enclaver/hint"
	"github.com/escrin/escrin/enclaver/oci"
	"github.com/escrin/escrin/enclaver/store"
	"github.com/escrin/escrin/imagebuild/layer"
	"github.com/escrin/escrin/plural"
)

// maxSideBySide bounds how many layers are converted at a time: each takes memory.
const maxSideBySide = 4

// rawLayer is a layer as its image names it.
type rawLayer struct {
	blob   oci.Descriptor
	diffID v1.Hash
}

// readyLayer is a layer that the store has in both forms.
type readyLayer struct {
	blob      oci.Descriptor // as an enclave carries it
	converted store.LayerInfo
}

// opener returns the content that a descriptor names, unchecked.
type opener func(context.Context, oci.Descriptor) (io.ReadCloser, error)

// converter has a store get what it lacks of layers: their blobs, and what they are converted to.
type converter struct {
	store     *store.Store
	open      opener // where layers come from
	withBlobs bool   // whether the store must have the blobs too
	progress  Progress
	memory    memory
	left      *allowance // of the whole image, if its layers are not made ready together
}

func newConverter(into *store.Store, open opener, withBlobs bool, progress Progress) *converter {
	return &converter{store: into, open: open, withBlobs: withBlobs, progress: progress, memory: newMemory()}
}

// ready returns the image's layers, bottom first, and converts those that the store does not have. Every layer of
// which nothing is known is read once; digest, diff id and conversion are made on the way.
func (c *converter) ready(ctx context.Context, raw []rawLayer) ([]readyLayer, error) {
	ready := make([]readyLayer, len(raw))
	numbers := make(map[string][]int) // of layers that are the same, by what they are
	left := c.left
	if left == nil {
		left = newAllowance(raw)
	}
	var work []int
	var size int64
	for i, l := range raw {
		key := l.blob.Digest.Hex + l.diffID.Hex
		if numbers[key] = append(numbers[key], i); len(numbers[key]) > 1 {
			continue
		}
		known, ok, err := c.known(l)
		if err != nil {
			return nil, fmt.Errorf("layer %d of %d: %w", i+1, len(raw), err)
		}
		if ready[i] = known; !ok {
			work = append(work, i)
			size += l.blob.Size
			continue
		}
		left.streams.Add(-known.converted.Size)
		left.images.Add(-known.converted.Size)
	}
	if err := c.convertAll(ctx, raw, work, size, ready, left); err != nil {
		return nil, err
	}
	for _, same := range numbers {
		for _, i := range same[1:] {
			ready[i] = ready[same[0]]
		}
	}
	return ready, nil
}

// convertAll converts the layers whose numbers are in work side by side, the largest first.
func (c *converter) convertAll(ctx context.Context, raw []rawLayer, work []int, size int64, ready []readyLayer, left *allowance) error {
	if len(work) == 0 {
		return nil
	}
	slices.SortStableFunc(work, func(a, b int) int { return cmp.Compare(raw[b].blob.Size, raw[a].blob.Size) })
	step := c.progress.count(size, "convert %d of %s", len(work), plural.Of(len(raw), "layer"))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(min(runtime.GOMAXPROCS(0), maxSideBySide))
	for _, i := range work {
		group.Go(func() (err error) {
			if ready[i], err = c.one(ctx, raw[i], step, left); err != nil {
				err = fmt.Errorf("convert layer %d of %d: %w", i+1, len(raw), err)
			}
			return err
		})
	}
	return group.Wait()
}

// known looks for a layer in the store. That the blob unpacks to the diff id was found when it was converted; a
// diff id that is none of the blob's is an error (threat REG-02).
func (c *converter) known(raw rawLayer) (readyLayer, bool, error) {
	packed, ok := c.store.Packed(raw.blob.Digest)
	if !ok {
		return readyLayer{}, false, nil
	}
	if packed.DiffID != raw.diffID {
		return readyLayer{}, false, wrongDiffID(packed.DiffID, raw.diffID)
	}
	info, ok := c.store.LayerInfo(layer.Version, raw.diffID)
	if !ok || c.withBlobs && !c.store.Has(packed.Blob) {
		return readyLayer{}, false, nil
	}
	return readyLayer{blob: packed.Blob, converted: info}, true, nil
}

func wrongDiffID(is, claimed v1.Hash) error {
	return hint.Wrap(fmt.Errorf("it unpacks to %s, but the image config says %s", is, claimed),
		"the image is not what it says: do not use it, or build it again")
}

// one converts one layer: from the store's blob if that is there and right, else from where layers come from.
func (c *converter) one(ctx context.Context, raw rawLayer, step *meter, left *allowance) (readyLayer, error) {
	if here := (oci.Descriptor{MediaType: raw.blob.MediaType, Digest: raw.blob.Digest, Size: raw.blob.Size}); c.store.Has(here) {
		ready, err := c.convert(ctx, raw, func(context.Context, oci.Descriptor) (io.ReadCloser, error) { return c.store.Open(here) }, false, step, left)
		if !errors.Is(err, oci.ErrMismatch) {
			return ready, err
		}
		if err := c.store.Drop(here); err != nil {
			return readyLayer{}, err
		}
	}
	return c.convert(ctx, raw, c.open, c.withBlobs, step, left)
}

// convert streams one layer through digest check, decompression and conversion. Nothing of it is kept unless the
// digest of what came in, and the diff id of what it unpacked to, are those of the image (threats REG-01, REG-02).
func (c *converter) convert(ctx context.Context, raw rawLayer, open opener, keepBlob bool, step *meter, left *allowance) (_ readyLayer, err error) {
	defer func() { err = adviseOnSpace(err, c.store.Dir()) }()
	if err := checkSpace(c.store.Dir(), raw.blob.Size); err != nil {
		return readyLayer{}, err
	}
	content, err := open(ctx, raw.blob)
	if err != nil {
		return readyLayer{}, err
	}
	defer content.Close()
	read := &metered{from: content, step: step}
	in, err := c.unpack(ctx, read, raw.blob, keepBlob)
	if err != nil {
		return readyLayer{}, read.again(err)
	}
	defer in.discard()
	out, err := c.store.CreateLayer()
	if err != nil {
		return readyLayer{}, err
	}
	defer out.Discard()
	stream, image := &allowed{Reader: in, left: &left.streams}, &allowedAt{WriterAt: out.Image, left: &left.images}
	info, err := c.memory.convert(ctx, stream, in.window, layer.Output{Image: image, Leaves: out.Leaves, Scratch: out.Scratch}, limitsFor(raw.blob.Size))
	if err = in.finish(err); err != nil {
		left.streams.Add(stream.read)
		left.images.Add(image.written.Load())
		return readyLayer{}, read.again(err)
	}
	if got := oci.HashOf(info.DiffID); got != raw.diffID {
		return readyLayer{}, wrongDiffID(got, raw.diffID)
	}
	return c.commit(raw, in, out, describe(info))
}

func describe(info layer.Info) store.LayerInfo {
	about := store.LayerInfo{Entries: info.Entries, Devices: info.Devices, FirstDevice: info.FirstDevice, Attributes: info.Attributes}
	about.DiffID, about.Size = oci.HashOf(info.DiffID), info.Size
	about.DataBlocks, about.RootHash = info.DataBlocks, info.RootHash
	return about
}

// commit gives what was made its names.
func (c *converter) commit(raw rawLayer, in *unpacker, out *store.NewLayer, about store.LayerInfo) (readyLayer, error) {
	blob, err := in.commit()
	if err != nil {
		return readyLayer{}, err
	}
	if err := out.Commit(layer.Version, about); err != nil {
		return readyLayer{}, err
	}
	for _, digest := range []v1.Hash{raw.blob.Digest, blob.Digest} {
		if err := c.store.SetPacked(digest, store.Packed{DiffID: about.DiffID, Blob: blob}); err != nil {
			return readyLayer{}, err
		}
	}
	return readyLayer{blob: blob, converted: about}, nil
}

// limitsFor bounds what a layer of so many bytes may unpack to, were it the only one of its image (threat IMG-08).
func limitsFor(packed int64) layer.Limits {
	limits := layer.DefaultLimits()
	limits.StreamBytes = min(limits.StreamBytes, freeBytes+maxRatio*min(packed, limits.StreamBytes))
	return limits
}

// metered counts what is read of a layer.
type metered struct {
	from io.Reader
	step *meter
	read int64
	err  error // that it ended with, if not the end
}

func (m *metered) Read(p []byte) (int, error) {
	n, err := m.from.Read(p)
	m.read += int64(n)
	m.step.add(int64(n))
	if err != nil && err != io.EOF {
		m.err = err
	}
	return n, err
}

// again takes back what was counted, for another attempt.
func (m *metered) again(err error) error {
	m.step.add(-m.read)
	m.read = 0
	return err
}
