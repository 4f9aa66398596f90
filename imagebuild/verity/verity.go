// SPDX-License-Identifier: Apache-2.0

// Package verity computes dm-verity hash trees: hash type 1, SHA-256, data and hash blocks of 4096 bytes, no
// superblock. The tree and the root equal those of "veritysetup format --no-superblock".
//
// The format is described in the kernel's Documentation/admin-guide/device-mapper/verity.rst.
package verity

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
)

// BlockSize is the size of data blocks and of hash blocks in bytes.
const BlockSize = 4096

// MaxSalt is the longest salt in bytes that the kernel takes.
const MaxSalt = 256

const digestsPerBlock = BlockSize / sha256.Size

// TreeBlocks returns the number of hash blocks over dataBlocks data blocks. One data block has no tree: its digest is
// the root.
func TreeBlocks(dataBlocks uint64) uint64 {
	var total uint64
	for n := dataBlocks; n > 1; {
		n = (n + digestsPerBlock - 1) / digestsPerBlock
		total += n
	}
	return total
}

// Tree writes the hash tree over the size bytes of data to dst, top level first as the kernel expects it, and returns
// the root hash. Size must be a positive multiple of BlockSize. The tree is held in memory while it grows: 1/127 of size.
func Tree(data io.ReaderAt, size int64, salt []byte, dst io.Writer) (root [sha256.Size]byte, err error) {
	if size <= 0 || size%BlockSize != 0 {
		return root, fmt.Errorf("hash %d bytes: not a positive multiple of %d", size, BlockSize)
	}
	if len(salt) > MaxSalt {
		return root, fmt.Errorf("salt of %d bytes: at most %d", len(salt), MaxSalt)
	}
	if data == nil {
		return root, errors.New("hash data: no reader")
	}
	level, err := hashData(data, size, salt)
	if err != nil {
		return root, fmt.Errorf("hash data: %w", err)
	}
	var levels [][]byte
	for len(level) > sha256.Size {
		level = padToBlock(level)
		levels = append(levels, level)
		level = hashLevel(level, salt)
	}
	for i := len(levels) - 1; i >= 0; i-- {
		if _, err := dst.Write(levels[i]); err != nil {
			return root, fmt.Errorf("write hash tree: %w", err)
		}
	}
	return [sha256.Size]byte(level), nil
}

func padToBlock(b []byte) []byte {
	if rest := len(b) % BlockSize; rest != 0 {
		b = append(b, make([]byte, BlockSize-rest)...)
	}
	return b
}
