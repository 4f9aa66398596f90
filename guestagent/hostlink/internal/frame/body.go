// SPDX-License-Identifier: Apache-2.0

package frame

import (
	"bytes"
	"fmt"
	"io"
	"time"

	"github.com/hashicorp/yamux"
)

// Body is a message's body: exactly size bytes of reader. The zero Body is empty.
type Body struct {
	Reader io.Reader
	Size   uint64
}

// Bytes is the body that b is.
func Bytes(b []byte) Body { return Body{bytes.NewReader(b), uint64(len(b))} }

// piece is what of a body goes into one frame: with the frame's header as many bytes as a port takes at once, 32 KiB.
const piece = 32<<10 - 12

// onlyWriter is a writer that has no way of its own to read.
type onlyWriter struct{ io.Writer }

// Send writes the body to w.
func (b Body) Send(w io.Writer) error {
	if b.Size == 0 {
		return nil
	}
	n, err := io.CopyBuffer(onlyWriter{w}, io.LimitReader(b.Reader, int64(b.Size)), make([]byte, min(b.Size, piece)))
	if err != nil {
		return err
	}
	if uint64(n) != b.Size {
		return fmt.Errorf("body ends after %d of %d bytes", n, b.Size)
	}
	return nil
}

const (
	streamWindow = 1 << 20           // bytes in flight per stream
	writeTimeout = 120 * time.Second // a busy host, or a guest under emulation, is not a dead one
	backlog      = 32                // streams that wait to be accepted
)

// SessionConfig is the same at both ends: no keep-alive, for the link lives as long as the virtual machine,
// and no log.
func SessionConfig() *yamux.Config {
	c := yamux.DefaultConfig()
	c.EnableKeepAlive = false
	c.ConnectionWriteTimeout = writeTimeout
	c.StreamOpenTimeout = 0
	c.MaxStreamWindowSize = streamWindow
	c.AcceptBacklog = backlog
	c.LogOutput = io.Discard
	return c
}
