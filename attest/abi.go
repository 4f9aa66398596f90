// SPDX-License-Identifier: Apache-2.0

package attest

import "encoding/binary"

// words is the Solidity ABI encoding of static values: 32-byte big-endian words.
type words []byte

func (w *words) word(v [32]byte) { *w = append(*w, v[:]...) }

func (w *words) uint(v uint64) {
	var word [32]byte
	binary.BigEndian.PutUint64(word[24:], v)
	w.word(word)
}

func (w *words) address(v [20]byte) {
	var word [32]byte
	copy(word[12:], v[:])
	w.word(word)
}
