// SPDX-License-Identifier: Apache-2.0

package erofs

import (
	"bufio"
	"fmt"
	"io"
	"math"
)

// Write writes the metadata blocks. Every regular file's Block is raised by dataOffset, so that a tree can be laid out
// before it is known where its files' data begins.
func (m *Metadata) Write(dst io.Writer, dataOffset uint32) error {
	w := &blockWriter{dst: bufio.NewWriterSize(dst, 1<<16)}
	for i := range m.inodes {
		p := &m.inodes[i]
		inode := p.Inode
		if p.Type() == ModeRegular && p.Size > 0 {
			last := uint64(p.Block) + uint64(dataOffset) + uint64(p.Size-1)/BlockSize
			if last >= math.MaxUint32 {
				return fmt.Errorf("write metadata: file data beyond block %d", uint32(math.MaxUint32))
			}
			inode.Block += dataOffset
		}
		w.zeroTo(int64(p.NID) * slotSize)
		encoded := inode.encode()
		w.write(encoded[:])
		w.write(p.appendXattrs(nil))
		if tail := p.tail(); tail > 0 {
			body := m.body(p)
			w.write(body[len(body)-tail:])
		}
	}
	for i := range m.inodes {
		p := &m.inodes[i]
		if p.bodyBlocks() > 0 {
			w.zeroTo(int64(p.Block-m.start) * BlockSize)
			body := m.body(p)
			w.write(body[:len(body)-p.tail()])
		}
	}
	w.zeroTo(int64(m.blocks) * BlockSize)
	if w.err == nil {
		w.err = w.dst.Flush()
	}
	if w.err != nil {
		return fmt.Errorf("write metadata: %w", w.err)
	}
	return nil
}

// body returns the entries of a directory or the target of a symbolic link.
func (m *Metadata) body(p *placed) []byte {
	if p.Type() == ModeSymlink {
		return []byte(p.node.Target)
	}
	return packDirents(p.names, func(name string) dirent {
		target := p.node.Children[name]
		switch name {
		case ".":
			target = p.node
		case "..":
			target = p.parent
		}
		return dirent{name: name, nid: m.nids[target], kind: direntKind(target.Mode)}
	})
}

// blockWriter writes in rising order of offsets, zero bytes in between, and keeps the first error.
type blockWriter struct {
	dst    *bufio.Writer
	offset int64
	err    error
}

func (w *blockWriter) write(b []byte) {
	if w.err == nil {
		_, w.err = w.dst.Write(b)
		w.offset += int64(len(b))
	}
}

func (w *blockWriter) zeroTo(offset int64) {
	var zero [BlockSize]byte
	for w.err == nil && w.offset < offset {
		w.write(zero[:min(BlockSize, offset-w.offset)])
	}
}
