// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"fmt"
	"math/big"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/simulator"
	"github.com/escrin/escrin/attest/tdx"
)

// poisoned is a verifier and what it may be fed with.
type poisoned struct {
	*Verifier
	td *simulator.TD
}

func newPoisoned(t *testing.T) poisoned {
	t.Helper()
	p, err := simulator.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	roots, err := ParseRoots(p.RootPEM())
	if err != nil {
		t.Fatal(err)
	}
	return poisoned{NewVerifier(roots), p.Start(attest.Registers{})}
}

func (p poisoned) evidence(t *testing.T, f simulator.Flaws) (e attest.Evidence) {
	t.Helper()
	var err error
	if e.Signed, e.Collateral, err = p.td.QuoteWith([64]byte{3}, f); err != nil {
		t.Fatal(err)
	}
	e.TEE = attest.TDX
	return e
}

// remembered returns how many entries there are.
func (p poisoned) remembered() int {
	return len(p.chains.state.items) + len(p.bases.state.items)
}

func (p poisoned) refuses(t *testing.T, what string, e attest.Evidence, now time.Time) {
	t.Helper()
	before := p.remembered()
	if c, err := p.Verify(e, now); err == nil || c.Verified() {
		t.Errorf("%s: accepted", what)
	}
	if p.remembered() != before {
		t.Errorf("%s: something was remembered of what was refused", what)
	}
}

// AT-05: what is refused, for whatever reason and however late, leaves nothing.
func TestAT05NothingIsRememberedOfRefusedEvidence(t *testing.T) {
	p := newPoisoned(t)
	for name, f := range map[string]simulator.Flaws{
		"quote signature":  {Quote: func(q *tdx.Quote) { q.Signature[9] ^= 1 }},
		"QE signature":     {Quote: func(q *tdx.Quote) { q.QESignature[9] ^= 1 }},
		"collateral":       {Bundle: func(b *collateral.Bundle) { b.QEIdentity.Signature[9] ^= 1 }},
		"another family":   {Platform: func(p *collateral.Platform) { p.FMSPC[5] ^= 1 }},
		"QE debug":         {QEReport: func(r *tdx.QEReport) { r.Attributes[0] |= 2 }},
		"no level":         {TCBInfo: func(i *collateral.TCBInfo) { i.Levels = i.Levels[:1]; i.Levels[0].TCB.PCESVN = 99 }},
		"expired":          {TCBInfo: func(i *collateral.TCBInfo) { i.NextUpdate = time.Now().Add(-time.Minute) }},
		"PCK is a CA":      {Certificate: func(c *x509.Certificate) { c.IsCA = c.Subject.CommonName == "Intel SGX PCK Certificate" || c.IsCA }},
		"PCK revoked":      {Revoked: []string{"Intel SGX PCK Certificate"}},
		"platform revoked": {Revoked: []string{"Intel SGX PCK Platform CA"}},
	} {
		p.refuses(t, name, p.evidence(t, f), time.Now())
	}
	if p.remembered() != 0 {
		t.Error("something was remembered")
	}
}

// What is remembered counts with the size of what it was made from.
func TestMemoryIsMeasured(t *testing.T) {
	p := newPoisoned(t)
	e := p.evidence(t, simulator.Flaws{})
	q, err := tdx.ParseQuote(e.Signed)
	if _, refused := p.Verify(e, time.Now()); refused != nil || err != nil {
		t.Fatal(refused, err)
	}
	want := [2]int{len(q.PCKChain), len(e.Collateral)}
	if got := [2]int{p.chains.state.bytes, p.bases.state.bytes}; got != want {
		t.Errorf("%d bytes, want %d", got, want)
	}
}

// AT-05: what is remembered is asked for its dates each time.
func TestAT05RememberedEvidenceExpires(t *testing.T) {
	p := newPoisoned(t)
	e := p.evidence(t, simulator.Flaws{})
	if _, err := p.Verify(e, time.Now()); err != nil {
		t.Fatal(err)
	}
	for _, at := range []time.Time{{}, time.Now().Add(-3 * time.Hour), time.Now().AddDate(0, 2, 0), time.Now().AddDate(40, 0, 0)} {
		p.refuses(t, at.String(), e, at)
	}
	if _, err := p.Verify(e, time.Now()); err != nil {
		t.Fatal(err)
	}
}

