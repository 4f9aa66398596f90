// SPDX-License-Identifier: Apache-2.0

package task

import (
	"encoding/binary"

	"github.com/escrin/escrin/guestagent/wire"
)

const wordSize = 32

func keccak(parts ...[]byte) [32]byte { return wire.Keccak(parts...) }

func hashWords(words ...[32]byte) [32]byte { return wire.Keccak(join(words...)) }

func join(words ...[32]byte) []byte {
	joined := make([]byte, 0, wordSize*len(words))
	for i := range words {
		joined = append(joined, words[i][:]...)
	}
	return joined
}

// number is n as a 32-byte big-endian word.
func number(n uint64) (w [32]byte) {
	binary.BigEndian.PutUint64(w[24:], n)
	return w
}

// address is a, left-padded to a word.
func address(a [20]byte) (w [32]byte) {
	copy(w[12:], a[:])
	return w
}

// word returns the i-th word of encoded, which must have it.
func word(encoded []byte, i int) [32]byte { return [32]byte(encoded[wordSize*i:]) }

// asNumber and asAddress drop what lies before the value; callers compare the encoding of what they read.
func asNumber(w [32]byte) uint64    { return binary.BigEndian.Uint64(w[24:]) }
func asAddress(w [32]byte) [20]byte { return [20]byte(w[12:]) }
