// SPDX-License-Identifier: Apache-2.0

package curve

import (
	"bytes"
	"crypto/rand"
	"testing"

	gnark "github.com/consensys/gnark-crypto/ecc/bls12-381"
)

// outside returns points on the twist outside the subgroup.
func outside(t testing.TB, n int) []G2 {
	t.Helper()
	var b gnark.E2
	b.SetString("4", "4")
	var out []G2
	for x := uint64(1); len(out) < n; x++ {
		var p gnark.G2Affine
		p.X.A0.SetUint64(x)
		p.Y.Square(&p.X).Mul(&p.Y, &p.X).Add(&p.Y, &b)
		if p.Y.Legendre() == 1 && p.Y.Sqrt(&p.Y) != nil && p.IsOnCurve() && !p.IsInSubGroup() {
			out = append(out, G2{p})
		}
	}
	return out
}

// smallOrder returns a point of order 13.
func smallOrder(t testing.TB) G2 {
	t.Helper()
	for _, p := range outside(t, 40) {
		// The twist has h·r points; h/13² is what is left of its cofactor.
		rest := bigInt(t, "5d543a95414e7f1091d50792876a202cd91de4547085abaa68a205b2e5a7ddfa628f1cb4d9e82ef21537e293a6691ae1616ec6e786f0c70cf1c38e31c7238e5")
		order := bigInt(t, orderHex)
		rest.Div(rest, bigInt(t, "a9")) // 13² = 169
		var q gnark.G2Jac
		q.FromAffine(&p.p)
		q = slowMul(q, rest.Mul(rest, order).Bytes())
		if q.Z.IsZero() {
			continue
		}
		if thirteen := slowMul(q, []byte{13}); !thirteen.Z.IsZero() {
			q = thirteen
		}
		g := affine(&q)
		if again := slowMul(q, []byte{13}); !again.Z.IsZero() || g.p.IsInSubGroup() {
			t.Fatal("not of order 13")
		}
		return g
	}
	t.Fatal("no point of order 13")
	return G2{}
}

// slowMul multiplies any point of the twist, where the fast ways hold for the subgroup alone.
func slowMul(p gnark.G2Jac, k []byte) (out gnark.G2Jac) {
	for _, b := range k {
		for i := 7; i >= 0; i-- {
			out.DoubleAssign()
			if b>>i&1 == 1 {
				out.AddAssign(&p)
			}
		}
	}
	return out
}

func encode(points ...G2) []byte {
	var out []byte
	for _, p := range points {
		b := p.Raw()
		out = append(out, b[:]...)
	}
	return out
}

// KR-07: points outside the subgroup are found among many, whether of small order, or such that they cancel.
func TestKR07SubgroupOfMany(t *testing.T) {
	t.Parallel()
	good := make([]G2, 30)
	for i := range good {
		good[i] = newScalar(t).Public()
	}
	small := smallOrder(t)
	var negative G2
	negative.p.Neg(&small.p)
	far := outside(t, 1)[0]
	for name, bad := range map[string][]G2{
		"any": {far}, "order 13": {small}, "order 13 hidden": {good[0].Add(small)},
		"cancel": {good[0].Add(small), good[1].Add(negative)}, "thirteen times": {small, small, small, small, small, small, small, small, small, small, small, small, small},
	} {
		lists := G2Lists([][]byte{encode(good[:10]...), encode(append(bad, good[10:]...)...), encode(good[20:]...)})
		if len(lists[0]) != 10 || lists[1] != nil || len(lists[2]) != 10 {
			t.Errorf("%s: lists of %d, %d, %d", name, len(lists[0]), len(lists[1]), len(lists[2]))
		}
		if _, err := G2FromRaw(encode(bad[0])); err == nil {
			t.Errorf("%s: accepted alone", name)
		}
	}
}

func TestKR07RawPoints(t *testing.T) {
	t.Parallel()
	good := newScalar(t).Public()
	raw := encode(good)
	if p, err := G2FromRaw(raw); err != nil || !p.Equal(good) {
		t.Fatal(err)
	}
	modulus := unhex(t, modulusHex)
	infinity := make([]byte, G2RawSize)
	infinity[0] = 0x40
	for name, b := range map[string][]byte{
		"nothing": nil, "cut": raw[:191], "longer": append(bytes.Clone(raw), 0), "zeros": make([]byte, G2RawSize), "infinity": infinity,
		"modulus": append(bytes.Clone(modulus), raw[48:]...), "ones": bytes.Repeat([]byte{0xff}, G2RawSize),
		"compressed": append(bytes.Clone(raw[:96]), make([]byte, 96)...),
	} {
		if _, err := G2FromRaw(b); err == nil {
			t.Errorf("%s: accepted", name)
		}
		if lists := G2Lists([][]byte{b, raw}); len(lists[0]) != 0 || len(lists[1]) != 1 {
			t.Errorf("%s: accepted among others", name)
		}
	}
	for i := range 3 {
		b := bytes.Clone(raw)
		b[0] |= 0x20 << i
		if _, err := G2FromRaw(b); err == nil {
			t.Errorf("flag %d: accepted", i)
		}
	}
}

// Points are added in pairs like one by one, also where a pair is equal, opposite or has the identity.
func TestSumAll(t *testing.T) {
	t.Parallel()
	a, b := newScalar(t).Public(), newScalar(t).Public()
	var minus G2
	minus.p.Neg(&a.p)
	for _, list := range [][]G2{{}, {a}, {a, b}, {a, a}, {a, minus}, {G2{}, a}, {a, G2{}}, {G2{}, G2{}}, {a, minus, b}, {a, a, a, a, b, minus, minus}} {
		points := make([]gnark.G2Affine, len(list))
		for i := range list {
			points[i] = list[i].p
		}
		want := Sum(list)
		if got := sumAll([][]gnark.G2Affine{points, nil}); !got[0].Equal(&want.p) || !got[1].IsInfinity() {
			t.Errorf("%d points", len(list))
		}
	}
}

// All ways to evaluate and combine agree with the multiplication of secrets.
func TestPublicArithmetic(t *testing.T) {
	t.Parallel()
	secrets := []Scalar{newScalar(t), newScalar(t), newScalar(t)}
	points := []G2{secrets[0].Public(), secrets[1].Public(), secrets[2].Public()}
	for i, value := range EvaluateAll(points, 9) {
		x := ScalarFromIndex(uint32(i) + 1)
		want := secrets[2].Mul(x).Add(secrets[1]).Mul(x).Add(secrets[0]).Public()
		if !value.Equal(want) || !Evaluate(points, uint32(i)+1).Equal(want) {
			t.Fatalf("value at %d differs", i+1)
		}
	}
	weights := []Scalar{newScalar(t), newScalar(t), {}}
	got, err := Combination(points, weights)
	if err != nil || !got.Equal(secrets[0].Mul(weights[0]).Add(secrets[1].Mul(weights[1])).Public()) {
		t.Fatal("combination differs", err)
	}
	if len(EvaluateAll(points, 2)) != 2 {
		t.Fatal("more values than asked for")
	}
}

func FuzzG2FromRaw(f *testing.F) {
	k, err := RandomScalar(rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(encode(k.Public()))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := G2FromRaw(b)
		if list := G2Lists([][]byte{b})[0]; (err == nil) != (len(list) == 1) {
			t.Fatal("alone and among others differ")
		}
		if err == nil && !bytes.Equal(encode(p), b) {
			t.Fatal("two encodings of one point")
		}
	})
}