// AT-05: a remembered chain does not save a certificate from a newer list, nor a
// remembered list a certificate that it names.
func TestAT05RememberedChainIsRevoked(t *testing.T) {
	p := newPoisoned(t)
	good := p.evidence(t, simulator.Flaws{})
	if _, err := p.Verify(good, time.Now()); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Intel SGX PCK Certificate", "Intel SGX PCK Platform CA", "Intel SGX TCB Signing"} {
		revoking := p.evidence(t, simulator.Flaws{Revoked: []string{name}})
		mixed := good
		mixed.Collateral = revoking.Collateral
		p.refuses(t, name, mixed, time.Now())
	}
}

// Two valid pieces of evidence do not make a third: everything remembered is of
// exact bytes, together with what it was certified by.
func TestAT09RememberedPartsDoNotMix(t *testing.T) {
	p := newPoisoned(t)
	second := p.evidence(t, simulator.Flaws{Certificate: func(*x509.Certificate) {}}) // the same keys certified again
	first := p.evidence(t, simulator.Flaws{})
	for _, e := range []attest.Evidence{first, second} {
		if _, err := p.Verify(e, time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	a, err := tdx.ParseQuote(first.Signed)
	if err != nil {
		t.Fatal(err)
	}
	other := newPoisoned(t).evidence(t, simulator.Flaws{})
	b, err := tdx.ParseQuote(other.Signed)
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(q *tdx.Quote){
		"chain of another root":     func(q *tdx.Quote) { q.PCKChain = b.PCKChain },
		"another attestation key":   func(q *tdx.Quote) { q.AttestationKey, q.Signature = b.AttestationKey, b.Signature },
		"another QE report":         func(q *tdx.Quote) { q.QEReport, q.QESignature = b.QEReport, b.QESignature },
		"another QE report alone":   func(q *tdx.Quote) { q.QEReport = b.QEReport; q.QEReport.ISVSVN++ },
		"another signature":         func(q *tdx.Quote) { q.Signature = b.Signature },
		"authentication data":       func(q *tdx.Quote) { q.QEAuthData = append(bytes.Clone(q.QEAuthData), 0) },
		"another vendor's QE":       func(q *tdx.Quote) { q.Header.QEVendorID[15]++ },
		"another report":            func(q *tdx.Quote) { q.Report.ReportData[63]++ },
		"attestation key negated":   func(q *tdx.Quote) { negate(q.AttestationKey[32:], elliptic.P256().Params().P) },
		"everything of another one": func(q *tdx.Quote) { *q = b },
	} {
		q := a
		change(&q)
		e := first
		e.Signed = q.Marshal()
		p.refuses(t, name, e, time.Now())
	}
}

// negate replaces n by m − n.
func negate(n []byte, m *big.Int) { new(big.Int).Sub(m, new(big.Int).SetBytes(n)).FillBytes(n) }

// The signatures of ECDSA can be changed by anybody: (r, n−s) verifies like (r, s).
// It makes another entry, of the same meaning, and no more than the bounds allow.
func TestAT11FloodOfEqualSignatures(t *testing.T) {
	p := newPoisoned(t)
	p.bases = newCache[endorsement](limit{entries: 2, bytes: 1 << 20})
	e := p.evidence(t, simulator.Flaws{})
	bundle, err := collateral.ParseBundle(e.Collateral)
	if err != nil {
		t.Fatal(err)
	}
	quote, err := tdx.ParseQuote(e.Signed)
	if err != nil {
		t.Fatal(err)
	}
	order := elliptic.P256().Params().N
	for i := range 8 {
		for bit, s := range [][]byte{bundle.TCBInfo.Signature[32:], bundle.QEIdentity.Signature[32:], quote.QESignature[32:]} {
			if i>>bit&1 == 1 {
				negate(s, order)
			}
		}
		raw, err := bundle.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Verify(attest.Evidence{TEE: attest.TDX, Signed: quote.Marshal(), Collateral: raw}, time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	if len(p.bases.state.items) != 2 || len(p.chains.state.items) != 1 {
		t.Errorf("%d bases, %d chains", len(p.bases.state.items), len(p.chains.state.items))
	}
}

// AT-14: who changes what claims say changes nothing that is remembered, nor other
// claims.
func TestAT14ClaimsShareNothing(t *testing.T) {
	p := newPoisoned(t)
	e := p.evidence(t, simulator.Flaws{TCBInfo: func(i *collateral.TCBInfo) {
		i.Levels[0].AdvisoryIDs = []string{"A"}
		for m := range i.Identities {
			for l := range i.Identities[m].Levels {
				i.Identities[m].Levels[l].AdvisoryIDs = []string{"B"}
			}
		}
	}, QEIdentity: func(q *collateral.QEIdentity) { q.Levels[0].AdvisoryIDs = []string{"C"} }})
	for range 3 {
		c, err := p.Verify(e, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		facts, _ := c.TDX()
		if got := facts.TCB.AdvisoryIDs(); !slices.Equal(got, []string{"A", "B", "C"}) {
			t.Fatalf("advisories are %v", got)
		}
		for _, ids := range [][]string{facts.TCB.Platform.AdvisoryIDs, facts.TCB.Module.AdvisoryIDs, facts.TCB.QE.AdvisoryIDs} {
			ids[0] = "none"
		}
		clear(c.Evidence().Signed)
		clear(c.Editions())
	}
}

// only returns what a cache with one entry remembers.
func only[V any](t *testing.T, c cache[V]) *V {
	t.Helper()
	if c.state.used.Len() != 1 {
		t.Fatalf("%d entries", c.state.used.Len())
	}
	return c.state.used.Front().Value.(*item[V]).value
}

// What is remembered is what is used: lies put there by hand come out.
func TestMemoryIsUsed(t *testing.T) {
	p := newPoisoned(t)
	e := p.evidence(t, simulator.Flaws{})
	if _, err := p.Verify(e, time.Now()); err != nil {
		t.Fatal(err)
	}
	only(t, p.chains).platform.PPID = [16]byte{1, 2, 3}
	base := only(t, p.bases)
	base.info.EvaluationNumber, base.identity.EvaluationNumber = 99, 99
	c, err := p.Verify(e, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if facts, _ := c.TDX(); facts.Platform.PPID != [16]byte{1, 2, 3} || facts.TCB.EvaluationNumber != 99 {
		t.Errorf("%+v", facts)
	}
}

// AT-11: of a platform that is known, each quote's signatures are verified each time:
// the PCK's over the quoting enclave's report, and the attestation key's over the quote.
func TestAT11SignaturesAreVerifiedEachTime(t *testing.T) {
	p := newPoisoned(t)
	e := p.evidence(t, simulator.Flaws{})
	for range 2 {
		if _, err := p.Verify(e, time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	q, err := tdx.ParseQuote(e.Signed)
	if err != nil {
		t.Fatal(err)
	}
	for name, part := range map[string][]byte{"quote": q.Signature[:], "QE report": q.QESignature[:]} {
		for i := range part {
			part[i] ^= 1
			changed := e
			changed.Signed = q.Marshal()
			p.refuses(t, fmt.Sprintf("%s signature, byte %d", name, i), changed, time.Now())
			part[i] ^= 1
		}
	}
	// The very same evidence, when the key is another by which the known platform signs.
	stranger, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	only(t, p.chains).pck.PublicKey = &stranger.PublicKey
	p.refuses(t, "another PCK", e, time.Now())
}

// Good and bad evidence from many sides at once: each gets its own answer.
func TestConcurrentUse(t *testing.T) {
	p := newPoisoned(t)
	good := p.evidence(t, simulator.Flaws{})
	bad := p.evidence(t, simulator.Flaws{Quote: func(q *tdx.Quote) { q.Signature[9] ^= 1 }})
	revoked := good
	revoked.Collateral = p.evidence(t, simulator.Flaws{Revoked: []string{"Intel SGX PCK Certificate"}}).Collateral
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 20 {
				if _, err := p.Verify(good, time.Now()); err != nil {
					t.Errorf("good evidence: %v", err)
				}
				for _, e := range []attest.Evidence{bad, revoked} {
					if _, err := p.Verify(e, time.Now()); err == nil {
						t.Error("bad evidence was accepted")
					}
				}
			}
		})
	}
	wg.Wait()
}
