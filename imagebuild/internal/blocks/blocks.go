// SPDX-License-Identifier: Apache-2.0

// Package blocks writes images of whole blocks from start to end, and hashes them for dm-verity at the same time.
package blocks

import (
	"errors"
	"fmt"
	"io"
	"math"
	"runtime"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/escrin/escrin/imagebuild/erofs"
	"github.com/escrin/escrin/imagebuild/verity"
)

// sheetBlocks is how many blocks are hashed and written at a time.
const sheetBlocks = 2 * verity.RunBlocks

const sheetBytes = sheetBlocks * erofs.BlockSize

// headBytes is the length of the blocks that come last.
const headBytes = erofs.HeadBlocks * erofs.BlockSize

// firstBytes is what the first sheet begins with.
const firstBytes = 16 * erofs.BlockSize

// sheet is a part of the image, from a block on.
type sheet struct {
	data  []byte
	block uint64
}

// ErrTooLong says that an image has more blocks than can be numbered.
var ErrTooLong = errors.New("too many blocks")

// Writer takes an image from block erofs.HeadBlocks to its end, and the blocks before, superblock and root, last of all. One
// processor fills sheets; all hash full ones and write them.
type Writer struct {
	image  io.WriterAt
	leaves io.WriterAt
	hasher *verity.Hasher

	writing sync.Mutex // of image

	first   *sheet
	current *sheet
	closed  bool
	full    chan *sheet
	free    chan *sheet
	failed  chan struct{} // closed at the first error of a worker
	once    sync.Once
	workers errgroup.Group
}

// saltSize is the length of the salt: all its bytes are zero.
const saltSize = 32

// New returns a Writer of an image and of the leaves of its blocks, 32 bytes each. Both are written by several goroutines
// at a time. Finish or Close must be called.
func New(image, leaves io.WriterAt) (*Writer, error) {
	hasher, err := verity.NewHasher(make([]byte, saltSize))
	if err != nil {
		return nil, err
	}
	workers := runtime.GOMAXPROCS(0)
	sheets := workers + 2
	w := &Writer{
		image: image, leaves: leaves, hasher: hasher,
		first: &sheet{data: make([]byte, headBytes, firstBytes)},
		full:  make(chan *sheet, sheets), free: make(chan *sheet, sheets+1), failed: make(chan struct{}),
	}
	w.current = w.first
	for range sheets {
		w.free <- nil // made when they are needed
	}
	for range workers {
		w.workers.Go(w.work)
	}
	return w, nil
}

// work hashes and writes sheets. After an error, it goes on taking them.
func (w *Writer) work() error {
	leaves := make([]byte, sheetBlocks*verity.DigestSize)
	var failure error
	for sheet := range w.full {
		if failure == nil {
			if failure = w.store(sheet, leaves); failure != nil {
				w.once.Do(func() { close(w.failed) })
			}
		}
		w.free <- sheet
	}
	return failure
}

func (w *Writer) store(sheet *sheet, leaves []byte) error {
	if err := w.hasher.Run(leaves, sheet.block, sheet.data); err != nil {
		return err
	}
	if err := w.writeImage(sheet); err != nil {
		return fmt.Errorf("write image: %w", err)
	}
	leaves = leaves[:len(sheet.data)/erofs.BlockSize*verity.DigestSize]
	if _, err := w.leaves.WriteAt(leaves, int64(sheet.block)*verity.DigestSize); err != nil {
		return fmt.Errorf("write leaves: %w", err)
	}
	return nil
}

// writeImage writes one sheet at a time: a file system lets no more than one into a file, and others would spin.
func (w *Writer) writeImage(sheet *sheet) error {
	w.writing.Lock()
	defer w.writing.Unlock()
	_, err := w.image.WriteAt(sheet.data, int64(sheet.block)*erofs.BlockSize)
	return err
}

// Block is the number of the next block. All before it must be whole.
func (w *Writer) Block() (uint32, error) {
	block := w.current.block + uint64(len(w.current.data)/erofs.BlockSize)
	if block >= math.MaxUint32 {
		return 0, ErrTooLong
	}
	select {
	case <-w.failed:
		return 0, errors.New("an earlier part of the image could not be written")
	default:
	}
	return uint32(block), nil
}

// Space returns room for at most n more bytes, at least one, which the caller fills from its start and takes by Grow.
func (w *Writer) Space(n int64) []byte {
	if len(w.current.data) == sheetBytes {
		w.next()
	}
	used := len(w.current.data)
	n = min(n, int64(sheetBytes-used))
	if more := used + int(n); more > cap(w.current.data) { // most images are small
		w.current.data = slices.Grow(w.current.data, min(max(int(n), 2*used), sheetBytes-used))
	}
	return w.current.data[used : used+int(n)]
}

// Grow takes n bytes of what Space returned.
func (w *Writer) Grow(n int) { w.current.data = w.current.data[:len(w.current.data)+n] }

// next begins a new sheet.
func (w *Writer) next() {
	block := w.current.block + sheetBlocks
	if w.current != w.first {
		w.full <- w.current
	}
	if w.current = <-w.free; w.current == nil {
		w.current = &sheet{data: make([]byte, 0, sheetBytes)}
	}
	w.current.data, w.current.block = w.current.data[:0], block
}

// Write implements io.Writer.
func (w *Writer) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0; {
		n := copy(w.Space(int64(len(rest))), rest)
		w.Grow(n)
		rest = rest[n:]
	}
	return len(p), nil
}

// Pad adds zero bytes up to the next block.
func (w *Writer) Pad() {
	if n := -len(w.current.data) & (erofs.BlockSize - 1); n > 0 {
		clear(w.Space(int64(n)))
		w.Grow(n)
	}
}

// Finish puts superblock and root in their place, writes what is left and returns the root hash.
func (w *Writer) Finish(head []byte) (root [verity.DigestSize]byte, err error) {
	copy(w.first.data[:headBytes], head)
	w.full <- w.first
	if w.current != w.first && len(w.current.data) > 0 {
		w.full <- w.current
	}
	if err := w.Close(); err != nil {
		return root, err
	}
	return w.hasher.Root()
}

// Close waits for the workers and returns their first error.
func (w *Writer) Close() error {
	if !w.closed {
		w.closed = true
		close(w.full)
	}
	return w.workers.Wait()
}
