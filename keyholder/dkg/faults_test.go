// SPDX-License-Identifier: Apache-2.0

package dkg

import (
	"bytes"
	"crypto/rand"
	"errors"
	"slices"
	"testing"

	gnark "github.com/consensys/gnark-crypto/ecc/bls12-381"
	"github.com/escrin/escrin/keyholder/curve"
)

// dealt is a session of five whose dealers all posted.
func dealt(t testing.TB) *run {
	r := newRun(t, 5, 3, nil, nil)
	r.deal(t)
	return r
}

// commitment returns the place of a dealing's k-th point; k = t is R.
func commitment(b []byte, k int) []byte { return b[k*curve.G2RawSize : (k+1)*curve.G2RawSize] }

// torsion returns a point on the curve but outside the subgroup.
func torsion() []byte {
	var p gnark.G2Affine
	var b gnark.E2
	b.SetString("4", "4")
	for x := uint64(1); ; x++ {
		p.X.A0.SetUint64(x)
		p.Y.Square(&p.X).Mul(&p.Y, &p.X).Add(&p.Y, &b)
		if p.Y.Legendre() == 1 && p.Y.Sqrt(&p.Y) != nil && p.IsOnCurve() && !p.IsInSubGroup() {
			out := p.RawBytes()
			return out[:]
		}
	}
}

// A dealer that posts a dealing that is not well-formed is named by everybody and left out; the key is made without it.
func TestDealingsRefused(t *testing.T) {
	t.Parallel()
	generator := curve.G2Generator().Raw()
	one := curve.ScalarFromIndex(1).Bytes()
	for name, c := range map[string]struct {
		change func(t *testing.T, r *run, b []byte) []byte
		reason Reason
	}{
		"KR-05 a commitment too few":  {func(_ *testing.T, _ *run, b []byte) []byte { return b[curve.G2RawSize:] }, DealingSize},
		"KR-05 a commitment too many": {func(_ *testing.T, _ *run, b []byte) []byte { return append(bytes.Clone(b[:curve.G2RawSize]), b...) }, DealingSize},
		"KR-05 leading commitment the identity": {func(_ *testing.T, _ *run, b []byte) []byte {
			clear(commitment(b, 2))
			b[2*curve.G2RawSize] = 0x40
			return b
		}, CommitmentInvalid},
		"KR-05 leading commitment zeros":   {func(_ *testing.T, _ *run, b []byte) []byte { clear(commitment(b, 2)); return b }, CommitmentInvalid},
		"KR-07 constant term the identity": {func(_ *testing.T, _ *run, b []byte) []byte { clear(commitment(b, 0)); b[0] = 0x40; return b }, CommitmentInvalid},
		"KR-07 outside the subgroup":       {func(_ *testing.T, _ *run, b []byte) []byte { copy(commitment(b, 1), torsion()); return b }, CommitmentInvalid},
		"KR-07 R outside the subgroup":     {func(_ *testing.T, _ *run, b []byte) []byte { copy(commitment(b, 3), torsion()); return b }, CommitmentInvalid},
		"KR-07 off the curve":              {func(_ *testing.T, _ *run, b []byte) []byte { b[curve.G2RawSize-1] ^= 1; return b }, CommitmentInvalid},
		"KR-07 flags":                      {func(_ *testing.T, _ *run, b []byte) []byte { b[0] |= 0x80; return b }, CommitmentInvalid},
		"KR-07 not reduced":                {func(_ *testing.T, _ *run, b []byte) []byte { copy(b, bytes.Repeat([]byte{0x1f}, 48)); return b }, CommitmentInvalid},
		"KR-07 rogue constant term": {func(_ *testing.T, r *run, b []byte) []byte {
			other, err := curve.G2FromRaw(commitment(r.board.Dealings[1], 0))
			if err != nil {
				panic(err)
			}
			copy(b, raw(other.Add(curve.G2Generator())))
			return b
		}, PossessionInvalid},
		"KR-04 copy of another dealing": {func(_ *testing.T, r *run, _ []byte) []byte { return bytes.Clone(r.board.Dealings[1]) }, PossessionInvalid},
		"KR-09 dealing of another session": {func(t *testing.T, r *run, _ []byte) []byte {
			old := r.session
			old.ID[0] ^= 1
			b, err := r.polynomials[1].Deal(rand.Reader, old, 2, r.keys)
			if err != nil {
				t.Fatal(err)
			}
			return b
		}, PossessionInvalid},
		"KR-05 commitments changed after the proof": {func(_ *testing.T, _ *run, b []byte) []byte { copy(commitment(b, 1), generator[:]); return b }, PossessionInvalid},
		"response zero":    {func(_ *testing.T, _ *run, b []byte) []byte { clear(b[4*curve.G2RawSize:][:32]); return b }, PossessionInvalid},
		"response another": {func(_ *testing.T, _ *run, b []byte) []byte { copy(b[4*curve.G2RawSize:], one[:]); return b }, PossessionInvalid},
		"response not reduced": {func(_ *testing.T, _ *run, b []byte) []byte {
			copy(b[4*curve.G2RawSize:], bytes.Repeat([]byte{0xff}, 32))
			return b
		}, PossessionInvalid},
		"zeros for a member":    {func(_ *testing.T, r *run, b []byte) []byte { clear(b[len(b)-sealedSize:]); return b }, SubShareMissing},
		"zeros for its own":     {func(_ *testing.T, r *run, b []byte) []byte { clear(b[len(b)-4*sealedSize:][:sealedSize]); return b }, SubShareMissing},
		"KR-12 nothing":         {func(*testing.T, *run, []byte) []byte { return nil }, DealingSize},
		"KR-12 cut":             {func(_ *testing.T, _ *run, b []byte) []byte { return b[:len(b)-1] }, DealingSize},
		"KR-12 a byte too many": {func(_ *testing.T, _ *run, b []byte) []byte { return append(b, 0) }, DealingSize},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := dealt(t)
			r.board.Dealings[2] = c.change(t, r, bytes.Clone(r.board.Dealings[2]))
			want := []Fault{{Dealing, 2, c.reason}}
			for member, seen := range r.complain(t) {
				if !slices.Equal(seen, want) {
					t.Fatalf("member %d sees %v", member, seen)
				}
			}
			o, _ := r.finish(t)
			if !slices.Equal(o.Faults, want) || !slices.Equal(o.Qualified, []uint32{1, 3, 4, 5}) {
				t.Fatalf("%v, qualified %v", o.Faults, o.Qualified)
			}
		})
	}
}

