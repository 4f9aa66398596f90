// SPDX-License-Identifier: Apache-2.0

package verify_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/google/go-sev-guest/verify/testdata"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/kds"
	"github.com/escrin/escrin/attest/simulator"
	"github.com/escrin/escrin/attest/verify"
)

// Every byte of report and collateral matters, in the newest version and on the
// product with layouts of its own.
func TestAT09FlipsOfSNPEvidence(t *testing.T) {
	b := newSNPBench(t, kds.Turin)
	good := b.evidence(t, simulator.SNPFlaws{})
	v := verify.NewVerifier(b.roots)
	if _, err := v.Verify(good, time.Now()); err != nil {
		t.Fatal(err)
	}
	for name, part := range map[string]func(*attest.Evidence) *[]byte{
		"report":     func(e *attest.Evidence) *[]byte { return &e.Signed },
		"collateral": func(e *attest.Evidence) *[]byte { return &e.Collateral },
	} {
		for at := range *part(&good) {
			e := good
			p := part(&e)
			*p = bytes.Clone(*p)
			(*p)[at] ^= 1 << (at % 8)
			_, err := v.Verify(e, time.Now())
			if code := snpCodeOf(err); code.Meaning() == "" {
				t.Errorf("%s, byte %#x: %v", name, at, err)
			}
		}
	}
}

// FuzzVerifySNP looks for evidence that is authentic without AMD's signature, and
// for refusals without a code.
func FuzzVerifySNP(f *testing.F) {
	now := time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)
	b := newSNPBenchAt(f, kds.Milan, func() time.Time { return now })
	for _, version := range []uint32{2, 3, 5} {
		e := snpBench{b.platform.Reporting(version), b.roots}.evidence(f, simulator.SNPFlaws{})
		if _, err := verify.Verify(e, b.roots, now); err != nil {
			f.Fatal(err)
		}
		f.Add(e.Signed, e.Collateral)
	}
	f.Add(testdata.AttestationBytes, []byte("escrin.collateral.snp\x01"))
	v := verify.NewVerifier(b.roots)
	f.Fuzz(func(t *testing.T, report, collateral []byte) {
		c, err := v.Verify(attest.Evidence{TEE: attest.SNP, Signed: report, Collateral: collateral}, now)
		if err != nil {
			if snpCodeOf(err).Meaning() == "" || c.Verified() {
				t.Fatalf("refused without a code: %v", err)
			}
			return
		}
		if s, ok := c.SNP(); !ok || !bytes.Equal(s.Report.Marshal(), report) || c.ReportData() != [64]byte{7} {
			t.Fatalf("a report that no platform made is authentic: %x", report)
		}
	})
}
