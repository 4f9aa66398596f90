// SPDX-License-Identifier: Apache-2.0

package dkg

import (
	"bytes"
	"errors"
	"slices"
	"testing"
)

// KR-12: whatever one posts, everybody comes to one outcome.
func FuzzBoard(f *testing.F) {
	r := newRun(f, 3, 2, nil, nil)
	r.deal(f)
	f.Add(uint32(2), r.board.Dealings[2], []byte{1}, []byte{})
	f.Add(uint32(0), []byte{0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, []byte{0xff}, bytes.Repeat([]byte{1}, answerSize))
	f.Add(uint32(3), r.board.Dealings[1], []byte{1, 2}, bytes.Repeat([]byte{0xff}, answerSize))
	dealings := r.board.Dealings
	f.Fuzz(func(t *testing.T, index uint32, dealing, complaint, justification []byte) {
		b := Board{map[uint32][]byte{}, map[uint32][]byte{index: complaint}, map[uint32][]byte{index: justification}}
		for i := uint32(1); i <= 3; i++ {
			b.Dealings[i] = dealings[i]
		}
		b.Dealings[index] = dealing
		one, err := Evaluate(r.session, b)
		if err != nil && !errors.Is(err, ErrTooFew) {
			t.Fatal(err)
		}
		two, again := Evaluate(r.session, b)
		if (err == nil) != (again == nil) || err == nil && !one.GroupKey.Equal(two.GroupKey) || !slices.Equal(one.Faults, two.Faults) {
			t.Fatal("two outcomes of one board")
		}
	})
}

// KR-12.
func FuzzParsePolynomial(f *testing.F) {
	f.Add(bytes.Repeat([]byte{1}, 64))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := ParsePolynomial(b)
		if err == nil && !bytes.Equal(p.Marshal(), b) {
			t.Fatal("two encodings of one polynomial")
		}
	})
}
