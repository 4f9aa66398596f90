// SPDX-License-Identifier: Apache-2.0

package livelog

import (
	"sync"

	"github.com/escrin/escrin/guestagent/workload"
)

// maxBehind is how many bytes of a stream wait at most to be told; of what is more, the oldest are left out.
const maxBehind = 64 << 10

// Tail is what a workload wrote and its owner was not told yet. The zero value is empty.
type Tail struct {
	mu             sync.Mutex
	stdout, stderr Piece
}

// Hear is a workload.Listener.
func (t *Tail) Hear(s workload.Stream, piece []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	p := &t.stdout
	if s == workload.Stderr {
		p = &t.stderr
	}
	p.Data = append(p.Data, piece...)
	p.drop(max(len(p.Data)-maxBehind, 0))
}

// drop leaves the first n bytes out.
func (p *Piece) drop(n int) {
	p.Offset += uint64(n)
	p.Data = append(p.Data[:0], p.Data[n:]...)
}

// Next is the next segment: half of it is for each stream, and what one leaves for the other.
func (t *Tail) Next() Segment {
	t.mu.Lock()
	defer t.mu.Unlock()
	out, err := len(t.stdout.Data), len(t.stderr.Data)
	err = min(err, room-min(out, room/2))
	out = min(out, room-err)
	return Segment{Stdout: t.stdout.take(out), Stderr: t.stderr.take(err)}
}

// take takes out the first n bytes.
func (p *Piece) take(n int) Piece {
	taken := Piece{Offset: p.Offset, Data: append([]byte(nil), p.Data[:n]...)}
	p.drop(n)
	return taken
}
