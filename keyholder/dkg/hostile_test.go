// SPDX-License-Identifier: Apache-2.0

package dkg

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"slices"
	"testing"

	"github.com/escrin/escrin/keyholder/curve"
	"pgregory.net/rapid"
)

// What an honest dealer makes public is the sub-share of a faulty member, who knows it: whatever faulty dealers post
// and faulty members complain about.
func TestHonestDealersAnswerNoHonestMember(t *testing.T) {
	t.Parallel()
	r := newRun(t, 5, 3, nil, nil)
	r.deal(t)
	honest := []uint32{1, 2, 3}
	rapid.Check(t, func(rt *rapid.T) {
		board := Board{Dealings: map[uint32][]byte{}, Complaints: map[uint32][]byte{}}
		for dealer, message := range r.board.Dealings {
			board.Dealings[dealer] = slices.Clone(message)
		}
		places := r.session.dealingSize() - 5*sealedSize
		for _, faulty := range []uint32{4, 5} {
			message := board.Dealings[faulty]
			switch at := places + sealedSize*rapid.IntRange(0, 4).Draw(rt, "member"); rapid.IntRange(0, 3).Draw(rt, "deals") {
			case 0:
				message[at] ^= 1
			case 1:
				clear(message[at : at+sealedSize])
			case 2:
				delete(board.Dealings, faulty)
			}
			named := rapid.SliceOfDistinct(rapid.Uint32Range(1, 5), func(d uint32) uint32 { return d }).Draw(rt, "complains")
			slices.Sort(named)
			board.Complaints[faulty] = encodeComplaint(named)
		}
		reading, err := Read(r.session, board.Dealings)
		if err != nil {
			rt.Fatal(err)
		}
		for _, member := range honest {
			if board.Complaints[member], _, err = reading.Complain(member, r.private[member-1]); err != nil {
				rt.Fatal(err)
			}
			if board.Complaints[member] == nil {
				delete(board.Complaints, member)
			}
		}
		for _, dealer := range honest {
			for _, member := range reading.Complainants(dealer, board.Complaints) {
				if slices.Contains(honest, member) {
					rt.Fatalf("dealer %d has to make the sub-share of member %d public", dealer, member)
				}
			}
		}
	})
}

// last replaces the dealing of a faulty dealer who deals last by one of a polynomial that is chosen with all that the faulty
// members were sent.
func (r *run) last(t *testing.T, dealer uint32, p Polynomial) {
	t.Helper()
	message, err := p.Deal(rand.Reader, r.session, dealer, r.keys)
	if err != nil {
		t.Fatal(err)
	}
	r.board.Dealings[dealer] = message
	r.polynomials[dealer-1] = p
}

// sentTo adds up what dealers other than one sent a member.
func (r *run) sentTo(t *testing.T, member, without uint32) (sum curve.Scalar) {
	t.Helper()
	d, err := newDecrypter(r.session, member, r.private[member-1])
	if err != nil {
		t.Fatal(err)
	}
	for dealer := range r.board.Dealings {
		if dealer == without {
			continue
		}
		value, err := d.open(dealer, r.subShare(dealer, member))
		if err != nil {
			t.Fatal(err)
		}
		sum = sum.Add(value)
	}
	return sum
}

func minusOne(t *testing.T) curve.Scalar {
	t.Helper()
	b, err := hex.DecodeString("73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000000")
	if err != nil {
		t.Fatal(err)
	}
	k, err := curve.ScalarFromBytes(b)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// A member that helps a dealer to make its own public share the identity is named and has no share. The others have a network, whose
// key goes on to the next epoch without it.
func TestPublicShareIdentity(t *testing.T) {
	t.Parallel()
	r := newRun(t, 5, 3, nil, nil)
	r.deal(t)
	p := r.polynomials[4]
	rest := r.sentTo(t, 5, 5).Add(p.at(5)).Add(p.coefficients[0].Mul(minusOne(t)))
	p.coefficients[0] = rest.Mul(minusOne(t))
	r.last(t, 5, p)
	if seen := r.complain(t); len(seen[1]) != 0 {
		t.Fatal(seen)
	}
	o, err := Evaluate(r.session, r.board)
	if err != nil || !slices.Equal(o.Faults, []Fault{{Certification, 5, PublicShareNone}}) || !o.PublicShares[4].IsIdentity() {
		t.Fatal(o.Faults, err)
	}
	if o.Faults[0].String() != "member 5: public_share_none" {
		t.Error(o.Faults[0])
	}
	if _, err := Share(r.session, r.board, o, 5, r.private[4]); !errors.Is(err, ErrNoShare) {
		t.Fatal("took a share that is none:", err)
	}
	var shares []curve.Scalar
	for member := uint32(1); member <= 4; member++ {
		share, err := Share(r.session, r.board, o, member, r.private[member-1])
		if err != nil {
			t.Fatal(err)
		}
		shares = append(shares, share)
	}
	signs(t, o, shares, 3)
	next := newRun(t, 4, 3, r.previous(o), append(shares, curve.ScalarFromIndex(1)))
	next.deal(t, 1, 2, 3, 4)
	if _, err := next.polynomials[4].Deal(rand.Reader, next.session, 5, next.keys); err == nil {
		t.Error("dealt without a share")
	}
	next.board.Dealings[5] = next.board.Dealings[4]
	after, _ := next.finish(t)
	if !slices.Equal(after.Faults, []Fault{{Dealing, 5, ShareNotOwn}}) || !after.GroupKey.Equal(o.GroupKey) {
		t.Fatal(after.Faults)
	}
}

// With too few members left that have a share the epoch fails, and they are named.
func TestTooFewPublicShares(t *testing.T) {
	t.Parallel()
	r := newRun(t, 2, 2, nil, nil)
	r.deal(t)
	p := r.polynomials[1]
	p.coefficients[0] = r.sentTo(t, 2, 2).Add(p.coefficients[1].Mul(curve.ScalarFromIndex(2))).Mul(minusOne(t))
	r.last(t, 2, p)
	o, err := Evaluate(r.session, r.board)
	if !errors.Is(err, ErrTooFew) || !slices.Equal(o.Faults, []Fault{{Certification, 2, PublicShareNone}}) || o.PublicShares != nil {
		t.Fatal(o, err)
	}
}

// A commitment of the network is the identity if who deals last wants it to be, and members who are its own keep silent: they get
// no share, and the others have one.
func TestCommitmentOfNetworkIdentity(t *testing.T) {
	t.Parallel()
	r := newRun(t, 3, 2, nil, nil)
	r.deal(t)
	p := r.polynomials[2]
	p.coefficients[1] = r.polynomials[0].coefficients[1].Add(r.polynomials[1].coefficients[1]).Mul(minusOne(t))
	r.last(t, 3, p) // for this test it knows what a dealer could have in the exponent alone
	o, err := Evaluate(r.session, r.board)
	if err != nil || len(o.Faults) != 0 {
		t.Fatal(o.Faults, err)
	}
	if !o.PublicShares[0].Equal(o.PublicShares[2]) {
		t.Error("the polynomial is not constant")
	}
	for member := range r.session.Members {
		if _, err := Share(r.session, r.board, o, uint32(member)+1, r.private[member]); err != nil {
			t.Error(err)
		}
	}
}
