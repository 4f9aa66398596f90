// SPDX-License-Identifier: Apache-2.0

package secret

import (
	gnark "github.com/consensys/gnark-crypto/ecc/bls12-381"
	"github.com/consensys/gnark-crypto/utils/cpu"
)

// pair is an element A0 + A1·u of the quadratic extension, in which u² is −1.
type pair gnark.E2

func (z *pair) first() *element  { return (*element)(&z.A0) }
func (z *pair) second() *element { return (*element)(&z.A1) }

func (z *pair) pick(mask uint64, x, y *pair) {
	z.first().pick(mask, x.first(), y.first())
	z.second().pick(mask, x.second(), y.second())
}

// add takes gnark-crypto's sum where that is straight code for the processor, as mul
// of an element does; so do sub, mul and square.
func (z *pair) add(x, y *pair) {
	if cpu.SupportADX {
		(*gnark.E2)(z).Add((*gnark.E2)(x), (*gnark.E2)(y))
		return
	}
	z.first().add(x.first(), y.first())
	z.second().add(x.second(), y.second())
}

func (z *pair) double(x *pair) { z.add(x, x) }

func (z *pair) sub(x, y *pair) {
	if cpu.SupportADX {
		(*gnark.E2)(z).Sub((*gnark.E2)(x), (*gnark.E2)(y))
		return
	}
	z.first().sub(x.first(), y.first())
	z.second().sub(x.second(), y.second())
}

func (z *pair) negate(x *pair) { z.sub(&pair{}, x) }

func (z *pair) mul(x, y *pair) {
	if cpu.SupportADX {
		(*gnark.E2)(z).Mul((*gnark.E2)(x), (*gnark.E2)(y))
		return
	}
	z.product(x, y)
}

func (z *pair) square(x *pair) {
	if cpu.SupportADX {
		(*gnark.E2)(z).Square((*gnark.E2)(x))
		return
	}
	z.product(x, x)
}

// product is Karatsuba's.
func (z *pair) product(x, y *pair) {
	var low, high, left, right element
	low.mul(x.first(), y.first())
	high.mul(x.second(), y.second())
	left.add(x.first(), x.second())
	right.add(y.first(), y.second())
	left.mul(&left, &right)
	left.sub(&left, &low)
	z.first().sub(&low, &high)
	z.second().sub(&left, &high)
}

// invert sets z to 1/x, and to zero if x is zero.
func (z *pair) invert(x *pair) {
	var norm, square element
	norm.square(x.first())
	square.square(x.second())
	norm.add(&norm, &square)
	norm.invert(&norm)
	z.first().mul(x.first(), &norm)
	norm.negate(&norm)
	z.second().mul(x.second(), &norm)
}
