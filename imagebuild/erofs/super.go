// SPDX-License-Identifier: Apache-2.0

package erofs

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
)

// BlockSize is the block size of the profile in bytes.
const BlockSize = 4096

// HeadBlocks is how many blocks an image begins with before anything else: that of the superblock, and that of the root.
const HeadBlocks = 2

const (
	blockBits   = 12
	superOffset = 1024
	magic       = 0xE0F5E1E2
	// The two compatible features: the superblock has a checksum, inodes have the time of the last change.
	features = 0x1 | 0x2
	slotSize = 32 // the unit of inode numbers, which count from the start of the image
	slots    = BlockSize / slotSize
	// rootNID is the inode number of the root directory, which block 1 holds.
	rootNID = slots
)

// Super is what varies in block 0 of an image.
type Super struct {
	// Blocks is the length of the file system in blocks, block 0 included.
	Blocks uint32
	// Inodes counts the inodes.
	Inodes uint64
	// UUID names the image; writers derive it from the content.
	UUID [16]byte
}

// Encode returns block 0: the superblock at offset 1024, zero bytes elsewhere.
func (s Super) Encode() [BlockSize]byte {
	var block [BlockSize]byte
	b, le := block[superOffset:], binary.LittleEndian
	le.PutUint32(b[0:], magic)
	le.PutUint32(b[8:], features)
	b[12] = blockBits
	le.PutUint16(b[14:], rootNID)
	le.PutUint64(b[16:], s.Inodes)
	le.PutUint32(b[36:], s.Blocks)
	copy(b[48:64], s.UUID[:])
	// The kernel's crc32c starts at all ones like Go's but is not inverted at the end.
	le.PutUint32(b[4:], ^crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)))
	return block
}

// ParseSuper reads block 0. It accepts exactly what Encode returns.
func ParseSuper(block [BlockSize]byte) (Super, error) {
	b, le := block[superOffset:], binary.LittleEndian
	if le.Uint32(b) != magic {
		return Super{}, errors.New("not an EROFS image")
	}
	s := Super{Inodes: le.Uint64(b[16:]), Blocks: le.Uint32(b[36:]), UUID: [16]byte(b[48:64])}
	if s.Encode() != block {
		return Super{}, errors.New("superblock damaged, or with features outside the profile")
	}
	if s.Blocks < HeadBlocks {
		return Super{}, fmt.Errorf("an image of %d blocks", s.Blocks)
	}
	return s, nil
}

// UUIDFrom turns the first bytes of a digest into a UUID of version 8 (RFC 9562).
func UUIDFrom(digest [32]byte) [16]byte {
	id := [16]byte(digest[:16])
	id[6] = id[6]&0x0f | 0x80
	id[8] = id[8]&0x3f | 0x80
	return id
}
