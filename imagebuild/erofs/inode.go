// SPDX-License-Identifier: Apache-2.0

package erofs

import (
	"encoding/binary"
	"errors"
	"fmt"
)

const (
	inodeSize = 64 // an extended inode

	formatPlain  = 1 | 0<<1 // the body is in blocks of its own
	formatInline = 1 | 2<<1 // the last, partial block of the body follows the inode
)

// inode is an inode as it is on disk.
type inode struct {
	nid uint64 // its place in units of 32 bytes from the start of the image
	Attributes
	links uint32
	size  int64  // of the body: file content, link target or directory entries
	block uint32 // the first block of that part of the body which is not inline, 0 if there is none

	xattrSize int
}

// inlineTail is how many bytes of a body follow its inode: the last, partial block, if inode, attributes and tail fit
// into one block.
func inlineTail(size int64, xattrSize int) int {
	if tail := int(size % BlockSize); inodeSize+xattrSize+tail <= BlockSize {
		return tail
	}
	return 0
}

// tail is the number of body bytes that follow the inode.
func (i inode) tail() int { return inlineTail(i.size, i.xattrSize) }

// tailOffset is where the tail is, in bytes from the start of the image.
func (i inode) tailOffset() int64 { return int64(i.nid)*slotSize + inodeSize + int64(i.xattrSize) }

// bodyBlocks is the number of blocks that the body takes outside the inode's own.
func (i inode) bodyBlocks() uint64 {
	return uint64(i.size-int64(i.tail())+BlockSize-1) / BlockSize
}

// encode returns the inode without its attributes and its tail.
func (i inode) encode() [inodeSize]byte {
	var b [inodeSize]byte
	le := binary.LittleEndian
	format := uint16(formatPlain)
	if i.tail() > 0 {
		format = formatInline
	}
	le.PutUint16(b[0:], format)
	if i.xattrSize > 0 {
		le.PutUint16(b[2:], uint16((i.xattrSize-xattrHeader)/4+1))
	}
	le.PutUint16(b[4:], i.Mode)
	le.PutUint64(b[8:], uint64(i.size))
	le.PutUint32(b[16:], i.block)
	le.PutUint32(b[20:], uint32(i.nid))
	le.PutUint32(b[24:], i.UID)
	le.PutUint32(b[28:], i.GID)
	le.PutUint64(b[32:], uint64(i.Mtime))
	le.PutUint32(b[44:], i.links)
	return b
}

// xattrSizeOf is how many bytes of attributes follow an encoded inode.
func xattrSizeOf(b []byte) int {
	if len(b) < inodeSize || binary.LittleEndian.Uint16(b[2:]) == 0 {
		return 0
	}
	return xattrHeader + int(binary.LittleEndian.Uint16(b[2:])-1)*4
}

// parseInode reads the inode nid and its attributes, at the start of b. There are room bytes to the end of its block. It
// accepts exactly what encode writes.
func parseInode(nid uint64, b []byte, room int) (inode, error) {
	if room < inodeSize {
		return inode{}, errors.New("crosses a block")
	}
	le := binary.LittleEndian
	i := inode{
		nid:        nid,
		Attributes: Attributes{Mode: le.Uint16(b[4:]), UID: le.Uint32(b[24:]), GID: le.Uint32(b[28:]), Mtime: int64(le.Uint64(b[32:]))},
		links:      le.Uint32(b[44:]),
		size:       int64(le.Uint64(b[8:])),
		block:      le.Uint32(b[16:]),
	}
	i.xattrSize = xattrSizeOf(b)
	if i.size < 0 || i.links == 0 {
		return inode{}, fmt.Errorf("size %d, %d links", i.size, i.links)
	}
	if i.encode() != [inodeSize]byte(b) {
		return inode{}, errors.New("features outside the profile")
	}
	if err := i.checkShape(); err != nil {
		return inode{}, err
	}
	if inodeSize+i.xattrSize+i.tail() > room {
		return inode{}, errors.New("attributes or tail cross a block")
	}
	var err error
	i.Xattrs, err = parseXattrs(b[inodeSize : inodeSize+i.xattrSize])
	return i, err
}

// checkShape checks how size and block go together for the file type.
func (i inode) checkShape() error {
	ok := (i.block == 0) == (i.bodyBlocks() == 0)
	switch i.Type() {
	case ModeRegular:
	case ModeSymlink:
		ok = ok && i.size > 0 && i.size <= MaxTarget
	case ModeDir:
		ok = ok && i.size > 0
	case ModeFIFO, ModeWhiteout:
		ok = ok && i.size == 0
	default:
		ok = false
	}
	if !ok {
		return fmt.Errorf("mode %#o with size %d, block %d", i.Mode, i.size, i.block)
	}
	return nil
}
