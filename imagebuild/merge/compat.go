// SPDX-License-Identifier: Apache-2.0

package merge

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"

	"github.com/escrin/escrin/imagebuild/erofs"
)

// LayerImage is a whole layer image, or a metadata image.
type LayerImage struct {
	// Image holds the image.
	Image io.ReaderAt
	// Size is its length in bytes, a multiple of 4096.
	Size int64
}

// Info describes a metadata image.
type Info struct {
	// Blocks is the length of the metadata image in blocks of 4096 bytes: layer 0 starts there.
	Blocks uint32
	// DiskBlocks is the length of the whole file system in blocks: metadata and all layers.
	DiskBlocks uint32
	// Inodes counts the inodes of the merged tree.
	Inodes uint64
}

// Metadata writes the metadata image over whole layer images, bottom layer first, to dst. Stack replaces it.
func Metadata(dst io.Writer, layers []LayerImage) (Info, error) {
	root, names, base := newRoot(), sha256.New(), uint64(0)
	var images extents
	for i, l := range layers {
		im, err := erofs.Open(l.Image, l.Size)
		if err != nil {
			return Info{}, fmt.Errorf("merge layer %d: %w", i, err)
		}
		tree, err := im.Load(MaxEntries)
		if err != nil {
			return Info{}, fmt.Errorf("merge layer %d: %w", i, err)
		}
		a := newApplier(root, i, uint64(im.Super().MetaBlock-1), base)
		if err := a.apply(tree); err != nil {
			return Info{}, fmt.Errorf("merge layer %d: %w", i, err)
		}
		base += uint64(im.Super().Blocks)
		block := im.Super().Encode()
		names.Write(block[:])
		images = append(images, l)
	}
	metadata, err := erofs.Layout(root, 1)
	if err != nil {
		return Info{}, err
	}
	own := 1 + uint64(metadata.Blocks())
	if own+base > math.MaxUint32 {
		return Info{}, errors.New("merge layers: too long")
	}
	info := Info{Blocks: uint32(own), DiskBlocks: uint32(own + base), Inodes: metadata.Inodes()}
	super := erofs.Super{Blocks: info.DiskBlocks, MetaBlock: 1, Inodes: info.Inodes, UUID: erofs.UUIDFrom([32]byte(names.Sum(nil)))}
	block := super.Encode()
	if _, err := dst.Write(block[:]); err != nil {
		return Info{}, fmt.Errorf("write metadata image: %w", err)
	}
	return info, metadata.Write(dst, info.Blocks, images)
}

// extents reads tails by layer and offset.
type extents []LayerImage

// ReadAt implements io.ReaderAt.
func (e extents) ReadAt(p []byte, address int64) (int, error) {
	return e[address>>tailLayer].Image.ReadAt(p, address&(1<<tailLayer-1))
}

// Open reads the merged file system from the parts that Metadata was given and wrote. Stack replaces it.
func Open(metadata LayerImage, layers []LayerImage) (fs.ReadLinkFS, error) {
	d := disk{{LayerImage: metadata}}
	size := metadata.Size
	for _, l := range layers {
		d = append(d, extent{LayerImage: l, start: size})
		size += l.Size
	}
	im, err := erofs.Open(d, size)
	if err != nil {
		return nil, err
	}
	root, err := im.Load(MaxEntries)
	if err != nil {
		return nil, err
	}
	return erofs.FS(root, im.Content), nil
}

// disk is a sequence of images.
type disk []extent

type extent struct {
	LayerImage
	start int64
}

// ReadAt implements io.ReaderAt.
func (d disk) ReadAt(p []byte, offset int64) (int, error) {
	n := 0
	for _, e := range d {
		at := offset + int64(n) - e.start
		if n == len(p) || at >= e.Size {
			continue
		}
		want := int(min(int64(len(p)-n), e.Size-at))
		got, err := e.Image.ReadAt(p[n:n+want], at)
		n += got
		if got < want {
			return n, errors.Join(err, io.ErrUnexpectedEOF)
		}
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}
