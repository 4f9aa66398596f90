// SPDX-License-Identifier: Apache-2.0

package dkg

import (
	"bytes"
	"crypto/rand"
	"errors"
	"slices"
	"testing"

	"github.com/escrin/escrin/keyholder/curve"
)

// subShare returns the place of a member's sealed sub-share in a dealing.
func (r *run) subShare(dealer, member uint32) []byte {
	b := r.board.Dealings[dealer][r.session.publicSize()+curve.ScalarSize:]
	return b[int(member-1)*sealedSize : int(member)*sealedSize]
}

// reseal puts another value in the place of a member's sub-share.
func (r *run) reseal(t testing.TB, dealer, member uint32, value curve.Scalar) {
	t.Helper()
	sealed, err := seal(r.session, dealer, member, r.session.Members[member-1], r.keys[member-1], value)
	if err != nil {
		t.Fatal(err)
	}
	copy(r.subShare(dealer, member), sealed)
}

// KR-04: dealers who tell members different things. What they post in answer decides.
func TestKR04Equivocation(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		cheat func(t *testing.T, r *run)
		seen  Reason
	}{
		"wrong sub-share":      {func(t *testing.T, r *run) { r.reseal(t, 2, 4, curve.ScalarFromIndex(7)) }, SubShareWrong},
		"another's sub-share":  {func(t *testing.T, r *run) { r.reseal(t, 2, 4, r.polynomials[1].at(3)) }, SubShareWrong},
		"sealed to another":    {func(_ *testing.T, r *run) { copy(r.subShare(2, 4), r.subShare(2, 3)) }, SubShareSealed},
		"of another dealer":    {func(_ *testing.T, r *run) { copy(r.subShare(2, 4), r.subShare(1, 4)) }, SubShareSealed},
		"nearly zeros":         {func(_ *testing.T, r *run) { clear(r.subShare(2, 4)[1:]); r.subShare(2, 4)[0] = 1 }, SubShareSealed},
		"bit of ciphertext":    {func(_ *testing.T, r *run) { r.subShare(2, 4)[sealedSize-1] ^= 1 }, SubShareSealed},
		"bit of encapsulation": {func(_ *testing.T, r *run) { r.subShare(2, 4)[7] ^= 1 }, SubShareSealed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := dealt(t)
			c.cheat(t, r)
			seen := r.complain(t)
			if !slices.Equal(seen[4], []Fault{{Dealing, 2, c.seen}}) || len(seen[1]) != 0 || !bytes.Equal(r.board.Complaints[4], []byte{2}) {
				t.Fatal(seen, r.board.Complaints)
			}
			silent, err := Evaluate(r.session, r.board)
			if err != nil || !slices.Equal(silent.Faults, []Fault{{Justifications, 2, JustificationAbsent}}) || slices.Contains(silent.Qualified, 2) {
				t.Fatalf("without an answer: %v, %v", silent.Faults, err)
			}
			r.justify(t)
			o, _ := r.finish(t)
			if len(o.Faults) != 0 || len(o.Qualified) != 5 || o.GroupKey.Equal(silent.GroupKey) {
				t.Fatalf("with the answer: %v", o.Faults)
			}
		})
	}
}

// An answer counts only if it is for just those who complained, and true.
func TestJustificationsRefused(t *testing.T) {
	t.Parallel()
	r := dealt(t)
	r.subShare(2, 3)[0] ^= 1
	r.subShare(2, 4)[0] ^= 1
	r.complain(t)
	r.justify(t)
	good := r.board.Justifications[2]
	other := r.polynomials[1].at(5).Bytes()
	for name, b := range map[string][]byte{
		"nothing": {}, "cut": good[:len(good)-1], "longer": append(bytes.Clone(good), 0), "one of two": good[:answerSize],
		"one too many": append(append(bytes.Clone(good), 5), other[:]...),
		"reversed":     append(bytes.Clone(good[answerSize:]), good[:answerSize]...),
		"twice":        append(bytes.Clone(good[:answerSize]), good[:answerSize]...),
		"other value":  append(append(bytes.Clone(good[:answerSize]), 4), other[:]...),
		"not reduced":  append(append(bytes.Clone(good[:answerSize]), 4), bytes.Repeat([]byte{0xff}, 32)...),
		"value zero":   append(append(bytes.Clone(good[:answerSize]), 4), make([]byte, 32)...),
	} {
		r.board.Justifications[2] = b
		o, err := Evaluate(r.session, r.board)
		if err != nil || !slices.Equal(o.Faults, []Fault{{Justifications, 2, JustificationWrong}}) {
			t.Errorf("%s: %v, %v", name, o.Faults, err)
		}
		r.finish(t)
	}
	r.board.Justifications[2] = good
	r.board.Justifications[5] = append([]byte{1}, other[:]...)
	if o, _ := r.finish(t); !slices.Equal(o.Faults, []Fault{{Justifications, 5, JustificationWrong}}) {
		t.Error("an answer nobody asked for:", o.Faults)
	}
}

