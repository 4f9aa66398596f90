// SPDX-License-Identifier: Apache-2.0

// Package curve is the key network's view of BLS12-381: signatures and derived
// keys in G1, public keys in G2. Points enter only through decoders that check
// canonical form, curve and subgroup and refuse the identity. The arithmetic is
// circl's, which runs in constant time for secret scalars. (SPEC.md, section 2.)
package curve

import (
	"errors"

	"github.com/cloudflare/circl/ecc/bls12381"
)

// DST is a domain separation tag of hash-to-curve (RFC 9380).
type DST string

// One tag per use; none is a prefix of another.
const (
	DSTKey         DST = "ESCRIN-V1-KEY-BLS12381G1_XMD:SHA-256_SSWU_RO_"
	DSTCertificate DST = "ESCRIN-V1-CERTIFICATE-BLS12381G1_XMD:SHA-256_SSWU_RO_"
	DSTPossession  DST = "ESCRIN-V1-POP-BLS12381G1_XMD:SHA-256_SSWU_RO_"
)

// Sizes in bytes.
const (
	G1Size        = 48  // compressed
	G2Size        = 96  // compressed
	G1EIP2537Size = 128 // two field elements of 64 bytes
	G2EIP2537Size = 256 // four field elements of 64 bytes
	PairingSize   = bls12381.GtSize
)

// ErrPoint reports bytes that do not encode a non-identity point of the prime
// order subgroup in canonical form.
var ErrPoint = errors.New("not a valid BLS12-381 point")

// G1 is a point of the first group. The zero value is not a point: it fails
// every verification.
type G1 struct{ p bls12381.G1 }

// G2 is a point of the second group. The zero value is not a point: it fails
// every verification.
type G2 struct{ p bls12381.G2 }

// G1FromBytes decodes the 48-byte compressed form.
func G1FromBytes(b []byte) (G1, error) {
	var g G1
	if len(b) != G1Size || b[0]&0x80 == 0 || g.p.SetBytes(b) != nil || g.p.IsIdentity() {
		return G1{}, ErrPoint
	}
	return g, nil
}

// G2FromBytes decodes the 96-byte compressed form.
func G2FromBytes(b []byte) (G2, error) {
	var g G2
	if len(b) != G2Size || b[0]&0x80 == 0 || g.p.SetBytes(b) != nil || g.p.IsIdentity() {
		return G2{}, ErrPoint
	}
	return g, nil
}

// G2Generator returns the standard generator.
func G2Generator() G2 { return G2{*bls12381.G2Generator()} }

// HashToG1 hashes msg to a point by the suite that dst names.
func HashToG1(dst DST, msg []byte) G1 {
	var g G1
	g.p.Hash(msg, []byte(dst))
	return g
}

// Bytes returns the compressed form; 48 zero bytes for the zero value.
func (g G1) Bytes() (out [G1Size]byte) {
	if g.valid() {
		copy(out[:], g.p.BytesCompressed())
	}
	return out
}

// Bytes returns the compressed form; 96 zero bytes for the zero value.
func (g G2) Bytes() (out [G2Size]byte) {
	if g.valid() {
		copy(out[:], g.p.BytesCompressed())
	}
	return out
}

// Mul returns k times g.
func (g G1) Mul(k Scalar) G1 {
	var out G1
	out.p.ScalarMult(&k.s, &g.p)
	return out
}

// Mul returns k times g.
func (g G2) Mul(k Scalar) G2 {
	var out G2
	out.p.ScalarMult(&k.s, &g.p)
	return out
}

// Add returns g + h.
func (g G1) Add(h G1) G1 {
	var out G1
	out.p.Add(&g.p, &h.p)
	return out
}

// Add returns g + h.
func (g G2) Add(h G2) G2 {
	var out G2
	out.p.Add(&g.p, &h.p)
	return out
}

// Equal reports whether both are the same point; the zero value equals nothing.
func (g G1) Equal(h G1) bool { return g.valid() && h.valid() && g.p.IsEqual(&h.p) }

// Equal reports whether both are the same point; the zero value equals nothing.
func (g G2) Equal(h G2) bool { return g.valid() && h.valid() && g.p.IsEqual(&h.p) }

// valid reports whether g is a point of the subgroup other than the identity.
func (g G1) valid() bool { return g.p.IsOnG1() && !g.p.IsIdentity() }

func (g G2) valid() bool { return g.p.IsOnG2() && !g.p.IsIdentity() }

// Pair returns the canonical encoding of the pairing e(p, q).
func Pair(p G1, q G2) (out [PairingSize]byte, err error) {
	if !p.valid() || !q.valid() {
		return out, ErrPoint
	}
	b, err := bls12381.Pair(&p.p, &q.p).MarshalBinary()
	if err != nil {
		return out, err
	}
	copy(out[:], b)
	return out, nil
}

// Verify reports whether sig is the signature of the hashed message h under
// public key pub: e(sig, g2) = e(h, pub). The identity and the zero value never
// verify.
func Verify(sig, h G1, pub G2) bool {
	if !sig.valid() || !h.valid() || !pub.valid() {
		return false
	}
	product := bls12381.ProdPairFrac(
		[]*bls12381.G1{&sig.p, &h.p},
		[]*bls12381.G2{bls12381.G2Generator(), &pub.p},
		[]int{1, -1})
	return product.IsIdentity()
}
