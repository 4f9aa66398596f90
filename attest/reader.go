// SPDX-License-Identifier: Apache-2.0

package attest

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
)

// reader takes fields off the front of a buffer. Once a field does not fit, it
// stays short: every further field reads as zero and end reports the error.
type reader struct {
	rest  []byte
	short bool
}

// take returns the next n bytes, which still belong to the buffer, or nil.
func (r *reader) take(n int) []byte {
	if r.short || n < 0 || n > len(r.rest) {
		r.short = true
		return nil
	}
	field := r.rest[:n]
	r.rest = r.rest[n:]
	return field
}

func (r *reader) read(dst []byte) { copy(dst, r.take(len(dst))) }

func (r *reader) bytes(n int) []byte { return bytes.Clone(r.take(n)) }

func (r *reader) uint8() uint8 {
	var b [1]byte
	r.read(b[:])
	return b[0]
}

func (r *reader) uint32() uint32 {
	var b [4]byte
	r.read(b[:])
	return binary.BigEndian.Uint32(b[:])
}

func (r *reader) uint64() uint64 {
	var b [8]byte
	r.read(b[:])
	return binary.BigEndian.Uint64(b[:])
}

func (r *reader) end() error {
	if r.short {
		return errors.New("cut short")
	}
	if len(r.rest) != 0 {
		return fmt.Errorf("%d bytes left over", len(r.rest))
	}
	return nil
}
