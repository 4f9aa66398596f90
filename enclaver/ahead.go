// SPDX-License-Identifier: Apache-2.0

package enclaver

import "io"

// ahead reads on while what it has read before is used, so that checking and keeping a blob cost its decoder no time.
type ahead struct {
	full    chan []byte   // what was read; closed at the end
	free    chan []byte   // room to read into
	stop    chan struct{} // closed when nobody wants more
	err     error         // why full was closed
	current []byte        // being used
	rest    []byte        // of current, not used yet
}

const (
	aheadChunks = 4
	aheadBytes  = 256 << 10
)

func newAhead(from io.Reader) *ahead {
	a := &ahead{full: make(chan []byte, aheadChunks), free: make(chan []byte, aheadChunks), stop: make(chan struct{})}
	for range aheadChunks {
		a.free <- nil
	}
	go func() {
		a.err = a.readAll(from)
		close(a.full)
	}()
	return a
}

func (a *ahead) readAll(from io.Reader) error {
	for {
		var chunk []byte
		select {
		case chunk = <-a.free:
		case <-a.stop:
			return io.ErrClosedPipe
		}
		if chunk == nil {
			chunk = make([]byte, aheadBytes)
		}
		n, err := from.Read(chunk[:aheadBytes])
		a.full <- chunk[:n] // there is room for all chunks
		if err != nil {
			return err
		}
	}
}

// Read implements io.Reader.
func (a *ahead) Read(p []byte) (int, error) {
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

// close has the reading end soon. Nothing may be read after it.
func (a *ahead) close() { close(a.stop) }
