// SPDX-License-Identifier: Apache-2.0

// Package abi writes and reads the static subset of the Solidity contract ABI:
// a sequence of 32-byte big-endian words. Everything that keyholders hash or
// ask of a contract consists of such words, so no more of the ABI is needed.
package abi

import (
	"encoding/binary"
	"errors"

	"golang.org/x/crypto/sha3"
)

// WordSize is the number of bytes of one ABI word.
const WordSize = 32

// ErrWords reports a reply that is not the expected sequence of words.
var ErrWords = errors.New("malformed ABI words")

// Words is an abi.encode in progress. The zero value is empty and ready.
type Words []byte

// Bytes32 appends one word as it is.
func (w Words) Bytes32(v [32]byte) Words { return append(w, v[:]...) }

// Address appends a 20-byte address, left-padded with zeros.
func (w Words) Address(v [20]byte) Words {
	w = append(w, make([]byte, WordSize-len(v))...)
	return append(w, v[:]...)
}

// Uint64 appends an unsigned integer of any Solidity width that holds v.
func (w Words) Uint64(v uint64) Words {
	w = append(w, make([]byte, WordSize-8)...)
	return binary.BigEndian.AppendUint64(w, v)
}

// Keccak returns Keccak-256 of the words written so far.
func (w Words) Keccak() [32]byte { return Keccak(w) }

// Keccak returns Keccak-256 (the original padding, as Ethereum uses it).
func Keccak(b []byte) [32]byte {
	h := sha3.NewLegacyKeccak256()
	h.Write(b)
	var out [32]byte
	h.Sum(out[:0])
	return out
}

// Selector returns the first four bytes of Keccak-256 of a function signature.
func Selector(signature string) [4]byte {
	d := Keccak([]byte(signature))
	return [4]byte(d[:4])
}

// Call returns call data: the selector of signature and the argument words.
func Call(signature string, args Words) []byte {
	s := Selector(signature)
	return append(s[:], args...)
}

// Reader takes words off a reply. After the first malformed word every later
// read returns zero, and Close reports the failure.
type Reader struct {
	rest []byte
	bad  bool
}

// NewReader reads the words of b.
func NewReader(b []byte) *Reader { return &Reader{rest: b} }

// Bytes32 reads one word as it is.
func (r *Reader) Bytes32() (out [32]byte) {
	if r.bad || len(r.rest) < WordSize {
		r.bad = true
		return out
	}
	copy(out[:], r.rest)
	r.rest = r.rest[WordSize:]
	return out
}

// Uint64 reads an unsigned integer and refuses one that needs more than bits
// bits (1 to 64).
func (r *Reader) Uint64(bits int) uint64 {
	w := r.Bytes32()
	v := binary.BigEndian.Uint64(w[24:])
	if !zero(w[:24]) || (bits < 64 && v>>bits != 0) {
		r.bad = true
		return 0
	}
	return v
}

// Address reads an address and refuses set padding bits.
func (r *Reader) Address() (out [20]byte) {
	w := r.Bytes32()
	if !zero(w[:12]) {
		r.bad = true
		return out
	}
	copy(out[:], w[12:])
	return out
}

// Skip reads n words and ignores them.
func (r *Reader) Skip(n int) {
	for range n {
		r.Bytes32()
	}
}

// Close reports ErrWords unless every read was well formed and nothing is left.
func (r *Reader) Close() error {
	if r.bad || len(r.rest) != 0 {
		return ErrWords
	}
	return nil
}

func zero(b []byte) bool {
	for _, v := range b {
		if v != 0 {
			return false
		}
	}
	return true
}
