// SPDX-License-Identifier: Apache-2.0

package verify_test

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/kds"
	"github.com/escrin/escrin/attest/simulator"
	"github.com/escrin/escrin/attest/snp"
	"github.com/escrin/escrin/attest/verify"
)

func TestVerifySimulatedSNP(t *testing.T) {
	for _, product := range kds.Products() {
		b := newSNPBench(t, product)
		vlek, err := b.platform.WithVLEK()
		if err != nil {
			t.Fatal(err)
		}
		v := verify.NewVerifier(b.roots)
		for _, p := range []*simulator.SNPPlatform{b.platform, vlek} {
			for version := uint32(snp.MinVersion); version <= snp.MaxVersion; version++ {
				name := fmt.Sprintf("%s, %v, version %d", product, p.Chip().Signer, version)
				e := snpBench{p.Reporting(version), b.roots}.evidence(t, simulator.SNPFlaws{})
				c, err := v.Verify(e, time.Now())
				if err != nil {
					t.Errorf("%s: %v", name, err)
					continue
				}
				s, ok := c.SNP()
				if !ok || !c.Verified() || c.ReportData() != [64]byte{7} || s.Report.Version != version ||
					s.Chip.Product != product || s.Chip.Signer != p.Chip().Signer || s.Chip.TCB != p.Chip().TCB ||
					!bytes.Equal(s.Chip.HWID, p.Chip().HWID) || c.Measurement().LaunchDigest != (attest.Register{5}) ||
					!bytes.Equal(s.Report.Marshal(), e.Signed) {
					t.Errorf("%s: claims are %+v", name, s)
				}
				editions := c.Editions()
				if len(editions) != 1 || editions[0].Series.Document != listFor(p) || editions[0].Number == [20]byte{} ||
					editions[0].Series.Authority == [32]byte{} || editions[0].Issued.IsZero() {
					t.Errorf("%s: editions are %+v", name, editions)
				}
			}
		}
	}
}

// listFor returns the kind of list that comes with reports of p.
func listFor(p *simulator.SNPPlatform) collateral.Document {
	if p.Chip().Signer == kds.VLEK {
		return collateral.DocumentVLEKCRL
	}
	return collateral.DocumentCRL
}

func TestEverySNPFlawIsNoticed(t *testing.T) {
	b := newSNPBench(t, kds.Genoa)
	v := verify.NewVerifier(b.roots)
	if _, err := v.Verify(b.evidence(t, simulator.SNPFlaws{}), time.Now()); err != nil {
		t.Fatal(err)
	}
	known := verify.Codes()
	for _, flaws := range []map[string]snpFlaw{reportFlaws(), bundleFlaws(), amdListFlaws(), amdCertificateFlaws()} {
		for name, f := range flaws {
			c, err := v.Verify(b.evidence(t, f.flaws), time.Now())
			if snpCodeOf(err) != f.code || c.Verified() {
				t.Errorf("%s: error is %v, want %s", name, err, f.code)
			}
			if !slices.Contains(known, f.code) || f.code.Meaning() == "" {
				t.Errorf("%s: code %s is not listed", name, f.code)
			}
		}
	}
}

// The host writes one TCB into the report and AMD another into the certificate.
func TestAT06LiesAboutTCB(t *testing.T) {
	for _, product := range kds.Products() {
		b := newSNPBench(t, product)
		for name, change := range map[string]func(*kds.TCB){
			"bootloader": func(t *kds.TCB) { t.Bootloader++ }, "TEE": func(t *kds.TCB) { t.TEE++ }, "SNP": func(t *kds.TCB) { t.SNP-- },
			"microcode": func(t *kds.TCB) { t.Microcode-- }, "FMC": func(t *kds.TCB) { t.FMC++ },
		} {
			if name == "FMC" && product != kds.Turin {
				continue
			}
			lie := func(r *snp.Report) {
				tcb := b.platform.Chip().TCB
				change(&tcb)
				word, err := kds.JoinTCB(product, tcb)
				if err != nil {
					t.Fatal(err)
				}
				r.ReportedTCB = word
			}
			certify := func(c *kds.Chip) { change(&c.TCB) }
			for where, f := range map[string]snpFlaw{
				"in report":           {report(lie), "snp.report.tcb"},
				"in report, after":    {signed(lie), "snp.collateral.other"},
				"in certificate":      {chip(certify), "snp.report.tcb"},
				"in both, another":    {simulator.SNPFlaws{Report: lie, Chip: func(c *kds.Chip) { certify(c); certify(c) }}, "snp.report.tcb"},
				"in both, the same":   {simulator.SNPFlaws{Report: lie, Chip: certify}, ""},
				"in reserved bytes":   {report(func(r *snp.Report) { r.ReportedTCB |= 1 << 40 }), "snp.report.tcb"},
				"in all other fields": {report(func(r *snp.Report) { r.CurrentTCB++; r.CommittedTCB++; r.LaunchTCB++ }), ""},
			} {
				if _, err := verify.Verify(b.evidence(t, f.flaws), b.roots, time.Now()); snpCodeOf(err) != f.code || f.code == "" && err != nil {
					t.Errorf("%s, %s, %s: error is %v, want %q", product, name, where, err, f.code)
				}
			}
		}
	}
}

