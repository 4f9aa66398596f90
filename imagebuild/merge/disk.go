// SPDX-License-Identifier: Apache-2.0

package merge

import (
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/escrin/escrin/imagebuild/erofs"
	"github.com/escrin/escrin/imagebuild/internal/blocks"
	"github.com/escrin/escrin/imagebuild/verity"
)

// Disk is the merged file system of some layers.
type Disk struct {
	parts    []*part
	root     *erofs.Node
	metadata *erofs.Metadata
	start    uint32 // of metadata
	super    erofs.Super
}

// DataBlocks is the length of the file system in blocks of 4096 bytes. The hash tree follows.
func (d *Disk) DataBlocks() uint64 { return uint64(d.super.Blocks) }

// MetadataBlocks is how many of them are no layer's: superblock, root and directories.
func (d *Disk) MetadataBlocks() uint32 { return erofs.HeadBlocks + d.metadata.Blocks() }

// Inodes counts the inodes of the merged tree.
func (d *Disk) Inodes() uint64 { return d.super.Inodes }

// Root returns the dm-verity root hash of the disk's DataBlocks, with a salt of 32 zero bytes. It makes the metadata, and
// reads nothing of the layers' areas but leaves, and the inodes that are moved.
func (d *Disk) Root() (root [32]byte, err error) {
	own, err := d.writeMetadata(discard{})
	if err != nil {
		return root, err
	}
	for i, p := range d.parts {
		if err := p.copyMoved(discard{}); err != nil {
			return root, fmt.Errorf("move inodes of layer %d: %w", i, err)
		}
	}
	leaves := io.NewSectionReader(d.leaves(own), 0, int64(d.DataBlocks())*verity.DigestSize)
	return verity.Root(leaves, d.DataBlocks(), make([]byte, saltSize))
}

// Write writes the file system and its hash tree, DataBlocks + verity.TreeBlocks(DataBlocks) blocks from offset 0 on, and
// returns the root hash. Every block that is copied is held against its leaf. Dst is written by several goroutines at a
// time.
func (d *Disk) Write(dst io.WriterAt) (root [32]byte, err error) {
	own, err := d.writeMetadata(dst)
	if err != nil {
		return root, err
	}
	for i, p := range d.parts {
		if err := p.copyAll(dst); err != nil {
			return root, fmt.Errorf("copy layer %d: %w", i, err)
		}
	}
	tree := io.NewOffsetWriter(dst, int64(d.DataBlocks())*erofs.BlockSize)
	return verity.WriteTree(d.leaves(own), d.DataBlocks(), make([]byte, saltSize), tree)
}

// writeMetadata writes what is no layer's: superblock and root, and what follows the areas. It returns the leaves of both.
func (d *Disk) writeMetadata(dst io.WriterAt) (memory, error) {
	own := make(memory, int(d.MetadataBlocks())*verity.DigestSize)
	w, err := blocks.New(around{dst, int64(d.start) * erofs.BlockSize}, own)
	if err != nil {
		return nil, err
	}
	head, err := d.metadata.Head(d.super)
	if err == nil {
		err = d.metadata.Write(w, nil)
	}
	if err == nil {
		_, err = w.Finish(head)
	}
	if err := errors.Join(err, w.Close()); err != nil {
		return nil, fmt.Errorf("make metadata: %w", err)
	}
	return own, nil
}

// leaves are those of the whole disk.
func (d *Disk) leaves(own memory) io.ReaderAt {
	const head = erofs.HeadBlocks * verity.DigestSize
	all := joined{io.NewSectionReader(own, 0, head)}
	for _, p := range d.parts {
		all = append(all, p.leaves()...)
	}
	return append(all, io.NewSectionReader(own, head, int64(len(own)-head)))
}

// FS gives the merged tree, which also implements fs.StatFS and fs.ReadDirFS. FileInfo.Sys is an erofs.Stat. What is read
// of files is held against the layers' leaves.
func (d *Disk) FS() fs.ReadLinkFS { return erofs.FS(d.root) }

// around passes on what is written, the head as it is and the rest with a gap before it.
type around struct {
	dst   io.WriterAt
	start int64 // where the rest begins
}

// WriteAt implements io.WriterAt.
func (a around) WriteAt(p []byte, offset int64) (int, error) {
	const head = erofs.HeadBlocks * erofs.BlockSize
	if offset > 0 {
		return a.dst.WriteAt(p, a.start+offset-head)
	}
	n, err := a.dst.WriteAt(p[:head], 0)
	if err != nil {
		return n, err
	}
	m, err := a.dst.WriteAt(p[head:], a.start)
	return n + m, err
}

// joined are readers, one behind the other.
type joined []*io.SectionReader

// ReadAt implements io.ReaderAt.
func (j joined) ReadAt(p []byte, offset int64) (n int, err error) {
	for _, r := range j {
		if offset < r.Size() && n < len(p) {
			want := p[n:min(int64(len(p)), int64(n)+r.Size()-offset)]
			m, err := r.ReadAt(want, offset)
			n += m
			if m < len(want) {
				return n, err
			}
			offset = r.Size()
		}
		offset -= r.Size()
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// memory is what is written of a known length.
type memory []byte

// WriteAt implements io.WriterAt.
func (m memory) WriteAt(p []byte, offset int64) (int, error) { return copy(m[offset:], p), nil }

// ReadAt implements io.ReaderAt.
func (m memory) ReadAt(p []byte, offset int64) (int, error) { return copy(p, m[offset:]), nil }

// discard takes and forgets.
type discard struct{}

// WriteAt implements io.WriterAt.
func (discard) WriteAt(p []byte, _ int64) (int, error) { return len(p), nil }
