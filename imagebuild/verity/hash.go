// SPDX-License-Identifier: Apache-2.0

package verity

import (
	"io"
	"os"
	"runtime"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

// chunk is how many bytes one worker reads at a time.
const chunk = 256 * BlockSize

// hashData hashes all data blocks and writes their leaves. Workers take chunks from a shared counter.
func hashData(data io.ReaderAt, size int64, salt []byte, leaves io.WriterAt) (*upper, error) {
	hasher, err := NewHasher(salt)
	if err != nil {
		return nil, err
	}
	var next atomic.Int64
	var group errgroup.Group
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() error {
			buffer := make([]byte, min(chunk, size))
			digests := make([]byte, chunk/BlockSize*DigestSize)
			for {
				start := next.Add(chunk) - chunk
				if start >= size {
					return nil
				}
				part := buffer[:min(chunk, size-start)]
				if n, err := data.ReadAt(part, start); n < len(part) {
					return noEOF(err)
				}
				if err := hasher.Run(digests, uint64(start/BlockSize), part); err != nil {
					return err
				}
				if _, err := leaves.WriteAt(digests[:len(part)/BlockSize*DigestSize], start/BlockSize*DigestSize); err != nil {
					return err
				}
			}
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return hasher.upper()
}

// leafStore keeps leaves until the tree is written: in memory, or in a file without a name.
type leafStore struct {
	memory []byte
	file   *os.File
}

func newLeafStore(size int64) (*leafStore, error) {
	if size <= maxMemory {
		return &leafStore{memory: make([]byte, size)}, nil
	}
	file, err := os.CreateTemp("", "leaves-*")
	if err != nil {
		return nil, err
	}
	return &leafStore{file: file}, os.Remove(file.Name())
}

// WriteAt implements io.WriterAt.
func (s *leafStore) WriteAt(p []byte, offset int64) (int, error) {
	if s.file != nil {
		return s.file.WriteAt(p, offset)
	}
	return copy(s.memory[offset:], p), nil
}

// ReadAt implements io.ReaderAt.
func (s *leafStore) ReadAt(p []byte, offset int64) (int, error) {
	if s.file != nil {
		return s.file.ReadAt(p, offset)
	}
	return copy(p, s.memory[offset:]), nil
}

// Close frees what the leaves took.
func (s *leafStore) Close() error {
	if s.file == nil {
		return nil
	}
	return s.file.Close()
}