// A report with a hidden chip id is authentic: its key is one chip's all the
// same. Whether that is acceptable is not decided here.
func TestAT06ChipIDs(t *testing.T) {
	for _, product := range kds.Products() {
		b := newSNPBench(t, product)
		other := func(c *kds.Chip) { c.HWID = bytes.Repeat([]byte{9}, len(c.HWID)) }
		zeros := func(c *kds.Chip) { c.HWID = make([]byte, len(c.HWID)) }
		hidden := func(r *snp.Report) { r.ChipID = [64]byte{} }
		for name, f := range map[string]snpFlaw{
			"hidden":                  {report(hidden), ""},
			"hidden after":            {signed(hidden), "snp.report.signature"},
			"other in certificate":    {chip(other), "snp.report.chip"},
			"zeros in certificate":    {chip(zeros), "snp.report.chip"},
			"hidden, but for one bit": {report(func(r *snp.Report) { r.ChipID = [64]byte{63: 1} }), "snp.report.chip"},
		} {
			c, err := verify.Verify(b.evidence(t, f.flaws), b.roots, time.Now())
			if snpCodeOf(err) != f.code || f.code == "" && err != nil {
				t.Errorf("%s, %s: error is %v, want %q", product, name, err, f.code)
			}
			if s, ok := c.SNP(); ok && !bytes.Equal(s.Chip.HWID, b.platform.Chip().HWID) {
				t.Errorf("%s, %s: chip is %x", product, name, s.Chip.HWID)
			}
		}
	}
}

// From version 3 on, a report names the processor, which must be the certificate's.
func TestAT08EachVersionNamesItsProcessor(t *testing.T) {
	b := newSNPBench(t, kds.Genoa)
	for version := uint32(3); version <= snp.MaxVersion; version++ {
		e := snpBench{b.platform.Reporting(version), b.roots}.evidence(t, report(func(r *snp.Report) { r.CPUID.Model = 0x01 }))
		if _, err := verify.Verify(e, b.roots, time.Now()); snpCodeOf(err) != "snp.report.product" {
			t.Errorf("version %d: error is %v", version, err)
		}
	}
}

