// SPDX-License-Identifier: Apache-2.0

package crosscheck

import (
	"errors"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/simulator"
	"github.com/escrin/escrin/attest/tdx"
	"github.com/escrin/escrin/attest/verify"
)

// laxity is what go-tdx-guest lets pass, by the code that we refuse it with.
// Where it is not listed here, it is an oracle.
func laxity() map[string][]verify.Code {
	return map[string][]verify.Code{
		"finds certificates in any text": {"tdx.chain.malformed"},
		"checks signatures, names and little more of a certificate": {
			"tdx.pck.constraints", "tdx.pck.issuer", "tdx.pck.malformed", "tdx.pck.usage",
			"tdx.platformca.critical", "tdx.platformca.issuer", "tdx.platformca.malformed", "tdx.platformca.pathlength",
			"tdx.platformca.purpose", "tdx.platformca.usage",
			"tdx.signer.constraints", "tdx.signer.critical", "tdx.signer.issuer", "tdx.signer.malformed", "tdx.signer.purpose",
			"tdx.signer.usage",
		},
		"takes the parts of the SGX extension as they come": {"tdx.platform.malformed"},
		"does not look at the quoting enclave's vendor":     {"tdx.quote.vendor"},
		"lets lists be partial, unnumbered and of the future": {
			"tdx.rootcrl.critical", "tdx.rootcrl.future", "tdx.rootcrl.issuer", "tdx.rootcrl.malformed", "tdx.rootcrl.number",
			"tdx.platformcrl.critical", "tdx.platformcrl.future", "tdx.platformcrl.issuer", "tdx.platformcrl.malformed",
			"tdx.platformcrl.number",
		},
		"lets lists be signed with any hash": {"tdx.rootcrl.algorithm", "tdx.platformcrl.algorithm"},
		"reads JSON as package json does, and not the bytes as they were signed": {
			"tdx.tcbinfo.future", "tdx.tcbinfo.kind", "tdx.tcbinfo.malformed", "tdx.tcbinfo.signature",
			"tdx.qeidentity.future", "tdx.qeidentity.malformed", "tdx.qeidentity.signature",
		},
		"does not ask for the TDX module's own identity, nor for what it was updated to": {
			"tdx.module.attributes", "tdx.module.signer", "tdx.module.version",
		},
	}
}

// answers are what both say of one evidence.
type answers struct {
	code    verify.Code // ours
	current bool        // everything is up to date, so that the library can judge all of it
	library error
}

func (b bench) askBoth(t testing.TB, f simulator.TDXFlaw) (a answers) {
	t.Helper()
	if f.V5 {
		b = b.quoting(tdx.Version5, tdx.TDX15)
	}
	e := attest.Evidence{TEE: attest.TDX}
	var err error
	if e.Signed, e.Collateral, err = b.td.QuoteWith([64]byte{7}, f.Flaws); err != nil {
		t.Fatal(err)
	}
	facts, err := b.own(e)
	a.code = codeOf(t, err)
	a.current = err == nil && upToDate(facts.TCB)
	a.library = b.ask(e, a.current || a.code != "")
	return a
}

// Every flaw of the catalogue, put to both: what we find authentic the library
// does too, and what we refuse it refuses or is known to let pass.
func TestDifferentialCatalogue(t *testing.T) {
	b := newBench(t)
	lax := map[verify.Code]bool{}
	for _, codes := range laxity() {
		for _, c := range codes {
			lax[c] = false
		}
	}
	agreed := 0
	for _, f := range simulator.TDXFlaws() {
		a := b.askBoth(t, f)
		switch {
		case (a.code == "") == (a.library == nil):
			agreed++
		case a.code == "":
			t.Errorf("%s: go-tdx-guest refuses what we accept: %v", f.Name, a.library)
		default:
			if _, known := lax[a.code]; !known {
				t.Errorf("%s: go-tdx-guest accepts what we refuse with %s", f.Name, a.code)
			}
			lax[a.code] = true
		}
	}
	for c, seen := range lax {
		if !seen {
			t.Errorf("go-tdx-guest has been mended, or the catalogue changed: nothing passes it that we refuse with %s", c)
		}
	}
	if agreed < 500 {
		t.Errorf("the two agreed about %d flaws only", agreed)
	}
}

// Two random flaws at once: the one that we find first is not the one that it
// finds, but neither accepts what the other refuses for a reason of its own.
func TestDifferentialPairs(t *testing.T) {
	b := newBench(t)
	all := slices.DeleteFunc(simulator.TDXFlaws(), func(f simulator.TDXFlaw) bool {
		return f.V5 || f.Flaws.Report == nil && f.Flaws.QEReport == nil && f.Flaws.Platform == nil && f.Flaws.TCBInfo == nil && f.Flaws.QEIdentity == nil
	})
	lax := slices.Concat(slices.Collect(maps.Values(laxity()))...)
	rapid.Check(t, func(t *rapid.T) {
		one, two := rapid.SampledFrom(all).Draw(t, "one").Flaws, rapid.SampledFrom(all).Draw(t, "two").Flaws
		f := simulator.Flaws{
			Report: both(one.Report, two.Report), QEReport: both(one.QEReport, two.QEReport), Platform: both(one.Platform, two.Platform),
			TCBInfo: both(one.TCBInfo, two.TCBInfo), QEIdentity: both(one.QEIdentity, two.QEIdentity),
		}
		e := attest.Evidence{TEE: attest.TDX}
		var err error
		if e.Signed, e.Collateral, err = b.td.QuoteWith([64]byte{7}, f); err != nil {
			return // no document says both
		}
		facts, err := b.own(e)
		library := b.ask(e, err != nil || upToDate(facts.TCB))
		var refusal *verify.Error
		switch {
		case err == nil && library != nil:
			t.Fatalf("go-tdx-guest refuses what we accept: %v", library)
		case errors.As(err, &refusal) && library == nil && !slices.Contains(lax, refusal.Code):
			t.Fatalf("go-tdx-guest accepts what we refuse: %v", err)
		}
	})
}

// both makes both changes, of which either may be none.
func both[T any](one, two func(*T)) func(*T) {
	return func(v *T) {
		for _, change := range []func(*T){one, two} {
			if change != nil {
				attempt(change, v)
			}
		}
	}
}

// attempt makes a change. The first of two may have taken away what the second changes; then there is the first alone.
func attempt[T any](change func(*T), v *T) {
	defer func() { _ = recover() }()
	change(v)
}

// What both accept at one time they accept at the same times.
func TestDifferentialTimes(t *testing.T) {
	b := newBench(t)
	e := b.evidence(t, simulator.Flaws{})
	for _, days := range []int{-20000, -400, -1, 0, 1, 20, 29, 31, 400, 3000, 20000} {
		at := time.Now().AddDate(0, 0, days)
		_, err := verify.Verify(e, b.roots, at)
		library := b.askAt(e, true, at)
		future := days < 0 && codeOf(t, err) != "" // which go-tdx-guest lets pass
		if (err == nil) != (library == nil) && !future {
			t.Errorf("in %d days: we say %v, go-tdx-guest %v", days, err, library)
		}
	}
}
