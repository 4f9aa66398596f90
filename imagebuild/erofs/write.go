// SPDX-License-Identifier: Apache-2.0

package erofs

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
)

// Write writes the metadata blocks. Every regular file's Block is raised by dataOffset, so that a tree can be laid out
// before it is known where its files' data begins. The inline tails of regular files are read from tails, each at its
// node's Tail.
func (m *Metadata) Write(dst io.Writer, dataOffset uint32, tails io.ReaderAt) error {
	w := &blockWriter{dst: dst}
	for _, n := range m.inOrder() {
		if err := m.writeInode(w, n, dataOffset, tails); err != nil {
			return fmt.Errorf("write metadata: %w", err)
		}
	}
	for _, n := range m.nodes {
		if i := n.inode(); n.Type() != ModeRegular && i.bodyBlocks() > 0 {
			w.zeroTo(int64(n.Block-m.start) * BlockSize)
			left := i.size - int64(i.tail())
			for block := range m.body(n) {
				w.write(block[:min(int64(len(block)), left)])
				left -= min(int64(len(block)), left)
			}
		}
	}
	w.zeroTo(int64(m.blocks) * BlockSize)
	if w.err != nil {
		return fmt.Errorf("write metadata: %w", w.err)
	}
	return nil
}

// inOrder returns the inodes by their numbers. Blocks fill from their starts, so within one block they are in order.
func (m *Metadata) inOrder() []*Node {
	const slots = BlockSize / slotSize
	next := make([]int, m.packer.blocks+1) // where the next inode of each block goes
	for _, n := range m.nodes {
		next[(n.nid-rootNID)/slots+1]++
	}
	for i := range m.packer.blocks {
		next[i+1] += next[i]
	}
	ordered := make([]*Node, len(m.nodes))
	for _, n := range m.nodes {
		at := &next[(n.nid-rootNID)/slots]
		ordered[*at] = n
		*at++
	}
	return ordered
}

// writeInode writes inode, attributes and tail.
func (m *Metadata) writeInode(w *blockWriter, n *Node, dataOffset uint32, tails io.ReaderAt) error {
	i := n.inode()
	if n.Type() == ModeRegular && i.block > 0 {
		if uint64(i.block)+uint64(dataOffset)+i.bodyBlocks() > math.MaxUint32 {
			return fmt.Errorf("file data beyond block %d", uint32(math.MaxUint32))
		}
		i.block += dataOffset
	}
	w.zeroTo(int64(n.nid-rootNID) * slotSize)
	encoded := i.encode()
	w.write(encoded[:])
	w.write(n.appendXattrs(nil))
	tail := i.tail()
	if tail == 0 {
		return w.err
	}
	if n.Type() != ModeRegular {
		var last []byte // which is the tail: whole blocks are not inline
		for last = range m.body(n) {
		}
		w.write(last)
		return w.err
	}
	if tails == nil {
		return errors.New("no reader for tails")
	}
	if err := readFull(tails, w.block[w.used:w.used+tail], n.Tail); err != nil {
		return fmt.Errorf("read tail of %d bytes: %w", tail, err)
	}
	w.took(tail)
	return w.err
}

// body gives the entries of a directory or the target of a symbolic link, block by block.
func (m *Metadata) body(n *Node) iter.Seq[[]byte] {
	if n.Type() == ModeSymlink {
		return func(yield func([]byte) bool) { yield([]byte(n.Target)) } // shorter than a block
	}
	return packDirents(n.entries(m.parents[n]))
}

// blockWriter writes whole blocks in rising order of offsets, zero bytes in between, and keeps the first error.
type blockWriter struct {
	dst    io.Writer
	offset int64
	err    error
	block  [BlockSize]byte
	used   int // bytes of block
}

// took says that n more bytes of the block are there.
func (w *blockWriter) took(n int) {
	w.used += n
	w.offset += int64(n)
	if w.used == BlockSize && w.err == nil {
		_, w.err = w.dst.Write(w.block[:])
	}
	w.used %= BlockSize
}

func (w *blockWriter) write(b []byte) {
	for len(b) > 0 {
		n := copy(w.block[w.used:], b)
		b = b[n:]
		w.took(n)
	}
}

func (w *blockWriter) zeroTo(offset int64) {
	for w.offset < offset {
		n := int(min(int64(BlockSize-w.used), offset-w.offset))
		clear(w.block[w.used : w.used+n])
		w.took(n)
	}
}
