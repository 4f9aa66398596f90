// SPDX-License-Identifier: Apache-2.0

package crosscheck

import (
	"bytes"
	"crypto/x509"
	"encoding/binary"
	"strings"
	"testing"
	"time"

	"github.com/google/go-tdx-guest/validate"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/simulator"
	"github.com/escrin/escrin/attest/tdx"
)

// The defects of go-tdx-guest, each as evidence that it passes and we do not. A
// test that fails here because the library has been mended is good news: let it
// judge more.

// Defect 1: it passes over the platform's status when the TDX module has a major
// version, as every current one has.
func TestAT05Defect1RevokedPlatformPasses(t *testing.T) {
	b := newBench(t)
	for s := collateral.SWHardeningNeeded; s <= collateral.Revoked; s++ {
		e := b.evidence(t, simulator.Flaws{TCBInfo: func(i *collateral.TCBInfo) { i.Levels[0].Status = s }})
		if err := b.ask(e, true); err != nil {
			t.Errorf("go-tdx-guest has been mended: %v", err)
		}
		facts, err := b.own(e)
		if err != nil || facts.TCB.Platform.Status != s {
			t.Errorf("we say that the platform is %v: %v", facts.TCB.Platform.Status, err)
		}
	}
}

// malformed returns quotes with every prefix of raw and every length field of it
// changed.
func malformed(raw []byte) (out [][]byte) {
	for n := range len(raw) {
		out = append(out, raw[:n])
	}
	const signature = tdx.HeaderSize + tdx.ReportSize // offset of the signature data's length
	const certification = signature + 4 + 128 + 2     // and of those inside it
	const authentication = certification + 4 + tdx.QEReportSize + 64
	lengths := map[int]int{signature: 4, certification: 4, authentication: 2, authentication + 2 + 32 + 2: 4}
	for at, size := range lengths {
		old := uint32(raw[at]) | uint32(raw[at+1])<<8
		for _, length := range []uint32{0, 1, 2, old - 1, old + 1, old - 64, old + 64, 1 << 15, 1<<16 - 1, 1 << 31, 1<<32 - 1} {
			var field [4]byte
			binary.LittleEndian.PutUint32(field[:], length)
			q := bytes.Clone(raw)
			copy(q[at:at+size], field[:])
			out = append(out, q)
		}
	}
	return out
}

// Defect 2: it panics on malformed quotes. They never reach it, because our own
// parser comes first; if one did, a panic is a refusal.
func TestAT09Defect2MalformedQuotesPanic(t *testing.T) {
	b := newBench(t)
	e := b.evidence(t, simulator.Flaws{})
	g, err := NewTDXGuest(e, b.roots)
	if err != nil {
		t.Fatal(err)
	}
	panics := 0
	for _, raw := range malformed(e.Signed) {
		if _, err := tdx.ParseQuote(raw); err == nil {
			t.Fatalf("our parser accepted %x", raw)
		}
		err := guarded(func() error { return g.Verify(raw, true, time.Now()) })
		if err == nil {
			t.Fatalf("go-tdx-guest accepted %x", raw)
		}
		if strings.Contains(err.Error(), "panicked") {
			panics++
		}
	}
	if panics == 0 {
		t.Error("go-tdx-guest has been mended: the guard is no longer needed")
	}
}

// Defect 3: without collateral, which is how it verifies unless told otherwise,
// anybody's quoting enclave passes.
func TestAT04Defect3ForeignQEPasses(t *testing.T) {
	b := newBench(t)
	e := b.evidence(t, simulator.Flaws{QEReport: func(r *tdx.QEReport) { r.MRSIGNER = [32]byte{1} }})
	if err := b.ask(e, false); err != nil {
		t.Errorf("go-tdx-guest has been mended: %v", err)
	}
	if _, err := b.own(e); codeOf(t, err) != "tdx.qe.signer" {
		t.Errorf("we say %v", err)
	}
}

