// SPDX-License-Identifier: Apache-2.0

package dkg

import (
	"crypto/rand"

	"github.com/escrin/escrin/keyholder/curve"
)

// claim says that exponent·g2 = Σ weights[i]·points[i].
type claim struct {
	exponent curve.Scalar // may be secret
	points   []curve.G2
	weights  []curve.Scalar
}

// rejected returns the dealers whose claim is false. All claims are checked at
// once, each times a random number of 128 bits; only if that fails one by one.
func rejected(dealers []uint32, claimOf func(dealer uint32) claim) []uint32 {
	if len(dealers) == 0 {
		return nil
	}
	var all claim
	for _, dealer := range dealers {
		c, factor := claimOf(dealer), randomFactor()
		all.exponent = all.exponent.Add(c.exponent.Mul(factor))
		for i := range c.points {
			all.points = append(all.points, c.points[i])
			all.weights = append(all.weights, c.weights[i].Mul(factor))
		}
	}
	if all.holds() {
		return nil
	}
	var out []uint32
	for _, dealer := range dealers {
		if !claimOf(dealer).holds() {
			out = append(out, dealer)
		}
	}
	return out
}

func (c claim) holds() bool {
	right, err := curve.Combination(c.points, c.weights)
	return err == nil && right.Equal(c.exponent.Public())
}

// randomFactor returns a number of 128 bits that no dealer could foresee.
func randomFactor() curve.Scalar {
	var wide [64]byte
	rand.Read(wide[48:])
	return curve.ScalarFromWide(wide)
}
