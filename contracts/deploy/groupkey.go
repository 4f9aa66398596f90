// SPDX-License-Identifier: Apache-2.0

package deploy

import (
	"errors"

	"github.com/cloudflare/circl/ecc/bls12381"
)

// encodeGroupKey turns a compressed point of G2 into the 256 bytes of EIP-2537. It refuses the identity and what is not
// in the subgroup.
func encodeGroupKey(compressed [96]byte) ([]byte, error) {
	var point bls12381.G2
	if err := point.SetBytes(compressed[:]); err != nil {
		return nil, err
	}
	if point.IsIdentity() || !point.IsOnG2() {
		return nil, errors.New("not a key: it is the identity or outside the subgroup")
	}
	return encodeG2(&point), nil
}

// encodeG2 is a point in the 256 bytes of EIP-2537: x.c0, x.c1, y.c0, y.c1, each padded to 64 bytes.
func encodeG2(point *bls12381.G2) []byte {
	raw := point.Bytes() // x.c1, x.c0, y.c1, y.c0, 48 bytes each
	encoded := make([]byte, 256)
	for i, from := range []int{1, 0, 3, 2} {
		copy(encoded[64*i+16:], raw[48*from:48*from+48])
	}
	return encoded
}

// encodeG1 is a point in the 128 bytes of EIP-2537: x, y, each padded to 64 bytes.
func encodeG1(point *bls12381.G1) []byte {
	raw := point.Bytes()
	encoded := make([]byte, 128)
	copy(encoded[16:64], raw[:48])
	copy(encoded[80:], raw[48:])
	return encoded
}