// KR-06: dealings and complaints of indexes that are not.
func TestKR06Indexes(t *testing.T) {
	t.Parallel()
	r := dealt(t)
	for _, index := range []uint32{0, 6, 255, 256 + 1, 1<<32 - 1} {
		r.board.Dealings[index] = bytes.Clone(r.board.Dealings[1])
		r.board.Complaints[index] = []byte{1}
	}
	o, _ := r.finish(t)
	if len(o.Qualified) != 5 || len(o.Faults) != 10 {
		t.Fatal(o.Qualified, o.Faults)
	}
	for _, index := range []uint32{0, 6, 1<<32 - 1} {
		if _, err := r.polynomials[0].Deal(rand.Reader, r.session, index, r.keys); err == nil {
			t.Errorf("dealt as %d", index)
		}
		if _, _, err := Complain(r.session, r.board, index, r.private[0]); err == nil {
			t.Errorf("complained as %d", index)
		}
		if _, err := Share(r.session, r.board, o, index, r.private[0]); err == nil {
			t.Errorf("took share %d", index)
		}
	}
	for _, who := range [][]uint32{{0}, {6}, {2, 2}, {3, 2}} {
		if _, err := r.polynomials[0].Justify(r.session, 1, who); err == nil {
			t.Errorf("justified to %v", who)
		}
	}
}

// KR-11: thresholds and members of this epoch and the one before.
func TestKR11Session(t *testing.T) {
	t.Parallel()
	good := newRun(t, 5, 3, nil, nil).session
	point := curve.G2Generator()
	for name, change := range map[string]func(s *Session){
		"no id":                 func(s *Session) { s.ID = [32]byte{} },
		"epoch zero":            func(s *Session) { s.Epoch = 0 },
		"threshold zero":        func(s *Session) { s.Threshold = 0 },
		"threshold negative":    func(s *Session) { s.Threshold = -3 },
		"threshold no majority": func(s *Session) { s.Threshold = 2 },
		"threshold above n":     func(s *Session) { s.Threshold = 6 },
		"no members":            func(s *Session) { s.Members = nil },
		"one member":            func(s *Session) { s.Members, s.Threshold = s.Members[:1], 1 },
		"too many members":      func(s *Session) { s.Members, s.Threshold = make([]Member, 65), 33 },
		"accounts equal":        func(s *Session) { s.Members[1].Account = s.Members[0].Account },
		"accounts out of order": func(s *Session) {
			s.Members[0].Account, s.Members[1].Account = s.Members[1].Account, s.Members[0].Account
		},
		"signer twice":         func(s *Session) { s.Members[1].Signer = s.Members[4].Signer },
		"signer zero":          func(s *Session) { s.Members[1].Signer = [20]byte{} },
		"no encryption key":    func(s *Session) { s.Members[2].EncryptionKey = [32]byte{} },
		"previous empty":       func(s *Session) { s.Epoch, s.Previous = 2, &Previous{} },
		"previous not before":  func(s *Session) { s.Previous = &Previous{1, 2, point, []curve.G2{point, point}} },
		"previous threshold":   func(s *Session) { s.Epoch, s.Previous = 2, &Previous{1, 1, point, []curve.G2{point, point}} },
		"previous without key": func(s *Session) { s.Epoch, s.Previous = 2, &Previous{1, 2, curve.G2{}, []curve.G2{point, point}} },
		"previous share lost":  func(s *Session) { s.Epoch, s.Previous = 2, &Previous{1, 2, point, []curve.G2{point, {}}} },
	} {
		s := good
		s.Members = slices.Clone(good.Members)
		change(&s)
		if s.Validate() == nil {
			t.Errorf("%s: accepted", name)
		}
		if _, err := Evaluate(s, Board{}); err == nil || errors.Is(err, ErrTooFew) {
			t.Errorf("%s: evaluated: %v", name, err)
		}
	}
}

// A board that is empty, or has too little, fails and says so.
func TestTooFewDealings(t *testing.T) {
	t.Parallel()
	r := newRun(t, 5, 3, nil, nil)
	for _, dealers := range [][]uint32{{}, {1}, {1, 4}} {
		r.deal(t, dealers...)
		if o, err := Evaluate(r.session, r.board); !errors.Is(err, ErrTooFew) || o.PublicShares != nil {
			t.Fatalf("%v: %v", dealers, err)
		}
	}
	r.deal(t, 1, 4, 5)
	r.finish(t)
}

// KR-12: the largest dealing fits the board.
func TestKR12LargestDealing(t *testing.T) {
	t.Parallel()
	if size := (Session{Threshold: 64, Members: make([]Member, 64)}).dealingSize(); size > 120_000 {
		t.Fatalf("%d bytes", size)
	}
}
