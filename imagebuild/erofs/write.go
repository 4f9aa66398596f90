// SPDX-License-Identifier: Apache-2.0

package erofs

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
)

// Head returns blocks 0 and 1: superblock and root.
func (m *Metadata) Head(super Super) ([]byte, error) {
	block := super.Encode()
	head := bytes.NewBuffer(block[:])
	w := &blockWriter{dst: head, offset: BlockSize}
	if err := m.writeInode(w, m.nodes[0], nil); err != nil {
		return nil, fmt.Errorf("write root: %w", err)
	}
	w.zeroTo(HeadBlocks * BlockSize)
	return head.Bytes(), w.err
}

// Write writes the metadata blocks, from the one on that Layout was given. The inline tails of regular files that were not
// loaded from an image are read from tails, each at its node's Tail.
func (m *Metadata) Write(dst io.Writer, tails io.ReaderAt) error {
	w := &blockWriter{dst: dst, offset: int64(m.start) * BlockSize}
	for _, n := range m.inOrder() {
		if err := m.writeInode(w, n, tails); err != nil {
			return fmt.Errorf("write metadata: %w", err)
		}
	}
	for _, n := range m.nodes {
		if i := n.inode(); n.Type() != ModeRegular && i.bodyBlocks() > 0 {
			w.zeroTo(int64(n.Block) * BlockSize)
			left := i.size - int64(i.tail())
			for block := range m.body(n) {
				w.write(block[:min(int64(len(block)), left)])
				left -= min(int64(len(block)), left)
			}
		}
	}
	w.zeroTo(int64(m.start+m.blocks) * BlockSize)
	if w.err != nil {
		return fmt.Errorf("write metadata: %w", w.err)
	}
	return nil
}

// inOrder returns the inodes but the root by their numbers. Blocks fill from their starts, so within one block they are in
// order.
func (m *Metadata) inOrder() []*Node {
	others := m.nodes[1:]
	next := make([]int, m.inodes+1) // where the next inode of each block goes
	for _, n := range others {
		next[n.nid/slots-uint64(m.start)+1]++
	}
	for i := range m.inodes {
		next[i+1] += next[i]
	}
	ordered := make([]*Node, len(others))
	for _, n := range others {
		at := &next[n.nid/slots-uint64(m.start)]
		ordered[*at] = n
		*at++
	}
	return ordered
}

// writeInode writes inode, attributes and tail.
func (m *Metadata) writeInode(w *blockWriter, n *Node, tails io.ReaderAt) error {
	i := n.inode()
	if n.Type() == ModeRegular && n.part != nil {
		tails = n.part.Image.r
		if i.block > 0 {
			i.block += n.part.Shift
		}
	}
	w.zeroTo(int64(n.nid) * slotSize)
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
	m.entries = n.entries(m.entries[:0], m.parents[n])
	return packDirents(m.entries, &m.block)
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
