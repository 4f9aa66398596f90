// SPDX-License-Identifier: Apache-2.0

package crosscheck

import (
	"testing"
	"time"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/simulator"
	"github.com/escrin/escrin/attest/tdx"
)

// The second verifier's word on a platform counts for the guests of that platform,
// with that collateral, for a minute; never for a quote.
func TestWarmCollateralIsOfOnePlatform(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	now := time.Now()
	platform := func(e attest.Evidence) [32]byte {
		t.Helper()
		p, err := platformOf(e)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	e := b.evidence(t, simulator.Flaws{})
	known := platform(e)
	other := e
	other.Collateral = append(append([]byte{}, e.Collateral...), 0)
	if platform(other) == known {
		t.Error("other collateral counts as the same")
	}
	for name, change := range map[string]func(q *tdx.Quote){
		"TEE TCB":         func(q *tdx.Quote) { q.Report.TEETCBSVN[0]++ },
		"TDX module":      func(q *tdx.Quote) { q.Report.MRSEAM[0]++ },
		"module's signer": func(q *tdx.Quote) { q.Report.MRSIGNERSEAM[0]++ },
		"SEAM attributes": func(q *tdx.Quote) { q.Report.SEAMAttributes[0]++ },
		"attributes":      func(q *tdx.Quote) { q.Report.TDAttributes[0]++ },
		"QE report":       func(q *tdx.Quote) { q.QEReport.MRSIGNER[0]++ },
		"QE's version":    func(q *tdx.Quote) { q.QEReport.ISVSVN++ },
		"certificates":    func(q *tdx.Quote) { q.PCKChain = append([]byte("\n"), q.PCKChain...) },
	} {
		q, err := tdx.ParseQuote(e.Signed)
		if err != nil {
			t.Fatal(err)
		}
		change(&q)
		if platform(attest.Evidence{TEE: attest.TDX, Signed: q.Marshal(), Collateral: e.Collateral}) == known {
			t.Errorf("another %s counts as the same platform", name)
		}
	}
	q, err := tdx.ParseQuote(e.Signed)
	if err != nil {
		t.Fatal(err)
	}
	q.Report.ReportData[0]++
	q.Report.MRTD[0]++
	if platform(attest.Evidence{TEE: attest.TDX, Signed: q.Marshal(), Collateral: e.Collateral}) != known {
		t.Error("another guest of the platform counts as another platform")
	}
	var w warm
	w.add(known, word{at: now, chain: certifying{until: now.AddDate(1, 0, 0)}})
	for age, want := range map[time.Duration]bool{0: true, warmFor - 1: true, warmFor: false, -1: false, 365 * 24 * time.Hour: false} {
		if _, ok := w.of(known, now.Add(age)); ok != want {
			t.Errorf("after %v: %t", age, !want)
		}
	}
	for i := range 3 * maxWarm {
		w.add([32]byte{byte(i), byte(i >> 8), byte(i >> 16)}, word{at: now})
	}
	if len(w.found) > maxWarm {
		t.Errorf("%d platforms are remembered", len(w.found))
	}
}

// What go-tdx-guest refuses it refuses on a platform that it knows, too.
func TestWarmCollateralVouchesForNoQuote(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	v := New(b.roots)
	if _, err := v.Verify(b.evidence(t, simulator.Flaws{}), time.Now()); err != nil {
		t.Fatal(err)
	}
	for name, f := range map[string]simulator.Flaws{
		"signature":    {Quote: func(q *tdx.Quote) { q.Signature[1] ^= 1 }},
		"QE signature": {Quote: func(q *tdx.Quote) { q.QESignature[1] ^= 1 }},
		"key":          {Quote: func(q *tdx.Quote) { q.AttestationKey[1] ^= 1 }},
	} {
		e := b.evidence(t, f)
		if err := v.askTDX(e, true, time.Now()); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	refused := b.evidence(t, simulator.Flaws{QEIdentity: func(i *collateral.QEIdentity) { i.Levels[0].Status = collateral.Revoked }})
	if err := v.askTDX(refused, true, time.Now()); err == nil {
		t.Error("collateral that revokes the quoting enclave: accepted")
	}
	p, err := platformOf(refused)
	if _, known := v.warm.of(p, time.Now()); err != nil || known {
		t.Errorf("what was refused is remembered: %v", err)
	}
}