// Keys of chips and of providers do not stand in for each other.
func TestAT07KindsOfKeys(t *testing.T) {
	b := newSNPBench(t, kds.Milan)
	vlek, err := b.platform.WithVLEK()
	if err != nil {
		t.Fatal(err)
	}
	mine, theirs := b.evidence(t, simulator.SNPFlaws{}), snpBench{vlek, b.roots}.evidence(t, simulator.SNPFlaws{})
	unbundle := func(e attest.Evidence) kds.Bundle {
		bundle, err := kds.ParseBundle(e.Collateral)
		if err != nil {
			t.Fatal(err)
		}
		return bundle
	}
	mixed := func(change func(mine, theirs kds.Bundle) kds.Bundle) []byte {
		raw, err := change(unbundle(mine), unbundle(theirs)).Marshal()
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	with := func(signed, collateral []byte) attest.Evidence {
		return attest.Evidence{TEE: attest.SNP, Signed: signed, Collateral: collateral}
	}
	lying := snpBench{vlek, b.roots}.evidence(t, report(func(r *snp.Report) { r.KeyInfo.SigningKey = snp.SignedByVCEK }))
	for name, f := range map[string]struct {
		evidence attest.Evidence
		code     verify.Code
	}{
		"VLEK's collateral for VCEK": {with(mine.Signed, theirs.Collateral), "snp.collateral.other"},
		"VCEK's collateral for VLEK": {with(theirs.Signed, mine.Collateral), "snp.collateral.other"},
		"VLEK says VCEK":             {lying, "snp.report.signer"},
		"VLEK under ASK":             {with(theirs.Signed, mixed(func(m, t kds.Bundle) kds.Bundle { t.ASK = m.ASK; return t })), "snp.ask.subject"},
		"VCEK under ASVK":            {with(mine.Signed, mixed(func(m, t kds.Bundle) kds.Bundle { m.ASK = t.ASK; return m })), "snp.ask.subject"},
	} {
		if _, err := verify.Verify(f.evidence, b.roots, time.Now()); snpCodeOf(err) != f.code {
			t.Errorf("%s: error is %v, want %s", name, err, f.code)
		}
	}
	for name, change := range map[string]func(*snp.Report){ // as cloud providers have been seen to do
		"hidden chip id": func(r *snp.Report) { r.ChipID = [64]byte{} }, "masked key of the chip": func(r *snp.Report) { r.KeyInfo.MaskChipKey = true },
	} {
		if _, err := verify.Verify(snpBench{vlek, b.roots}.evidence(t, report(change)), b.roots, time.Now()); err != nil {
			t.Errorf("VLEK, %s: %v", name, err)
		}
	}
	b.platform.Vendor().RevokeIssuer(kds.VLEK)
	if _, err := verify.Verify(b.evidence(t, simulator.SNPFlaws{}), b.roots, time.Now()); err != nil {
		t.Errorf("VCEK after ASVK was revoked: %v", err)
	}
	revoked := snpBench{vlek, b.roots}.evidence(t, simulator.SNPFlaws{})
	if _, err := verify.Verify(revoked, b.roots, time.Now()); snpCodeOf(err) != "snp.ask.revoked" {
		t.Errorf("VLEK after ASVK was revoked: %v", err)
	}
}

// Evidence of one platform with the collateral of another says nothing.
func TestSNPOfAnotherPlatform(t *testing.T) {
	b := newSNPBench(t, kds.Genoa)
	other, err := b.platform.Another("other")
	if err != nil {
		t.Fatal(err)
	}
	mine, theirs := b.evidence(t, simulator.SNPFlaws{}), snpBench{other, b.roots}.evidence(t, simulator.SNPFlaws{})
	mine.Collateral = theirs.Collateral
	_, err = verify.Verify(mine, b.roots, time.Now())
	if code := snpCodeOf(err); code != "snp.collateral.other" || !code.Inconclusive() {
		t.Errorf("collateral of another chip: %v", err)
	}
	foreign := newSNPBench(t, kds.Milan)
	_, err = verify.Verify(theirs, foreign.roots, time.Now())
	if code := snpCodeOf(err); code != verify.CodeNoRoot || !code.Inconclusive() {
		t.Errorf("under the root of another product: %v", err)
	}
	_, err = verify.Verify(attest.Evidence{TEE: attest.SNP, Signed: theirs.Signed}, b.roots, time.Now())
	if code := snpCodeOf(err); code != "snp.collateral.absent" || !code.Inconclusive() {
		t.Errorf("without collateral: %v", err)
	}
	for name, collateral := range map[string][]byte{"a byte": {1}, "TDX": []byte("escrin.collateral\x01")} {
		theirs.Collateral = collateral
		if _, err := verify.Verify(theirs, b.roots, time.Now()); snpCodeOf(err) != "snp.collateral.malformed" {
			t.Errorf("with collateral of %s: %v", name, err)
		}
	}
	theirs.Signed = theirs.Signed[1:]
	if _, err := verify.Verify(theirs, b.roots, time.Now()); snpCodeOf(err) != "snp.report.malformed" {
		t.Errorf("with a report cut short: %v", err)
	}
}

func TestAT10AMDRoots(t *testing.T) {
	encode := func(ders ...[]byte) (text []byte) {
		for _, der := range ders {
			text = append(text, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
		}
		return text
	}
	plain := func(*x509.Certificate) {}
	milan, genoa, turin := verify.NewARK(t, kds.Milan, plain), verify.NewARK(t, kds.Genoa, plain), verify.NewARK(t, kds.Turin, plain)
	roots, err := verify.ParseRoots(encode(turin, milan, genoa))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(roots.AMD(kds.Milan), milan) || !bytes.Equal(roots.AMD(kds.Turin), turin) || roots.AMD("Rome") != nil || roots.Intel() != nil {
		t.Error("roots are not what was parsed")
	}
	if one, err := verify.ParseRoots(encode(genoa)); err != nil || one.AMD(kds.Milan) != nil || one.AMD(kds.Genoa) == nil {
		t.Errorf("one root: %v", err)
	}
	flipped := bytes.Clone(milan)
	flipped[len(flipped)-1] ^= 1
	for name, text := range map[string][]byte{
		"two of one product":   encode(milan, genoa, milan),
		"an unknown product":   encode(verify.NewARK(t, "Rome", plain)),
		"an ASK":               encode(verify.NewARK(t, kds.Milan, func(c *x509.Certificate) { c.Subject.CommonName = "SEV-Milan" })),
		"not by itself":        encode(flipped),
		"not of AMD's address": encode(verify.NewARK(t, kds.Milan, func(c *x509.Certificate) { c.Subject.Country = nil })),
		"may not sign lists":   encode(verify.NewARK(t, kds.Milan, func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageCertSign })),
		"no authority":         encode(verify.NewARK(t, kds.Milan, func(c *x509.Certificate) { c.IsCA = false })),
	} {
		if _, err := verify.ParseRoots(text); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if _, err := (&verify.Verifier{}).Verify(newSNPBench(t, kds.Milan).evidence(t, simulator.SNPFlaws{}), time.Now()); snpCodeOf(err) != verify.CodeNoRoot {
		t.Errorf("the zero verifier: %v", err)
	}
}

// The root is trusted by decision, and yet only while it is valid.
func TestAT10AMDRootInTime(t *testing.T) {
	b := newSNPBench(t, kds.Milan)
	e := b.evidence(t, simulator.SNPFlaws{})
	for at, want := range map[time.Time]verify.Code{
		time.Date(2060, 1, 1, 0, 0, 1, 0, time.UTC): "snp.ark.expired", time.Date(2019, 12, 31, 23, 59, 59, 0, time.UTC): "snp.ark.future",
	} {
		if _, err := verify.Verify(e, b.roots, at); snpCodeOf(err) != want {
			t.Errorf("at %v: %v, want %s", at, err, want)
		}
	}
}
