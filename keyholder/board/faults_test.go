// SPDX-License-Identifier: Apache-2.0

package board_test

import (
	"bytes"
	"crypto/rand"
	"slices"
	"testing"

	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/keyholder/dkg"
	"github.com/escrin/escrin/keyholder/epoch/epochtest"
)

// Where a dealing to n members with threshold t has what (SPEC.md, section 7).
const (
	pointSize  = 192
	sealedSize = 1168
)

// flip changes a bit; from counts from the end if it is negative.
func flip(from int) func([]byte) []byte {
	return func(message []byte) []byte {
		out := bytes.Clone(message)
		out[(from+len(out))%len(out)] ^= 1
		return out
	}
}

func silent([]byte) []byte { return nil }

// misdeed is what the first holder does, and what the others call it.
type misdeed struct {
	faulty   epochtest.Faulty
	honestly bool // whether it stands by what it posted, and justifies it
	want     []dkg.Fault
}

func misdeeds() map[string]misdeed {
	dealing := func(reason dkg.Reason) []dkg.Fault {
		return []dkg.Fault{{Phase: dkg.Dealing, Index: 1, Reason: reason}}
	}
	unjustified := func(reason dkg.Reason) []dkg.Fault {
		return []dkg.Fault{{Phase: dkg.Justifications, Index: 1, Reason: reason}}
	}
	garbage := func(size int) func([]byte) []byte {
		return func([]byte) []byte {
			out := make([]byte, size)
			rand.Read(out)
			return out
		}
	}
	toLast := -sealedSize / 2 // what is sealed to the last member
	return map[string]misdeed{
		"KR-04 does not deal":                   {faulty: epochtest.Faulty{Dealing: silent}},
		"KR-12 deals garbage":                   {faulty: epochtest.Faulty{Dealing: garbage(1000)}, want: dealing(dkg.DealingSize)},
		"KR-12 deals one byte":                  {faulty: epochtest.Faulty{Dealing: garbage(1)}, want: dealing(dkg.DealingSize)},
		"KR-05 raises the degree":               {faulty: epochtest.Faulty{Dealing: func(m []byte) []byte { return append(bytes.Clone(m[:pointSize]), m...) }}, want: dealing(dkg.DealingSize)},
		"KR-05 lowers the degree":               {faulty: epochtest.Faulty{Dealing: func(m []byte) []byte { return m[pointSize:] }}, want: dealing(dkg.DealingSize)},
		"KR-07 commits to no point":             {faulty: epochtest.Faulty{Dealing: flip(pointSize + 100)}, want: dealing(dkg.CommitmentInvalid)},
		"KR-07 does not know its constant term": {faulty: epochtest.Faulty{Dealing: flip(4*pointSize + 31)}, want: dealing(dkg.PossessionInvalid)},
		"commits to another polynomial": {faulty: epochtest.Faulty{Dealing: func(m []byte) []byte {
			out := bytes.Clone(m)
			copy(out[pointSize:2*pointSize], m[2*pointSize:])
			return out
		}}, want: dealing(dkg.PossessionInvalid)},
		"seals badly and justifies it":         {faulty: epochtest.Faulty{Dealing: flip(toLast)}, honestly: true},
		"seals badly and stays silent":         {faulty: epochtest.Faulty{Dealing: flip(toLast), Justification: silent}, honestly: true, want: unjustified(dkg.JustificationAbsent)},
		"seals badly and justifies wrongly":    {faulty: epochtest.Faulty{Dealing: flip(toLast), Justification: flip(-1)}, honestly: true, want: unjustified(dkg.JustificationWrong)},
		"seals badly and justifies to another": {faulty: epochtest.Faulty{Dealing: flip(toLast), Justification: flip(0)}, honestly: true, want: unjustified(dkg.JustificationWrong)},
	}
}

// Whatever one of five does on the real board, the others make the key or hand it on, and all of
// them see who did what.
func TestFaultyDealersAreNamed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 5)
	w.run(3, w.holders...)
	key, err := w.board.GroupKey(t.Context())
	w.must(err)
	for name, m := range misdeeds() {
		t.Run(name, func(t *testing.T) {
			w.t = t
			w.commit(m)
		})
	}
	t.Run("complains falsely", func(t *testing.T) {
		w.t = t
		w.want = nil
		w.complaint = []byte{2, 3}
		w.run(3, w.holders...)
	})
	t.Run("complains without sense", func(t *testing.T) {
		w.t = t
		w.want = []dkg.Fault{{Phase: dkg.Complaints, Index: 1, Reason: dkg.ComplaintMalformed}}
		w.complaint = []byte{3, 2}
		w.run(3, w.holders...)
	})
	t.Run("KR-11 complains about all, to have everybody's answers", func(t *testing.T) {
		w.t = t
		w.want = []dkg.Fault{{Phase: dkg.Complaints, Index: 1, Reason: dkg.ComplaintTooBroad}}
		w.complaint = []byte{1, 2, 3, 4, 5}
		w.run(3, w.holders...)
	})
	w.t = t
	again, err := w.board.GroupKey(t.Context())
	w.must(err)
	if !bytes.Equal(key, again) {
		t.Fatal("group key changed")
	}
}

// The same where the key is made.
func TestFaultyDealersAreNamedWhenTheKeyIsMade(t *testing.T) {
	t.Parallel()
	for name, m := range misdeeds() {
		if name != "seals badly and stays silent" && name != "KR-07 does not know its constant term" {
			continue // each takes a chain
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			newWorld(t, 5).commit(m)
		})
	}
}

// commit runs an epoch in which the first holder misbehaves as a dealer.
func (w *world) commit(m misdeed) {
	w.t.Helper()
	first := w.holders[0]
	faulty := m.faulty
	faulty.Board = first.board
	if change := m.faulty.Dealing; m.honestly {
		var said []byte // what it deals in place of what it should, always the same
		faulty.Dealing = func(message []byte) []byte {
			if said == nil {
				said = change(message)
			}
			for name := range first.keys.Records {
				if session, found := bytes.CutSuffix(first.keys.Records[name], message); found {
					first.keys.Records[name] = slices.Concat(session, said)
				}
			}
			return said
		}
	}
	honest := first.posts
	first.posts = &faulty
	first.boot(w)
	w.want, w.complaint = m.want, nil
	w.run(3, w.holders...)
	first.posts = honest
	first.boot(w)
}

// accuse has the first holder complain as the test wants it to.
func (w *world) accuse(number uint64) {
	w.t.Helper()
	phase, err := w.board.Phase(w.t.Context(), number)
	w.must(err)
	if w.complaint != nil && phase == chain.Complaints {
		_, err := w.holders[0].board.Complain(w.t.Context(), number, w.complaint)
		w.must(err)
	}
}

// checkFaults demands that all that was seen of the latest epoch is what is wanted.
func (w *world) checkFaults() {
	w.t.Helper()
	if !slices.Equal(w.seen, w.want) {
		w.t.Fatalf("seen %v, want %v", w.seen, w.want)
	}
}
