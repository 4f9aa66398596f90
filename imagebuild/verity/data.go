// SPDX-License-Identifier: Apache-2.0

package verity

import (
	"errors"
	"fmt"
	"io"
	"sync"
)

// Data is data that is checked as it is read: every byte that it gives has been held against its leaf, and the leaf
// against the root (threat IMG-18: what is read twice is checked twice).
type Data struct {
	data   io.ReaderAt
	leaves io.ReaderAt
	upper  *upper

	mu      sync.Mutex
	checked uint64 // the block of leaves that is in block, plus one
	block   [BlockSize]byte
}

// Open reads all leaves of data of so many blocks and checks that they have the given root. It does not read the data.
// Leaves of 32 bytes each are read from leaves again whenever they are needed; 1/128 of them is kept in memory.
func Open(data, leaves io.ReaderAt, blocks uint64, salt []byte, root [DigestSize]byte) (*Data, error) {
	if data == nil || leaves == nil {
		return nil, errors.New("open verified data: no reader")
	}
	u, err := readUpper(io.NewSectionReader(leaves, 0, int64(blocks)*DigestSize), blocks, salt)
	if err != nil {
		return nil, fmt.Errorf("open verified data: %w", err)
	}
	if u.root != root {
		return nil, fmt.Errorf("open verified data: %w", ErrMismatch)
	}
	return &Data{data: data, leaves: leaves, upper: u}, nil
}

// Blocks is the length of the data in blocks.
func (d *Data) Blocks() uint64 { return d.upper.blocks }

// ReadBlocks fills p, whole blocks, from block first on.
func (d *Data) ReadBlocks(p []byte, first uint64) error {
	count := uint64(len(p) / BlockSize)
	if len(p)%BlockSize != 0 || first > d.upper.blocks || count > d.upper.blocks-first {
		return fmt.Errorf("read %d bytes at block %d of %d", len(p), first, d.upper.blocks)
	}
	want := make([]byte, count*DigestSize)
	if err := d.ReadLeaves(want, first); err != nil {
		return err
	}
	if n, err := d.data.ReadAt(p, int64(first)*BlockSize); n < len(p) {
		return noEOF(err)
	}
	if string(appendDigests(make([]byte, 0, len(want)), p, d.upper.salt)) != string(want) {
		return fmt.Errorf("blocks %d to %d: %w", first, first+count-1, ErrMismatch)
	}
	return nil
}

// ReadLeaves fills p with leaves from that of block first on.
func (d *Data) ReadLeaves(p []byte, first uint64) error {
	count := uint64(len(p) / DigestSize)
	if len(p)%DigestSize != 0 || first > d.upper.blocks || count > d.upper.blocks-first {
		return fmt.Errorf("read %d leaves at block %d of %d", count, first, d.upper.blocks)
	}
	for done := uint64(0); done < count; {
		n, err := d.readRun(p[done*DigestSize:], first+done)
		if n == 0 && err == nil {
			n, err = d.copyLeaves(p[done*DigestSize:], first+done)
		}
		if err != nil {
			return fmt.Errorf("leaves of block %d: %w", first+done, err)
		}
		done += n
	}
	return nil
}

// readRun reads whole blocks of leaves, if the first is at the start of one and there are several, and returns how many
// leaves it read.
func (d *Data) readRun(p []byte, first uint64) (uint64, error) {
	size := len(p) / BlockSize * BlockSize
	if first%digestsPerBlock != 0 || size < 2*BlockSize {
		return 0, nil
	}
	if n, err := d.leaves.ReadAt(p[:size], int64(first)*DigestSize); n < size {
		return 0, noEOF(err)
	}
	return uint64(size) / DigestSize, d.upper.check(first/digestsPerBlock, p[:size])
}

// copyLeaves copies leaves of one block of leaves, and returns how many. The block is kept: who reads on needs it again.
func (d *Data) copyLeaves(p []byte, first uint64) (uint64, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	start := first - first%digestsPerBlock
	size := min(d.upper.blocks-start, digestsPerBlock) * DigestSize
	if number := start / digestsPerBlock; d.checked != number+1 {
		d.checked = 0
		if n, err := d.leaves.ReadAt(d.block[:size], int64(start)*DigestSize); uint64(n) < size {
			return 0, noEOF(err)
		}
		clear(d.block[size:])
		if err := d.upper.check(number, d.block[:]); err != nil {
			return 0, err
		}
		d.checked = number + 1
	}
	return uint64(copy(p, d.block[(first-start)*DigestSize:size])) / DigestSize, nil
}
