// SPDX-License-Identifier: Apache-2.0

package workload

// Stream is one of the two that a workload writes to, or what is told in its standard error by others.
type Stream uint8

// The streams. A piece of Aside is a line, which goes into standard error between the lines of the main container.
const (
	Stdout Stream = iota + 1
	Stderr
	Aside
)

// Listener hears each piece that a workload writes, as it is written. Two streams may be heard at the same time. A piece must not be kept.
type Listener func(s Stream, piece []byte)

// to is a writer to one stream of those that the listener hears; it never fails.
func (l Listener) to(s Stream) voice { return voice{s, l} }

type voice struct {
	stream Stream
	heard  Listener
}

// Write implements io.Writer.
func (v voice) Write(p []byte) (int, error) {
	if len(p) > 0 {
		v.heard(v.stream, p)
	}
	return len(p), nil
}

// capture keeps the first bytes that are written to it and takes the rest without keeping it,
// so that a talkative workload neither blocks nor fills the memory.
type capture struct {
	limit int // how many bytes are kept
	kept  []byte
}

// Write implements io.Writer; it never fails.
func (c *capture) Write(p []byte) (int, error) {
	c.kept = append(c.kept, p[:min(len(p), c.limit-len(c.kept))]...)
	return len(p), nil
}
