// SPDX-License-Identifier: Apache-2.0

package dkg

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"testing"

	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/envelope"
)

// forge lets member 2 say something else in round r: it returns its message
// with another body, signed.
func forge(ps []*Participant, r Round, change func(body []byte) []byte) Message {
	p := ps[1]
	m := *p.messages[r][p.self-1]
	m.Body = change(bytes.Clone(m.Body))
	return resign(p, m)
}

// until runs the ceremony up to and without round r.
func until(t *testing.T, ps []*Participant, r Round) {
	t.Helper()
	for q := Hello; q < r; q++ {
		exchange(t, ps, q)
	}
}

// recommit makes member 2 commit to a forged public part, so that only what the
// part says can give it away. It returns the Deal with that part.
func recommit(t *testing.T, ps []*Participant, change func(p *Participant, public []byte) []byte) Message {
	t.Helper()
	until(t, ps, Commit)
	liar := ps[1]
	public := change(liar, liar.publicPart())
	commit := *liar.messages[Commit][1]
	h := liar.commitHash(2, public)
	commit.Body = h[:]
	commit = resign(liar, commit)
	for _, p := range ps {
		for _, from := range ps {
			m, _ := from.Own(Commit)
			if from == liar {
				m = commit
			}
			if p == liar && from == liar {
				continue
			}
			if err := p.Accept(m); err != nil {
				t.Fatal(err)
			}
		}
	}
	deal, ok := liar.Own(Deal)
	if !ok {
		t.Fatal("liar has not dealt")
	}
	size := liar.params.Threshold*curve.G2Size + curve.G1Size
	deal.Body = append(bytes.Clone(public), deal.Body[size:]...)
	return resign(liar, deal)
}

// prove redoes the proof of possession for a constant term.
func prove(p *Participant, author uint32, constant []byte, secret curve.Scalar) []byte {
	b := p.possessionPoint(author, constant).Mul(secret).Bytes()
	return b[:]
}

func TestKR05AndKR07BadCommitments(t *testing.T) {
	t.Parallel()
	const g = curve.G2Size
	identity := append([]byte{0xc0}, make([]byte, g-1)...)
	cases := map[string]struct {
		change func(p *Participant, public []byte) []byte
		reason string
	}{
		"KR-05 leading coefficient is zero": {func(_ *Participant, b []byte) []byte { copy(b[g:], identity); return b }, "commitment is not a valid point"},
		"KR-07 constant term is zero":       {func(_ *Participant, b []byte) []byte { copy(b, identity); return b }, "commitment is not a valid point"},
		"KR-07 not a point":                 {func(_ *Participant, b []byte) []byte { copy(b, bytes.Repeat([]byte{0xff}, g)); return b }, "commitment is not a valid point"},
		"KR-07 no proof":                    {func(_ *Participant, b []byte) []byte { clear(b[2*g:]); return b }, "proof of possession does not verify"},
		"KR-07 rogue key: sum under control": {func(p *Participant, b []byte) []byte {
			rogue := curve.G2Generator().Mul(p.secrets.coefficients[0]).Add(curve.G2Generator()).Bytes()
			copy(b, rogue[:])
			return b
		}, "proof of possession does not verify"},
		"KR-07 proof of another member": {func(p *Participant, b []byte) []byte {
			return append(b[:2*g], prove(p, 1, b[:g], p.secrets.coefficients[0])...)
		}, "proof of possession does not verify"},
		"polynomial is not the one that was dealt": {func(p *Participant, b []byte) []byte {
			secret := p.secrets.coefficients[0].Add(curve.ScalarFromIndex(1))
			constant := curve.G2Generator().Mul(secret).Bytes()
			copy(b, constant[:])
			return append(b[:2*g], prove(p, 2, b[:g], secret)...)
		}, "sub-share for us contradicts the commitments"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ps := start(t, 2, 3)
			m := recommit(t, ps, c.change)
			wantFault(t, ps[0].Accept(m), 2, c.reason)
			if _, done := ps[0].Result(); done {
				t.Fatal("finished")
			}
		})
	}
}

