// SPDX-License-Identifier: Apache-2.0

package curve

import (
	"errors"

	gnark "github.com/consensys/gnark-crypto/ecc/bls12-381"
)

// Partial is one holder's point: its share of a signature or derived key.
type Partial struct {
	Index uint32 // of the holder, from 1
	Point G1
}

// Combine interpolates partials at zero. The caller passes exactly as many as
// the threshold and verifies the sum, which a wrong partial makes wrong. Indexes
// must be distinct and not zero.
func Combine(partials []Partial) (G1, error) {
	if len(partials) == 0 {
		return G1{}, errors.New("combine: no partials")
	}
	indexes := make([]uint32, len(partials))
	for i, p := range partials {
		if !p.Point.valid() {
			return G1{}, ErrPoint
		}
		indexes[i] = p.Index
	}
	weights, err := Lagrange(indexes)
	if err != nil {
		return G1{}, err
	}
	points := make([]gnark.G1Affine, len(partials))
	for i, p := range partials {
		points[i] = p.Point.p
	}
	sum := combination(points, weights)
	if !sum.valid() {
		return G1{}, ErrPoint
	}
	return sum, nil
}

// Lagrange returns the weights that interpolate at zero from indexes, which must
// be distinct and not zero.
func Lagrange(indexes []uint32) ([]Scalar, error) {
	weights := make([]Scalar, len(indexes))
	for i, xi := range indexes {
		if xi == 0 {
			return nil, errors.New("combine: index zero")
		}
		numerator, denominator := ScalarFromIndex(1), ScalarFromIndex(1)
		for j, xj := range indexes {
			if i == j {
				continue
			}
			if xi == xj {
				return nil, errors.New("combine: index repeats")
			}
			numerator = numerator.Mul(ScalarFromIndex(xj))
			denominator = denominator.Mul(ScalarFromIndex(xj).sub(ScalarFromIndex(xi)))
		}
		weights[i] = numerator.Mul(denominator.inverse())
	}
	return weights, nil
}

// combination returns the sum of weights[i] times points[i], which are public, by
// a table of 15 multiples of each point. (gnark's own way is faster for more
// points than we have, and 170 kB more in the guest.)
func combination(points []gnark.G1Affine, weights []Scalar) G1 {
	tables := make([][16]gnark.G1Jac, len(points))
	digits := make([][ScalarSize]byte, len(points))
	for i := range points {
		digits[i] = weights[i].Bytes()
		for d := 1; d < 16; d++ {
			tables[i][d] = tables[i][d-1]
			tables[i][d].AddMixed(&points[i])
		}
	}
	var sum gnark.G1Jac
	for position := range 2 * ScalarSize {
		for range 4 {
			sum.DoubleAssign()
		}
		for i := range points {
			digit := digits[i][position/2] >> (4 * (1 - position%2)) & 15
			sum.AddAssign(&tables[i][digit])
		}
	}
	var out G1
	out.p.FromJacobian(&sum)
	return out
}
