// SPDX-License-Identifier: Apache-2.0

package erofs

import (
	"encoding/binary"
	"errors"
	"fmt"
)

const (
	inodeSize = 64 // an extended inode

	layoutPlain  = 0 // the body is in blocks of its own
	layoutInline = 2 // the last, partial block of the body follows the inode
)

// Inode is an inode as it is on disk.
type Inode struct {
	// NID is the inode number: its place in units of 32 bytes from the first metadata block.
	NID uint64
	Attributes
	// Links counts the names of the inode.
	Links uint32
	// Size is the length of the body in bytes: file content, link target or directory entries.
	Size int64
	// Block is the first block of that part of the body which is not inline, 0 if there is none.
	Block uint32

	xattrSize int
	inline    bool
}

// tail is the number of body bytes that follow the inode.
func (i Inode) tail() int {
	if !i.inline {
		return 0
	}
	return int(i.Size % BlockSize)
}

// encode returns the inode without its attributes and its tail.
func (i Inode) encode() [inodeSize]byte {
	var b [inodeSize]byte
	le := binary.LittleEndian
	format := uint16(1 | layoutPlain<<1)
	if i.inline {
		format = 1 | layoutInline<<1
	}
	le.PutUint16(b[0:], format)
	if i.xattrSize > 0 {
		le.PutUint16(b[2:], uint16((i.xattrSize-xattrHeader)/4+1))
	}
	le.PutUint16(b[4:], i.Mode)
	le.PutUint64(b[8:], uint64(i.Size))
	le.PutUint32(b[16:], i.Block)
	le.PutUint32(b[20:], uint32(i.NID))
	le.PutUint32(b[24:], i.UID)
	le.PutUint32(b[28:], i.GID)
	le.PutUint64(b[32:], uint64(i.Mtime))
	le.PutUint32(b[44:], i.Links)
	return b
}

// parseInode reads the inode nid at the start of b, which goes on to the end of the inode's block. It accepts exactly
// what encode writes.
func parseInode(nid uint64, b []byte) (Inode, error) {
	if len(b) < inodeSize {
		return Inode{}, errors.New("crosses a block")
	}
	le := binary.LittleEndian
	i := Inode{
		NID:        nid,
		Attributes: Attributes{Mode: le.Uint16(b[4:]), UID: le.Uint32(b[24:]), GID: le.Uint32(b[28:]), Mtime: int64(le.Uint64(b[32:]))},
		Links:      le.Uint32(b[44:]),
		Size:       int64(le.Uint64(b[8:])),
		Block:      le.Uint32(b[16:]),
		inline:     le.Uint16(b) == 1|layoutInline<<1,
	}
	if count := int(le.Uint16(b[2:])); count > 0 {
		i.xattrSize = xattrHeader + (count-1)*4
	}
	if i.encode() != [inodeSize]byte(b) {
		return Inode{}, errors.New("features outside the profile")
	}
	if err := i.checkShape(); err != nil {
		return Inode{}, err
	}
	if inodeSize+i.xattrSize+i.tail() > len(b) {
		return Inode{}, errors.New("attributes or tail cross a block")
	}
	var err error
	i.Xattrs, err = parseXattrs(b[inodeSize : inodeSize+i.xattrSize])
	return i, err
}

// checkShape checks how size, block and layout go together for the file type.
func (i Inode) checkShape() error {
	if i.Size < 0 || i.Links == 0 {
		return fmt.Errorf("size %d, %d links", i.Size, i.Links)
	}
	ok := false
	switch i.Type() {
	case ModeRegular:
		ok = !i.inline && (i.Block == 0) == (i.Size == 0)
	case ModeSymlink:
		ok = i.Size > 0 && i.Size <= MaxTarget && (i.Block == 0) == i.inline
	case ModeDir:
		ok = i.Size > 0 && (i.Block == 0) == (i.inline && i.Size < BlockSize) && !(i.inline && i.tail() == 0)
	case ModeFIFO, ModeWhiteout:
		ok = i.Size == 0 && i.Block == 0 && !i.inline
	}
	if !ok {
		return fmt.Errorf("mode %#o with size %d, block %d, inline %v", i.Mode, i.Size, i.Block, i.inline)
	}
	return nil
}
