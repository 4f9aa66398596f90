// SPDX-License-Identifier: Apache-2.0

package tdx

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/escrin/escrin/attest/internal/flaw"
)

// The flaws of quotes that are of a kind which this package does not read, and
// of bytes that must be zero.
const (
	flawVersion       flaw.Flaw = "version"
	flawKeyType       flaw.Flaw = "keytype"
	flawTEEType       flaw.Flaw = "teetype"
	flawBody          flaw.Flaw = "body"
	flawCertification flaw.Flaw = "certification"
	flawReserved      flaw.Flaw = "reserved"
	flawPadding       flaw.Flaw = "padding"
)

// reader takes little-endian fields off the front of a buffer. The first fault
// sticks, and every field after it reads as zero.
type reader struct {
	rest []byte
	err  error
}

// take returns the next n bytes, which still belong to the buffer, or nil.
func (r *reader) take(n uint32) []byte {
	if r.err == nil && uint64(n) > uint64(len(r.rest)) {
		r.err = errors.New("cut short")
	}
	if r.err != nil {
		return nil
	}
	field := r.rest[:n]
	r.rest = r.rest[n:]
	return field
}

func (r *reader) read(dst []byte) { copy(dst, r.take(uint32(len(dst)))) }

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

// fail keeps the first fault.
func (r *reader) fail(f flaw.Flaw, err error) {
	if r.err == nil {
		r.err = flaw.New(f, err)
	}
}

// expect checks a field that can have one value only.
func (r *reader) expect(f flaw.Flaw, field string, have, want uint32) {
	if have != want {
		r.fail(f, fmt.Errorf("%s is %d, want %d", field, have, want))
	}
}

// zero checks n reserved bytes.
func (r *reader) zero(f flaw.Flaw, field string, n uint32) {
	for _, b := range r.take(n) {
		if b != 0 {
			r.fail(f, fmt.Errorf("%s: not zero", field))
			return
		}
	}
}

// end checks that nothing is left.
func (r *reader) end() error {
	if r.err == nil && len(r.rest) != 0 {
		r.err = fmt.Errorf("%d bytes left over", len(r.rest))
	}
	return r.err
}
