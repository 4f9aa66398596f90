// SPDX-License-Identifier: Apache-2.0

package erofs

import (
	"fmt"
	"maps"
	"math"
	"slices"
)

// Metadata is a tree with a place for every inode. It begins at one block and holds all inodes, then the whole blocks
// of directories and long link targets.
type Metadata struct {
	start  uint32
	blocks uint32
	inodes []placed
	nids   map[*Node]uint64
}

// placed is an inode whose place is known.
type placed struct {
	Inode
	node   *Node
	parent *Node    // of a directory
	names  []string // of a directory: sorted, with "." and ".."
}

// Layout gives every inode of the tree its place, breadth first in the order of names, from block start on. The
// result depends on the tree alone. Regular files keep their Block.
func Layout(root *Node, start uint32) (*Metadata, error) {
	m := &Metadata{start: start, nids: map[*Node]uint64{}}
	if !root.IsDir() {
		return nil, fmt.Errorf("lay out tree: the root is no directory")
	}
	offset, err := m.place(root, root, rootNID*slotSize)
	if err != nil {
		return nil, fmt.Errorf("lay out root: %w", err)
	}
	for i := 0; i < len(m.inodes); i++ {
		dir := m.inodes[i]
		for _, name := range dir.names {
			if name == "." || name == ".." {
				continue
			}
			if offset, err = m.add(dir.node, name, offset); err != nil {
				return nil, fmt.Errorf("lay out %q: %w", name, err)
			}
		}
	}
	return m, m.placeBodies(offset)
}

// add places the child of dir with this name, unless another name has placed it already, and counts its links.
func (m *Metadata) add(dir *Node, name string, offset int) (int, error) {
	child := dir.Children[name]
	nid, known := m.nids[child]
	if !known {
		return m.place(child, dir, offset)
	}
	if child.IsDir() {
		return offset, fmt.Errorf("a directory with two names")
	}
	// Inodes are in the order of their numbers.
	i, _ := slices.BinarySearchFunc(m.inodes, nid, func(p placed, nid uint64) int {
		if p.NID < nid {
			return -1
		}
		return int(min(p.NID-nid, 1))
	})
	m.inodes[i].Links++
	return offset, nil
}

// place appends the inode at the first slot at or after offset where it fits into one block.
func (m *Metadata) place(n, parent *Node, offset int) (int, error) {
	if err := n.check(); err != nil {
		return 0, err
	}
	xattrs, _ := n.xattrSize() // checked
	p := placed{node: n, Inode: Inode{Attributes: n.Attributes, Links: 1, xattrSize: xattrs}}
	switch n.Type() {
	case ModeDir:
		p.Links, p.parent = 2, parent
		for name, child := range n.Children {
			if err := CheckName(name); err != nil {
				return 0, err
			}
			if child.IsDir() {
				p.Links++
			}
		}
		p.names = append(slices.Collect(maps.Keys(n.Children)), ".", "..")
		slices.Sort(p.names)
		p.Size = direntSizeOf(p.names)
	case ModeSymlink:
		p.Size = int64(len(n.Target))
	case ModeRegular:
		p.Size, p.Block = n.Size, n.Block
	}
	length := inodeSize + xattrs
	if tail := int(p.Size % BlockSize); n.Type() != ModeRegular && tail != 0 && length+tail <= BlockSize {
		p.inline = true
		length += tail
	}
	if free := BlockSize - offset%BlockSize; length > free {
		offset += free
	}
	p.NID = uint64(offset / slotSize)
	m.nids[n] = p.NID
	m.inodes = append(m.inodes, p)
	if p.NID > math.MaxUint32 {
		return 0, fmt.Errorf("too many inodes")
	}
	return offset + align(length, slotSize), nil
}

// placeBodies puts the whole blocks of directories and link targets behind the inodes.
func (m *Metadata) placeBodies(offset int) error {
	next := uint64(m.start) + uint64(align(offset, BlockSize)/BlockSize)
	for i := range m.inodes {
		p := &m.inodes[i]
		if blocks := p.bodyBlocks(); blocks > 0 {
			p.Block = uint32(next)
			next += blocks
		}
	}
	if next > math.MaxUint32 {
		return fmt.Errorf("metadata of more than %d blocks", uint32(math.MaxUint32))
	}
	m.blocks = uint32(next) - m.start
	return nil
}

// bodyBlocks is the number of metadata blocks that the body takes outside the inode's own.
func (p *placed) bodyBlocks() uint64 {
	switch {
	case p.Type() == ModeRegular:
		return 0
	case p.inline:
		return uint64(p.Size / BlockSize)
	}
	return uint64(p.Size+BlockSize-1) / BlockSize
}

// Blocks is the length of the metadata in blocks.
func (m *Metadata) Blocks() uint32 { return m.blocks }

// Inodes counts the inodes.
func (m *Metadata) Inodes() uint64 { return uint64(len(m.inodes)) }
