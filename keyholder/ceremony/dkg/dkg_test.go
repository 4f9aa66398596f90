// SPDX-License-Identifier: Apache-2.0

package dkg

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"testing"

	"github.com/escrin/escrin/keyholder/curve"
)

// setup returns parameters and signing keys of n members.
func setup(t *testing.T, threshold, n int) (Params, []ed25519.PrivateKey) {
	t.Helper()
	p := Params{Threshold: threshold}
	var keys []ed25519.PrivateKey
	for i := range n {
		public, private, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		p.Members = append(p.Members, Member{uint32(i) + 1, [32]byte(public)})
		keys = append(keys, private)
	}
	return p, keys
}

func start(t *testing.T, threshold, n int) []*Participant {
	t.Helper()
	params, keys := setup(t, threshold, n)
	var ps []*Participant
	for i := range n {
		p, err := Start(rand.Reader, params, uint32(i)+1, keys[i])
		if err != nil {
			t.Fatal(err)
		}
		ps = append(ps, p)
	}
	return ps
}

// exchange delivers every message of round r to everyone.
func exchange(t *testing.T, ps []*Participant, r Round) {
	t.Helper()
	for _, from := range ps {
		m, ok := from.Own(r)
		if !ok {
			t.Fatalf("member %d has no %s", from.self, r)
		}
		for _, to := range ps {
			if err := to.Accept(m); err != nil {
				t.Fatalf("member %d refuses %s of %d: %v", to.self, r, from.self, err)
			}
		}
	}
}

func run(t *testing.T, ps []*Participant) []Result {
	t.Helper()
	for r := Hello; r <= Confirm; r++ {
		exchange(t, ps, r)
	}
	var out []Result
	for _, p := range ps {
		res, ok := p.Result()
		if !ok {
			t.Fatalf("member %d has no result", p.self)
		}
		out = append(out, res)
	}
	return out
}

func TestCeremonyMakesOneKey(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ t, n int }{{2, 2}, {2, 3}, {3, 5}, {5, 7}} {
		results := run(t, start(t, c.t, c.n))
		point := curve.HashToG1(curve.DSTKey, []byte("message"))
		var partials []curve.Partial
		for i, r := range results {
			if !r.GroupKey.Equal(results[0].GroupKey) || r.Transcript != results[0].Transcript {
				t.Fatalf("member %d has another key", i+1)
			}
			partial := point.Mul(r.Share)
			if !curve.Verify(partial, point, results[0].PublicShares[i]) {
				t.Fatalf("share %d does not fit its public share", i+1)
			}
			partials = append(partials, curve.Partial{Index: uint32(i) + 1, Point: partial})
		}
		for from := 0; from+c.t <= c.n; from++ {
			sum, err := curve.Combine(partials[from : from+c.t])
			if err != nil || !curve.Verify(sum, point, results[0].GroupKey) {
				t.Fatalf("%d of %d from %d: wrong combination (%v)", c.t, c.n, from, err)
			}
		}
		few, err := curve.Combine(partials[:c.t-1])
		if err != nil || curve.Verify(few, point, results[0].GroupKey) {
			t.Fatalf("%d of %d: too few shares gave a valid signature (%v)", c.t-1, c.n, err)
		}
	}
}

func TestSnapshotAtEveryStepContinues(t *testing.T) {
	t.Parallel()
	params, keys := setup(t, 2, 3)
	var ps []*Participant
	for i := range keys {
		p, err := Start(rand.Reader, params, uint32(i)+1, keys[i])
		if err != nil {
			t.Fatal(err)
		}
		ps = append(ps, p)
	}
	restart := func(i int) {
		before, _ := ps[i].Own(ps[i].Round())
		b, err := ps[i].Snapshot()
		if err != nil {
			t.Fatal(err)
		}
		if ps[i], err = Restore(b, params, uint32(i)+1, keys[i]); err != nil {
			t.Fatal(err)
		}
		after, _ := ps[i].Own(before.Round)
		if before.Round != 0 && !bytes.Equal(before.Marshal(), after.Marshal()) {
			t.Fatalf("restored member %d tells another story in %s", i+1, before.Round)
		}
	}
	for r := Hello; r <= Confirm; r++ {
		for from := range ps {
			m, _ := ps[from].Own(r)
			for to := range ps {
				if err := ps[to].Accept(m); err != nil {
					t.Fatal(err)
				}
				restart(to)
			}
		}
	}
	for i, p := range ps {
		if _, ok := p.Result(); !ok {
			t.Fatalf("member %d did not finish", i+1)
		}
	}
}

// resign makes m a message of p again after a change.
func resign(p *Participant, m Message) Message {
	copy(m.Signature[:], ed25519.Sign(p.signer, m.signed(p.digest)))
	return m
}

func wantFault(t *testing.T, err error, member uint32, reason string) {
	t.Helper()
	var f *Fault
	if !errors.As(err, &f) || f.Member != member || f.Reason != reason {
		t.Fatalf("got %v, want fault of member %d: %s", err, member, reason)
	}
}