// Defect 4: what is dated in the future passes.
func TestAT05Defect4FutureCollateralPasses(t *testing.T) {
	b := newBench(t)
	tomorrow := time.Now().Add(24 * time.Hour)
	crl := func(name string) simulator.Flaws {
		return simulator.Flaws{CRL: func(issuer string, l *x509.RevocationList) {
			if issuer == name {
				l.ThisUpdate = tomorrow
			}
		}}
	}
	for code, f := range map[string]simulator.Flaws{
		"tdx.tcbinfo.future":     {TCBInfo: func(i *collateral.TCBInfo) { i.IssueDate = tomorrow }},
		"tdx.qeidentity.future":  {QEIdentity: func(i *collateral.QEIdentity) { i.IssueDate = tomorrow }},
		"tdx.rootcrl.future":     crl("Intel SGX Root CA"),
		"tdx.platformcrl.future": crl("Intel SGX PCK Platform CA"),
	} {
		e := b.evidence(t, f)
		if err := b.ask(e, true); err != nil {
			t.Errorf("%s: go-tdx-guest has been mended: %v", code, err)
		}
		if _, err := b.own(e); string(codeOf(t, err)) != code {
			t.Errorf("%s: we say %v", code, err)
		}
	}
}

// Defect 4, second half: it has no floor under what it has seen. Ours is the
// editions in claims, which a relying party remembers.
func TestAT05Defect4OlderCollateralPasses(t *testing.T) {
	b := newBench(t)
	number := func(n uint32) simulator.Flaws {
		return simulator.Flaws{TCBInfo: func(i *collateral.TCBInfo) { i.EvaluationNumber = n }}
	}
	newer, older := b.evidence(t, number(19)), b.evidence(t, number(18))
	for _, e := range []attest.Evidence{newer, older} {
		if err := b.ask(e, true); err != nil {
			t.Fatal(err)
		}
	}
	editions := func(e attest.Evidence) collateral.Edition {
		c, err := New(b.roots).Verify(e, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		return c.Editions()[0]
	}
	if !editions(newer).NewerThan(editions(older)) {
		t.Error("the editions do not tell which is newer")
	}
}

// Defect 5: it does not look at TEE_TCB_SVN_2, and what judges a quote
// (and, not tested here, what replays its event log) refuses version 5 altogether.
func TestMB09Defect5Version5(t *testing.T) {
	b := newBench(t).quoting(tdx.Version5, tdx.TDX15)
	for name, f := range map[string]struct {
		svn2 [16]byte
		ours string
	}{
		"of an unknown TDX module": {[16]byte{1, 99}, "tdx.module.version"},
		"of nothing":               {[16]byte{}, ""},
	} {
		e := b.evidence(t, simulator.Flaws{Report: func(r *tdx.Report) { r.TEETCBSVN2 = f.svn2 }})
		if err := b.ask(e, true); err != nil {
			t.Errorf("%s: go-tdx-guest has been mended: %v", name, err)
		}
		facts, err := b.own(e)
		if string(codeOf(t, err)) != f.ours {
			t.Errorf("%s: we say %v", name, err)
		}
		if err == nil && upToDate(facts.TCB) {
			t.Errorf("%s: we say that it is up to date", name)
		}
	}
	e := b.evidence(t, simulator.Flaws{})
	if validate.RawTdxQuote(e.Signed, &validate.Options{}) == nil {
		t.Error("go-tdx-guest has been mended: it validates version 5")
	}
}

// Defect 6: guests under a debugger pass unless it is told otherwise, and a
// platform that is not up to date in a way that shows fails whatever the caller
// thinks of it. Both are a policy's to decide: we claim, and judge elsewhere.
func TestMB08Defect6DebugPasses(t *testing.T) {
	b := newBench(t)
	debug := b.evidence(t, simulator.Flaws{Report: func(r *tdx.Report) { r.TDAttributes[0] |= 1 }})
	if err := b.ask(debug, true); err != nil {
		t.Errorf("go-tdx-guest has been mended: %v", err)
	}
	if err := validate.RawTdxQuote(debug.Signed, &validate.Options{}); err != nil {
		t.Errorf("go-tdx-guest has been mended: %v", err)
	}
	if facts, err := b.own(debug); err != nil || facts.Report.TDAttributes[0]&1 == 0 {
		t.Errorf("we do not say that it is under a debugger: %v", err)
	}
	hardening := b.evidence(t, simulator.Flaws{QEIdentity: func(i *collateral.QEIdentity) { i.Levels[0].Status = collateral.SWHardeningNeeded }})
	if b.ask(hardening, true) == nil {
		t.Error("go-tdx-guest has been mended: it passes a quoting enclave that needs hardening")
	}
	if _, err := New(b.roots).Verify(hardening, time.Now()); err != nil {
		t.Errorf("we leave no room for a policy: %v", err)
	}
}
