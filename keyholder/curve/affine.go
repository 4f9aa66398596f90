// SPDX-License-Identifier: Apache-2.0

package curve

import gnark "github.com/consensys/gnark-crypto/ecc/bls12-381"

// sumAll returns the sum of each list, which it overwrites. Points are added in
// pairs, all pairs of all lists at once, so that they share one inversion.
func sumAll(lists [][]gnark.G2Affine) []gnark.G2Affine {
	pairs := 0
	for _, list := range lists {
		pairs += len(list) / 2
	}
	all := make([]slope, 0, pairs)
	for {
		slopes := all[:0]
		for _, list := range lists {
			for i := 0; i+1 < len(list); i += 2 {
				slopes = append(slopes, slopeOf(&list[i], &list[i+1]))
			}
		}
		if len(slopes) == 0 {
			break
		}
		invert(slopes)
		for i, list := range lists {
			lists[i], slopes = halve(list, slopes)
		}
	}
	sums := make([]gnark.G2Affine, len(lists))
	for i, list := range lists {
		if len(list) == 1 {
			sums[i] = list[0]
		}
	}
	return sums
}

// halve adds the points of a list in pairs and returns the slopes that are left.
func halve(list []gnark.G2Affine, slopes []slope) ([]gnark.G2Affine, []slope) {
	half := len(list) / 2
	for i := range half {
		list[i] = slopes[i].add(&list[2*i], &list[2*i+1])
	}
	if len(list)%2 == 1 {
		list[half] = list[len(list)-1]
	}
	return list[:half+len(list)%2], slopes[half:]
}

// slope is that of the line through two points, as a fraction. The denominator
// is zero if their sum needs no line: one is the identity, or the other's
// negative.
type slope struct{ numerator, denominator gnark.E2 }

func slopeOf(a, b *gnark.G2Affine) (s slope) {
	if a.IsInfinity() || b.IsInfinity() {
		return s
	}
	if !a.X.Equal(&b.X) {
		s.numerator.Sub(&b.Y, &a.Y)
		s.denominator.Sub(&b.X, &a.X)
	} else if a.Y.Equal(&b.Y) { // the tangent: 3x²/2y
		s.numerator.Square(&a.X)
		s.denominator.Double(&s.numerator)
		s.numerator.Add(&s.numerator, &s.denominator)
		s.denominator.Double(&a.Y)
	}
	return s
}

// add returns a + b by their slope, whose denominator is inverted.
func (s *slope) add(a, b *gnark.G2Affine) (sum gnark.G2Affine) {
	switch {
	case !s.denominator.IsZero():
		var m gnark.E2
		m.Mul(&s.numerator, &s.denominator)
		sum.X.Square(&m).Sub(&sum.X, &a.X).Sub(&sum.X, &b.X)
		sum.Y.Sub(&a.X, &sum.X).Mul(&sum.Y, &m).Sub(&sum.Y, &a.Y)
	case a.IsInfinity():
		sum = *b
	case b.IsInfinity():
		sum = *a
	}
	return sum
}

// invert inverts all denominators that are not zero, by Montgomery's trick.
func invert(slopes []slope) {
	before := make([]gnark.E2, len(slopes)) // product of those before
	var product gnark.E2
	product.SetOne()
	for i := range slopes {
		before[i] = product
		if !slopes[i].denominator.IsZero() {
			product.Mul(&product, &slopes[i].denominator)
		}
	}
	product.Inverse(&product)
	for i := len(slopes) - 1; i >= 0; i-- {
		d := &slopes[i].denominator
		if d.IsZero() {
			continue
		}
		var inverse gnark.E2
		inverse.Mul(&product, &before[i])
		product.Mul(&product, d)
		*d = inverse
	}
}
