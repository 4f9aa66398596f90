// SPDX-License-Identifier: Apache-2.0

package tdx

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// reader takes little-endian fields off the front of a buffer. The first fault
// sticks, and every field after it reads as zero.
type reader struct {
	rest []byte
	err  error
}

// take returns the next n bytes, which still belong to the buffer, or nil.
func (r *reader) take(n int) []byte {
	if r.err == nil && (n < 0 || n > len(r.rest)) {
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

func (r *reader) uint16() uint16 {
	var b [2]byte
	r.read(b[:])
	return binary.LittleEndian.Uint16(b[:])
}

func (r *reader) uint32() uint32 {
	var b [4]byte
	r.read(b[:])
	return binary.LittleEndian.Uint32(b[:])
}

// expect checks a field that can have one value only.
func (r *reader) expect(field string, have, want uint32) {
	if r.err == nil && have != want {
		r.err = fmt.Errorf("%s is %d, want %d", field, have, want)
	}
}

// zero checks n reserved bytes.
func (r *reader) zero(field string, n int) {
	for _, b := range r.take(n) {
		r.expect(field, uint32(b), 0)
	}
}

// end checks that nothing is left.
func (r *reader) end(what string) error {
	if r.err == nil && len(r.rest) != 0 {
		r.err = fmt.Errorf("%d bytes left over", len(r.rest))
	}
	if r.err != nil {
		return fmt.Errorf("%s: %w", what, r.err)
	}
	return nil
}
