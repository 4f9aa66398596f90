// SPDX-License-Identifier: Apache-2.0

package verity

import (
	"bytes"
	"errors"
	"fmt"
	"sync"
)

// Hasher hashes data that comes in runs, in any order and from several goroutines at a time. It keeps one digest for
// each run of 128 blocks.
type Hasher struct {
	salt []byte

	mu     sync.Mutex
	level  []byte // the digests of the blocks of leaves
	runs   int    // how many of them are there
	blocks uint64
}

// RunBlocks is the unit of runs: each but the last has a multiple of so many blocks.
const RunBlocks = digestsPerBlock

// NewHasher returns a Hasher for data that begins with block 0.
func NewHasher(salt []byte) (*Hasher, error) {
	if err := checkSalt(salt); err != nil {
		return nil, err
	}
	return &Hasher{salt: bytes.Clone(salt)}, nil
}

// Run hashes data, which begins at block first of the whole, and writes a leaf of 32 bytes for each block to leaves.
// First must be a multiple of RunBlocks. Each run is to be hashed once.
func (h *Hasher) Run(leaves []byte, first uint64, data []byte) error {
	if first%RunBlocks != 0 || len(data) == 0 || len(data)%BlockSize != 0 {
		return fmt.Errorf("hash %d bytes at block %d: no run", len(data), first)
	}
	leaves = leaves[:len(data)/BlockSize*DigestSize]
	Digests(leaves, data, h.salt)
	h.add(first, leaves)
	return nil
}

// add takes the leaves of a run.
func (h *Hasher) add(first uint64, leaves []byte) {
	whole := len(leaves) / BlockSize * BlockSize
	digests := appendDigests(nil, leaves[:whole], h.salt)
	if rest := leaves[whole:]; len(rest) > 0 {
		digests = appendDigests(digests, padToBlock(bytes.Clone(rest)), h.salt)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	at := int(first / RunBlocks * DigestSize)
	if grow := at + len(digests) - len(h.level); grow > 0 {
		h.level = append(h.level, make([]byte, grow)...)
	}
	copy(h.level[at:], digests)
	h.runs += len(digests) / DigestSize
	h.blocks = max(h.blocks, first+uint64(len(leaves)/DigestSize))
	if h.blocks == 1 {
		h.level = bytes.Clone(leaves) // one block has no tree
	}
}

// Root returns the root hash of all that was hashed.
func (h *Hasher) Root() (root [DigestSize]byte, err error) {
	u, err := h.upper()
	if err != nil {
		return root, err
	}
	return u.root, nil
}

func (h *Hasher) upper() (*upper, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err := checkBlocks(h.blocks, h.salt); err != nil {
		return nil, err
	}
	if uint64(h.runs) != hashBlocks(h.blocks) {
		return nil, errors.New("parts of the data were not hashed, or hashed twice")
	}
	u := &upper{blocks: h.blocks, salt: h.salt}
	u.finish(h.level)
	return u, nil
}
