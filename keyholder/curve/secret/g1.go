// SPDX-License-Identifier: Apache-2.0

// Package secret multiplies points of BLS12-381 by secret scalars. What it does, and
// which memory it reads in what order, depends on nothing secret. Formulas for
// points are complete (Renes, Costello, Batina, "Complete addition formulas for
// prime order elliptic curves", EUROCRYPT 2016), so that no case has to be told from
// another.
package secret

import (
	gnark "github.com/consensys/gnark-crypto/ecc/bls12-381"
	"github.com/consensys/gnark-crypto/ecc/bls12-381/fp"
)

// ScalarSize is the number of bytes of a scalar: big-endian, below the group order.
const ScalarSize = 32

// g1 is a point X:Y:Z of the first group, x = X/Z and y = Y/Z; the identity is 0:1:0.
type g1 struct{ x, y, z element }

// times12 multiplies by three times the curve's constant 4.
func (z *element) times12(x *element) {
	var four element
	four.double(x)
	four.double(&four)
	z.double(&four)
	z.add(z, &four)
}

// add is algorithm 7 of the paper.
func (p *g1) add(q, r *g1) {
	var xx, yy, zz, xy, yz, xz, s, t element
	xx.mul(&q.x, &r.x)
	yy.mul(&q.y, &r.y)
	zz.mul(&q.z, &r.z)
	s.add(&q.x, &q.y)
	t.add(&r.x, &r.y)
	xy.mul(&s, &t)
	s.add(&xx, &yy)
	xy.sub(&xy, &s) // X₁Y₂ + X₂Y₁
	s.add(&q.y, &q.z)
	t.add(&r.y, &r.z)
	yz.mul(&s, &t)
	s.add(&yy, &zz)
	yz.sub(&yz, &s) // Y₁Z₂ + Y₂Z₁
	s.add(&q.x, &q.z)
	t.add(&r.x, &r.z)
	xz.mul(&s, &t)
	s.add(&xx, &zz)
	xz.sub(&xz, &s) // X₁Z₂ + X₂Z₁
	t.double(&xx)
	xx.add(&xx, &t)
	zz.times12(&zz)
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
func (p *g1) double(q *g1) {
	var yy, yz, zz, xy, s, t element
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

// affine returns the point in gnark-crypto's form, in which the identity is 0, 0.
func (p *g1) affine() (out gnark.G1Affine) {
	var inverse, x, y element
	inverse.invert(&p.z)
	x.mul(&p.x, &inverse)
	y.mul(&p.y, &inverse)
	out.X, out.Y = fp.Element(x), fp.Element(y)
	return out
}

// entry sets p to the entry of a table with an index, looking at all of them.
func (p *g1) entry(table *[16]g1, index uint64) {
	for i := range table {
		mask := isZero(uint64(i) ^ index)
		p.x.pick(mask, &p.x, &table[i].x)
		p.y.pick(mask, &p.y, &table[i].y)
		p.z.pick(mask, &p.z, &table[i].z)
	}
}

// beta is the third root of unity by which the endomorphism x, y → βx, y multiplies
// points of the group by [lambda].
var beta = element{0xcd03c9e48671f071, 0x5dab22461fcda5d2, 0x587042afd3851b95, 0x8eb60ebe01bacb9e, 0x03f97d6e83d050d2, 0x18f0206554638741}

// MulG1 returns k times p, a point of the subgroup that is not the identity. It saves
// half the doublings by the endomorphism (Gallant, Lambert, Vanstone).
func MulG1(k [ScalarSize]byte, p gnark.G1Affine) gnark.G1Affine {
	var table [16]g1 // multiples of p from 0
	table[0].y = one()
	table[1] = g1{element(p.X), element(p.Y), one()}
	for i := 2; i < len(table); i += 2 {
		table[i].double(&table[i/2])
		table[i+1].add(&table[i], &table[1])
	}
	low, high := split(k)
	sum, term := table[0], g1{}
	for i := digits - 1; i >= 0; i-- {
		for range digitBits {
			sum.double(&sum)
		}
		term.entry(&table, low.digit(i))
		sum.add(&sum, &term)
		term.entry(&table, high.digit(i))
		term.x.mul(&term.x, &beta)
		sum.add(&sum, &term)
	}
	return sum.affine()
}
