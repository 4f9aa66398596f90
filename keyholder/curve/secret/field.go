// SPDX-License-Identifier: Apache-2.0

package secret

import (
	"math/bits"

	"github.com/consensys/gnark-crypto/ecc/bls12-381/fp"
	"github.com/consensys/gnark-crypto/utils/cpu"
)

// element is an element of the base field as gnark-crypto has it: below the modulus,
// in Montgomery's form with R = 2³⁸⁴, least limb first. gnark-crypto's sums and
// differences branch on their values, hence those here.
type element fp.Element

// The modulus, and −1/modulus modulo 2⁶⁴.
const (
	p0 = 0xb9feffffffffaaab
	p1 = 0x1eabfffeb153ffff
	p2 = 0x6730d2a0f6b0f624
	p3 = 0x64774b84f38512bf
	p4 = 0x4b1ba7b6434bacd7
	p5 = 0x1a0111ea397fe69a

	minusInverse = 0x89f3fffcfffcfffd
)

func one() element { return element(fp.One()) }

// pick sets z to x where mask is zero, and to y where it is all ones.
func (z *element) pick(mask uint64, x, y *element) {
	z[0] = x[0] ^ mask&(x[0]^y[0])
	z[1] = x[1] ^ mask&(x[1]^y[1])
	z[2] = x[2] ^ mask&(x[2]^y[2])
	z[3] = x[3] ^ mask&(x[3]^y[3])
	z[4] = x[4] ^ mask&(x[4]^y[4])
	z[5] = x[5] ^ mask&(x[5]^y[5])
}

// isZero returns all ones if v is zero, and zero if not.
func isZero(v uint64) uint64 { return (v|-v)>>63 - 1 }

func (z *element) add(x, y *element) {
	var t element
	var carry uint64
	t[0], carry = bits.Add64(x[0], y[0], 0)
	t[1], carry = bits.Add64(x[1], y[1], carry)
	t[2], carry = bits.Add64(x[2], y[2], carry)
	t[3], carry = bits.Add64(x[3], y[3], carry)
	t[4], carry = bits.Add64(x[4], y[4], carry)
	t[5], _ = bits.Add64(x[5], y[5], carry)
	z.reduce(&t)
}

func (z *element) double(x *element) { z.add(x, x) }

func (z *element) sub(x, y *element) {
	var borrow, carry uint64
	z[0], borrow = bits.Sub64(x[0], y[0], 0)
	z[1], borrow = bits.Sub64(x[1], y[1], borrow)
	z[2], borrow = bits.Sub64(x[2], y[2], borrow)
	z[3], borrow = bits.Sub64(x[3], y[3], borrow)
	z[4], borrow = bits.Sub64(x[4], y[4], borrow)
	z[5], borrow = bits.Sub64(x[5], y[5], borrow)
	mask := -borrow
	z[0], carry = bits.Add64(z[0], mask&p0, 0)
	z[1], carry = bits.Add64(z[1], mask&p1, carry)
	z[2], carry = bits.Add64(z[2], mask&p2, carry)
	z[3], carry = bits.Add64(z[3], mask&p3, carry)
	z[4], carry = bits.Add64(z[4], mask&p4, carry)
	z[5], _ = bits.Add64(z[5], mask&p5, carry)
}

func (z *element) negate(x *element) { z.sub(&element{}, x) }

// reduce sets z to t, which is below twice the modulus, modulo the modulus.
func (z *element) reduce(t *element) {
	var borrow uint64
	s0, borrow := bits.Sub64(t[0], p0, 0)
	s1, borrow := bits.Sub64(t[1], p1, borrow)
	s2, borrow := bits.Sub64(t[2], p2, borrow)
	s3, borrow := bits.Sub64(t[3], p3, borrow)
	s4, borrow := bits.Sub64(t[4], p4, borrow)
	s5, borrow := bits.Sub64(t[5], p5, borrow)
	mask := -borrow // all ones where t was below the modulus
	z[0] = s0 ^ mask&(s0^t[0])
	z[1] = s1 ^ mask&(s1^t[1])
	z[2] = s2 ^ mask&(s2^t[2])
	z[3] = s3 ^ mask&(s3^t[3])
	z[4] = s4 ^ mask&(s4^t[4])
	z[5] = s5 ^ mask&(s5^t[5])
}

// mul takes gnark-crypto's product where that is straight code for the processor,
// which ends in conditional moves. Elsewhere it may be Go that branches.
func (z *element) mul(x, y *element) {
	if cpu.SupportADX {
		(*fp.Element)(z).Mul((*fp.Element)(x), (*fp.Element)(y))
		return
	}
	z.product(x, y)
}

func (z *element) square(x *element) { z.mul(x, x) }

// product is Montgomery's, a limb of y at a time. The modulus leaves the upper three
// bits of its highest limb free, so that no sum in here overflows.
func (z *element) product(x, y *element) {
	var t [7]uint64
	for _, digit := range y {
		accumulate(&t, x, digit)
		accumulate(&t, &element{p0, p1, p2, p3, p4, p5}, t[0]*minusInverse)
		t = [7]uint64{t[1], t[2], t[3], t[4], t[5], t[6]} // the least limb is zero
	}
	z.reduce((*element)(t[:6]))
}

// accumulate adds x times digit to t.
func accumulate(t *[7]uint64, x *element, digit uint64) {
	h0, l0 := bits.Mul64(x[0], digit)
	h1, l1 := bits.Mul64(x[1], digit)
	h2, l2 := bits.Mul64(x[2], digit)
	h3, l3 := bits.Mul64(x[3], digit)
	h4, l4 := bits.Mul64(x[4], digit)
	h5, l5 := bits.Mul64(x[5], digit)
	var carry uint64
	t[0], carry = bits.Add64(t[0], l0, 0)
	t[1], carry = bits.Add64(t[1], l1, carry)
	t[2], carry = bits.Add64(t[2], l2, carry)
	t[3], carry = bits.Add64(t[3], l3, carry)
	t[4], carry = bits.Add64(t[4], l4, carry)
	t[5], carry = bits.Add64(t[5], l5, carry)
	t[6] += carry
	t[1], carry = bits.Add64(t[1], h0, 0)
	t[2], carry = bits.Add64(t[2], h1, carry)
	t[3], carry = bits.Add64(t[3], h2, carry)
	t[4], carry = bits.Add64(t[4], h3, carry)
	t[5], carry = bits.Add64(t[5], h4, carry)
	t[6] += h5 + carry
}

// invert sets z to 1/x, and to zero if x is zero. gnark-crypto's inverse takes a time
// that depends on its argument: it is given x times a random number, which says
// nothing of x, unless x is zero.
func (z *element) invert(x *element) {
	var random, blind element
	if _, err := (*fp.Element)(&random).SetRandom(); err != nil {
		panic(err) // the system has no randomness: crypto/rand ends the program before
	}
	blind.mul(x, &random)
	(*fp.Element)(&blind).Inverse((*fp.Element)(&blind))
	z.mul(&blind, &random)
}
