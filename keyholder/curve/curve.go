// SPDX-License-Identifier: Apache-2.0

// Package curve is the key network's view of BLS12-381: signatures and derived
// keys in G1, public keys in G2. Points enter only through decoders that check
// canonical form, curve and subgroup and refuse the identity. What is public is
// computed by gnark-crypto, what is multiplied by a secret scalar by package secret,
// in constant time. (SPEC.md, section 2.)
package curve

import (
	"errors"

	gnark "github.com/consensys/gnark-crypto/ecc/bls12-381"

	"github.com/escrin/escrin/keyholder/curve/secret"
)

// DST is a domain separation tag of hash-to-curve (RFC 9380).
type DST string

// One tag per use; none is a prefix of another.
const (
	DSTKey         DST = "ESCRIN-V1-KEY-BLS12381G1_XMD:SHA-256_SSWU_RO_"
	DSTCertificate DST = "ESCRIN-V1-CERTIFICATE-BLS12381G1_XMD:SHA-256_SSWU_RO_"
	DSTCompletion  DST = "ESCRIN-V1-COMPLETION-BLS12381G1_XMD:SHA-256_SSWU_RO_"
	DSTState       DST = "ESCRIN-V1-STATE-BLS12381G1_XMD:SHA-256_SSWU_RO_"
)

// Sizes in bytes.
const (
	G1Size        = 48  // compressed
	G2Size        = 96  // compressed
	G2RawSize     = 192 // not compressed
	G1EIP2537Size = 128 // two field elements of 64 bytes
	G2EIP2537Size = 256 // four field elements of 64 bytes
	PairingSize   = gnark.SizeOfGT
)

// ErrPoint reports bytes that do not encode a non-identity point of the prime
// order subgroup in canonical form.
var ErrPoint = errors.New("not a valid BLS12-381 point")

// G1 is a point of the first group. The zero value is the identity, which no
// decoder returns and which fails every verification.
type G1 struct{ p gnark.G1Affine }

// G2 is a point of the second group. The zero value is the identity, which no
// decoder returns and which fails every verification.
type G2 struct{ p gnark.G2Affine }

// G1FromBytes decodes the 48-byte compressed form.
func G1FromBytes(b []byte) (G1, error) {
	if len(b) != G1Size || b[0]&0x80 == 0 {
		return G1{}, ErrPoint
	}
	return g1FromBytes(b)
}

// g1FromBytes decodes what the caller checked the size and form of.
func g1FromBytes(b []byte) (G1, error) {
	var g G1
	if _, err := g.p.SetBytes(b); err != nil || !g.valid() {
		return G1{}, ErrPoint
	}
	return g, nil
}

func g2FromBytes(b []byte) (G2, error) {
	var g G2
	if _, err := g.p.SetBytes(b); err != nil || !g.valid() {
		return G2{}, ErrPoint
	}
	return g, nil
}

// G2Generator returns the standard generator.
func G2Generator() G2 {
	_, _, _, g := gnark.Generators()
	return G2{g}
}

// HashToG1 hashes msg to a point by the suite that dst names.
func HashToG1(dst DST, msg []byte) G1 {
	p, err := gnark.HashToG1(msg, []byte(dst))
	if err != nil { // only of a tag above 255 bytes
		return G1{}
	}
	return G1{p}
}

// Bytes returns the compressed form; 48 zero bytes for the zero value.
func (g G1) Bytes() (out [G1Size]byte) {
	if g.valid() {
		out = g.p.Bytes()
	}
	return out
}

// Bytes returns the compressed form; 96 zero bytes for the zero value.
func (g G2) Bytes() (out [G2Size]byte) {
	if g.valid() {
		out = g.p.Bytes()
	}
	return out
}

// Mul returns k times g in constant time.
func (g G1) Mul(k Scalar) G1 {
	if !g.valid() {
		return G1{}
	}
	return G1{secret.MulG1(k.Bytes(), g.p)}
}

// Public returns k times the generator of G2 in constant time: the public key of
// a secret.
func (k Scalar) Public() G2 { return G2{secret.MulGenerator(k.Bytes())} }

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
func (g G1) Equal(h G1) bool { return g.valid() && g.p.Equal(&h.p) }

// Equal reports whether both are the same point; the zero value equals nothing.
func (g G2) Equal(h G2) bool { return g.valid() && g.p.Equal(&h.p) }

// valid reports whether g is not the identity. That it is a point of the subgroup
// was checked when it was decoded.
func (g G1) valid() bool { return !g.p.IsInfinity() }

func (g G2) valid() bool { return !g.p.IsInfinity() }

// IsIdentity reports whether g is the identity, which is the zero value.
func (g G2) IsIdentity() bool { return !g.valid() }

// Pair returns the canonical encoding of the pairing e(p, q).
func Pair(p G1, q G2) (out [PairingSize]byte, err error) {
	if !p.valid() || !q.valid() {
		return out, ErrPoint
	}
	value, err := gnark.Pair([]gnark.G1Affine{p.p}, []gnark.G2Affine{q.p})
	if err != nil {
		return out, err
	}
	return value.Bytes(), nil
}

// Verify reports whether sig is the signature of the hashed message h under
// public key pub: e(sig, g2) = e(h, pub). The identity and the zero value never
// verify.
func Verify(sig, h G1, pub G2) bool {
	if !sig.valid() || !h.valid() || !pub.valid() {
		return false
	}
	var negative gnark.G1Affine
	negative.Neg(&h.p)
	ok, err := gnark.PairingCheck(
		[]gnark.G1Affine{sig.p, negative},
		[]gnark.G2Affine{G2Generator().p, pub.p})
	return err == nil && ok
}