// KR-05: the number of commitments is fixed by the threshold.
func TestKR05DegreeIsFixed(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(b []byte) []byte{
		"one commitment less": func(b []byte) []byte { return b[curve.G2Size:] },
		"one commitment more": func(b []byte) []byte { return append(b[:curve.G2Size:curve.G2Size], b...) },
		"empty":               func([]byte) []byte { return nil },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ps := start(t, 2, 3)
			until(t, ps, Deal)
			wantFault(t, ps[0].Accept(forge(ps, Deal, change)), 2, "body has the wrong size")
		})
	}
}

func TestCommitmentsCannotChangeAfterTheHash(t *testing.T) {
	t.Parallel()
	ps := start(t, 2, 3)
	until(t, ps, Deal)
	m := forge(ps, Deal, func(b []byte) []byte {
		other := curve.G2Generator().Bytes()
		copy(b, other[:])
		return b
	})
	wantFault(t, ps[0].Accept(m), 2, "commitments differ from the hash sent before")
}

// KR-04: a sub-share that does not fit is noticed by its receiver, who names the
// dealer and does not confirm.
func TestKR04BadSubShares(t *testing.T) {
	t.Parallel()
	seal := func(ps []*Participant, plain, context []byte) func([]byte) []byte {
		return func(b []byte) []byte {
			p := ps[1]
			sealed, err := envelope.Wrap(p.messages[Hello][0].Body[nonceSize:], subShareInfo, context, plain)
			if err != nil {
				t.Fatal(err)
			}
			copy(b[p.params.Threshold*curve.G2Size+curve.G1Size:], sealed)
			return b
		}
	}
	value := func(ps []*Participant, x uint32) []byte {
		b := evaluate(ps[1].secrets.coefficients, x).Bytes()
		return b[:]
	}
	for name, c := range map[string]struct {
		change func(ps []*Participant) func([]byte) []byte
		reason string
	}{
		"another value": {func(ps []*Participant) func([]byte) []byte {
			return seal(ps, value(ps, 3), ps[1].subShareContext(2, 1))
		}, "sub-share for us contradicts the commitments"},
		"KR-06 value at zero": {func(ps []*Participant) func([]byte) []byte {
			return seal(ps, value(ps, 0), ps[1].subShareContext(2, 1))
		}, "sub-share for us contradicts the commitments"},
		"zero": {func(ps []*Participant) func([]byte) []byte {
			return seal(ps, make([]byte, 32), ps[1].subShareContext(2, 1))
		}, "sub-share for us is not a scalar"},
		"KR-03 sealed for another receiver": {func(ps []*Participant) func([]byte) []byte {
			return seal(ps, value(ps, 1), ps[1].subShareContext(2, 3))
		}, "sub-share for us does not open"},
		"KR-04 sealed in the name of another": {func(ps []*Participant) func([]byte) []byte {
			return seal(ps, value(ps, 1), ps[1].subShareContext(3, 1))
		}, "sub-share for us does not open"},
		"garbage": {func(ps []*Participant) func([]byte) []byte {
			return func(b []byte) []byte { b[len(b)-1]++; b[2*curve.G2Size+curve.G1Size]++; return b }
		}, "sub-share for us does not open"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ps := start(t, 2, 3)
			until(t, ps, Deal)
			wantFault(t, ps[0].Accept(forge(ps, Deal, c.change(ps))), 2, c.reason)
			if _, confirmed := ps[0].Own(Confirm); confirmed {
				t.Fatal("confirmed")
			}
		})
	}
}

