// SPDX-License-Identifier: Apache-2.0

package hostlink

import (
	"bytes"
	"fmt"
	"io"
	"time"

	"github.com/hashicorp/yamux"
)

// body is a message's body: exactly size bytes of reader. The zero body is empty.
type body struct {
	reader io.Reader
	size   uint64
}

func bytesBody(b []byte) body { return body{bytes.NewReader(b), uint64(len(b))} }

func (b body) writeTo(w io.Writer) error {
	if b.size == 0 {
		return nil
	}
	n, err := io.Copy(w, io.LimitReader(b.reader, int64(b.size)))
	if err != nil {
		return err
	}
	if uint64(n) != b.size {
		return fmt.Errorf("body ends after %d of %d bytes", n, b.size)
	}
	return nil
}

const (
	streamWindow = 1 << 20           // bytes in flight per stream
	writeTimeout = 120 * time.Second // a busy host, or a guest under emulation, is not a dead one
	backlog      = 32                // streams that wait to be accepted
)

// sessionConfig is the same at both ends: no keep-alive, for the link lives as long as the virtual machine,
// and no log.
func sessionConfig() *yamux.Config {
	c := yamux.DefaultConfig()
	c.EnableKeepAlive = false
	c.ConnectionWriteTimeout = writeTimeout
	c.StreamOpenTimeout = 0
	c.MaxStreamWindowSize = streamWindow
	c.AcceptBacklog = backlog
	c.LogOutput = io.Discard
	return c
}
