// SPDX-License-Identifier: Apache-2.0

package mux

// buffer holds what came on a stream and was not read: at most a window, in at most twice the memory.
type buffer struct {
	bytes []byte
	read  int
}

func (b *buffer) len() int { return len(b.bytes) - b.read }

// reserve returns room for n bytes behind what there is. Until they are committed, reads do not touch it.
func (b *buffer) reserve(n int) []byte {
	if unread := b.bytes[b.read:]; len(unread) == 0 || cap(b.bytes)-len(b.bytes) < n {
		to := b.bytes[:0]
		if want := 2*len(unread) + n; cap(to) < want { // so that it moves what is unread only when as much was read
			to = make([]byte, 0, want)
		}
		b.bytes, b.read = append(to, unread...), 0
	}
	return b.bytes[len(b.bytes) : len(b.bytes)+n]
}

// commit counts the n bytes of the room that was reserved.
func (b *buffer) commit(n int) { b.bytes = b.bytes[:len(b.bytes)+n] }

// take moves bytes to p.
func (b *buffer) take(p []byte) int {
	n := copy(p, b.bytes[b.read:])
	b.read += n
	return n
}
