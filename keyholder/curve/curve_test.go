// SPDX-License-Identifier: Apache-2.0

package curve

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"math/big"
	"slices"
	"strings"
	"testing"

	gnark "github.com/consensys/gnark-crypto/ecc/bls12-381"
	"github.com/consensys/gnark-crypto/ecc/bls12-381/fp"
	"pgregory.net/rapid"
)

func newScalar(t testing.TB) Scalar {
	t.Helper()
	s, err := RandomScalar(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The group order, and the field's modulus.
const (
	orderHex   = "73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001"
	modulusHex = "1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab"
)

// bigInt reads a number.
func bigInt(t testing.TB, s string) *big.Int {
	t.Helper()
	n, ok := new(big.Int).SetString(s, 16)
	if !ok {
		t.Fatal(s)
	}
	return n
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// KR-08: the suite is that of RFC 9380, appendix J.9.1; and no tag is a prefix
// of another, nor used for two things.
func TestKR08HashSuite(t *testing.T) {
	t.Parallel()
	p := HashToG1("QUUX-V01-CS02-with-BLS12381G1_XMD:SHA-256_SSWU_RO_", nil).EIP2537()
	const x = "052926add2207b76ca4fa57a8734416c8dc95e24501772c814278700eed6d1e4e8cf62d9c09db0fac349612b759e79a1"
	if got := hex.EncodeToString(p[16:64]); got != x {
		t.Fatalf("x is %s", got)
	}
	tags := []DST{DSTKey, DSTCertificate, DSTCompletion, DSTState}
	for i, a := range tags {
		for j, b := range tags {
			if i != j && strings.HasPrefix(string(a), string(b)) {
				t.Errorf("%s is a prefix of %s", b, a)
			}
		}
	}
	s := newScalar(t)
	public := s.Public()
	for _, a := range tags {
		signature := HashToG1(a, []byte("x")).Mul(s)
		for _, b := range tags {
			if got := Verify(signature, HashToG1(b, []byte("x")), public); got != (a == b) {
				t.Errorf("what is signed under %s passes under %s: %v", a, b, got)
			}
		}
	}
}

// malformed returns encodings that must never be a point.
func malformed(t testing.TB, good []byte) map[string][]byte {
	t.Helper()
	with := func(change func(b []byte)) []byte {
		b := bytes.Clone(good)
		change(b)
		return b
	}
	infinity := make([]byte, len(good))
	infinity[0] = 0xc0
	cases := map[string][]byte{
		"nothing": nil, "short": good[:len(good)-1], "long": append(bytes.Clone(good), 0),
		"identity":                     infinity,
		"identity with sign":           with(func(b []byte) { clear(b); b[0] = 0xe0 }),
		"identity with content":        with(func(b []byte) { clear(b); b[0] = 0xc0; b[len(b)-1] = 1 }),
		"infinity flag on a point":     with(func(b []byte) { b[0] |= 0x40 }),
		"no compression flag":          with(func(b []byte) { b[0] &^= 0x80 }),
		"all zero":                     make([]byte, len(good)),
		"all ones":                     bytes.Repeat([]byte{0xff}, len(good)),
		"x is the modulus":             with(func(b []byte) { copy(b, unhex(t, modulusHex)); b[0] |= 0x80 }),
		"uncompressed where not asked": make([]byte, 2*len(good)),
	}
	if x := nonCanonical(t, good); x != nil {
		cases["x plus the modulus"] = x
	}
	return cases
}

// nonCanonical adds the modulus to the first field element, if that fits.
func nonCanonical(t testing.TB, good []byte) []byte {
	t.Helper()
	x := new(big.Int).SetBytes(append([]byte{good[0] & 0x1f}, good[1:fieldSize]...))
	x.Add(x, new(big.Int).SetBytes(unhex(t, modulusHex)))
	if x.BitLen() > 381 {
		return nil
	}
	b := bytes.Clone(good)
	x.FillBytes(b[:fieldSize])
	b[0] |= good[0] & 0xe0
	return b
}

func TestKR07MalformedPoints(t *testing.T) {
	t.Parallel()
	s := newScalar(t)
	g1, g2 := HashToG1(DSTKey, []byte("x")).Mul(s).Bytes(), s.Public().Bytes()
	for name, b := range malformed(t, g1[:]) {
		if _, err := G1FromBytes(b); err == nil {
			t.Errorf("G1 %s: accepted", name)
		}
	}
	for name, b := range malformed(t, g2[:]) {
		if _, err := G2FromBytes(b); err == nil {
			t.Errorf("G2 %s: accepted", name)
		}
	}
	e1, e2 := HashToG1(DSTKey, nil).EIP2537(), G2Generator().EIP2537()
	for i := range e1 {
		b := bytes.Clone(e1[:])
		b[i] ^= 0x80
		if _, err := G1FromEIP2537(b); err == nil {
			t.Errorf("EIP-2537 G1 with byte %d changed: accepted", i)
		}
	}
	for i := range e2 {
		b := bytes.Clone(e2[:])
		b[i] ^= 0x80
		if _, err := G2FromEIP2537(b); err == nil {
			t.Errorf("EIP-2537 G2 with byte %d changed: accepted", i)
		}
	}
	for _, b := range [][]byte{nil, make([]byte, 128), e1[:127]} {
		if _, err := G1FromEIP2537(b); err == nil {
			t.Errorf("EIP-2537 G1 of %d bytes: accepted", len(b))
		}
	}
}

// KR-07: points on the curve but outside the subgroup.
func TestKR07Subgroup(t *testing.T) {
	t.Parallel()
	found := 0
	for x := uint64(1); found < 8; x++ {
		var e, rhs, y fp.Element
		e.SetUint64(x)
		rhs.Square(&e).Mul(&rhs, &e)
		var four fp.Element
		four.SetUint64(4)
		rhs.Add(&rhs, &four)
		if y.Sqrt(&rhs) == nil {
			continue
		}
		p := gnark.G1Affine{X: e, Y: y}
		if !p.IsOnCurve() || p.IsInSubGroup() {
			continue
		}
		found++
		b := p.Bytes()
		if _, err := G1FromBytes(b[:]); err == nil {
			t.Errorf("point with x = %d outside the subgroup: accepted", x)
		}
	}
}

func TestVerifyRejects(t *testing.T) {
	t.Parallel()
	s := newScalar(t)
	h, public := HashToG1(DSTKey, []byte("m")), s.Public()
	signature := h.Mul(s)
	if !Verify(signature, h, public) {
		t.Fatal("good signature refused")
	}
	zero := Scalar{}
	for name, ok := range map[string]bool{
		"other message":    Verify(signature, HashToG1(DSTKey, []byte("n")), public),
		"other key":        Verify(signature, h, public.Add(G2Generator())),
		"other signature":  Verify(signature.Add(h), h, public),
		"all identity":     Verify(h.Mul(zero), h, zero.Public()),
		"identity message": Verify(signature, h.Mul(zero), public),
		"zero values":      Verify(G1{}, G1{}, G2{}),
		"zero signature":   Verify(G1{}, h, public),
		"zero key":         Verify(signature, h, G2{}),
	} {
		if ok {
			t.Errorf("%s: accepted", name)
		}
	}
	if _, err := Pair(G1{}, public); err == nil {
		t.Error("paired the zero value")
	}
}

// Another implementation sees the same points and pairing.
func TestAgreesWithGnark(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		message := rapid.SliceOf(rapid.Byte()).Draw(t, "message")
		wide := rapid.SliceOfN(rapid.Byte(), 64, 64).Draw(t, "scalar")
		s := ScalarFromWide([64]byte(wide)).Add(ScalarFromIndex(1))
		h := HashToG1(DSTCertificate, message)
		signature, public := h.Mul(s), s.Public()
		want, err := gnark.HashToG1(message, []byte(DSTCertificate))
		if err != nil {
			t.Fatal(err)
		}
		if want.Bytes() != h.Bytes() {
			t.Fatal("hash to G1 differs")
		}
		var p, q gnark.G1Affine
		var key gnark.G2Affine
		signatureBytes, publicBytes, eip := signature.Bytes(), public.Bytes(), signature.EIP2537()
		if _, err := p.SetBytes(signatureBytes[:]); err != nil {
			t.Fatal(err)
		}
		if _, err := key.SetBytes(publicBytes[:]); err != nil {
			t.Fatal(err)
		}
		if _, err := q.SetBytes(append(bytes.Clone(eip[16:64]), eip[80:]...)); err != nil || !p.Equal(&q) {
			t.Fatal("EIP-2537 form differs")
		}
		_, _, _, g2 := gnark.Generators()
		var negative gnark.G1Affine
		negative.Neg(&want)
		ok, err := gnark.PairingCheck([]gnark.G1Affine{p, negative}, []gnark.G2Affine{g2, key})
		if err != nil || !ok {
			t.Fatalf("pairing differs: %v", err)
		}
	})
}

func TestRoundTrips(t *testing.T) {
	t.Parallel()
	s := newScalar(t)
	g1, g2 := HashToG1(DSTKey, []byte("x")).Mul(s), s.Public()
	b1, b2, e1, e2 := g1.Bytes(), g2.Bytes(), g1.EIP2537(), g2.EIP2537()
	if p, err := G1FromBytes(b1[:]); err != nil || !p.Equal(g1) {
		t.Error("G1 compressed")
	}
	if p, err := G2FromBytes(b2[:]); err != nil || !p.Equal(g2) {
		t.Error("G2 compressed")
	}
	if p, err := G1FromEIP2537(e1[:]); err != nil || !p.Equal(g1) {
		t.Error("G1 EIP-2537")
	}
	if p, err := G2FromEIP2537(e2[:]); err != nil || !p.Equal(g2) {
		t.Error("G2 EIP-2537")
	}
	b := s.Bytes()
	if r, err := ScalarFromBytes(b[:]); err != nil || r != s {
		t.Error("scalar")
	}
}

func TestScalarRefusesOthers(t *testing.T) {
	t.Parallel()
	order := unhex(t, orderHex)
	above := new(big.Int).Add(new(big.Int).SetBytes(order), big.NewInt(1)).Bytes()
	for _, b := range [][]byte{nil, make([]byte, 32), order, above, bytes.Repeat([]byte{0xff}, 32), order[:31]} {
		if _, err := ScalarFromBytes(b); err == nil {
			t.Errorf("%x: accepted", b)
		}
	}
	if _, err := RandomScalar(bytes.NewReader(make([]byte, 64))); err == nil {
		t.Error("zero drawn")
	}
	if _, err := RandomScalar(bytes.NewReader(make([]byte, 63))); err == nil {
		t.Error("drawn from too few bytes")
	}
}

// KR-06, and: any t of n partials give the same sum.
func TestCombine(t *testing.T) {
	t.Parallel()
	h := HashToG1(DSTKey, []byte("m"))
	coefficients := []Scalar{newScalar(t), newScalar(t), newScalar(t)}
	var all []Partial
	for i := uint32(1); i <= 5; i++ {
		x := ScalarFromIndex(i)
		v := coefficients[2].Mul(x).Add(coefficients[1]).Mul(x).Add(coefficients[0])
		all = append(all, Partial{i, h.Mul(v)})
	}
	want := h.Mul(coefficients[0])
	for _, pick := range [][]int{{0, 1, 2}, {4, 2, 0}, {1, 3, 4}, {0, 1, 2, 3, 4}} {
		var some []Partial
		for _, i := range pick {
			some = append(some, all[i])
		}
		if got, err := Combine(some); err != nil || !got.Equal(want) {
			t.Errorf("%v: %v", pick, err)
		}
	}
	for name, some := range map[string][]Partial{
		"none": nil, "index zero": {{0, h}, all[1]}, "index repeats": {all[0], all[0]},
		"zero value": {all[0], {2, G1{}}}, "identity": {all[0], {2, h.Mul(Scalar{})}},
	} {
		if _, err := Combine(some); err == nil {
			t.Errorf("%s: combined", name)
		}
	}
}

func FuzzG1FromBytes(f *testing.F) {
	good := HashToG1(DSTKey, nil).Bytes()
	f.Add(good[:])
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := G1FromBytes(b)
		if err != nil {
			return
		}
		if again := p.Bytes(); !slices.Equal(again[:], b) {
			t.Fatal("two encodings of one point")
		}
	})
}

func FuzzG2FromBytes(f *testing.F) {
	good := G2Generator().Bytes()
	f.Add(good[:])
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := G2FromBytes(b)
		if err != nil {
			return
		}
		if again := p.Bytes(); !slices.Equal(again[:], b) {
			t.Fatal("two encodings of one point")
		}
	})
}
