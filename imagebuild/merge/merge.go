// SPDX-License-Identifier: Apache-2.0

// Package merge makes one EROFS file system out of a stack of layer images: what each of them has of contents and inodes of
// files, one after the other, and the directories of the merged tree, whiteouts resolved.
//
//	disk = superblock, root ‖ area of layer 0 ‖ area of layer 1 ‖ … ‖ directories ‖ dm-verity tree      (bottom layer first)
//
// The area of the lowest layer is where it is in the layer's image, and those of others are as many blocks farther on as
// the areas below them have. So the dm-verity leaves that came with the layers are those of the disk too, apart from the
// inodes of upper layers, which say where their contents are. Of the lowest layer, the root hash of a disk follows from its
// names alone.
package merge

import (
	"crypto/sha256"
	"fmt"
	"io"

	"github.com/escrin/escrin/imagebuild/erofs"
	"github.com/escrin/escrin/imagebuild/layer"
	"github.com/escrin/escrin/imagebuild/verity"
)

// MaxLayers is how many layers one file system may have; container engines stop at half of it.
const MaxLayers = 256

// MaxEntries is how many directory entries all layers may have together, "." and ".." included.
const MaxEntries = 1 << 22

// MaxBytes is how much memory the trees of all layers may take together, as package erofs counts it (threat IMG-08). It
// suffices for a third of a million files with ordinary names. What readers of more than 64 layers keep is taken off it.
const MaxBytes = 96 << 20

// ErrTooLarge is wrapped by the error that says that layers have more files, names and attributes than that.
var ErrTooLarge = erofs.ErrBudget

// saltSize is the length of the salt of all hash trees: all its bytes are zero.
const saltSize = 32

// Layer is a layer image as package layer writes it. Whatever is read of it is held against its dm-verity root.
type Layer struct {
	root  [verity.DigestSize]byte
	data  *verity.Data
	read  *reader
	image *erofs.Image
	area  layer.Area
}

// OpenLayer opens the layer image of size bytes that has the given root hash. It reads all leaves, 32 bytes for each
// block of the image, and checks that they have that root; of the image it reads superblock and root alone. Image and leaves
// must stay readable as long as the Layer and the Disks made of it are used.
func OpenLayer(image io.ReaderAt, size int64, leaves io.ReaderAt, root [32]byte) (*Layer, error) {
	if size <= 0 || size%erofs.BlockSize != 0 {
		return nil, fmt.Errorf("open layer: %d bytes are no image", size)
	}
	data, err := verity.Open(image, leaves, uint64(size/erofs.BlockSize), make([]byte, saltSize), root)
	if err != nil {
		return nil, fmt.Errorf("open layer: %w", err)
	}
	read := newReader(data)
	l := &Layer{root: root, data: data, read: read}
	if l.image, err = erofs.Open(read, size); err != nil {
		return nil, fmt.Errorf("open layer: %w", err)
	}
	attributes, err := l.image.Root()
	if err == nil {
		l.area, err = layer.AreaOf(attributes)
	}
	if err != nil {
		return nil, fmt.Errorf("open layer: %w", err)
	}
	return l, nil
}

// Stack merges the trees of layers, bottom layer first. The disk depends on the layers alone. Layers are untrusted:
// every reference in them is checked before it is used.
func Stack(layers []*Layer) (*Disk, error) {
	d, err := stack(layers)
	if err != nil {
		return nil, fmt.Errorf("merge layers: %w", err)
	}
	return d, nil
}

func stack(layers []*Layer) (*Disk, error) {
	if len(layers) > MaxLayers {
		return nil, fmt.Errorf("%d layers, at most %d", len(layers), MaxLayers)
	}
	d := &Disk{root: newRoot()}
	budget := &erofs.Budget{Entries: MaxEntries, Bytes: MaxBytes - int64(max(0, len(layers)-64))*minPieces*pieceBytes}
	names := sha256.New()
	end := uint32(erofs.HeadBlocks) // of the areas so far
	for i, l := range layers {
		p := newPart(l, end)
		if err := p.apply(d.root, budget); err != nil {
			return nil, fmt.Errorf("layer %d: %w", i, err)
		}
		l.read.forget(len(layers)) // it is needed again only when there are no more layers to load
		d.parts = append(d.parts, p)
		end += p.Blocks()
		names.Write(l.root[:])
	}
	metadata, err := erofs.Layout(d.root, end)
	if err != nil {
		return nil, err
	}
	d.metadata, d.start = metadata, end
	d.super = erofs.Super{
		Blocks: end + metadata.Blocks(), Inodes: metadata.Inodes(), UUID: erofs.UUIDFrom([32]byte(names.Sum(nil))),
	}
	return d, nil
}

func newRoot() *erofs.Node {
	return erofs.NewDir(erofs.Attributes{Mode: erofs.ModeDir | 0o755})
}
