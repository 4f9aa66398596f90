// SPDX-License-Identifier: Apache-2.0

package erofs

import (
	"errors"
	"fmt"
	"math"
)

// Metadata is a tree with a place for every inode. The root is in block 1. From another block on are the inodes with one
// name, which can stay where they are if the image becomes part of a file system, then all others, then whole blocks of
// directories and long link targets.
type Metadata struct {
	start   uint32
	singles uint64 // blocks of inodes with one name
	inodes  uint64 // blocks of inodes
	blocks  uint32

	nodes []*Node // breadth first, without those that stay where they are
	kept  uint64  // how many those are
	// parents are those of directories.
	parents map[*Node]*Node
	entries []child         // of one directory
	block   [BlockSize]byte // of one directory
}

// Layout gives every inode of the tree that has none its place: the root's in block 1, and those of the others from block
// start on. It sets the numbers and links of its nodes. The result depends on the tree alone. Regular files keep their
// Block. A node belongs to one Metadata at a time.
func Layout(root *Node, start uint32) (*Metadata, error) {
	if !root.IsDir() {
		return nil, errors.New("lay out tree: the root is no directory")
	}
	m := &Metadata{start: start, parents: map[*Node]*Node{}}
	if err := m.meet(root, root); err != nil {
		return nil, fmt.Errorf("lay out root: %w", err)
	}
	for i := 0; i < len(m.nodes); i++ {
		dir := m.nodes[i]
		for _, c := range dir.children.sort() {
			if err := m.add(dir, c.node); err != nil {
				return nil, fmt.Errorf("lay out %q: %w", c.name, err)
			}
		}
	}
	m.placeInodes()
	return m, m.placeBodies()
}

// add takes a child of dir, and counts its names.
func (m *Metadata) add(dir, child *Node) error {
	if child.layout != m {
		return m.meet(child, dir)
	}
	if child.IsDir() || child.kept {
		return errors.New("a directory, or a file whose inode cannot have more than one, has two names")
	}
	child.links++
	return nil
}

// meet takes a node that is met for the first time.
func (m *Metadata) meet(n, parent *Node) error {
	if err := n.check(); err != nil {
		return err
	}
	n.layout, n.links = m, 1
	if n.kept {
		m.kept++
		return nil
	}
	switch n.Type() {
	case ModeDir:
		if err := m.directory(n, parent); err != nil {
			return err
		}
	case ModeSymlink:
		n.Size = int64(len(n.Target))
	}
	m.nodes = append(m.nodes, n)
	return nil
}

// directory counts the links of a directory and the length of its entries.
func (m *Metadata) directory(n, parent *Node) error {
	n.links = 2
	for _, c := range n.children.sort() {
		if err := CheckName(c.name); err != nil {
			return err
		}
		if c.node.IsDir() {
			n.links++
		}
	}
	m.entries = n.entries(m.entries[:0], parent)
	n.Size = direntSizeOf(m.entries)
	m.parents[n] = parent
	return nil
}

// placeInodes gives every inode its number, now that it is known how many names it has.
func (m *Metadata) placeInodes() {
	m.nodes[0].nid = rootNID
	m.singles = m.pack(uint64(m.start), true)
	m.inodes = m.singles + m.pack(uint64(m.start)+m.singles, false)
}

// pack places the inodes that are, or are not, single from a block on, and returns how many blocks they take.
func (m *Metadata) pack(block uint64, single bool) uint64 {
	var p packer
	for _, n := range m.nodes[1:] {
		if n.single() == single {
			i := n.inode()
			n.nid = block*slots + p.place(inodeSize+i.xattrSize+i.tail())
		}
	}
	return p.blocks
}

// placeBodies puts the whole blocks of directories and link targets behind the inodes.
func (m *Metadata) placeBodies() error {
	next := uint64(m.start) + m.inodes
	for _, n := range m.nodes {
		if n.Type() == ModeRegular {
			continue
		}
		n.Block = 0
		if blocks := n.inode().bodyBlocks(); blocks > 0 {
			n.Block = uint32(next)
			next += blocks
		}
	}
	if next > math.MaxUint32 {
		return fmt.Errorf("metadata behind block %d", uint32(math.MaxUint32))
	}
	m.blocks = uint32(next) - m.start
	return nil
}

// Blocks is the length of the metadata in blocks, from the block that Layout was given on.
func (m *Metadata) Blocks() uint32 { return m.blocks }

// SingleBlocks is how many of the Blocks, the first, hold inodes with one name. See Part.
func (m *Metadata) SingleBlocks() uint32 { return uint32(m.singles) }

// Inodes counts the inodes of the tree, wherever they are.
func (m *Metadata) Inodes() uint64 { return uint64(len(m.nodes)) + m.kept }
