// SPDX-License-Identifier: Apache-2.0

package secret

import (
	"crypto/rand"
	"encoding/binary"
	"math/big"
	"testing"

	"github.com/cloudflare/circl/ecc/bls12381"
	gnark "github.com/consensys/gnark-crypto/ecc/bls12-381"
	"github.com/consensys/gnark-crypto/ecc/bls12-381/fp"
	"github.com/consensys/gnark-crypto/ecc/bls12-381/fr"
	"pgregory.net/rapid"
)

// scalars are at the edges of all that looks at them: the order, the digits, and the
// halves; and some in between.
func scalars(t testing.TB) []*big.Int {
	t.Helper()
	order := fr.Modulus()
	l := number(lambda)
	var out []*big.Int
	near := func(n *big.Int) {
		for _, d := range []int64{-2, -1, 0, 1, 2} {
			out = append(out, new(big.Int).Mod(new(big.Int).Add(n, big.NewInt(d)), order))
		}
	}
	for i := int64(0); i <= 17; i++ {
		near(new(big.Int).Mul(l, big.NewInt(i)))
		near(big.NewInt(i))
		near(new(big.Int).Div(order, big.NewInt(i+1)))
	}
	for i := uint(1); i < 255; i += 3 {
		near(new(big.Int).Lsh(big.NewInt(1), i))
	}
	near(new(big.Int).Mul(l, l))
	for _, digit := range []string{"7", "8", "9", "f"} { // each one lends, or lies at the edge of it
		all := ""
		for range 63 {
			all += digit
		}
		n, _ := new(big.Int).SetString(all, 16)
		near(n)
	}
	for range 200 {
		n, err := rand.Int(rand.Reader, order)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, n)
	}
	return out
}

func number(h half) *big.Int {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:], h[1])
	binary.BigEndian.PutUint64(b[8:], h[0])
	return new(big.Int).SetBytes(b[:])
}

func scalar(n *big.Int) (out [ScalarSize]byte) {
	n.FillBytes(out[:])
	return out
}

// Two other libraries multiply to the same points.
func TestAgreesWithOthers(t *testing.T) {
	t.Parallel()
	_, _, p, g := gnark.Generators()
	p.ScalarMultiplication(&p, big.NewInt(0x5eed))
	raw := p.RawBytes()
	var circlP bls12381.G1
	if err := circlP.SetBytes(raw[:]); err != nil {
		t.Fatal(err)
	}
	for _, n := range scalars(t) {
		k := scalar(n)
		var want1 gnark.G1Affine
		var want2 gnark.G2Affine
		want1.ScalarMultiplication(&p, n)
		want2.ScalarMultiplication(&g, n)
		got1, got2 := MulG1(k, p), MulGenerator(k)
		if !got1.Equal(&want1) {
			t.Fatalf("%x in G1 differs from gnark-crypto", n)
		}
		if !got2.Equal(&want2) {
			t.Fatalf("%x in G2 differs from gnark-crypto", n)
		}
		var s bls12381.Scalar
		s.SetBytes(k[:])
		var c1 bls12381.G1
		var c2 bls12381.G2
		c1.ScalarMult(&s, &circlP)
		c2.ScalarMult(&s, bls12381.G2Generator())
		if n.Sign() == 0 {
			if !c1.IsIdentity() || !c2.IsIdentity() {
				t.Error("circl's zero is another")
			}
			continue
		}
		if raw := got1.RawBytes(); raw != [96]byte(c1.Bytes()) {
			t.Fatalf("%x in G1 differs from circl", n)
		}
		if raw := got2.RawBytes(); raw != [192]byte(c2.Bytes()) {
			t.Fatalf("%x in G2 differs from circl", n)
		}
	}
}

// The products of other points.
func TestEveryPoint(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p, err := gnark.HashToG1(rapid.SliceOf(rapid.Byte()).Draw(t, "point"), []byte("test"))
		if err != nil {
			t.Fatal(err)
		}
		n := new(big.Int).SetBytes(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "scalar"))
		n.Mod(n, fr.Modulus())
		var want gnark.G1Affine
		want.ScalarMultiplication(&p, n)
		if got := MulG1(scalar(n), p); !got.Equal(&want) {
			t.Fatalf("%x differs", n)
		}
	})
}

// Halves and digits are a scalar's, and as small as they are said to be.
func TestSplit(t *testing.T) {
	t.Parallel()
	for _, n := range scalars(t) {
		low, high := split(scalar(n))
		sum := new(big.Int).Mul(number(lambda), number(high))
		if sum.Add(sum, number(low)).Cmp(n) != 0 || number(low).Cmp(number(lambda)) >= 0 {
			t.Errorf("%x is %x and %x", n, low, high)
		}
		value := new(big.Int)
		places := signedDigits(scalar(n))
		for i := len(places) - 1; i >= 0; i-- {
			value.Lsh(value, digitBits).Add(value, big.NewInt(int64(places[i])))
			if places[i] < -8 || places[i] > 8 {
				t.Errorf("%x has the digit %d", n, places[i])
			}
		}
		if value.Cmp(n) != 0 {
			t.Errorf("%x has the digits of %x", n, value)
		}
	}
}

