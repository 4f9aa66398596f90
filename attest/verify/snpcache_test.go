// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"bytes"
	"sync"
	"testing"
	"time"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/kds"
	"github.com/escrin/escrin/attest/simulator"
	"github.com/escrin/escrin/attest/snp"
)

// rememberedSNP is a guest and the roots that it is under.
type rememberedSNP struct {
	guest *simulator.SNPGuest
	roots Roots
}

func newRememberedSNP(t testing.TB) rememberedSNP {
	t.Helper()
	dir := t.TempDir()
	SeedAMD(t, dir, kds.Turin)
	p, err := simulator.OpenSNP(dir, kds.Turin)
	if err != nil {
		t.Fatal(err)
	}
	roots, err := ParseRoots(p.RootPEM())
	if err != nil {
		t.Fatal(err)
	}
	return rememberedSNP{p.Start(attest.Register{1}), roots}
}

func (r rememberedSNP) evidence(t testing.TB, f simulator.SNPFlaws) attest.Evidence {
	t.Helper()
	var err error
	e := attest.Evidence{TEE: attest.SNP}
	if e.Signed, e.Collateral, err = r.guest.ReportWith([64]byte{1}, f); err != nil {
		t.Fatal(err)
	}
	return e
}

func TestSNPMemory(t *testing.T) {
	r := newRememberedSNP(t)
	t.Run("exact bytes", r.testExactBytes)
	t.Run("shared", r.testShared)
}

// What was verified once is remembered by its exact bytes, and everything that is
// not in them is checked each time.
func (r rememberedSNP) testExactBytes(t *testing.T) {
	v := NewVerifier(r.roots)
	refused := func(what string, e attest.Evidence, at time.Time, remembered int) {
		t.Helper()
		if c, err := v.Verify(e, at); err == nil || c.Verified() {
			t.Errorf("%s: accepted", what)
		}
		if n := len(v.chips.state.items); n != remembered {
			t.Errorf("%s: %d entries, want %d", what, n, remembered)
		}
	}
	good := r.evidence(t, simulator.SNPFlaws{})
	forged := r.evidence(t, simulator.SNPFlaws{Signed: func(r *snp.Report) { r.Measurement[0]++ }})
	forged.Collateral = good.Collateral
	refused("forged before", forged, time.Now(), 0)
	refused("too late before", good, time.Now().AddDate(2, 0, 0), 0)
	refused("too early before", good, time.Now().AddDate(-2, 0, 0), 0)
	for range 3 {
		if _, err := v.Verify(good, time.Now()); err != nil || len(v.chips.state.items) != 1 {
			t.Fatalf("%d entries, %v", len(v.chips.state.items), err)
		}
	}
	knowing := Verifier{chips: v.chips} // and with no root: it only remembers
	if _, err := knowing.Verify(good, time.Now()); err != nil {
		t.Errorf("not remembered: %v", err)
	}
	refused("forged", forged, time.Now(), 1)
	refused("too late", good, time.Now().AddDate(2, 0, 0), 1)
	refused("too early", good, time.Now().AddDate(-2, 0, 0), 1)
	for _, at := range []int{30, len(good.Collateral) / 2, len(good.Collateral) - 1} {
		changed := good
		changed.Collateral = bytes.Clone(good.Collateral)
		changed.Collateral[at] ^= 1
		refused("collateral changed", changed, time.Now(), 1)
	}
	revoked := r.evidence(t, simulator.SNPFlaws{Revoked: []string{"SEV-Turin"}})
	refused("revoked", revoked, time.Now(), 1)
}

func (r rememberedSNP) testShared(t *testing.T) {
	e := r.evidence(t, simulator.SNPFlaws{})
	v := NewVerifier(r.roots)
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for range 4 {
				c, err := v.Verify(e, time.Now())
				s, ok := c.SNP()
				if err != nil || !ok {
					t.Error(err)
					return
				}
				clear(s.Chip.HWID) // a copy
			}
		})
	}
	wait.Wait()
	if c, err := v.Verify(e, time.Now()); err != nil || len(v.chips.state.items) != 1 {
		t.Errorf("%v, %v", c.Verified(), err)
	}
}

// BenchmarkSNPWarm is verify.snp_warm.
func BenchmarkSNPWarm(b *testing.B) {
	r := newRememberedSNP(b)
	e, v := r.evidence(b, simulator.SNPFlaws{}), NewVerifier(r.roots)
	for b.Loop() {
		if _, err := v.Verify(e, time.Now()); err != nil {
			b.Fatal(err)
		}
	}
}
