// SPDX-License-Identifier: Apache-2.0

package frame

import (
	"encoding/binary"
	"errors"
	"io"
)

var errSession = errors.New("the peer says what no session of this link says")

// guard stands between the channel and yamux, which answers each ping in a goroutine of its own: a peer that sends them and
// reads no answer would fill the memory. No end of this link sends pings, and the host opens no streams.
type guard struct {
	io.ReadWriteCloser
	opens bool // the peer may open streams

	header [12]byte
	have   int    // bytes of header
	data   uint32 // bytes of a frame's data that follow
}

// The fields of yamux's header that a guard looks at.
const (
	frameData = 0
	framePing = 2
	flagOpen  = 1
)

// Guard is conn for the end that it belongs to; opens says that the peer may open streams.
func Guard(conn io.ReadWriteCloser, opens bool) io.ReadWriteCloser {
	return &guard{ReadWriteCloser: conn, opens: opens}
}

// Read implements io.Reader.
func (g *guard) Read(p []byte) (int, error) {
	n, err := g.ReadWriteCloser.Read(p)
	for rest := p[:n]; len(rest) > 0; {
		if skip := min(g.data, uint32(len(rest))); skip > 0 {
			g.data, rest = g.data-skip, rest[skip:]
			continue
		}
		taken := copy(g.header[g.have:], rest)
		g.have, rest = g.have+taken, rest[taken:]
		if g.have < len(g.header) {
			break
		}
		g.have = 0
		kind, flags := g.header[1], binary.BigEndian.Uint16(g.header[2:])
		if kind == framePing || flags&flagOpen != 0 && !g.opens {
			return 0, errSession
		}
		if kind == frameData {
			g.data = binary.BigEndian.Uint32(g.header[8:])
		}
	}
	return n, err
}
