// SPDX-License-Identifier: Apache-2.0

// Package merge makes one EROFS file system out of a stack of layer blobs: a metadata image that holds the merged tree,
// whiteouts resolved, and whose files point by block address into the layer blobs that are laid behind it.
//
//	disk = metadata image ‖ layer blob 0 ‖ layer blob 1 ‖ …      (bottom layer first)
package merge

import (
	"crypto/sha256"
	"fmt"
	"io"
	"math"

	"github.com/escrin/escrin/imagebuild/erofs"
)

// MaxLayers is how many layers one file system may have; container engines stop at half of it.
const MaxLayers = 256

// MaxEntries is how many directory entries all layers may have together, "." and ".." included.
const MaxEntries = 1 << 22

// LayerImage is one layer blob as package layer writes it, or a metadata image.
type LayerImage struct {
	// Image holds the blob.
	Image io.ReaderAt
	// Size is its length in bytes, a multiple of 4096.
	Size int64
}

// Info describes a metadata image.
type Info struct {
	// Blocks is the length of the metadata image in blocks of 4096 bytes: layer blob 0 starts there.
	Blocks uint32
	// DiskBlocks is the length of the whole file system in blocks: metadata and all layer blobs.
	DiskBlocks uint32
	// Inodes counts the inodes of the merged tree.
	Inodes uint64
}

// Metadata writes the metadata image over layers, bottom layer first, to dst. Its bytes depend on the layer blobs
// alone. Layer blobs are untrusted: every reference in them is checked before it is used.
func Metadata(dst io.Writer, layers []LayerImage) (Info, error) {
	s, err := stackUp(layers)
	if err != nil {
		return Info{}, err
	}
	metadata, err := erofs.Layout(s.root, 1)
	if err != nil {
		return Info{}, fmt.Errorf("merge layers: %w", err)
	}
	own := 1 + uint64(metadata.Blocks())
	if own+s.blocks > math.MaxUint32 {
		return Info{}, fmt.Errorf("merge layers: a disk of %d blocks is too long", own+s.blocks)
	}
	info := Info{Blocks: uint32(own), DiskBlocks: uint32(own + s.blocks), Inodes: metadata.Inodes()}
	super := erofs.Super{Blocks: info.DiskBlocks, MetaBlock: 1, Inodes: info.Inodes, UUID: erofs.UUIDFrom(s.digest)}
	block := super.Encode()
	if _, err := dst.Write(block[:]); err != nil {
		return Info{}, fmt.Errorf("write metadata image: %w", err)
	}
	if err := metadata.Write(dst, info.Blocks); err != nil {
		return Info{}, err
	}
	return info, nil
}

// stack is the merged tree of some layers. Blocks of files count from the start of layer blob 0.
type stack struct {
	root   *erofs.Node
	blocks uint64
	digest [sha256.Size]byte // of the superblocks, which name the layers
}

func stackUp(layers []LayerImage) (*stack, error) {
	if len(layers) > MaxLayers {
		return nil, fmt.Errorf("merge layers: %d layers, at most %d", len(layers), MaxLayers)
	}
	s := &stack{root: newRoot()}
	left := MaxEntries
	hash := sha256.New()
	for i, l := range layers {
		super, tree, err := load(l, left)
		if err != nil {
			return nil, fmt.Errorf("merge layer %d: %w", i, err)
		}
		block := super.Encode()
		hash.Write(block[:])
		a := &applier{lower: s.root, super: super, base: s.blocks, seen: map[*erofs.Node]*erofs.Node{}}
		if err := a.adoptTree(tree); err != nil {
			return nil, fmt.Errorf("merge layer %d: %w", i, err)
		}
		left -= len(a.seen)
		if err := a.directory(s.root, tree, ""); err != nil {
			return nil, fmt.Errorf("merge layer %d: %w", i, err)
		}
		s.blocks += uint64(super.Blocks)
	}
	s.digest = [sha256.Size]byte(hash.Sum(nil))
	return s, nil
}

func load(l LayerImage, entries int) (erofs.Super, *erofs.Node, error) {
	if l.Image == nil {
		return erofs.Super{}, nil, fmt.Errorf("no image")
	}
	im, err := erofs.Open(l.Image, l.Size)
	if err != nil {
		return erofs.Super{}, nil, err
	}
	tree, err := im.Load(entries)
	return im.Super(), tree, err
}

func newRoot() *erofs.Node {
	return erofs.NewDir(erofs.Attributes{Mode: erofs.ModeDir | 0o755})
}
