// SPDX-License-Identifier: Apache-2.0

package crosscheck

import (
	"bytes"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-sev-guest/abi"
	amd "github.com/google/go-sev-guest/kds"
	"github.com/google/go-sev-guest/testing/data"
	guest "github.com/google/go-sev-guest/verify"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/kds"
	"github.com/escrin/escrin/attest/simulator"
	"github.com/escrin/escrin/attest/snp"
	"github.com/escrin/escrin/attest/verify"
)

// snpBench is a simulated platform of AMD's, and the roots that it is under.
type snpBench struct {
	platform *simulator.SNPPlatform
	roots    verify.Roots
}

// newSNPBench opens a platform whose authorities have keys that are published
// with go-sev-guest: making keys of 4096 bits takes seconds.
func newSNPBench(t testing.TB, product kds.Product) snpBench {
	t.Helper()
	dir, line := t.TempDir(), string(product)
	save := func(name, kind string, der []byte, err error) {
		t.Helper()
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, key := range map[string]any{
		"ARK-" + line: data.ARKPrivateKey, "SEV-" + line: data.ASKPrivateKey, "SEV-VLEK-" + line: data.ASVKPrivateKey,
	} {
		der, err := x509.MarshalPKCS8PrivateKey(key)
		save(name+".key", "PRIVATE KEY", der, err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(0x10000),
		Subject: pkix.Name{
			CommonName: "ARK-" + line, Country: []string{"US"}, Locality: []string{"Santa Clara"}, Province: []string{"CA"},
			Organization: []string{"Advanced Micro Devices"}, OrganizationalUnit: []string{"Engineering"},
		},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		SignatureAlgorithm: x509.SHA384WithRSAPSS, BasicConstraintsValid: true, IsCA: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign, SubjectKeyId: []byte{1, 2, 3},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, data.ARKPrivateKey.Public(), data.ARKPrivateKey)
	save("ARK-"+line+".pem", "CERTIFICATE", der, err)
	p, err := simulator.OpenSNP(dir, product)
	if err != nil {
		t.Fatal(err)
	}
	roots, err := verify.ParseRoots(p.RootPEM())
	if err != nil {
		t.Fatal(err)
	}
	return snpBench{p, roots}
}

func (b snpBench) evidence(t testing.TB, f simulator.SNPFlaws) attest.Evidence {
	t.Helper()
	report, bundle, err := b.platform.Start(attest.Register{5}).ReportWith([64]byte{7}, f)
	if err != nil {
		t.Fatal(err)
	}
	return attest.Evidence{TEE: attest.SNP, Signed: report, Collateral: bundle}
}

// ask asks go-sev-guest alone, inside the same guard as [Verifier.Verify].
func (b snpBench) ask(e attest.Evidence, chip kds.Chip) error {
	return guarded(func() error { return askSNP(e, b.roots, chip, time.Now()) })
}

func TestBothAgreeOnSNP(t *testing.T) {
	for _, product := range kds.Products() {
		b := newSNPBench(t, product)
		vlek, err := b.platform.WithVLEK()
		if err != nil {
			t.Fatal(err)
		}
		v := New(b.roots)
		unnamed := simulator.SNPFlaws{Chip: func(c *kds.Chip) { c.Stepping = "" }}
		for _, p := range []*simulator.SNPPlatform{b.platform, vlek} {
			for version := uint32(snp.MinVersion); version <= snp.MaxVersion; version++ {
				for _, f := range []simulator.SNPFlaws{{}, unnamed} {
					e := snpBench{p.Reporting(version), b.roots}.evidence(t, f)
					if c, err := v.Verify(e, time.Now()); err != nil || !c.Verified() {
						t.Errorf("%s, %v, version %d: %v", product, p.Chip().Signer, version, err)
					}
				}
			}
		}
	}
}

// Policies that a guest may have are not for the library to refuse.
func TestGuestPoliciesAreNotDecidedHere(t *testing.T) {
	b := newSNPBench(t, kds.Genoa)
	v := New(b.roots)
	for name, change := range map[string]func(*snp.Report){
		"debug":             func(r *snp.Report) { r.Policy |= snp.PolicyDebug },
		"everything":        func(r *snp.Report) { r.Policy |= 0x3ff0000 },
		"old firmware":      func(r *snp.Report) { r.CommittedVersion = snp.Firmware{} },
		"VMPL 3":            func(r *snp.Report) { r.VMPL = 3 },
		"hidden chip id":    func(r *snp.Report) { r.ChipID = [64]byte{} },
		"a dense processor": func(r *snp.Report) { r.CPUID.Model = 0xa0 },
		"platform":          func(r *snp.Report) { r.PlatformInfo = 0xbf },
	} {
		if _, err := v.Verify(b.evidence(t, simulator.SNPFlaws{Report: change}), time.Now()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// snpOpinion is a flaw, and whether go-sev-guest notices it on its own.
type snpOpinion struct {
	flaws   simulator.SNPFlaws
	notices bool
}

// What the library does not notice, or cannot even be asked, it is not relied
// upon for. Ours refuses all of it.
func snpOpinions() map[string]snpOpinion {
	report := func(change func(*snp.Report)) simulator.SNPFlaws { return simulator.SNPFlaws{Report: change} }
	list := func(change func(*x509.RevocationList)) simulator.SNPFlaws { return simulator.SNPFlaws{CRL: change} }
	certificate := func(name string, change func(*x509.Certificate)) simulator.SNPFlaws {
		return simulator.SNPFlaws{Certificate: func(c *x509.Certificate) {
			if c.Subject.CommonName == name {
				change(c)
			}
		}}
	}
	const vcek, ask = "SEV-VCEK", "SEV-Milan"
	return map[string]snpOpinion{
		"measurement after signing": {simulator.SNPFlaws{Signed: func(r *snp.Report) { r.Measurement[0]++ }}, true},
		"another TCB":               {report(func(r *snp.Report) { r.ReportedTCB-- }), true},
		"another chip":              {report(func(r *snp.Report) { r.ChipID[0]++ }), true},
		"another product":           {report(func(r *snp.Report) { r.CPUID.Model = 0x11 }), true},
		"reserved signing key":      {report(func(r *snp.Report) { r.KeyInfo.SigningKey = 3 }), true},
		"signed by nobody":          {report(func(r *snp.Report) { r.KeyInfo.SigningKey = snp.SignedByNobody }), true},
		"ASK revoked":               {simulator.SNPFlaws{Revoked: []string{ask}}, true},
		"VCEK expired":              {certificate(vcek, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Hour) }), true},
		"ASK expired":               {certificate(ask, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Hour) }), true},
		"VCEK address":              {certificate(vcek, func(c *x509.Certificate) { c.Subject.Country = []string{"DE"} }), true},
		"ASK is no CA":              {certificate(ask, func(c *x509.Certificate) { c.IsCA, c.MaxPathLenZero = false, false }), true},

		// Not noticed:
		"AT-06 masked key":       {report(func(r *snp.Report) { r.KeyInfo.MaskChipKey = true }), false},
		"AT-05 list of tomorrow": {list(func(l *x509.RevocationList) { l.ThisUpdate = time.Now().Add(time.Hour) }), false},
		"AT-05 ARK revoked": {list(func(l *x509.RevocationList) {
			l.RevokedCertificateEntries = []x509.RevocationListEntry{{SerialNumber: big.NewInt(0x10000), RevocationTime: time.Now()}}
		}), false},
		"AT-05 list of changes only": {list(func(l *x509.RevocationList) {
			l.ExtraExtensions = []pkix.Extension{{Id: []int{2, 5, 29, 27}, Critical: true, Value: []byte{2, 1, 1}}}
		}), false},
		"AT-10 ASK without path length": {certificate(ask, func(c *x509.Certificate) { c.MaxPathLen, c.MaxPathLenZero = -1, false }), false},
		"AT-10 ASK signs lists":         {certificate(ask, func(c *x509.Certificate) { c.KeyUsage |= x509.KeyUsageCRLSign }), false},
		"AT-10 ASK by PSS, SHA-512":     {certificate(ask, func(c *x509.Certificate) { c.SignatureAlgorithm = x509.SHA512WithRSAPSS }), false},
		"AT-10 ASK has an unknown part": {certificate(ask, func(c *x509.Certificate) {
			c.ExtraExtensions = []pkix.Extension{{Id: []int{1, 2, 3}, Value: []byte{5, 0}}}
		}), false},
	}
}

func TestAT06WhatGoSEVGuestNotices(t *testing.T) {
	b := newSNPBench(t, kds.Milan)
	v := New(b.roots)
	for name, o := range snpOpinions() {
		e := b.evidence(t, o.flaws)
		if _, err := v.Verify(e, time.Now()); err == nil {
			t.Errorf("%s: accepted", name)
		}
		if err := b.ask(e, b.platform.Chip()); (err != nil) != o.notices {
			t.Errorf("%s: library says %v", name, err)
		}
	}
}

// The library has no place for what Turin's certificates say.
func TestAT06GoSEVGuestCannotReadTurin(t *testing.T) {
	b := newSNPBench(t, kds.Turin)
	e := b.evidence(t, simulator.SNPFlaws{})
	q, err := newSNPQuestion(e, b.roots, b.platform.Chip(), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := amd.VcekCertificateExtensions(q.vek); err == nil || !strings.Contains(err.Error(), "3704.1.3.9") {
		t.Errorf("reads FMC: %v", err)
	}
	if err := guest.SnpAttestation(q.attestation, q.options); err == nil {
		t.Error("verifies a Turin")
	}
	// What it is asked for all the same, it finds.
	bundle := func(change func(*kds.Bundle)) simulator.SNPFlaws { return simulator.SNPFlaws{Bundle: change} }
	for name, f := range map[string]simulator.SNPFlaws{
		"signature":     {Signed: func(r *snp.Report) { r.Measurement[0]++ }},
		"VCEK":          bundle(func(b *kds.Bundle) { b.VEK = bytes.Clone(b.VEK); b.VEK[len(b.VEK)-1]++ }),
		"ASK":           bundle(func(b *kds.Bundle) { b.ASK = bytes.Clone(b.ASK); b.ASK[len(b.ASK)-1]++ }),
		"list":          bundle(func(b *kds.Bundle) { b.CRL = bytes.Clone(b.CRL); b.CRL[len(b.CRL)-1]++ }),
		"ASK revoked":   {Revoked: []string{"SEV-Turin"}},
		"no list":       bundle(func(b *kds.Bundle) { b.CRL = []byte{1} }),
		"no ASK":        bundle(func(b *kds.Bundle) { b.ASK = []byte{1} }),
		"no VCEK":       bundle(func(b *kds.Bundle) { b.VEK = []byte{1} }),
		"reserved bits": {Signed: func(r *snp.Report) { r.Policy = 0 }},
	} {
		if b.ask(b.evidence(t, f), b.platform.Chip()) == nil {
			t.Errorf("%s: library says nothing", name)
		}
	}
}

// Without the ASVK in the place of the ASK, the library would not survive the
// question whether the issuer of a VLEK is revoked.
func TestAT07GoSEVGuestPanicsOnRevocationOfVLEKs(t *testing.T) {
	b := newSNPBench(t, kds.Milan)
	vlek, err := b.platform.WithVLEK()
	if err != nil {
		t.Fatal(err)
	}
	e := snpBench{vlek, b.roots}.evidence(t, simulator.SNPFlaws{})
	q, err := newSNPQuestion(e, b.roots, vlek.Chip(), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if err := guest.SnpAttestation(q.attestation, q.options); err != nil {
		t.Error(err)
	}
	q.root.ProductCerts.Ask, q.root.CRL = nil, nil
	err = guarded(func() error { return guest.SnpAttestation(q.attestation, q.options) })
	if err == nil || !strings.Contains(err.Error(), "panicked") {
		t.Errorf("library says %v", err)
	}
	b.platform.Vendor().RevokeIssuer(kds.VLEK)
	revoked := snpBench{vlek, b.roots}
	if err := revoked.ask(revoked.evidence(t, simulator.SNPFlaws{}), vlek.Chip()); err == nil || !strings.Contains(err.Error(), "revoked") {
		t.Errorf("ASVK revoked: library says %v", err)
	}
}

// Unknown bits of a guest's policy are refused by the library, before a policy of
// ours could say why.
func TestMB08UnknownPolicyBits(t *testing.T) {
	b := newSNPBench(t, kds.Milan)
	for name, change := range map[string]func(*snp.Report){
		"bit 26": func(r *snp.Report) { r.Policy |= 1 << 26 }, "bit 63": func(r *snp.Report) { r.Policy |= 1 << 63 },
		"bit 17": func(r *snp.Report) { r.Policy &^= snp.PolicyReservedOne },
	} {
		e := b.evidence(t, simulator.SNPFlaws{Report: change})
		if _, err := verify.Verify(e, b.roots, time.Now()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		_, err := New(b.roots).Verify(e, time.Now())
		if err == nil || !strings.Contains(err.Error(), string(CodeDisagrees)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSNPQuestionsNeedNoNetwork(t *testing.T) {
	b := newSNPBench(t, kds.Milan)
	e := b.evidence(t, simulator.SNPFlaws{})
	q, err := newSNPQuestion(e, b.roots, b.platform.Chip(), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := q.options.Getter.Get("https://kdsintf.amd.com"); err == nil || !q.options.DisableCertFetching {
		t.Error("asks the network")
	}
	if q.signer != abi.VcekReportSigner || fmt.Sprint(q.root.GetProductLine()) != "Milan" {
		t.Errorf("asks about %v of %s", q.signer, q.root.GetProductLine())
	}
}