// KR-04: who tells two members different things is caught by the transcript,
// and by anyone who sees both.
func TestKR04Equivocation(t *testing.T) {
	t.Parallel()
	t.Run("seen twice by one", func(t *testing.T) {
		t.Parallel()
		ps := start(t, 2, 3)
		m, _ := ps[1].Own(Hello)
		if err := ps[0].Accept(m); err != nil {
			t.Fatal(err)
		}
		if err := ps[0].Accept(m); err != nil {
			t.Fatalf("same message again: %v", err)
		}
		wantFault(t, ps[0].Accept(forge(ps, Hello, func(b []byte) []byte { b[0]++; return b })), 2, "two different messages in one round")
	})
	t.Run("two hellos", func(t *testing.T) {
		t.Parallel()
		ps := start(t, 2, 3)
		other := forge(ps, Hello, func(b []byte) []byte { b[0]++; return b })
		for _, from := range []*Participant{ps[1], ps[2]} {
			m, _ := from.Own(Hello)
			if err := ps[0].Accept(m); err != nil {
				t.Fatal(err)
			}
		}
		first, _ := ps[0].Own(Hello)
		if err := errors.Join(ps[2].Accept(first), ps[2].Accept(other)); err != nil {
			t.Fatal(err)
		}
		m, _ := ps[0].Own(Commit)
		wantDisagreement(t, ps[2].Accept(m), 1)
	})
	t.Run("two deals", func(t *testing.T) {
		t.Parallel()
		ps := start(t, 2, 3)
		until(t, ps, Deal)
		// The sub-share for member 3 is damaged in what member 1 sees only.
		other := forge(ps, Deal, func(b []byte) []byte { b[len(b)-1]++; return b })
		for _, to := range []*Participant{ps[0], ps[2]} {
			for _, from := range ps {
				m, _ := from.Own(Deal)
				if from == ps[1] && to == ps[0] {
					m = other
				}
				if err := to.Accept(m); err != nil {
					t.Fatal(err)
				}
			}
		}
		m, _ := ps[0].Own(Confirm)
		wantDisagreement(t, ps[2].Accept(m), 1)
	})
}

// KR-09: nothing of one run counts in another with the same members.
func TestKR09ReplayAcrossRuns(t *testing.T) {
	t.Parallel()
	params, keys := setup(t, 2, 3)
	newRun := func() []*Participant {
		var ps []*Participant
		for i := range keys {
			p, err := Start(rand.Reader, params, uint32(i)+1, keys[i])
			if err != nil {
				t.Fatal(err)
			}
			ps = append(ps, p)
		}
		return ps
	}
	old := newRun()
	run(t, old)
	for r := Commit; r <= Confirm; r++ {
		now := newRun()
		until(t, now, r)
		m, _ := old[1].Own(r)
		wantDisagreement(t, now[0].Accept(m), 2)
	}
	// A replayed hello starts a session in which its author's further messages
	// are missing: they name the old session.
	now := newRun()
	hello, _ := old[1].Own(Hello)
	third, _ := now[2].Own(Hello)
	if err := errors.Join(now[0].Accept(hello), now[0].Accept(third)); err != nil {
		t.Fatal(err)
	}
	m, _ := old[1].Own(Commit)
	wantDisagreement(t, now[0].Accept(m), 2)
}

func wantDisagreement(t *testing.T, err error, member uint32) {
	t.Helper()
	var d *Disagreement
	if !errors.As(err, &d) || d.Member != member {
		t.Fatalf("got %v, want disagreement of member %d", err, member)
	}
}

func TestForgedFrames(t *testing.T) {
	t.Parallel()
	ps := start(t, 2, 3)
	good, _ := ps[1].Own(Hello)
	stolen := good
	stolen.Author = 3
	wantFault(t, ps[0].Accept(stolen), 3, "signature does not verify")
	changed := good
	changed.Body = bytes.Clone(good.Body)
	changed.Body[0]++
	wantFault(t, ps[0].Accept(changed), 2, "signature does not verify")
	named := good
	named.Session[0]++
	wantFault(t, ps[0].Accept(resign(ps[1], named)), 2, "names a session before there is one")
	for _, m := range []Message{{}, {Round: Hello}, {Round: Hello, Author: 4}, {Round: 5, Author: 2}, {Author: 2}} {
		if err := ps[0].Accept(m); !errors.Is(err, ErrMessage) {
			t.Errorf("%+v: %v", m, err)
		}
	}
	early := good
	early.Round = Deal
	if err := ps[0].Accept(early); !errors.Is(err, ErrEarly) {
		t.Errorf("early: %v", err)
	}
	other := start(t, 2, 3)
	foreign, _ := other[1].Own(Hello)
	wantFault(t, ps[0].Accept(foreign), 2, "signature does not verify")
}

