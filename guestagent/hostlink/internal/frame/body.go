// SPDX-License-Identifier: Apache-2.0

package frame

import (
	"bytes"
	"fmt"
	"io"

	"github.com/escrin/escrin/guestagent/mux"
)

// Body is a message's body: exactly size bytes of reader. The zero Body is empty.
type Body struct {
	Reader io.Reader
	Size   uint64
}

// Bytes is the body that b is.
func Bytes(b []byte) Body { return Body{bytes.NewReader(b), uint64(len(b))} }

// piece is what of a body is read at once, in bytes: a stream's largest frame.
const piece = mux.MaxData

// Send writes the body to w.
func (b Body) Send(w io.Writer) error {
	if b.Size == 0 {
		return nil
	}
	if whole, ok := b.Reader.(*bytes.Reader); ok && uint64(whole.Len()) == b.Size {
		_, err := whole.WriteTo(w)
		return err
	}
	n, err := io.CopyBuffer(w, io.LimitReader(b.Reader, int64(b.Size)), make([]byte, min(b.Size, piece)))
	if err == nil && uint64(n) != b.Size {
		err = fmt.Errorf("body ends after %d of %d bytes", n, b.Size)
	}
	return err
}

const (
	// MaxRequests is how many requests a guest may have under way. Each may make the host take memory for a body of 1 MiB.
	MaxRequests = 64
	// MaxQuestions is how many of them may be questions to keyholders, of which each that says nothing leaves one behind until the host
	// ends it. They are more than the holders that a network can do without (31 of 64); the rest is more than a workload (16) and the
	// agent itself ask for at a time.
	MaxQuestions = 40
	window       = 256 << 10 // bytes on the way, of each stream and direction
	// BodyWindow is what of a request's body may be on the way, in bytes. A host holds at most twice as much.
	BodyWindow = 1 << 20
)

// Guest are the limits of the guest's end, which opens all streams.
func Guest() mux.Limits { return mux.Limits{Own: MaxRequests, Window: window} }

// Host are the limits of the host's end.
func Host() mux.Limits { return mux.Limits{Peers: MaxRequests, Window: window} }