// Complaints that are not an ascending list of dealers count for nothing, and false ones change nothing.
func TestComplaintsRefused(t *testing.T) {
	t.Parallel()
	r := dealt(t)
	want, _ := r.finish(t)
	for name, b := range map[string][]byte{
		"nothing": {}, "zero": {0}, "no dealer": {6}, "descending": {2, 1}, "twice": {3, 3}, "long": bytes.Repeat([]byte{1}, 1000),
	} {
		r.board.Complaints[5] = b
		o, err := Evaluate(r.session, r.board)
		if err != nil || !slices.Equal(o.Faults, []Fault{{Complaints, 5, ComplaintMalformed}}) || !o.GroupKey.Equal(want.GroupKey) {
			t.Errorf("%s: %v, %v", name, o.Faults, err)
		}
	}
	r.board.Complaints[5] = []byte{1, 2}
	r.justify(t)
	if o, _ := r.finish(t); len(o.Faults) != 0 || !o.GroupKey.Equal(want.GroupKey) {
		t.Error("a false complaint changed the key")
	}
}

// Who complains about so many that the answers would make its share public has no say; an honest member says nothing.
func TestComplaintTooBroad(t *testing.T) {
	t.Parallel()
	r := dealt(t)
	r.board.Complaints[5] = []byte{1, 2, 3}
	reading, err := Read(r.session, r.board.Dealings)
	if err != nil {
		t.Fatal(err)
	}
	if who := reading.Complainants(1, r.board.Complaints); who != nil {
		t.Fatal("asked to answer", who)
	}
	if o, _ := r.finish(t); !slices.Equal(o.Faults, []Fault{{Complaints, 5, ComplaintTooBroad}}) {
		t.Fatal(o.Faults)
	}
	unreachable := newRun(t, 5, 3, nil, nil)
	unreachable.deal(t)
	for dealer := range unreachable.board.Dealings {
		unreachable.subShare(dealer, 5)[0] ^= 1
	}
	message, faults, err := Complain(unreachable.session, unreachable.board, 5, unreachable.private[4])
	if message != nil || len(faults) != 5 || !errors.Is(err, ErrNoShare) {
		t.Fatal(message, faults, err)
	}
	o, err := Evaluate(unreachable.session, unreachable.board)
	if err != nil || len(o.Qualified) != 5 {
		t.Fatal(err)
	}
	if _, err := Share(unreachable.session, unreachable.board, o, 5, unreachable.private[4]); !errors.Is(err, ErrNoShare) {
		t.Fatal("share without sub-shares:", err)
	}
	if _, err := Share(unreachable.session, unreachable.board, o, 1, unreachable.private[0]); err != nil {
		t.Fatal(err)
	}
}

// Without everybody's key nothing is dealt.
func TestDealToWrongKeys(t *testing.T) {
	t.Parallel()
	r := newRun(t, 5, 3, nil, nil)
	right := slices.Clone(r.keys)
	garbage := bytes.Clone(right[4])
	garbage[0], garbage[1] = 0xff, 0xff // a coefficient that is not reduced
	for name, key := range map[string][]byte{"none": nil, "another's": right[0], "cut": right[4][:100], "longer": append(bytes.Clone(right[4]), 0)} {
		r.keys[4] = key
		if message, err := r.polynomials[0].Deal(rand.Reader, r.session, 1, r.keys); !errors.Is(err, ErrKey) || message != nil {
			t.Errorf("%s: dealt, %v", name, err)
		}
	}
	for name, key := range map[string][]byte{"not reduced": garbage, "low order": append(bytes.Clone(right[4][:1184]), make([]byte, 32)...), "empty": {}} {
		if err := (Member{EncryptionKey: keccak(key)}).CheckKey(key); !errors.Is(err, ErrKey) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := r.polynomials[0].Deal(rand.Reader, r.session, 1, right[:4]); err == nil {
		t.Error("dealt to four of five")
	}
	for _, private := range [][]byte{nil, r.private[1], r.private[0][:31]} {
		if _, _, err := Complain(r.session, r.board, 1, private); err == nil {
			t.Error("opened with another key")
		}
	}
}
