// SPDX-License-Identifier: Apache-2.0

package dkg

import (
	"crypto/rand"
	"errors"
	"slices"
	"testing"

	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/ibe"
	"github.com/escrin/escrin/keyholder/keyname"
	"pgregory.net/rapid"
)

var aName = keyname.Name{ChainID: 1, Registry: [20]byte{1}, IdentityID: [32]byte{1}, Kind: keyname.Task, Subject: [32]byte{1}, Policy: [32]byte{1}, Version: 1}

// opens checks that the shares of these members open a ciphertext.
func opens(t testing.TB, ciphertext []byte, shares []curve.Scalar, members []int) {
	t.Helper()
	var partials []curve.Partial
	for _, i := range members {
		partials = append(partials, curve.Partial{Index: uint32(i) + 1, Point: ibe.HashName(aName).Mul(shares[i])})
	}
	key, err := curve.Combine(partials)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := ibe.Decrypt(key, aName, ciphertext); err != nil || got != [32]byte{42} {
		t.Fatalf("the old ciphertext does not open: %v", err)
	}
}

// KR-10: whoever joins, leaves, is away or cheats, the group key stays and what was encrypted to it opens.
func TestKR10RandomSchedules(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		size := func(label string) (int, int) {
			n := rapid.IntRange(2, 4).Draw(rt, label)
			return n, rapid.IntRange(max(2, n/2+1), n).Draw(rt, label+" threshold")
		}
		n, threshold := size("members")
		r := newRun(t, n, threshold, nil, nil)
		r.deal(t)
		first, shares := r.finish(t)
		ciphertext, err := ibe.Encrypt(rand.Reader, first.GroupKey, aName, [32]byte{42})
		if err != nil {
			rt.Fatal(err)
		}
		o := first
		for range rapid.IntRange(1, 2).Draw(rt, "epochs") {
			n, threshold = size("next")
			next := newRun(t, n, threshold, r.previous(o), shares)
			order := rapid.Permutation(indexes(len(shares))).Draw(rt, "dealers")
			away := rapid.IntRange(0, len(shares)-r.session.Threshold).Draw(rt, "away")
			next.deal(t, order[away:]...)
			cheats := rapid.IntRange(0, len(order)-away-r.session.Threshold).Draw(rt, "cheats")
			for _, dealer := range order[away : away+cheats] {
				member := rapid.SampledFrom(indexes(n)).Draw(rt, "cheated")
				next.reseal(t, dealer, member, curve.ScalarFromIndex(99))
			}
			next.complain(t)
			if rapid.Bool().Draw(rt, "answers") {
				next.justify(t)
			}
			o, shares = next.finish(t)
			if !o.GroupKey.Equal(first.GroupKey) {
				rt.Fatal("the group key changed")
			}
			some := rapid.Permutation(indexes(n)).Draw(rt, "quorum")[:threshold]
			var members []int
			for _, i := range some {
				members = append(members, int(i)-1)
			}
			opens(t, ciphertext, shares, members)
			r = next
		}
	})
}

func indexes(n int) []uint32 {
	var out []uint32
	for i := range n {
		out = append(out, uint32(i)+1)
	}
	return out
}

// KR-10: a dealer cannot hand on anything but its share, and shares of two epochs do not add up.
func TestKR10HandOn(t *testing.T) {
	t.Parallel()
	r := dealt(t)
	o, shares := r.finish(t)
	next := newRun(t, 4, 3, r.previous(o), shares)
	next.deal(t)
	foreign := shares[2].Add(curve.ScalarFromIndex(1))
	p, err := Draw(rand.Reader, next.session, &foreign)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Deal(rand.Reader, next.session, 2, next.keys); err == nil {
		t.Error("dealt another share")
	}
	trusting := next.session
	other := *next.session.Previous
	other.PublicShares = slices.Clone(other.PublicShares)
	other.PublicShares[1] = foreign.Public()
	trusting.Previous = &other
	if next.board.Dealings[2], err = p.Deal(rand.Reader, trusting, 2, next.keys); err != nil {
		t.Fatal(err)
	}
	after, newShares := next.finish(t)
	if !slices.Equal(after.Faults, []Fault{{Dealing, 2, ShareNotOwn}}) || !after.GroupKey.Equal(o.GroupKey) {
		t.Fatal(after.Faults)
	}
	h := curve.HashToG1(curve.DSTKey, []byte("m"))
	mixed, err := curve.Combine([]curve.Partial{{Index: 1, Point: h.Mul(shares[0])}, {Index: 2, Point: h.Mul(newShares[1])}, {Index: 3, Point: h.Mul(newShares[2])}})
	if err == nil && curve.Verify(mixed, h, o.GroupKey) {
		t.Error("KR-21: shares of two epochs add up")
	}
	if _, err := Draw(rand.Reader, next.session, nil); err == nil {
		t.Error("drew without a share")
	}
	if _, err := Draw(rand.Reader, r.session, &shares[0]); err == nil {
		t.Error("drew with a share for a new key")
	}
}

// KR-10: fewer old members than the old threshold cannot hand the key on, however many the new one is.
func TestKR10TooFewOldMembers(t *testing.T) {
	t.Parallel()
	r := dealt(t)
	o, shares := r.finish(t)
	next := newRun(t, 2, 2, r.previous(o), shares)
	next.deal(t, 1, 5)
	if _, err := Evaluate(next.session, next.board); !errors.Is(err, ErrTooFew) {
		t.Fatal(err)
	}
	wrong := *next.session.Previous
	wrong.GroupKey = curve.G2Generator()
	next.session.Previous = &wrong
	next.deal(t)
	if _, err := Evaluate(next.session, next.board); err == nil {
		t.Fatal("evaluated to another group key")
	}
}

func TestPolynomialRoundTrip(t *testing.T) {
	t.Parallel()
	r := dealt(t)
	b := r.polynomials[0].Marshal()
	p, err := ParsePolynomial(b)
	if err != nil || p.at(3) != r.polynomials[0].at(3) {
		t.Fatal(err)
	}
	for _, bad := range [][]byte{nil, b[:32], b[:95], append(b, 0), make([]byte, 96), make([]byte, 65*32)} {
		if _, err := ParsePolynomial(bad); err == nil {
			t.Errorf("%d bytes: parsed", len(bad))
		}
	}
	if _, err := (Polynomial{}).Deal(rand.Reader, r.session, 1, r.keys); err == nil {
		t.Error("the zero value deals")
	}
}
