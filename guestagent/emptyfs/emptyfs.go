// SPDX-License-Identifier: Apache-2.0

// Package emptyfs makes empty file systems on devices of which nothing can be read yet: it writes every block that the
// kernel reads before it has written it itself, and reads none. They are ext4 of 4096-byte blocks without journal (a
// device that lasts as long as its machine has nothing to recover), checksums, or copies of the superblock. It
// follows the kernel's Documentation/filesystems/ext4.
package emptyfs

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// BlockSize is the size of a block in bytes.
const BlockSize = 4096

// MountOptions are those to mount with. Inodes are not read ahead: what was never written cannot be read. Metadata that
// cannot be read is no error to go on with.
const MountOptions = "errors=panic,inode_readahead_blks=0,noinit_itable"

const (
	groupBlocks   = 8 * BlockSize // what a bitmap of one block counts
	maxInodes     = 8192          // of a group
	inodeSize     = 256
	blockInodes   = BlockSize / inodeSize
	groupRecord   = 32 // bytes of a group's descriptor
	reserved      = 10 // inodes that are not for files
	rootInode     = 2
	minBlocks     = 64
	maxBlocks     = 1<<32 - 1
	leastForGroup = 1024 // blocks; a last group of less is left out
)

// Write makes an empty file system of this many blocks; a few at the end may stay unused.
func Write(to io.WriterAt, blocks uint64) error {
	if blocks < minBlocks || blocks > maxBlocks {
		return fmt.Errorf("make file system: %d blocks are not in %d…%d", blocks, minBlocks, uint64(maxBlocks))
	}
	l := newLayout(blocks)
	for _, write := range []func(io.WriterAt) error{l.writeGroups, l.writeRoot, l.writeSuper} {
		if err := write(to); err != nil {
			return fmt.Errorf("make file system: %w", err)
		}
	}
	return nil
}

// layout says where everything is.
type layout struct {
	blocks    uint64
	groups    uint64
	inodes    uint64 // of each group
	table     uint64 // blocks of a group's inodes
	described uint64 // blocks of the descriptors of groups, which follow the superblock
}

func newLayout(blocks uint64) layout {
	if rest := blocks % groupBlocks; blocks > groupBlocks && rest < leastForGroup {
		blocks -= rest
	}
	l := layout{blocks: blocks, groups: (blocks + groupBlocks - 1) / groupBlocks}
	l.inodes = min(maxInodes, (blocks/4+blockInodes-1)/blockInodes*blockInodes)
	l.table = l.inodes / blockInodes
	l.described = (l.groups*groupRecord + BlockSize - 1) / BlockSize
	return l
}

// start is the first block of a group that is not one of the file system's head.
func (l layout) start(group uint64) uint64 {
	if group == 0 {
		return 1 + l.described
	}
	return group * groupBlocks
}

// size is how many blocks a group has.
func (l layout) size(group uint64) uint64 { return min(groupBlocks, l.blocks-group*groupBlocks) }

// root is the block of the root directory.
func (l layout) root() uint64 { return l.start(0) + 2 + l.table }

// used is how many of a group's blocks are taken: the head, two bitmaps, inodes, and the root directory.
func (l layout) used(group uint64) uint64 {
	n := l.start(group) - group*groupBlocks + 2 + l.table
	if group == 0 {
		n++
	}
	return n
}

// writeGroups writes the descriptors and the bitmaps. Inodes need no beginning: the kernel takes them from a bitmap.
func (l layout) writeGroups(to io.WriterAt) error {
	descriptors := make([]byte, l.described*BlockSize)
	for g := range l.groups {
		bitmaps := make([]byte, 2*BlockSize)
		mark(bitmaps[:BlockSize], 0, l.used(g))
		mark(bitmaps[:BlockSize], l.size(g), groupBlocks)
		free, directories := l.inodes, uint16(0)
		if g == 0 {
			mark(bitmaps[BlockSize:], 0, reserved)
			free, directories = free-reserved, 1
		}
		mark(bitmaps[BlockSize:], l.inodes, groupBlocks)
		if err := writeBlock(to, l.start(g), bitmaps); err != nil {
			return err
		}
		d := descriptors[g*groupRecord:]
		put32(d, 0, l.start(g))
		put32(d, 4, l.start(g)+1)
		put32(d, 8, l.start(g)+2)
		put16(d, 12, uint16(l.size(g)-l.used(g)))
		put16(d, 14, uint16(free))
		put16(d, 16, directories)
	}
	return writeBlock(to, 1, descriptors)
}

// writeRoot writes an empty root directory, and the block of inodes with its own.
func (l layout) writeRoot(to io.WriterAt) error {
	inodes := make([]byte, BlockSize)
	i := inodes[(rootInode-1)*inodeSize:]
	put16(i, 0, 0o40755)
	put32(i, 4, BlockSize)      // size
	put16(i, 26, 2)             // links
	put32(i, 28, BlockSize/512) // sectors
	put32(i, 32, 0x80000)       // extents
	put16(i, 40, 0xf30a)        // their magic,
	put16(i, 42, 1)             // number
	put16(i, 44, 4)             // and room
	put16(i, 56, 1)             // the first is of one block
	put32(i, 60, l.root())      // here
	put16(i, 128, 32)           // extra size
	directory := make([]byte, BlockSize)
	entry := func(at int, size uint16, name string) {
		put32(directory, at, rootInode)
		put16(directory, at+4, size)
		directory[at+6], directory[at+7] = byte(len(name)), 2 // a directory
		copy(directory[at+8:], name)
	}
	entry(0, 12, ".")
	entry(12, BlockSize-12, "..")
	return errors.Join(writeBlock(to, l.start(0)+2, inodes), writeBlock(to, l.root(), directory))
}

func (l layout) writeSuper(to io.WriterAt) error {
	free := l.blocks
	for g := range l.groups {
		free -= l.used(g)
	}
	block := make([]byte, BlockSize)
	s := block[1024:]
	for at, value := range map[int]uint64{
		0: l.groups * l.inodes, 4: l.blocks, 12: free, 16: l.groups*l.inodes - reserved,
		24: 2, 28: 2, // blocks and clusters are 1024 << 2 bytes
		32: groupBlocks, 36: groupBlocks, 40: l.inodes,
		76:  1,                       // revision
		84:  reserved + 1,            // first inode of a file
		92:  0x8 | 0x200,             // compatible: extended attributes, at most two copies of the superblock (here none)
		96:  0x2 | 0x40,              // incompatible: types in directories, extents
		100: 0x2 | 0x8 | 0x20 | 0x40, // for writers: large files, huge files, many links, extra inode size
	} {
		put32(s, at, value)
	}
	for at, value := range map[int]uint16{54: 0xffff, 56: 0xef53, 58: 1, 60: 3, 88: inodeSize, 348: 32, 350: 32} { // never checked, magic, clean, panic
		put16(s, at, value)
	}
	return writeBlock(to, 0, block)
}

// mark sets the bits from first to end.
func mark(bitmap []byte, first, end uint64) {
	for i := first; i < end; i++ {
		bitmap[i/8] |= 1 << (i % 8)
	}
}

func put16(b []byte, at int, v uint16) { binary.LittleEndian.PutUint16(b[at:], v) }
func put32(b []byte, at int, v uint64) { binary.LittleEndian.PutUint32(b[at:], uint32(v)) }

func writeBlock(to io.WriterAt, block uint64, content []byte) error {
	_, err := to.WriteAt(content, int64(block)*BlockSize)
	return err
}
