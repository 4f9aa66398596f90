// SPDX-License-Identifier: Apache-2.0

package verity

import (
	"crypto/sha256"
	"io"
	"runtime"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

// chunk is how many bytes one worker reads at a time.
const chunk = 256 * BlockSize

// hashData returns the digests of all data blocks, in order. Workers take chunks from a shared counter and write their
// digests to places that no other worker touches.
func hashData(data io.ReaderAt, size int64, salt []byte) ([]byte, error) {
	digests := make([]byte, size/BlockSize*sha256.Size)
	var next atomic.Int64
	var group errgroup.Group
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() error {
			buffer := make([]byte, chunk)
			for {
				start := next.Add(chunk) - chunk
				if start >= size {
					return nil
				}
				part := buffer[:min(chunk, size-start)]
				if n, err := data.ReadAt(part, start); n < len(part) {
					return noEOF(err)
				}
				hashBlocks(digests[start/BlockSize*sha256.Size:], part, salt)
			}
		})
	}
	return digests, group.Wait()
}

func noEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

func hashLevel(level, salt []byte) []byte {
	digests := make([]byte, len(level)/BlockSize*sha256.Size)
	hashBlocks(digests, level, salt)
	return digests
}

// hashBlocks writes SHA-256(salt ‖ block) of each block to dst.
func hashBlocks(dst, blocks, salt []byte) {
	hash := sha256.New()
	for i := 0; i < len(blocks)/BlockSize; i++ {
		hash.Reset()
		hash.Write(salt)
		hash.Write(blocks[i*BlockSize : (i+1)*BlockSize])
		hash.Sum(dst[i*sha256.Size : i*sha256.Size])
	}
}
