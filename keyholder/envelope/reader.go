// SPDX-License-Identifier: Apache-2.0

package envelope

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
)

// chunkReader opens chunks one after the other. It enforces the one way in which
// writeChunks lays out a content of a given size.
type chunkReader struct {
	src     *bufio.Reader
	keys    chunkKeys
	chunk   chunk // opened in place: pending is a part of it
	counter uint64
	data    uint64 // content bytes so far
	size    uint64 // content and padding bytes so far
	ended   bool   // a chunk carried less data than it could
	pending []byte
	err     error
}

// newChunkReader opens the first chunk at once, so that a wrong key shows before
// the first read.
func newChunkReader(src io.Reader, k chunkKeys) (io.Reader, error) {
	r := &chunkReader{src: bufio.NewReaderSize(src, chunkSize+tagSize), keys: k, chunk: newChunk()}
	r.next()
	if r.err != nil && !errors.Is(r.err, io.EOF) {
		return nil, r.err
	}
	return r, nil
}

// Read implements io.Reader.
func (r *chunkReader) Read(p []byte) (int, error) {
	for len(r.pending) == 0 {
		if r.err != nil {
			return 0, r.err
		}
		r.next()
	}
	n := copy(p, r.pending)
	r.pending = r.pending[n:]
	return n, nil
}

// next opens one chunk into pending and sets err when it was the last one.
func (r *chunkReader) next() {
	sealed := r.chunk
	n, err := io.ReadFull(r.src, sealed)
	last := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
	if err != nil && !last {
		r.err = err
		return
	}
	if !last {
		_, err := r.src.Peek(1)
		last = errors.Is(err, io.EOF)
		if err != nil && !last {
			r.err = err
			return
		}
	}
	nonce := nonce(r.counter, last)
	plain, err := r.keys.aead.Open(sealed[:0], nonce[:], sealed[:n], nil)
	if err != nil {
		r.err = ErrOpen
		return
	}
	r.counter++
	r.accept(plain, last)
}

// accept checks the layout of an authenticated chunk.
func (r *chunkReader) accept(plain []byte, last bool) {
	if len(plain) <= countSize {
		r.err = ErrOpen
		return
	}
	count := uint64(binary.BigEndian.Uint32(plain))
	body := plain[countSize:]
	if count > uint64(len(body)) || (r.ended && count != 0) || !allZero(body[count:]) {
		r.err = ErrOpen
		return
	}
	r.ended = r.ended || count < uint64(len(body))
	r.data += count
	r.size += uint64(len(body))
	if last && r.size != padded(r.data) {
		r.err = ErrOpen
		return
	}
	r.pending = body[:count]
	if last {
		r.err = io.EOF
	}
}

func allZero(b []byte) bool {
	var or byte
	for _, v := range b {
		or |= v
	}
	return or == 0
}
