// SPDX-License-Identifier: Apache-2.0

package curve

import (
	"errors"
	"io"

	"github.com/cloudflare/circl/ecc/bls12381/ff"
)

// ScalarSize is the number of bytes of an encoded scalar (big-endian).
const ScalarSize = 32

// Scalar is an integer modulo the group order, computed with in constant time by
// circl. The zero value is 0.
type Scalar struct{ s ff.Scalar }

// RandomScalar draws a non-zero scalar from rand.
func RandomScalar(rand io.Reader) (Scalar, error) {
	var wide [64]byte
	if _, err := io.ReadFull(rand, wide[:]); err != nil {
		return Scalar{}, err
	}
	s := ScalarFromWide(wide)
	if s.IsZero() {
		return Scalar{}, errors.New("random source gives zero")
	}
	return s, nil
}

// ScalarFromWide reduces 64 uniform bytes; the bias is below 2^-256.
func ScalarFromWide(wide [64]byte) Scalar {
	var s Scalar
	s.s.SetBytes(wide[:])
	return s
}

// ScalarFromBytes decodes 32 big-endian bytes below the group order, not zero.
func ScalarFromBytes(b []byte) (Scalar, error) {
	var s Scalar
	if len(b) != ScalarSize || s.s.UnmarshalBinary(b) != nil || s.IsZero() {
		return Scalar{}, errors.New("not a canonical non-zero scalar")
	}
	return s, nil
}

// ScalarFromIndex returns a holder's index as a scalar.
func ScalarFromIndex(i uint32) Scalar {
	var s Scalar
	s.s.SetUint64(uint64(i))
	return s
}

// Bytes returns the 32-byte big-endian encoding.
func (s Scalar) Bytes() (out [ScalarSize]byte) {
	b, err := s.s.MarshalBinary()
	if err == nil {
		copy(out[:], b)
	}
	return out
}

// IsZero reports whether s is 0, in constant time.
func (s Scalar) IsZero() bool { return s.s.IsZero() == 1 }

// Add returns s + t.
func (s Scalar) Add(t Scalar) Scalar {
	var out Scalar
	out.s.Add(&s.s, &t.s)
	return out
}

// Mul returns s · t.
func (s Scalar) Mul(t Scalar) Scalar {
	var out Scalar
	out.s.Mul(&s.s, &t.s)
	return out
}

func (s Scalar) sub(t Scalar) Scalar {
	var out Scalar
	out.s.Sub(&s.s, &t.s)
	return out
}

func (s Scalar) inverse() Scalar {
	var out Scalar
	out.s.Inv(&s.s)
	return out
}
