// SPDX-License-Identifier: Apache-2.0

package curve

import (
	"math/bits"

	"github.com/consensys/gnark-crypto/ecc"
	gnark "github.com/consensys/gnark-crypto/ecc/bls12-381"
	"github.com/consensys/gnark-crypto/ecc/bls12-381/fr"
)

// Everything in this file takes public values only: its time depends on them.

// Raw returns the form of 192 bytes; 192 zero bytes for the zero value.
func (g G2) Raw() (out [G2RawSize]byte) {
	if g.valid() {
		out = g.p.RawBytes()
	}
	return out
}

// G2FromRaw decodes the 192-byte form.
func G2FromRaw(b []byte) (G2, error) {
	g, err := coordinates(b)
	if err != nil || !g.p.IsInSubGroup() {
		return G2{}, ErrPoint
	}
	return g, nil
}

// coordinates decodes the 192-byte form of a point on the curve, which may be
// outside the subgroup.
func coordinates(b []byte) (G2, error) {
	if len(b) != G2RawSize {
		return G2{}, ErrPoint
	}
	var g G2
	x, y := &g.p.X, &g.p.Y
	for i, element := range []interface{ SetBytesCanonical([]byte) error }{&x.A1, &x.A0, &y.A1, &y.A0} {
		if element.SetBytesCanonical(b[i*fieldSize:(i+1)*fieldSize]) != nil {
			return G2{}, ErrPoint
		}
	}
	if !g.valid() || !g.p.IsOnCurve() {
		return G2{}, ErrPoint
	}
	return g, nil
}

// Sum returns the sum of points.
func Sum(points []G2) G2 {
	var sum gnark.G2Jac
	for i := range points {
		sum.AddMixed(&points[i].p)
	}
	return affine(&sum)
}

// Combination returns the sum of weights[i] times points[i]. Both have the same
// length.
func Combination(points []G2, weights []Scalar) (G2, error) {
	bases, exponents := make([]gnark.G2Affine, len(points)), make([]fr.Element, len(weights))
	for i := range points {
		bases[i] = points[i].p
	}
	for i := range weights {
		exponents[i] = weights[i].public()
	}
	var out G2
	_, err := out.p.MultiExp(bases, exponents, ecc.MultiExpConfig{NbTasks: 1})
	return out, err
}

// Evaluate returns the value at x of the polynomial in the exponent that
// commitments are the coefficients of, constant term first.
func Evaluate(commitments []G2, x uint32) G2 {
	var sum gnark.G2Jac
	for k := len(commitments) - 1; k >= 0; k-- {
		sum = times(&sum, x)
		sum.AddMixed(&commitments[k].p)
	}
	return affine(&sum)
}

// times returns x times p by doubling and adding.
func times(p *gnark.G2Jac, x uint32) (out gnark.G2Jac) {
	for i := bits.Len32(x) - 1; i >= 0; i-- {
		out.DoubleAssign()
		if x>>i&1 == 1 {
			out.AddAssign(p)
		}
	}
	return out
}

func affine(p *gnark.G2Jac) (out G2) {
	out.p.FromJacobian(p)
	return out
}

// public converts a scalar that is not secret.
func (s Scalar) public() (out fr.Element) {
	b := s.Bytes()
	out.SetBytes(b[:])
	return out
}

// EvaluateAll returns the values at 1 to n of the polynomial in the exponent: as
// many as there are commitments by Evaluate, the others by differences.
func EvaluateAll(commitments []G2, n int) []G2 {
	out := make([]G2, 0, n)
	differences := make([]gnark.G2Jac, 0, len(commitments)) // backward ones, by order
	for x := 1; x <= min(n, len(commitments)); x++ {
		value := Evaluate(commitments, uint32(x))
		out = append(out, value)
		var next gnark.G2Jac
		next.FromAffine(&value.p)
		for k := range differences {
			last := differences[k]
			differences[k] = next
			next.SubAssign(&last)
		}
		differences = append(differences, next)
	}
	for len(out) < n {
		for k := len(differences) - 2; k >= 0; k-- {
			differences[k].AddAssign(&differences[k+1])
		}
		out = append(out, affine(&differences[0]))
	}
	return out
}
