// SPDX-License-Identifier: Apache-2.0

package secret

import gnark "github.com/consensys/gnark-crypto/ecc/bls12-381"

// pair is an element a + b·u of the quadratic extension, in which u² is −1.
type pair struct{ a, b element }

func pairOf(e gnark.E2) pair { return pair{element(e.A0), element(e.A1)} }

func (z *pair) pick(mask uint64, x, y *pair) {
	z.a.pick(mask, &x.a, &y.a)
	z.b.pick(mask, &x.b, &y.b)
}

func (z *pair) add(x, y *pair) {
	z.a.add(&x.a, &y.a)
	z.b.add(&x.b, &y.b)
}

func (z *pair) double(x *pair) { z.add(x, x) }

func (z *pair) sub(x, y *pair) {
	z.a.sub(&x.a, &y.a)
	z.b.sub(&x.b, &y.b)
}

func (z *pair) negate(x *pair) {
	z.a.negate(&x.a)
	z.b.negate(&x.b)
}

// mul is Karatsuba's.
func (z *pair) mul(x, y *pair) {
	var low, high, left, right element
	low.mul(&x.a, &y.a)
	high.mul(&x.b, &y.b)
	left.add(&x.a, &x.b)
	right.add(&y.a, &y.b)
	left.mul(&left, &right)
	z.a.sub(&low, &high)
	left.sub(&left, &low)
	z.b.sub(&left, &high)
}

func (z *pair) square(x *pair) {
	var sum, difference, product element
	sum.add(&x.a, &x.b)
	difference.sub(&x.a, &x.b)
	product.mul(&x.a, &x.b)
	z.a.mul(&sum, &difference)
	z.b.double(&product)
}

// invert sets z to 1/x, and to zero if x is zero.
func (z *pair) invert(x *pair) {
	var norm, square element
	norm.square(&x.a)
	square.square(&x.b)
	norm.add(&norm, &square)
	norm.invert(&norm)
	z.a.mul(&x.a, &norm)
	square.negate(&norm)
	z.b.mul(&x.b, &square)
}
