// SPDX-License-Identifier: Apache-2.0

package snp

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"github.com/escrin/escrin/attest/internal/flaw"
)

// The flaws of a report, beside being malformed.
const (
	flawVersion   flaw.Flaw = "version"
	flawAlgorithm flaw.Flaw = "algorithm"
	flawReserved  flaw.Flaw = "reserved"
)

// reader takes little-endian fields off the front of a buffer. The first fault
// sticks, and every field after it reads as zero.
type reader struct {
	rest []byte
	err  error
}

// take returns the next n bytes, which still belong to the buffer, or nil.
func (r *reader) take(n int) []byte {
	if r.err == nil && n > len(r.rest) {
		r.err = errors.New("cut short")
	}
	if r.err != nil {
		return nil
	}
	field := r.rest[:n]
	r.rest = r.rest[n:]
	return field
}

func (r *reader) read(dst []byte) { copy(dst, r.take(len(dst))) }

func (r *reader) uint8() uint8 {
	var b [1]byte
	r.read(b[:])
	return b[0]
}

func (r *reader) uint32() uint32 {
	var b [4]byte
	r.read(b[:])
	return binary.LittleEndian.Uint32(b[:])
}

func (r *reader) uint64() uint64 {
	var b [8]byte
	r.read(b[:])
	return binary.LittleEndian.Uint64(b[:])
}

// reversed reads a little-endian number of n bytes as a big-endian one of
// len(dst), which must suffice.
func (r *reader) reversed(field string, dst []byte, n int) {
	r.read(dst)
	slices.Reverse(dst)
	r.zero(field+" beyond its size", n-len(dst))
}

// within checks a field that can have values from low to high only.
func (r *reader) within(field string, word flaw.Flaw, have, low, high uint32) {
	if r.err == nil && (have < low || have > high) {
		r.err = flaw.New(word, fmt.Errorf("%s is %d, want %d to %d", field, have, low, high))
	}
}

// zero checks n reserved bytes.
func (r *reader) zero(field string, n int) {
	for _, b := range r.take(n) {
		if b != 0 && r.err == nil {
			r.err = flaw.New(flawReserved, fmt.Errorf("%s: not zero", field))
		}
	}
}

// pad appends zeros until out has n bytes.
func pad(out []byte, n int) []byte { return append(out, make([]byte, n-len(out))...) }

// appendReversed appends a big-endian number as a little-endian one of n bytes.
func appendReversed(out, number []byte, n int) []byte {
	start := len(out)
	out = append(out, number...)
	slices.Reverse(out[start:])
	return pad(out, start+n)
}
