// SPDX-License-Identifier: Apache-2.0

package secret

import (
	"sync"

	gnark "github.com/consensys/gnark-crypto/ecc/bls12-381"
)

// g2 is a point X:Y:Z of the second group, x = X/Z and y = Y/Z; the identity is 0:1:0.
type g2 struct{ x, y, z pair }

// times12 multiplies by three times the constant 4 + 4u of the twist.
func (z *pair) times12(x *pair) {
	var t, four pair
	t.first().sub(x.first(), x.second())
	t.second().add(x.first(), x.second())
	four.double(&t)
	four.double(&four)
	z.double(&four)
	z.add(z, &four)
}

// addAffine is algorithm 8 of the paper; x, y is not the identity.
func (p *g2) addAffine(q *g2, x, y *pair) {
	var xx, yy, zz, xy, yz, xz, s, t pair
	xx.mul(&q.x, x)
	yy.mul(&q.y, y)
	s.add(&q.x, &q.y)
	t.add(x, y)
	xy.mul(&s, &t)
	s.add(&xx, &yy)
	xy.sub(&xy, &s) // X₁y₂ + x₂Y₁
	yz.mul(y, &q.z)
	yz.add(&yz, &q.y)
	xz.mul(x, &q.z)
	xz.add(&xz, &q.x)
	t.double(&xx)
	xx.add(&xx, &t)
	zz.times12(&q.z)
	xz.times12(&xz)
	s.add(&yy, &zz)
	yy.sub(&yy, &zz)
	p.x.mul(&yz, &xz)
	t.mul(&xy, &yy)
	p.x.sub(&t, &p.x)
	p.y.mul(&xz, &xx)
	t.mul(&yy, &s)
	p.y.add(&p.y, &t)
	p.z.mul(&s, &yz)
	t.mul(&xx, &xy)
	p.z.add(&p.z, &t)
}

// double is algorithm 9 of the paper.
func (p *g2) double(q *g2) {
	var yy, yz, zz, xy, s, t pair
	yy.square(&q.y)
	yz.mul(&q.y, &q.z)
	zz.square(&q.z)
	xy.mul(&q.x, &q.y)
	zz.times12(&zz)
	t.double(&yy)
	t.double(&t)
	t.double(&t) // 8Y²
	p.z.mul(&yz, &t)
	p.x.mul(&zz, &t)
	s.add(&yy, &zz)
	t.double(&zz)
	t.add(&t, &zz)
	yy.sub(&yy, &t)
	p.y.mul(&yy, &s)
	p.y.add(&p.y, &p.x)
	p.x.mul(&yy, &xy)
	p.x.double(&p.x)
}

func (p *g2) pick(mask uint64, q, r *g2) {
	p.x.pick(mask, &q.x, &r.x)
	p.y.pick(mask, &q.y, &r.y)
	p.z.pick(mask, &q.z, &r.z)
}

// affine returns the point in gnark-crypto's form, in which the identity is 0, 0.
func (p *g2) affine() (out gnark.G2Affine) {
	var inverse, x, y pair
	inverse.invert(&p.z)
	x.mul(&p.x, &inverse)
	y.mul(&p.y, &inverse)
	out.X, out.Y = gnark.E2(x), gnark.E2(y)
	return out
}

// The comb: of 64 signed digits of four bits each, those at every fourth place have a
// table of their own, and the others use it 4, 8 and 12 doublings later.
const (
	combStride = 4
	combTables = 2 * digits / combStride
)

// comb has, for each table i, 1 to 8 times the generator times 2^(16·i).
type comb [combTables][8]struct{ x, y pair }

// generatorComb is 24 KiB, made when it is first needed, of public values, in half
// the time of a multiplication without it.
var generatorComb = sync.OnceValue(newComb)

func newComb() *comb {
	var tables comb
	_, place, _, _ := gnark.Generators()
	var multiples []gnark.G2Jac
	for range tables {
		sum := place
		for range tables[0] {
			multiples = append(multiples, sum)
			sum.AddAssign(&place)
		}
		for range digitBits * combStride {
			place.DoubleAssign()
		}
	}
	for i, p := range affines(multiples) {
		entry := &tables[i/8][i%8]
		entry.x, entry.y = pair(p.X), pair(p.Y)
	}
	return &tables
}

// affines converts public points, none of them the identity, with one inversion.
func affines(points []gnark.G2Jac) []gnark.G2Affine {
	before := make([]gnark.E2, len(points)) // product of the Z of those before
	var product gnark.E2
	product.SetOne()
	for i := range points {
		before[i] = product
		product.Mul(&product, &points[i].Z)
	}
	product.Inverse(&product)
	out := make([]gnark.G2Affine, len(points))
	for i := len(points) - 1; i >= 0; i-- {
		var inverse, square gnark.E2
		inverse.Mul(&product, &before[i])
		product.Mul(&product, &points[i].Z)
		square.Square(&inverse)
		out[i].X.Mul(&points[i].X, &square)
		out[i].Y.Mul(&points[i].Y, &square).Mul(&out[i].Y, &inverse)
	}
	return out
}

// signedDigits writes k as the sum of digits from −8 to 8 times 16 to the place: each
// digit above 7 lends 16 to the next. The highest of a scalar is below 8.
func signedDigits(k [ScalarSize]byte) (out [2 * digits]int8) {
	carry := int8(0)
	for i := range out {
		digit := int8(k[ScalarSize-1-i/2]>>(digitBits*(i%2))&15) + carry
		carry = (digit + 8) >> digitBits
		out[i] = digit - carry<<digitBits
	}
	out[len(out)-1] += carry << digitBits
	return out
}

// MulGenerator returns k times the generator of the second group.
func MulGenerator(k [ScalarSize]byte) gnark.G2Affine {
	tables, places := generatorComb(), signedDigits(k)
	var sum, next g2
	*sum.y.first() = one()
	for j := combStride - 1; j >= 0; j-- {
		for i := range tables {
			digit := places[combStride*i+j]
			x, y := tables.entry(i, digit)
			next.addAffine(&sum, &x, &y)
			sum.pick(isZero(uint64(digit)), &next, &sum)
		}
		for range digitBits * min(j, 1) {
			sum.double(&sum)
		}
	}
	return sum.affine()
}

// entry returns a digit's multiple of a table, looking at all of them; something else
// for zero.
func (c *comb) entry(table int, digit int8) (x, y pair) {
	sign := digit >> 7 // all ones if it is negative
	size := uint64(digit ^ sign - sign)
	for i := range c[table] {
		e, mask := &c[table][i], isZero(uint64(i+1)^size)
		x.pick(mask, &x, &e.x)
		y.pick(mask, &y, &e.y)
	}
	var negative pair
	negative.negate(&y)
	y.pick(uint64(int64(sign)), &y, &negative)
	return x, y
}
