// SPDX-License-Identifier: Apache-2.0

package dkg

import (
	"crypto/rand"
	"encoding/binary"
	"slices"
	"testing"

	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/envelope"
)

// run is a session with all that its members know.
type run struct {
	session     Session
	keys        [][]byte // public, by member's index-1
	private     [][]byte
	polynomials []Polynomial // by dealer's index-1
	board       Board
}

// newRun starts a session of n members. Shares are those of the previous epoch,
// by dealer's index-1, or nil.
func newRun(t testing.TB, n, threshold int, previous *Previous, shares []curve.Scalar) *run {
	t.Helper()
	r := &run{session: Session{Epoch: 1, Threshold: threshold, Previous: previous}}
	rand.Read(r.session.ID[:])
	if previous != nil {
		r.session.Epoch = previous.Epoch + 1
	}
	for i := range n {
		private, public, err := envelope.GenerateRecipient()
		if err != nil {
			t.Fatal(err)
		}
		m := Member{EncryptionKey: keccak(public)}
		binary.BigEndian.PutUint32(m.Account[:], uint32(i)+1)
		binary.BigEndian.PutUint32(m.Signer[:], uint32(i)+1)
		r.session.Members = append(r.session.Members, m)
		r.keys, r.private = append(r.keys, public), append(r.private, private)
	}
	r.board = Board{map[uint32][]byte{}, map[uint32][]byte{}, map[uint32][]byte{}}
	for i := range r.session.Dealers() {
		var old *curve.Scalar
		if shares != nil {
			old = &shares[i]
		}
		p, err := Draw(rand.Reader, r.session, old)
		if err != nil {
			t.Fatal(err)
		}
		r.polynomials = append(r.polynomials, p)
	}
	return r
}

// deal posts dealings of these dealers, or of all.
func (r *run) deal(t testing.TB, dealers ...uint32) {
	t.Helper()
	if dealers == nil {
		for i := range r.polynomials {
			dealers = append(dealers, uint32(i)+1)
		}
	}
	for _, d := range dealers {
		message, err := r.polynomials[d-1].Deal(rand.Reader, r.session, d, r.keys)
		if err != nil {
			t.Fatal(err)
		}
		r.board.Dealings[d] = message
	}
}

// complain lets these members complain, or all, and returns what they saw.
func (r *run) complain(t testing.TB, members ...uint32) map[uint32][]Fault {
	t.Helper()
	reading, err := Read(r.session, r.board.Dealings)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[uint32][]Fault{}
	for i := range r.session.Members {
		m := uint32(i) + 1
		if members != nil && !slices.Contains(members, m) {
			continue
		}
		message, faults, err := reading.Complain(m, r.private[i])
		if err != nil {
			t.Fatal(err)
		}
		seen[m] = faults
		if message != nil {
			r.board.Complaints[m] = message
		}
	}
	return seen
}

// justify lets all dealers answer.
func (r *run) justify(t testing.TB) {
	t.Helper()
	reading, err := Read(r.session, r.board.Dealings)
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range r.polynomials {
		d := uint32(i) + 1
		if who := reading.Complainants(d, r.board.Complaints); who != nil {
			message, err := p.Justify(r.session, d, who)
			if err != nil {
				t.Fatal(err)
			}
			r.board.Justifications[d] = message
		}
	}
}

// finish evaluates and takes everybody's share. The key must work.
func (r *run) finish(t testing.TB) (Outcome, []curve.Scalar) {
	t.Helper()
	o, err := Evaluate(r.session, r.board)
	if err != nil {
		t.Fatal(err)
	}
	var shares []curve.Scalar
	for i := range r.session.Members {
		share, err := Share(r.session, r.board, o, uint32(i)+1, r.private[i])
		if err != nil {
			t.Fatal(err)
		}
		shares = append(shares, share)
	}
	signs(t, o, shares, r.session.Threshold)
	return o, shares
}

// signs checks that t shares make a signature of the group key, and fewer do not.
func signs(t testing.TB, o Outcome, shares []curve.Scalar, threshold int) {
	t.Helper()
	h := curve.HashToG1(curve.DSTCompletion, []byte("works"))
	var partials []curve.Partial
	for i, s := range shares {
		p := curve.Partial{Index: uint32(i) + 1, Point: h.Mul(s)}
		if !curve.Verify(p.Point, h, o.PublicShares[i]) {
			t.Fatalf("share %d does not fit its public share", i+1)
		}
		partials = append(partials, p)
	}
	last := partials[len(partials)-threshold:]
	sum, err := curve.Combine(last)
	if err != nil || !curve.Verify(sum, h, o.GroupKey) {
		t.Fatalf("%d shares do not make a signature: %v", threshold, err)
	}
	if threshold > 1 {
		sum, err = curve.Combine(last[1:])
		if err == nil && curve.Verify(sum, h, o.GroupKey) {
			t.Fatal("fewer shares than the threshold make a signature")
		}
	}
}

// previous describes a run's outcome for the run after it.
func (r *run) previous(o Outcome) *Previous {
	return &Previous{r.session.Epoch, r.session.Threshold, o.GroupKey, o.PublicShares}
}

func TestMakeAndHandOn(t *testing.T) {
	t.Parallel()
	first := newRun(t, 5, 3, nil, nil)
	first.deal(t)
	first.complain(t)
	one, shares := first.finish(t)
	for _, to := range [][2]int{{5, 3}, {2, 2}, {7, 4}, {3, 3}} {
		next := newRun(t, to[0], to[1], first.previous(one), shares)
		next.deal(t)
		next.complain(t)
		two, after := next.finish(t)
		if !two.GroupKey.Equal(one.GroupKey) {
			t.Fatal("the group key changed")
		}
		if after[0] == shares[0] || len(two.Faults) != 0 || len(two.Qualified) != len(shares) {
			t.Fatalf("%v: %v", to, two.Faults)
		}
		first, one, shares = next, two, after
	}
}
