// SPDX-License-Identifier: Apache-2.0

package client

import (
	"context"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/ibe"
)

// quintet is a network of three out of five.
func quintet(t *testing.T) (*tally, []curve.G1, curve.G1) {
	t.Helper()
	a, b, c := scalar(t), scalar(t), scalar(t)
	f := newFixture(t)
	point := ibe.HashName(f.name)
	network := keyholder.Network{Board: keyholder.Board{ChainID: 1, KeyNetwork: [20]byte{1}}, Epoch: 1, Threshold: 3, GroupKey: a.Public().Bytes()}
	var shares []curve.G1
	for i := uint32(1); i <= 5; i++ {
		x := curve.ScalarFromIndex(i)
		s := a.Add(b.Mul(x)).Add(c.Mul(x).Mul(x))
		shares = append(shares, point.Mul(s))
		network.Holders = append(network.Holders, keyholder.Holder{Index: i, PublicShare: s.Public().Bytes()})
	}
	group, err := network.Group()
	if err != nil {
		t.Fatal(err)
	}
	q := question{
		path: keyholder.PathRelease, base: func(finding) curve.G1 { return point },
		subject: func(finding) [32]byte { return f.name.Digest() },
	}
	return &tally{network: network, group: group, question: q}, shares, point.Mul(a)
}

// TestKR01AnyLiarsInAnyOrder: as long as three are honest the key is right, whoever else answers what and
// when, and nobody honest is named.
func TestKR01AnyLiarsInAnyOrder(t *testing.T) {
	t.Parallel()
	blank, shares, key := quintet(t)
	lie := shares[0].Mul(scalar(t))
	rapid.Check(t, func(t *rapid.T) {
		order := rapid.Permutation([]uint32{1, 2, 3, 4, 5}).Draw(t, "order")
		liars := rapid.Permutation([]uint32{1, 2, 3, 4, 5}).Draw(t, "liars")[:rapid.IntRange(0, 2).Draw(t, "number")]
		lies := []curve.G1{lie, shares[0].Add(lie), shares[1], key} // two liars may tell the same
		tally := *blank
		tally.failures = map[uint32]*Failure{}
		for _, i := range order {
			point := shares[i-1]
			if slices.Contains(liars, i) {
				point = rapid.SampledFrom(lies).Filter(func(p curve.G1) bool { return !p.Equal(shares[i-1]) }).Draw(t, "lie")
			}
			tally.add(answer{holder: i, share: share{index: i, point: point}})
			sum, done, err := tally.settle()
			if !done {
				continue
			}
			if err != nil || !sum.point.Equal(key) {
				t.Fatalf("another key, or %v", err)
			}
			for holder, f := range tally.failures {
				if !f.Lied || !slices.Contains(liars, holder) {
					t.Fatalf("holder %d is named, liars are %d", holder, liars)
				}
			}
			return
		}
		t.Fatal("three honest holders gave no key")
	})
}

// TestKR01NothingIsLeftUnproven: what a round leaves for the next is not counted on trust.
func TestKR01NothingIsLeftUnproven(t *testing.T) {
	t.Parallel()
	tally, shares, _ := quintet(t)
	tally.failures = map[uint32]*Failure{}
	tally.add(answer{holder: 1, share: share{index: 1, point: shares[1]}})
	tally.add(answer{holder: 2, share: share{index: 2, point: shares[1]}})
	tally.prove()
	if len(tally.shares) != 1 || !tally.has(2) || tally.failures[1] == nil || !tally.failures[1].Lied {
		t.Fatalf("shares %v, failures %v", tally.shares, tally.failures)
	}
}

// TestKR01OtherFindingsAreNotAdded: who finds something else, and signs that in earnest, holds nobody up and is added to
// nobody; fewer than t never make a certificate of it.
func TestKR01OtherFindingsAreNotAdded(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	others := keyholder.Findings{Platform: [32]byte{2, 1}}
	f.replies[1] = reply{do: func(_ context.Context, f *fixture, _ string, request [32]byte) (int, []byte, error) {
		return encode(f.certified(1, f.shares[0], others, request))
	}}
	certified, err := f.client.Certificate(t.Context(), f.encoded, [20]byte{7})
	if err != nil || certified.Findings != found {
		t.Fatalf("found %+v, %v", certified.Findings, err)
	}
	group, err := f.network.Group()
	if err != nil || !curve.Verify(certified.Signature, keyholder.CertificateFor(f.evidence, found, [20]byte{7}).Point(), group) {
		t.Errorf("the certificate does not verify, or %v", err)
	}
}
