// SPDX-License-Identifier: Apache-2.0

// Package merge makes one EROFS file system out of a stack of layer blobs: a metadata image that holds the merged tree,
// whiteouts resolved, and whose files point by block address into the layer blobs that are laid behind it.
//
//	disk = metadata image ‖ layer blob 0 ‖ layer blob 1 ‖ …      (bottom layer first)
package merge

import (
	"errors"
	"io"

	"github.com/escrin/escrin/imagebuild/erofs"
)

// LayerImage is one layer blob as package layer writes it.
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

// Metadata writes the metadata image over layers, bottom layer first, to dst. Layer blobs are untrusted: every
// reference in them is checked before it is used.
func Metadata(dst io.Writer, layers []LayerImage) (Info, error) {
	return Info{}, errors.New("merge layers: not built yet")
}

// Open reads the merged file system from its parts, without laying them end to end first.
func Open(metadata LayerImage, layers []LayerImage) (*erofs.Image, error) {
	return nil, errors.New("open merged image: not built yet")
}
