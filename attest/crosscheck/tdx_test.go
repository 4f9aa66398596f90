// SPDX-License-Identifier: Apache-2.0

package crosscheck

import (
	"errors"
	"testing"
	"time"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/claims"
	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/simulator"
	"github.com/escrin/escrin/attest/tdx"
	"github.com/escrin/escrin/attest/verify"
)

// bench is a simulated platform with one guest.
type bench struct {
	platform *simulator.Platform
	td       *simulator.TD
	roots    verify.Roots
}

func newBench(t testing.TB) bench {
	t.Helper()
	p, err := simulator.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	roots, err := verify.ParseRoots(p.RootPEM())
	if err != nil {
		t.Fatal(err)
	}
	return bench{p, p.Start(attest.Registers{MRTD: attest.Register{1}}), roots}
}

// quoting returns b with quotes of another version or kind of report.
func (b bench) quoting(version uint16, body tdx.Body) bench {
	b.platform = b.platform.Quoting(version, body)
	b.td = b.platform.Start(b.td.Registers())
	return b
}

func (b bench) evidence(t testing.TB, f simulator.Flaws) attest.Evidence {
	t.Helper()
	e := attest.Evidence{TEE: attest.TDX}
	var err error
	if e.Signed, e.Collateral, err = b.td.QuoteWith([64]byte{7}, f); err != nil {
		t.Fatal(err)
	}
	return e
}

// ask asks go-tdx-guest alone, inside the same guard as [Verifier.Verify].
func (b bench) ask(e attest.Evidence, full bool) (err error) { return b.askAt(e, full, time.Now()) }

func (b bench) askAt(e attest.Evidence, full bool, now time.Time) (err error) {
	return guarded(func() error { return askTDX(e, b.roots, full, now) })
}

// own asks package verify alone.
func (b bench) own(e attest.Evidence) (claims.TDX, error) {
	c, err := verify.Verify(e, b.roots, time.Now())
	facts, _ := c.TDX()
	return facts, err
}

func codeOf(t testing.TB, err error) verify.Code {
	t.Helper()
	var refusal *verify.Error
	if err != nil && !errors.As(err, &refusal) {
		t.Fatalf("error without a code: %v", err)
	}
	if refusal == nil {
		return ""
	}
	return refusal.Code
}

func TestBothAgree(t *testing.T) {
	b := newBench(t)
	v := New(b.roots)
	for range 2 {
		c, err := v.Verify(b.evidence(t, simulator.Flaws{}), time.Now())
		if err != nil || !c.Verified() {
			t.Fatal(err)
		}
	}
	old := simulator.Flaws{TCBInfo: func(i *collateral.TCBInfo) { i.Levels[0].Status = collateral.SWHardeningNeeded }}
	if _, err := v.Verify(b.evidence(t, old), time.Now()); err != nil {
		t.Errorf("a platform that is not up to date: %v", err)
	}
}

func TestAT04ZeroVerifiersRefuse(t *testing.T) {
	b := newBench(t)
	e := b.evidence(t, simulator.Flaws{})
	for _, v := range []*Verifier{nil, {}, New(verify.Roots{})} {
		if c, err := v.Verify(e, time.Now()); codeOf(t, err) != verify.CodeNoRoot || c.Verified() {
			t.Errorf("error is %v", err)
		}
	}
}

func TestSecondVerifierHasAVeto(t *testing.T) {
	b, other := newBench(t), newBench(t)
	e := b.evidence(t, simulator.Flaws{})
	if other.ask(e, true) == nil || other.ask(e, false) == nil {
		t.Error("accepted under another root")
	}
}

// The library reads version 5 with either report, and its word counts there too.
func TestVersion5IsAskedAbout(t *testing.T) {
	b := newBench(t)
	for _, body := range []tdx.Body{tdx.TDX10, tdx.TDX15} {
		b := b.quoting(tdx.Version5, body)
		if _, err := New(b.roots).Verify(b.evidence(t, simulator.Flaws{}), time.Now()); err != nil {
			t.Errorf("report %d: %v", body, err)
		}
		bad := b.evidence(t, simulator.Flaws{Quote: func(q *tdx.Quote) { q.Signature[1] ^= 1 }})
		if b.ask(bad, false) == nil {
			t.Errorf("report %d: go-tdx-guest accepts any signature", body)
		}
	}
}
