// SPDX-License-Identifier: Apache-2.0

package verity

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
)

// upper is a hash tree without its leaves: 1/16384 of the data. With it, a block of leaves can be checked by itself.
type upper struct {
	blocks uint64 // data blocks
	salt   []byte
	// levels holds the digests of each level, the level above the leaves first. The last is the root alone.
	levels [][]byte
	root   [DigestSize]byte
}

// leafRun is how many bytes of leaves are read at a time.
const leafRun = 64 * BlockSize

// readUpper hashes all leaves, which must end where they should.
func readUpper(leaves io.Reader, blocks uint64, salt []byte) (*upper, error) {
	if err := checkBlocks(blocks, salt); err != nil {
		return nil, err
	}
	h := &Hasher{salt: bytes.Clone(salt)}
	run := make([]byte, leafRun)
	for first := uint64(0); first < blocks; first += leafRun / DigestSize {
		part := run[:min((blocks-first)*DigestSize, leafRun)]
		if _, err := io.ReadFull(leaves, part); err != nil {
			return nil, fmt.Errorf("read leaves: %w", noEOF(err))
		}
		h.add(first, part)
	}
	return h.upper()
}

// finish adds the levels above the first.
func (u *upper) finish(level []byte) {
	u.levels = append(u.levels, level)
	for len(level) > DigestSize {
		level = appendDigests(nil, padToBlock(bytes.Clone(level)), u.salt)
		u.levels = append(u.levels, level)
	}
	u.root = [DigestSize]byte(level)
}

// write writes the tree, top level first. The leaves are checked as they pass.
func (u *upper) write(leaves io.ReaderAt, dst io.Writer) error {
	if u.blocks == 1 {
		return nil
	}
	for i := len(u.levels) - 2; i >= 0; i-- {
		if _, err := dst.Write(padToBlock(bytes.Clone(u.levels[i]))); err != nil {
			return err
		}
	}
	run := make([]byte, leafRun)
	for at := uint64(0); at < u.blocks*DigestSize; at += leafRun {
		part := run[:min(u.blocks*DigestSize-at, leafRun)]
		if n, err := leaves.ReadAt(part, int64(at)); n < len(part) {
			return fmt.Errorf("read leaves: %w", noEOF(err))
		}
		part = padToBlock(part)
		if err := u.check(at/BlockSize, part); err != nil {
			return err
		}
		if _, err := dst.Write(part); err != nil {
			return err
		}
	}
	return nil
}

// check holds whole blocks of leaves, from block first of the leaves on, against the level above.
func (u *upper) check(first uint64, leaves []byte) error {
	if u.blocks == 1 {
		if !bytes.Equal(leaves[:DigestSize], u.root[:]) {
			return ErrMismatch
		}
		return nil
	}
	digests := appendDigests(nil, leaves, u.salt)
	if want := u.levels[0][first*DigestSize:]; !bytes.HasPrefix(want, digests) {
		return ErrMismatch
	}
	return nil
}

// ErrMismatch says that data or leaves do not have the digest that they must have.
var ErrMismatch = errors.New("the data is not what its hash tree says")

func checkBlocks(blocks uint64, salt []byte) error {
	if blocks == 0 || blocks > math.MaxUint32 {
		return fmt.Errorf("%d data blocks", blocks)
	}
	return checkSalt(salt)
}

// padToBlock extends b with zero bytes to whole blocks.
func padToBlock(b []byte) []byte {
	if rest := len(b) % BlockSize; rest != 0 {
		b = append(b, make([]byte, BlockSize-rest)...)
	}
	return b
}

func noEOF(err error) error {
	if err == io.EOF || err == nil {
		return io.ErrUnexpectedEOF
	}
	return err
}