// λ and β belong together.
func TestEndomorphism(t *testing.T) {
	t.Parallel()
	_, _, p, _ := gnark.Generators()
	var want gnark.G1Affine
	want.ScalarMultiplication(&p, number(lambda))
	p.X.Mul(&p.X, (*fp.Element)(&beta))
	if !p.Equal(&want) {
		t.Error("β does not multiply by λ")
	}
	l := number(lambda)
	order := new(big.Int).Mul(l, l)
	if order.Add(order, l).Add(order, big.NewInt(1)).Cmp(fr.Modulus()) != 0 {
		t.Error("λ² + λ + 1 is not the order")
	}
}

// elements are at the edges of the field, and some in between.
func elements(t testing.TB) []fp.Element {
	t.Helper()
	var out []fp.Element
	for _, n := range []int64{0, 1, 2, 3} {
		e := fp.NewElement(uint64(n))
		raw := fp.Element{uint64(n)} // small in Montgomery's form
		out = append(out, e, raw)
		out = append(out, *new(fp.Element).Neg(&e), *new(fp.Element).Neg(&raw))
	}
	for range 60 {
		var e fp.Element
		if _, err := e.SetRandom(); err != nil {
			t.Fatal(err)
		}
		out = append(out, e)
	}
	return out
}

// The field is gnark-crypto's, by either product.
func TestField(t *testing.T) {
	t.Parallel()
	all := elements(t)
	for _, x := range all {
		for _, y := range all {
			a, b := element(x), element(y)
			for name, c := range map[string]struct {
				got  func(z *element)
				want fp.Element
			}{
				"sum":        {func(z *element) { z.add(&a, &b) }, *new(fp.Element).Add(&x, &y)},
				"difference": {func(z *element) { z.sub(&a, &b) }, *new(fp.Element).Sub(&x, &y)},
				"product":    {func(z *element) { z.product(&a, &b) }, *new(fp.Element).Mul(&x, &y)},
				"mul":        {func(z *element) { z.mul(&a, &b) }, *new(fp.Element).Mul(&x, &y)},
				"itself":     {func(z *element) { *z = a; z.product(z, &b) }, *new(fp.Element).Mul(&x, &y)},
				"negative":   {func(z *element) { z.negate(&a) }, *new(fp.Element).Neg(&x)},
			} {
				var z element
				if c.got(&z); fp.Element(z) != c.want {
					t.Fatalf("%s of %v and %v is %v", name, x, y, z)
				}
			}
		}
		a, z := element(x), element{}
		z.invert(&a)
		if fp.Element(z) != *new(fp.Element).Inverse(&x) {
			t.Fatalf("inverse of %v", x)
		}
	}
}

// The extension is gnark-crypto's.
func TestPair(t *testing.T) {
	t.Parallel()
	all := elements(t)
	for i := range all {
		x := gnark.E2{A0: all[i], A1: all[(i+7)%len(all)]}
		for j := range all {
			y := gnark.E2{A0: all[j], A1: all[(j+11)%len(all)]}
			a, b := pair(x), pair(y)
			for name, c := range map[string]struct {
				got  func(z *pair)
				want gnark.E2
			}{
				"sum":        {func(z *pair) { z.add(&a, &b) }, *new(gnark.E2).Add(&x, &y)},
				"difference": {func(z *pair) { z.sub(&a, &b) }, *new(gnark.E2).Sub(&x, &y)},
				"product":    {func(z *pair) { z.product(&a, &b) }, *new(gnark.E2).Mul(&x, &y)},
				"mul":        {func(z *pair) { z.mul(&a, &b) }, *new(gnark.E2).Mul(&x, &y)},
				"itself":     {func(z *pair) { *z = a; z.product(z, &b) }, *new(gnark.E2).Mul(&x, &y)},
				"negative":   {func(z *pair) { z.negate(&a) }, *new(gnark.E2).Neg(&x)},
			} {
				var z pair
				if c.got(&z); z != pair(c.want) {
					t.Fatalf("%s of %v and %v", name, x, y)
				}
			}
		}
		a, z := pair(x), pair{}
		if z.square(&a); z != pair(*new(gnark.E2).Square(&x)) {
			t.Fatal("square")
		}
		if z.invert(&a); z != pair(*new(gnark.E2).Inverse(&x)) {
			t.Fatal("inverse")
		}
	}
}

func TestPick(t *testing.T) {
	t.Parallel()
	x, y, z := element{1, 2, 3, 4, 5, 6}, element{7, 8, 9, 10, 11, 12}, element{}
	if z.pick(0, &x, &y); z != x {
		t.Error("not the first")
	}
	if z.pick(^uint64(0), &x, &y); z != y {
		t.Error("not the second")
	}
	for _, v := range []uint64{1, 2, 1 << 63, ^uint64(0)} {
		if isZero(v) != 0 {
			t.Errorf("%x is zero", v)
		}
	}
	if isZero(0) != ^uint64(0) {
		t.Error("zero is not")
	}
}

func BenchmarkMulG1(b *testing.B) {
	_, _, p, _ := gnark.Generators()
	k := scalar(new(big.Int).Sub(fr.Modulus(), big.NewInt(5)))
	for b.Loop() {
		MulG1(k, p)
	}
}

func BenchmarkMulGenerator(b *testing.B) {
	k := scalar(new(big.Int).Sub(fr.Modulus(), big.NewInt(5)))
	for b.Loop() {
		MulGenerator(k)
	}
}

func BenchmarkComb(b *testing.B) {
	for b.Loop() {
		newComb()
	}
}
