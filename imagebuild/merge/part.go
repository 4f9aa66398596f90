// SPDX-License-Identifier: Apache-2.0

package merge

import (
	"io"
	"runtime"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/escrin/escrin/imagebuild/erofs"
	"github.com/escrin/escrin/imagebuild/verity"
)

// part is the area of a layer at its place on a disk.
type part struct {
	erofs.Part
	layer *Layer
	moved memory // leaves of the blocks of inodes, if they are not those of the layer
}

// newPart puts the area of a layer at a block of a disk.
func newPart(l *Layer, start uint32) *part {
	return &part{layer: l, Part: erofs.Part{Image: l.image, Inodes: l.area.Inodes, End: l.area.End, Shift: start - erofs.HeadBlocks}}
}

// copyAll copies all blocks of the area.
func (p *part) copyAll(dst io.WriterAt) error { return p.copy(dst, erofs.HeadBlocks) }

// copyMoved copies those blocks whose leaves are not the layer's.
func (p *part) copyMoved(dst io.WriterAt) error {
	if p.Shift == 0 {
		return nil
	}
	return p.copy(dst, p.Inodes)
}

// copyChunk is how many blocks one worker copies at a time.
const copyChunk = 256

// copy copies the blocks from first to the end of the area, side by side.
func (p *part) copy(dst io.WriterAt, first uint32) error {
	if p.Shift > 0 {
		p.moved = make(memory, int(p.End-p.Inodes)*verity.DigestSize)
	}
	var next atomic.Uint64
	next.Store(uint64(first))
	var group errgroup.Group
	for range min(runtime.GOMAXPROCS(0), int((p.End-first+copyChunk-1)/copyChunk)) {
		group.Go(func() error {
			buffer := make([]byte, min(copyChunk, p.End-first)*erofs.BlockSize)
			for {
				at := next.Add(copyChunk) - copyChunk
				if at >= uint64(p.End) {
					return nil
				}
				if err := p.copyBlocks(dst, uint32(at), buffer[:min(copyChunk, uint64(p.End)-at)*erofs.BlockSize]); err != nil {
					return err
				}
			}
		})
	}
	return group.Wait()
}

// copyBlocks copies some blocks by way of a buffer. The inodes among them are checked, and changed to what they are on
// the disk.
func (p *part) copyBlocks(dst io.WriterAt, first uint32, buffer []byte) error {
	if err := p.layer.data.ReadBlocks(buffer, uint64(first)); err != nil {
		return err
	}
	if err := p.Move(buffer, first, checkXattrs); err != nil {
		return err
	}
	if p.Shift > 0 {
		contents := min(max(p.Inodes, first)-first, uint32(len(buffer)/erofs.BlockSize))
		if inodes := buffer[contents*erofs.BlockSize:]; len(inodes) > 0 {
			verity.Digests(p.moved[(first+contents-p.Inodes)*verity.DigestSize:], inodes, make([]byte, saltSize))
		}
	}
	_, err := dst.WriteAt(buffer, (int64(first)+int64(p.Shift))*erofs.BlockSize)
	return err
}

// leaves are those of the area on the disk.
func (p *part) leaves() joined {
	const size = verity.DigestSize
	of := leaves{p.layer.data}
	all := joined{io.NewSectionReader(of, erofs.HeadBlocks*size, int64(p.Inodes-erofs.HeadBlocks)*size)}
	if p.Shift > 0 {
		return append(all, io.NewSectionReader(p.moved, 0, int64(len(p.moved))))
	}
	return append(all, io.NewSectionReader(of, int64(p.Inodes)*size, int64(p.End-p.Inodes)*size))
}

// leaves reads the leaves of a layer, whole ones.
type leaves struct{ data *verity.Data }

// ReadAt implements io.ReaderAt.
func (l leaves) ReadAt(p []byte, offset int64) (int, error) {
	if err := l.data.ReadLeaves(p, uint64(offset)/verity.DigestSize); err != nil {
		return 0, err
	}
	return len(p), nil
}
