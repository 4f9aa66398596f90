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
	pieces      = 4 // kept of each layer: more than erofs puts inodes into at a time
)

// reader reads verified data in pieces, the last few of which it keeps.
type reader struct {
	data *verity.Data

	mu    sync.Mutex
	kept  [pieces]piece
	clock uint64
}

type piece struct {
	number uint64
	data   []byte
	used   uint64 // when it was used last, 0 if it holds nothing
}

func newReader(data *verity.Data) *reader { return &reader{data: data} }

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

// piece returns a piece. The one that was not used for the longest time makes room for it.
func (r *reader) piece(number uint64) ([]byte, error) {
	r.clock++
	oldest := &r.kept[0]
	for i := range r.kept {
		p := &r.kept[i]
		if p.used > 0 && p.number == number {
			p.used = r.clock
			return p.data, nil
		}
		if p.used < oldest.used {
			oldest = p
		}
	}
	if oldest.data == nil {
		oldest.data = make([]byte, 0, pieceBytes)
	}
	oldest.used = 0
	oldest.data = oldest.data[:min(pieceBytes, r.data.Blocks()*erofs.BlockSize-number*pieceBytes)]
	if err := r.data.ReadBlocks(oldest.data, number*pieceBlocks); err != nil {
		return nil, err
	}
	oldest.number, oldest.used = number, r.clock
	return oldest.data, nil
}
