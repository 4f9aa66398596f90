// SPDX-License-Identifier: Apache-2.0

package erofs

import (
	"errors"
	"fmt"
	"math"
)

// Metadata is a tree with a place for every inode. It begins at one block and holds all inodes with their tails, then
// the whole blocks of directories and long link targets.
type Metadata struct {
	start  uint32
	blocks uint32
	nodes  []*Node // breadth first
	// parents are those of directories.
	parents map[*Node]*Node
	packer  packer
}

// Layout gives every inode of the tree its place, from block start on, and sets the numbers and links of its nodes. The
// result depends on the tree alone. Regular files keep their Block. A node belongs to one Metadata at a time.
func Layout(root *Node, start uint32) (*Metadata, error) {
	if !root.IsDir() {
		return nil, errors.New("lay out tree: the root is no directory")
	}
	m := &Metadata{start: start, parents: map[*Node]*Node{}}
	if err := m.place(root, root); err != nil {
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
	return m, m.placeBodies()
}

// add places a child of dir, unless another name has placed it already, and counts its names.
func (m *Metadata) add(dir, child *Node) error {
	if child.layout != m {
		return m.place(child, dir)
	}
	if child.IsDir() {
		return errors.New("a directory with two names")
	}
	child.links++
	return nil
}

// place gives an inode that is met for the first time its place and its number.
func (m *Metadata) place(n, parent *Node) error {
	if err := n.check(); err != nil {
		return err
	}
	n.layout, n.links = m, 1
	switch n.Type() {
	case ModeDir:
		if err := m.directory(n, parent); err != nil {
			return err
		}
	case ModeSymlink:
		n.Size = int64(len(n.Target))
	}
	i := n.inode()
	n.nid = rootNID + m.packer.place(inodeSize+i.xattrSize+i.tail())
	m.nodes = append(m.nodes, n)
	if n.nid > math.MaxUint32 {
		return errors.New("too many inodes")
	}
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
	n.Size = direntSizeOf(n.entries(parent))
	m.parents[n] = parent
	return nil
}

// placeBodies puts the whole blocks of directories and link targets behind the inodes.
func (m *Metadata) placeBodies() error {
	next := uint64(m.start) + m.packer.blocks
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
		return fmt.Errorf("metadata of more than %d blocks", uint32(math.MaxUint32))
	}
	m.blocks = uint32(next) - m.start
	return nil
}

// Blocks is the length of the metadata in blocks.
func (m *Metadata) Blocks() uint32 { return m.blocks }

// Inodes counts the inodes.
func (m *Metadata) Inodes() uint64 { return uint64(len(m.nodes)) }
