// SPDX-License-Identifier: Apache-2.0

package erofs

import (
	"errors"
	"fmt"
	"math"
)

// Part is an image, blocks of which become blocks of another file system: those from HeadBlocks to End.
type Part struct {
	Image *Image
	// Inodes is the first of its blocks that hold inodes of one name, and End the first behind them. Before them are
	// contents of files alone.
	Inodes, End uint32
	// Shift is how many blocks farther on they are in the other file system.
	Shift uint32
}

// Blocks is how many blocks of the image are part of the other file system.
func (p *Part) Blocks() uint32 { return p.End - HeadBlocks }

// Check refuses a part that is not in its image, or would not be in the other file system.
func (p *Part) Check() error {
	if p.Inodes < HeadBlocks || p.End < p.Inodes || p.End > p.Image.super.Blocks {
		return fmt.Errorf("inodes of blocks %d to %d in an image of %d", p.Inodes, p.End, p.Image.super.Blocks)
	}
	if uint64(p.End)+uint64(p.Shift) > math.MaxUint32 {
		return errors.New("too many blocks")
	}
	return nil
}

// Load reads the tree of the image as LoadWithin does, but of inodes of the part no more than their names: they stay where
// they are, and Layout gives them no other place.
func (p *Part) Load(budget *Budget) (*Node, error) { return (&loader{part: p, budget: budget}).load() }

// keeps tells whether an inode stays where it is.
func (p *Part) keeps(nid uint64) bool {
	return nid >= uint64(p.Inodes)*slots && nid < uint64(p.End)*slots
}

// read returns all about a node.
func (n *Node) read() (*Node, error) {
	if !n.kept {
		return n, nil
	}
	var block [BlockSize]byte
	i, err := n.part.Image.inode(n.nid, &block)
	if err == nil && i.Type() != n.Type() {
		err = errors.New("not of the type that its name says")
	}
	if err == nil {
		err = n.part.checkInode(i)
	}
	if err != nil {
		return nil, fmt.Errorf("read inode %d: %w", n.nid, err)
	}
	full := *n
	full.Attributes, full.Size, full.Block, full.Tail = i.Attributes, i.size, i.block, i.tailOffset()
	if i.Type() == ModeSymlink {
		full.Target, err = n.part.Image.target(i)
	}
	return &full, err
}

// Detach has Layout give an inode a place of its own: one that stays where it is cannot get more names. What that costs is
// taken off the budget.
func (n *Node) Detach(budget *Budget) error {
	full, err := n.read()
	if err != nil || full == n {
		return err
	}
	*n = *full
	n.kept = false
	return budget.take(n.Cost())
}

// Move makes of blocks of the part, from block first of its image on, what they are in the other file system. It calls
// check with the attributes of each inode.
func (p *Part) Move(blocks []byte, first uint32, check func(Attributes) error) error {
	for at := max(0, int(p.Inodes)-int(first)) * BlockSize; at < len(blocks); at += BlockSize {
		nid := uint64(first)*slots + uint64(at)/slotSize
		if err := p.moveBlock(blocks[at:at+BlockSize], nid, check); err != nil {
			return fmt.Errorf("inodes from %d on: %w", nid, err)
		}
	}
	return nil
}

// moveBlock changes the inodes of one block, which it finds one after the other: a block is filled from its start.
func (p *Part) moveBlock(block []byte, nid uint64, check func(Attributes) error) error {
	for at := 0; at+inodeSize <= BlockSize && block[at] != 0; {
		room := BlockSize - at
		i, err := parseInode(nid+uint64(at/slotSize), block[at:at+min(room, inodeSize+xattrSizeOf(block[at:]))], room)
		if err != nil {
			return err
		}
		if err := errors.Join(p.checkInode(i), check(i.Attributes)); err != nil {
			return err
		}
		next := at + align(inodeSize+i.xattrSize+i.tail(), slotSize)
		i.nid += uint64(p.Shift) * slots
		if i.block > 0 {
			i.block += p.Shift
		}
		encoded := i.encode()
		copy(block[at:], encoded[:])
		at = next
	}
	return nil
}

// checkInode refuses what a part cannot have.
func (p *Part) checkInode(i inode) error {
	n := Node{Attributes: i.Attributes, links: i.links, Size: i.size}
	if !n.single() {
		return errors.New("an inode that cannot stay where it is")
	}
	if i.block > 0 && (i.block < HeadBlocks || uint64(i.block)+i.bodyBlocks() > uint64(p.Inodes)) {
		return errors.New("content outside the part's data")
	}
	return nil
}
