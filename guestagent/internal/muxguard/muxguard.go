// SPDX-License-Identifier: Apache-2.0

// Package muxguard stands between a channel and yamux, which trusts its peer more than the ends of this project's links do.
package muxguard

import (
	"encoding/binary"
	"errors"
	"io"
)

// ErrPeer ends a session whose peer does what it may not.
var ErrPeer = errors.New("the peer says what no session of this link says")

// Allowed is what a peer may do beside speaking on the streams that there are. The zero value is nothing. Yamux answers each
// ping in a goroutine of its own: a peer that sends them and reads no answer would fill the memory.
type Allowed struct {
	Streams bool // it may open streams
	Ping    bool // it may send one ping
	Pong    bool // it may answer one ping
}

// Session is yamux's.
type Session interface {
	NumStreams() int
	Close() error
}

// Bound ends a session that has more streams than most. Yamux keeps one, with what came on it, for minutes after its own end
// closed it, until the peer does: a peer that never does would fill the memory.
func Bound(s Session, most int) error {
	if s.NumStreams() <= most {
		return nil
	}
	_ = s.Close()
	return ErrPeer
}

type guard struct {
	io.ReadWriteCloser
	peer Allowed // from now on

	header [12]byte
	have   int    // bytes of header
	data   uint32 // bytes of a frame's data that follow

	ahead []byte // header of a frame whose data is written next
}

// The fields of yamux's header that a guard looks at.
const (
	frameData = 0
	framePing = 2
	flagOpen  = 1
	flagReply = 2
)

// New is conn for an end whose peer may do this.
func New(conn io.ReadWriteCloser, peer Allowed) io.ReadWriteCloser {
	return &guard{ReadWriteCloser: conn, peer: peer}
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
		if !g.allows(kind, flags) {
			return 0, ErrPeer
		}
		if kind == frameData {
			g.data = binary.BigEndian.Uint32(g.header[8:])
		}
	}
	return n, err
}

// allows says whether the peer may send such a frame, and counts it.
func (g *guard) allows(kind byte, flags uint16) bool {
	switch {
	case kind != framePing:
		return flags&flagOpen == 0 || g.peer.Streams
	case flags == flagOpen && g.peer.Ping:
		g.peer.Ping = false
	case flags == flagReply && g.peer.Pong:
		g.peer.Pong = false
	default:
		return false
	}
	return true
}

// Write implements io.Writer. Yamux writes the header of a frame and then its data; a port takes as long for twelve bytes
// as for a page, so that they go together. Yamux writes from one goroutine, and always both.
func (g *guard) Write(p []byte) (int, error) {
	if len(g.ahead) == 0 {
		if len(p) == len(g.header) && p[1] == frameData && binary.BigEndian.Uint32(p[8:]) > 0 {
			g.ahead = append(g.ahead, p...)
			return len(p), nil
		}
		return g.ReadWriteCloser.Write(p)
	}
	before := len(g.ahead)
	g.ahead = append(g.ahead, p...)
	n, err := g.ReadWriteCloser.Write(g.ahead)
	g.ahead = g.ahead[:0]
	return max(0, n-before), err
}
