// SPDX-License-Identifier: Apache-2.0

package layer

import (
	"bufio"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"math"

	"github.com/escrin/escrin/imagebuild/erofs"
)

// meter passes a stream on, hashes it and stops it at a limit.
type meter struct {
	r    io.Reader
	left int64
	hash hash.Hash
}

func newMeter(r io.Reader, limit int64) *meter {
	return &meter{r: r, left: limit, hash: sha256.New()}
}

func (m *meter) Read(p []byte) (int, error) {
	n, err := m.r.Read(p)
	m.hash.Write(p[:n])
	if m.left -= int64(n); m.left < 0 {
		return 0, fmt.Errorf("%w: too many bytes of tar", ErrLimit)
	}
	return n, err
}

func (m *meter) digest() [sha256.Size]byte { return [sha256.Size]byte(m.hash.Sum(nil)) }

// drain reads what follows the tar's end. Readers disagree about entries there, so nothing but zero bytes may follow.
func drain(r *bufio.Reader) error {
	for {
		b, err := r.ReadByte()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if b != 0 {
			return errors.New("data after the end of the tar")
		}
	}
}

// store lays data out in the blob, in whole blocks from block 1 on.
type store struct {
	dst    io.WriterAt
	buffer *bufio.Writer
	offset int64
}

func newStore(dst io.WriterAt) *store {
	w := io.NewOffsetWriter(dst, erofs.BlockSize)
	return &store{dst: dst, buffer: bufio.NewWriterSize(w, 1<<20), offset: erofs.BlockSize}
}

// Write appends b.
func (s *store) Write(b []byte) (int, error) {
	n, err := s.buffer.Write(b)
	s.offset += int64(n)
	return n, err
}

// block returns the number of the next block. All before it are whole.
func (s *store) block() (uint32, error) {
	if s.offset/erofs.BlockSize >= math.MaxUint32 {
		return 0, fmt.Errorf("%w: too many blocks", ErrLimit)
	}
	return uint32(s.offset / erofs.BlockSize), nil
}

// file appends size bytes of r and zero bytes up to the next block, and returns the first block.
func (s *store) file(r io.Reader, size int64) (uint32, error) {
	start, err := s.block()
	if err != nil || size == 0 {
		return 0, err
	}
	n, err := io.CopyN(s.buffer, r, size)
	s.offset += n
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return 0, fmt.Errorf("copy content: %w", err)
	}
	if rest := size % erofs.BlockSize; rest != 0 {
		if _, err := s.Write(make([]byte, erofs.BlockSize-rest)); err != nil {
			return 0, fmt.Errorf("copy content: %w", err)
		}
	}
	return start, nil
}

// finish writes what is buffered and block 0.
func (s *store) finish(super [erofs.BlockSize]byte) error {
	if err := s.buffer.Flush(); err != nil {
		return fmt.Errorf("write blob: %w", err)
	}
	if _, err := s.dst.WriteAt(super[:], 0); err != nil {
		return fmt.Errorf("write blob: %w", err)
	}
	return nil
}
