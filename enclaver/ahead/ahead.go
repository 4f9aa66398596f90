// SPDX-License-Identifier: Apache-2.0

// Package ahead reads a stream on while what was read of it is used.
package ahead

import "io"

// Reader reads on while what it has read before is used, so that checking and keeping a blob cost its decoder no time.
type Reader struct {
	full    chan []byte   // what was read; closed at the end
	free    chan []byte   // room to read into
	stop    chan struct{} // closed when nobody wants more
	err     error         // why full was closed
	current []byte        // being used
	rest    []byte        // of current, not used yet
}

const (
	chunks     = 4
	chunkBytes = 256 << 10
)

// New begins to read. Close must be called.
func New(from io.Reader) *Reader {
	a := &Reader{full: make(chan []byte, chunks), free: make(chan []byte, chunks), stop: make(chan struct{})}
	for range chunks {
		a.free <- nil
	}
	go func() {
		a.err = a.readAll(from)
		close(a.full)
	}()
	return a
}

func (a *Reader) readAll(from io.Reader) error {
	for {
		var chunk []byte
		select {
		case chunk = <-a.free:
		case <-a.stop:
			return io.ErrClosedPipe
		}
		if chunk == nil {
			chunk = make([]byte, chunkBytes)
		}
		n, err := from.Read(chunk[:chunkBytes])
		a.full <- chunk[:n] // there is room for all chunks
		if err != nil {
			return err
		}
	}
}

// Read implements io.Reader.
func (a *Reader) Read(p []byte) (int, error) {
	for len(a.rest) == 0 {
		if a.current != nil {
			a.free <- a.current
			a.current = nil
		}
		chunk, more := <-a.full
		if !more {
			return 0, a.err
		}
		a.current, a.rest = chunk, chunk
	}
	n := copy(p, a.rest)
	a.rest = a.rest[n:]
	return n, nil
}

// Close has the reading end soon. Nothing may be read after it.
func (a *Reader) Close() { close(a.stop) }