// KR-06 and KR-11.
func TestKR11Parameters(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		t, n int
		ok   bool
	}{
		{2, 2, true}, {2, 3, true}, {3, 3, true}, {3, 4, true}, {16, 31, true},
		{1, 1, false}, {0, 3, false}, {1, 3, false}, {1, 2, false}, {4, 3, false}, {2, 4, false}, {-1, 3, false}, {15, 31, false}, {33, 65, false},
	} {
		params, _ := setup(t, c.t, c.n)
		if err := params.Validate(); (err == nil) != c.ok {
			t.Errorf("%d of %d: %v", c.t, c.n, err)
		}
	}
	params, keys := setup(t, 2, 3)
	for name, change := range map[string]func(p *Params){
		"index zero":    func(p *Params) { p.Members[0].Index = 0 },
		"index repeats": func(p *Params) { p.Members[1].Index = 1 },
		"index above n": func(p *Params) { p.Members[2].Index = 4 },
		"key repeats":   func(p *Params) { p.Members[1].PublicKey = p.Members[0].PublicKey },
		"key is zero":   func(p *Params) { p.Members[1].PublicKey = [32]byte{} },
	} {
		p := Params{Threshold: 2, Members: append([]Member(nil), params.Members...)}
		change(&p)
		if _, err := Start(rand.Reader, p, 1, keys[0]); err == nil {
			t.Errorf("%s: started", name)
		}
	}
	for self, key := range map[uint32]ed25519.PrivateKey{0: keys[0], 2: keys[0], 4: keys[0], 1: nil} {
		if _, err := Start(rand.Reader, params, self, key); err == nil {
			t.Errorf("started as member %d with another's key", self)
		}
	}
}

func TestRestoreRefusals(t *testing.T) {
	t.Parallel()
	params, keys := setup(t, 2, 3)
	p, err := Start(rand.Reader, params, 1, keys[0])
	if err != nil {
		t.Fatal(err)
	}
	b, err := p.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	other := params
	other.Threshold = 3
	if _, err := Restore(b, other, 1, keys[0]); !errors.Is(err, ErrOtherCeremony) {
		t.Errorf("other threshold: %v", err)
	}
	for i := range b {
		changed := bytes.Clone(b)
		changed[i] ^= 1
		if again, err := Restore(changed, params, 1, keys[0]); err == nil {
			m, _ := again.Own(Hello)
			want, _ := p.Own(Hello)
			if !bytes.Equal(m.Marshal(), want.Marshal()) {
				t.Fatalf("byte %d changed: tells another story", i)
			}
		}
	}
}

func FuzzParseMessage(f *testing.F) {
	f.Add(Message{Round: Commit, Author: 1, Body: make([]byte, 32)}.Marshal())
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := ParseMessage(b)
		if err == nil && !bytes.Equal(m.Marshal(), b) {
			t.Fatal("two encodings of one message")
		}
	})
}

// Shares, polynomials and channel keys do not show in what is published.
func TestNothingPublishedIsSecret(t *testing.T) {
	t.Parallel()
	ps := start(t, 2, 3)
	results := run(t, ps)
	var published []byte
	for _, p := range ps {
		for r := Hello; r <= Confirm; r++ {
			m, _ := p.Own(r)
			published = append(published, m.Marshal()...)
		}
	}
	for i, p := range ps {
		share, constant := results[i].Share.Bytes(), p.secrets.coefficients[0].Bytes()
		for _, secret := range [][]byte{share[:], constant[:], p.secrets.channelSeed} {
			if bytes.Contains(published, secret) {
				t.Fatal("a secret was published")
			}
		}
	}
}
