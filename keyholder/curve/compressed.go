// SPDX-License-Identifier: Apache-2.0

package curve

import (
	gnark "github.com/consensys/gnark-crypto/ecc/bls12-381"
	"github.com/consensys/gnark-crypto/ecc/bls12-381/fp"
)

// Flags in the first byte of a compressed point.
const (
	flagCompressed = 0x80
	flagInfinity   = 0x40
	flagLarger     = 0x20 // of y and −y
	flags          = flagCompressed | flagInfinity | flagLarger
)

// G2FromBytes decodes the 96-byte compressed form. gnark-crypto finds y by three
// powers in the extension; here they are three in the base field at most.
func G2FromBytes(b []byte) (G2, error) {
	if len(b) != G2Size || b[0]&(flagCompressed|flagInfinity) != flagCompressed {
		return G2{}, ErrPoint
	}
	var g G2
	upper := [fieldSize]byte(b)
	upper[0] &^= flags
	if g.p.X.A1.SetBytesCanonical(upper[:]) != nil || g.p.X.A0.SetBytesCanonical(b[fieldSize:]) != nil {
		return G2{}, ErrPoint
	}
	y, ok := squareRoot(twist(&g.p.X))
	if !ok {
		return G2{}, ErrPoint
	}
	if y.LexicographicallyLargest() != (b[0]&flagLarger != 0) {
		y.Neg(&y)
	}
	g.p.Y = y
	if !g.valid() || !g.p.IsInSubGroup() {
		return G2{}, ErrPoint
	}
	return g, nil
}

// twist returns x³ + 4 + 4u.
func twist(x *gnark.E2) (out gnark.E2) {
	var four gnark.E2
	four.A0.SetUint64(4)
	four.A1.SetUint64(4)
	out.Square(x).Mul(&out, x).Add(&out, &four)
	return out
}

// squareRoot returns one of the roots of a + bu: x + yu with x² = (a ± n)/2, n² being the
// norm a² + b², and y = b/2x.
func squareRoot(v gnark.E2) (root gnark.E2, ok bool) {
	if v.A1.IsZero() {
		return root, v.Legendre() != -1 && root.Sqrt(&v) != nil
	}
	var norm, square, x fp.Element
	norm.Square(&v.A0)
	square.Square(&v.A1)
	norm.Add(&norm, &square)
	if norm.Sqrt(&norm) == nil {
		return root, false
	}
	square.Add(&v.A0, &norm)
	square.Halve()
	if x.Sqrt(&square) == nil {
		square.Sub(&square, &norm)
		if x.Sqrt(&square) == nil {
			return root, false
		}
	}
	root.A0 = x
	x.Double(&x)
	root.A1.Inverse(&x)
	root.A1.Mul(&root.A1, &v.A1)
	return root, true
}
