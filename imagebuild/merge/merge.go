// SPDX-License-Identifier: Apache-2.0

// Package merge makes one EROFS file system out of a stack of layer images: a metadata image that holds the merged tree,
// whiteouts resolved, and whose files point by block address into the layers' data that is laid behind it.
//
//	disk = metadata image ‖ data blocks of layer 0 ‖ data blocks of layer 1 ‖ … ‖ dm-verity tree      (bottom layer first)
//
// The dm-verity leaves of the layers' data are those that came with the layers, so the root hash of a disk is known
// without reading its data.
package merge

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/escrin/escrin/imagebuild/erofs"
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
}

// OpenLayer opens the layer image of size bytes that has the given root hash. It reads all leaves, 32 bytes for each
// block of the image, and checks that they have that root; of the image it reads the superblock alone. Image and leaves
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
	return l, nil
}

// dataBlocks is how many blocks of data the layer has, from block 1 on.
func (l *Layer) dataBlocks() uint64 { return uint64(l.image.Super().MetaBlock - 1) }

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
	d := &Disk{layers: layers, root: newRoot()}
	budget := &erofs.Budget{Entries: MaxEntries, Bytes: MaxBytes - int64(max(0, len(layers)-64))*minPieces*pieceBytes}
	names := sha256.New()
	data := uint64(0)
	for i, l := range layers {
		tree, err := l.image.LoadWithin(budget)
		l.read.forget(len(layers)) // it is needed again only when there are no more layers to load
		if err != nil {
			return nil, fmt.Errorf("layer %d: %w", i, err)
		}
		a := newApplier(d.root, i, l.dataBlocks(), data)
		if err := a.apply(tree); err != nil {
			return nil, fmt.Errorf("layer %d: %w", i, err)
		}
		data += l.dataBlocks()
		names.Write(l.root[:])
	}
	metadata, err := erofs.Layout(d.root, 1)
	if err != nil {
		return nil, err
	}
	own := 1 + uint64(metadata.Blocks())
	if own+data > math.MaxUint32 {
		return nil, errors.New("too many blocks of data")
	}
	d.metadata, d.data = metadata, data
	d.super = erofs.Super{
		Blocks: uint32(own + data), MetaBlock: 1, Inodes: metadata.Inodes(), UUID: erofs.UUIDFrom([32]byte(names.Sum(nil))),
	}
	return d, nil
}

func newRoot() *erofs.Node {
	return erofs.NewDir(erofs.Attributes{Mode: erofs.ModeDir | 0o755})
}
