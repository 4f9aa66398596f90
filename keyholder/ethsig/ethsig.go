// SPDX-License-Identifier: Apache-2.0

// Package ethsig makes Ethereum-style secp256k1 signatures and recovers who made
// them. Arithmetic is gnark-crypto's, which the guest links anyway: the module
// that is common for this brings a table of 700 kB.
package ethsig

import (
	"errors"
	"math/big"

	curve "github.com/consensys/gnark-crypto/ecc/secp256k1"
	"github.com/consensys/gnark-crypto/ecc/secp256k1/fp"
	"github.com/consensys/gnark-crypto/ecc/secp256k1/fr"

	"github.com/escrin/escrin/keyholder/internal/abi"
)

const (
	// Size is the number of bytes of a signature: r, s and 27 or 28.
	Size = 65
	// PublicSize is the number of bytes of a public key: 4, x and y.
	PublicSize = 65

	wordSize = 32 // bytes of a coordinate and of a scalar
)

var errSignature = errors.New("not a canonical signature")

// Recover returns the address whose key signed digest. Only the lower of the
// two values of s is canonical. It takes public values only: its time depends on
// them.
func Recover(digest [32]byte, signature [Size]byte) ([20]byte, error) {
	var r, s fr.Element
	odd := signature[Size-1] - 27
	if odd > 1 || r.SetBytesCanonical(signature[:wordSize]) != nil || s.SetBytesCanonical(signature[wordSize:2*wordSize]) != nil ||
		r.IsZero() || s.IsZero() || s.LexicographicallyLargest() {
		return [20]byte{}, errSignature
	}
	point, err := withX(signature[:wordSize], odd)
	if err != nil {
		return [20]byte{}, err
	}
	var e, u fr.Element // the key is (s·point − e·G) / r
	e.SetBytes(digest[:])
	r.Inverse(&r)
	s.Mul(&s, &r)
	u.Mul(e.Neg(&e), &r)
	var key curve.G1Jac
	key.JointScalarMultiplicationBase(&point, u.BigInt(new(big.Int)), s.BigInt(new(big.Int)))
	var public curve.G1Affine
	public.FromJacobian(&key)
	if public.IsInfinity() {
		return [20]byte{}, errSignature
	}
	return Address(marshal(&public)), nil
}

// withX returns the point of the curve with this x and a y of this parity.
func withX(x []byte, odd byte) (p curve.G1Affine, err error) {
	if p.X.SetBytesCanonical(x) != nil {
		return p, errSignature
	}
	var square, seven fp.Element
	square.Square(&p.X).Mul(&square, &p.X).Add(&square, seven.SetUint64(7))
	if p.Y.Sqrt(&square) == nil {
		return p, errSignature
	}
	if parity(&p.Y) != odd {
		p.Y.Neg(&p.Y)
	}
	return p, nil
}

func parity(y *fp.Element) byte {
	b := y.Bytes()
	return b[wordSize-1] & 1
}

func marshal(p *curve.G1Affine) (out [PublicSize]byte) {
	x, y := p.X.Bytes(), p.Y.Bytes()
	out[0] = 4
	copy(out[1:], x[:])
	copy(out[1+wordSize:], y[:])
	return out
}

// Address returns the Ethereum address of a public key.
func Address(public [PublicSize]byte) [20]byte {
	h := abi.Keccak(public[1:])
	return [20]byte(h[12:])
}
