// SPDX-License-Identifier: Apache-2.0

package merge

import (
	"io"
	"sync"

	"github.com/escrin/escrin/imagebuild/erofs"
	"github.com/escrin/escrin/imagebuild/verity"
)

const (
	pieceBlocks = 16
	pieceBytes  = pieceBlocks * erofs.BlockSize
	// What is kept of a layer is what erofs puts inodes into at a time, a block of directory entries, and what is read
	// ahead: with many layers less of each.
	maxPieces, minPieces, allPieces = 16, 6, 128
)

// reader reads verified data in pieces, the last few of which it keeps. When one is asked for that lies behind the last,
// the next ones are read and checked ahead, by all processors.
type reader struct {
	data *verity.Data

	mu    sync.Mutex
	kept  []*piece
	clock uint64
	last  uint64 // the piece that was asked for last
}

// piece is a part of the data that is there, or will be when ready is closed.
type piece struct {
	number uint64
	used   uint64 // when it was used last
	ready  chan struct{}
	data   []byte
	err    error
}

func newReader(data *verity.Data) *reader {
	return &reader{data: data, kept: make([]*piece, maxPieces)}
}

// forget frees what is kept. From then on, no more is kept than suits so many layers.
func (r *reader) forget(layers int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, p := range r.kept {
		if p != nil {
			<-p.ready
		}
	}
	r.kept = make([]*piece, max(minPieces, min(maxPieces, allPieces/layers)))
}

// ReadAt implements io.ReaderAt.
func (r *reader) ReadAt(p []byte, offset int64) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := 0
	for n < len(p) {
		at := uint64(offset) + uint64(n)
		if at >= r.data.Blocks()*erofs.BlockSize {
			return n, io.EOF
		}
		data, err := r.piece(at / pieceBytes)
		if err != nil {
			return n, err
		}
		n += copy(p[n:], data[at%pieceBytes:])
	}
	return n, nil
}

// piece returns the bytes of a piece.
func (r *reader) piece(number uint64) ([]byte, error) {
	p := r.get(number)
	if number > r.last {
		readAhead := uint64(len(r.kept)-minPieces) / 2
		for ahead := number + 1; ahead <= number+readAhead && ahead*pieceBlocks < r.data.Blocks(); ahead++ {
			r.get(ahead)
		}
	}
	r.last = number
	<-p.ready
	return p.data, p.err
}

// get returns a piece that is kept, or has it read in the place of the one that was not used for the longest time.
func (r *reader) get(number uint64) *piece {
	r.clock++
	oldest := 0
	for i, p := range r.kept {
		if p != nil && p.number == number {
			p.used = r.clock
			return p
		}
		if p == nil || r.kept[oldest] != nil && p.used < r.kept[oldest].used {
			oldest = i
		}
	}
	p := &piece{number: number, used: r.clock, ready: make(chan struct{})}
	if old := r.kept[oldest]; old != nil {
		<-old.ready
		p.data = old.data[:0]
	}
	r.kept[oldest] = p
	go p.read(r.data)
	return p
}

func (p *piece) read(data *verity.Data) {
	defer close(p.ready)
	size := min(pieceBytes, data.Blocks()*erofs.BlockSize-p.number*pieceBytes)
	if uint64(cap(p.data)) < size {
		p.data = make([]byte, size)
	}
	p.data = p.data[:size]
	p.err = data.ReadBlocks(p.data, p.number*pieceBlocks)
}
