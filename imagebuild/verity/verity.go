// SPDX-License-Identifier: Apache-2.0

// Package verity computes and checks dm-verity hash trees: hash type 1, SHA-256, data and hash blocks of 4096 bytes, no
// superblock. Tree and root equal those of "veritysetup format --no-superblock".
//
// The leaves of a tree are the digests of the data blocks. They are worth keeping: from them, root and tree follow in a
// hundredth of the time that hashing the data takes (Root, WriteTree), and any block can be checked by itself (Data).
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

// DigestSize is the length of a leaf in bytes.
const DigestSize = sha256.Size

// MaxSalt is the longest salt in bytes that the kernel takes.
const MaxSalt = 256

const digestsPerBlock = BlockSize / DigestSize

// TreeBlocks returns the number of hash blocks over dataBlocks data blocks. One data block has no tree: its digest is
// the root.
func TreeBlocks(dataBlocks uint64) uint64 {
	var total uint64
	for n := dataBlocks; n > 1; {
		n = hashBlocks(n)
		total += n
	}
	return total
}

// hashBlocks is the number of hash blocks that n digests fill.
func hashBlocks(n uint64) uint64 {
	return n/digestsPerBlock + (n%digestsPerBlock+digestsPerBlock-1)/digestsPerBlock
}

// Root returns the root hash over data blocks whose leaves, 32 bytes each and in order, are read from leaves. It takes
// memory of 1/128 of the leaves.
func Root(leaves io.Reader, blocks uint64, salt []byte) (root [DigestSize]byte, err error) {
	u, err := readUpper(leaves, blocks, salt)
	if err != nil {
		return root, fmt.Errorf("compute root hash: %w", err)
	}
	return u.root, nil
}

// WriteTree writes the hash tree over the leaves, top level first as the kernel expects it, and returns the root hash.
// It reads the leaves twice, and holds the second reading against the first.
func WriteTree(leaves io.ReaderAt, blocks uint64, salt []byte, dst io.Writer) (root [DigestSize]byte, err error) {
	u, err := readUpper(io.NewSectionReader(leaves, 0, int64(blocks)*DigestSize), blocks, salt)
	if err != nil {
		return root, fmt.Errorf("compute root hash: %w", err)
	}
	if err := u.write(leaves, dst); err != nil {
		return root, fmt.Errorf("write hash tree: %w", err)
	}
	return u.root, nil
}

// maxMemory is how many bytes of leaves Tree keeps in memory. More go to a temporary file.
const maxMemory = 8 << 20

// Tree writes the hash tree over the size bytes of data to dst, top level first as the kernel expects it, and returns
// the root hash. Size must be a positive multiple of BlockSize. All processors hash; whatever the size, no more than
// some 20 MB of memory are taken: the leaves of more than 1 GiB of data are kept in a temporary file meanwhile.
func Tree(data io.ReaderAt, size int64, salt []byte, dst io.Writer) (root [DigestSize]byte, err error) {
	if size <= 0 || size%BlockSize != 0 {
		return root, fmt.Errorf("hash %d bytes: not a positive multiple of %d", size, BlockSize)
	}
	if data == nil {
		return root, errors.New("hash data: no reader")
	}
	if err := checkSalt(salt); err != nil {
		return root, fmt.Errorf("hash data: %w", err)
	}
	leaves, err := newLeafStore(size / BlockSize * DigestSize)
	if err != nil {
		return root, fmt.Errorf("hash data: %w", err)
	}
	defer leaves.Close()
	u, err := hashData(data, size, salt, leaves)
	if err != nil {
		return root, fmt.Errorf("hash data: %w", err)
	}
	if err := u.write(leaves, dst); err != nil {
		return root, fmt.Errorf("write hash tree: %w", err)
	}
	return u.root, nil
}

func checkSalt(salt []byte) error {
	if len(salt) > MaxSalt {
		return fmt.Errorf("salt of %d bytes: at most %d", len(salt), MaxSalt)
	}
	return nil
}
