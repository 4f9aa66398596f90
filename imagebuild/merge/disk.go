// SPDX-License-Identifier: Apache-2.0

package merge

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"runtime"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/escrin/escrin/imagebuild/erofs"
	"github.com/escrin/escrin/imagebuild/internal/blocks"
	"github.com/escrin/escrin/imagebuild/verity"
)

// Disk is the merged file system of some layers.
type Disk struct {
	layers   []*Layer
	root     *erofs.Node
	metadata *erofs.Metadata
	super    erofs.Super
	data     uint64 // blocks of all layers
}

// DataBlocks is the length of the file system in blocks of 4096 bytes: metadata image and data. The hash tree follows.
func (d *Disk) DataBlocks() uint64 { return uint64(d.super.Blocks) }

// MetadataBlocks is the length of the metadata image in blocks.
func (d *Disk) MetadataBlocks() uint32 { return 1 + d.metadata.Blocks() }

// Inodes counts the inodes of the merged tree.
func (d *Disk) Inodes() uint64 { return d.super.Inodes }

// Root returns the dm-verity root hash of the disk's DataBlocks, with a salt of 32 zero bytes. It makes the metadata
// image, and reads nothing of the layers' data but its leaves.
func (d *Disk) Root() (root [32]byte, err error) {
	leaves, err := d.writeMetadata(discard{})
	if err != nil {
		return root, err
	}
	return verity.Root(io.NewSectionReader(leaves, 0, int64(d.DataBlocks())*verity.DigestSize), d.DataBlocks(), make([]byte, saltSize))
}

// Write writes metadata image, data and hash tree, DataBlocks + verity.TreeBlocks(DataBlocks) blocks from offset 0 on, and
// returns the root hash. Every block that is copied is held against its leaf. Dst is written by several goroutines at a
// time.
func (d *Disk) Write(dst io.WriterAt) (root [32]byte, err error) {
	leaves, err := d.writeMetadata(dst)
	if err != nil {
		return root, err
	}
	start := uint64(d.MetadataBlocks())
	for i, l := range d.layers {
		if err := l.copyData(dst, start); err != nil {
			return root, fmt.Errorf("copy data of layer %d: %w", i, err)
		}
		start += l.dataBlocks()
	}
	tree := io.NewOffsetWriter(dst, int64(d.DataBlocks())*erofs.BlockSize)
	return verity.WriteTree(leaves, d.DataBlocks(), make([]byte, saltSize), tree)
}

// writeMetadata writes the metadata image and returns the leaves of the whole disk.
func (d *Disk) writeMetadata(dst io.WriterAt) (io.ReaderAt, error) {
	own := make(memory, int(d.MetadataBlocks())*verity.DigestSize)
	w, err := blocks.New(dst, own)
	if err != nil {
		return nil, err
	}
	err = d.metadata.Write(w, d.metadata.Blocks(), tails(d.layers))
	if err == nil {
		_, err = w.Finish(d.super.Encode())
	}
	if err := errors.Join(err, w.Close()); err != nil {
		return nil, fmt.Errorf("make metadata image: %w", err)
	}
	return leaves{own: own, layers: d.layers}, nil
}

// copyChunk is how many blocks one worker copies at a time.
const copyChunk = 256

// copyData copies the data of a layer to block start of dst.
func (l *Layer) copyData(dst io.WriterAt, start uint64) error {
	var next atomic.Uint64
	var group errgroup.Group
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() error {
			buffer := make([]byte, copyChunk*erofs.BlockSize)
			for {
				at := next.Add(copyChunk) - copyChunk
				if at >= l.dataBlocks() {
					return nil
				}
				part := buffer[:min(copyChunk, l.dataBlocks()-at)*erofs.BlockSize]
				if err := l.data.ReadBlocks(part, 1+at); err != nil {
					return err
				}
				if _, err := dst.WriteAt(part, int64(start+at)*erofs.BlockSize); err != nil {
					return err
				}
			}
		})
	}
	return group.Wait()
}

// FS gives the merged tree, which also implements fs.StatFS and fs.ReadDirFS. FileInfo.Sys is an erofs.Stat. What is read
// of files is held against the layers' leaves.
func (d *Disk) FS() fs.ReadLinkFS {
	return erofs.FS(d.root, func(n *erofs.Node) io.ReaderAt {
		return erofs.Content{Node: n, Blocks: data{d.layers}, Tails: tails(d.layers)}
	})
}

// leaves are those of the metadata image, and then of each layer's data.
type leaves struct {
	own    memory
	layers []*Layer
}

// ReadAt implements io.ReaderAt for whole leaves.
func (l leaves) ReadAt(p []byte, offset int64) (int, error) {
	first, n := uint64(offset)/verity.DigestSize, 0
	if first < uint64(len(l.own)/verity.DigestSize) {
		n = copy(p, l.own[first*verity.DigestSize:])
	}
	start := uint64(len(l.own) / verity.DigestSize)
	for _, layer := range l.layers {
		at, count := first+uint64(n)/verity.DigestSize, layer.dataBlocks()
		if at >= start && at < start+count && n < len(p) {
			part := p[n : n+int(min(uint64(len(p)-n), (start+count-at)*verity.DigestSize))]
			if err := layer.data.ReadLeaves(part, 1+at-start); err != nil {
				return n, err
			}
			n += len(part)
		}
		start += count
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// data reads the layers' data by the block addresses of the merged tree, in which the first block of data is block 1.
type data struct{ layers []*Layer }

// ReadAt implements io.ReaderAt. What is read lies in one layer.
func (d data) ReadAt(p []byte, offset int64) (int, error) {
	offset -= erofs.BlockSize
	for _, l := range d.layers {
		size := int64(l.dataBlocks()) * erofs.BlockSize
		if offset < size {
			return l.read.ReadAt(p, erofs.BlockSize+offset)
		}
		offset -= size
	}
	return 0, io.EOF
}

// tailLayer is how far the number of a layer is shifted in the address of a tail: no image is as long.
const tailLayer = 48

// tails reads the tails of files by layer and offset in the layer's image.
type tails []*Layer

// ReadAt implements io.ReaderAt.
func (t tails) ReadAt(p []byte, address int64) (int, error) {
	return t[address>>tailLayer].read.ReadAt(p, address&(1<<tailLayer-1))
}

// memory is what is written of a known length.
type memory []byte

// WriteAt implements io.WriterAt.
func (m memory) WriteAt(p []byte, offset int64) (int, error) { return copy(m[offset:], p), nil }

// discard takes and forgets.
type discard struct{}

// WriteAt implements io.WriterAt.
func (discard) WriteAt(p []byte, _ int64) (int, error) { return len(p), nil }
