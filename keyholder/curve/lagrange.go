// SPDX-License-Identifier: Apache-2.0

package curve

import (
	"errors"

	"github.com/consensys/gnark-crypto/ecc"
	gnark "github.com/consensys/gnark-crypto/ecc/bls12-381"
	"github.com/consensys/gnark-crypto/ecc/bls12-381/fr"
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
	bases, exponents := make([]gnark.G1Affine, len(partials)), make([]fr.Element, len(partials))
	for i, p := range partials {
		bases[i], exponents[i] = p.Point.p, weights[i].public()
	}
	var sum G1
	if _, err := sum.p.MultiExp(bases, exponents, ecc.MultiExpConfig{NbTasks: 1}); err != nil {
		return G1{}, err
	}
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
