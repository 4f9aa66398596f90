// SPDX-License-Identifier: Apache-2.0

package layer

import (
	"crypto/sha256"
	"fmt"
	"io"
	"sync/atomic"
)

const (
	chunkBytes = 256 << 10
	chunks     = 8 // read ahead
)

// chunk is a piece of the stream, in use by the hash and by the parser.
type chunk struct {
	data  []byte
	users atomic.Int32
}

// feed reads a stream ahead, stops it at a limit, and hashes it while it is parsed.
type feed struct {
	free   chan *chunk
	parse  chan *chunk
	stop   chan struct{}
	digest chan [sha256.Size]byte // has the digest when all of the stream was read
	err    error                  // why the stream ended; to be read when parse is closed

	current *chunk
	rest    []byte
}

func newFeed(r io.Reader, limit int64) *feed {
	f := &feed{
		free: make(chan *chunk, chunks), parse: make(chan *chunk, chunks),
		stop: make(chan struct{}), digest: make(chan [sha256.Size]byte, 1),
	}
	for range chunks {
		f.free <- &chunk{} // its bytes are made when they are needed
	}
	hashed := make(chan *chunk, chunks)
	go f.hash(hashed)
	go func() {
		defer close(hashed)
		defer close(f.parse)
		f.err = f.read(r, limit, hashed)
	}()
	return f
}

// read fills chunks until the stream ends. No channel can block it but free: each holds all chunks that there are.
func (f *feed) read(r io.Reader, left int64, hashed chan<- *chunk) error {
	for {
		var c *chunk
		select {
		case c = <-f.free:
		case <-f.stop:
			return io.ErrClosedPipe
		}
		if c.data == nil {
			c.data = make([]byte, chunkBytes)
		}
		n, err := fill(r, c.data[:chunkBytes])
		if left -= int64(n); left < 0 {
			return fmt.Errorf("%w: too many bytes of tar", ErrLimit)
		}
		c.data = c.data[:n]
		c.users.Store(2)
		hashed <- c
		f.parse <- c
		if err != nil {
			return err
		}
	}
}

// fill reads until p is full or the stream ends, with the stream's own error: a decoder's io.ErrUnexpectedEOF, which
// io.ReadFull says of short reads too, is not the end of the tar.
func fill(r io.Reader, p []byte) (n int, err error) {
	for n < len(p) && err == nil {
		var m int
		m, err = r.Read(p[n:])
		n += m
	}
	return n, err
}

func (f *feed) hash(hashed <-chan *chunk) {
	hash := sha256.New()
	for c := range hashed {
		hash.Write(c.data)
		f.release(c)
	}
	f.digest <- [sha256.Size]byte(hash.Sum(nil))
}

func (f *feed) release(c *chunk) {
	if c.users.Add(-1) == 0 {
		f.free <- c
	}
}

// Read implements io.Reader for the parser.
func (f *feed) Read(p []byte) (int, error) {
	for len(f.rest) == 0 {
		if f.current != nil {
			f.release(f.current)
		}
		if f.current = <-f.parse; f.current == nil {
			return 0, f.err
		}
		f.rest = f.current.data
	}
	n := copy(p, f.rest)
	f.rest = f.rest[n:]
	return n, nil
}

// close ends the reading and returns when the stream is not used any more, with the digest of what was read of it.
func (f *feed) close() [sha256.Size]byte {
	close(f.stop)
	return <-f.digest
}
