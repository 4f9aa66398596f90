// SPDX-License-Identifier: Apache-2.0

package verify_test

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-sev-guest/testing/data"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/collateral"
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

// newSNPBench opens a platform. Its keys are published with go-sev-guest: making
// keys of 4096 bits takes seconds.
func newSNPBench(t testing.TB, product kds.Product) snpBench {
	return newSNPBenchAt(t, product, time.Now)
}

// newSNPBenchAt is newSNPBench at another time. At a fixed one it makes the same
// evidence always.
func newSNPBenchAt(t testing.TB, product kds.Product, clock simulator.Clock) snpBench {
	t.Helper()
	dir := t.TempDir()
	line := string(product)
	for name, key := range map[string]any{
		"ARK-" + line: data.ARKPrivateKey, "SEV-" + line: data.ASKPrivateKey, "SEV-VLEK-" + line: data.ASVKPrivateKey,
		line + "-chip": data.VCEKPrivateKey, line + "-vlek": data.VLEKPrivateKey,
	} {
		der, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			t.Fatal(err)
		}
		writePEM(t, filepath.Join(dir, name+".key"), "PRIVATE KEY", der)
	}
	writePEM(t, filepath.Join(dir, "ARK-"+line+".pem"), "CERTIFICATE", arkOf(t, product, func(*x509.Certificate) {}))
	p, err := simulator.OpenSNPAt(dir, product, clock)
	if err != nil {
		t.Fatal(err)
	}
	roots, err := verify.ParseRoots(p.RootPEM())
	if err != nil {
		t.Fatal(err)
	}
	return snpBench{p, roots}
}

func writePEM(t testing.TB, path, kind string, der []byte) {
	t.Helper()
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
}

// arkOf makes the root certificate of a product.
func arkOf(t testing.TB, product kds.Product, change func(*x509.Certificate)) []byte {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(0x10000),
		Subject: pkix.Name{
			CommonName: "ARK-" + string(product), Country: []string{"US"}, Locality: []string{"Santa Clara"}, Province: []string{"CA"},
			Organization: []string{"Advanced Micro Devices"}, OrganizationalUnit: []string{"Engineering"},
		},
		NotBefore: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2060, 1, 1, 0, 0, 0, 0, time.UTC),
		SignatureAlgorithm: x509.SHA384WithRSAPSS, BasicConstraintsValid: true, IsCA: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign, SubjectKeyId: []byte{1, 2, 3},
		CRLDistributionPoints: []string{"https://kdsintf.amd.com/vcek/v1/" + string(product) + "/crl"},
	}
	change(template)
	der, err := x509.CreateCertificate(zeros{}, template, template, data.ARKPrivateKey.Public(), data.ARKPrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// zeros is the salt of a signature that is the same always.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	clear(b)
	return len(b), nil
}

func (b snpBench) evidence(t testing.TB, f simulator.SNPFlaws) attest.Evidence {
	t.Helper()
	report, bundle, err := b.platform.Start(attest.Register{5}).ReportWith([64]byte{7}, f)
	if err != nil {
		t.Fatal(err)
	}
	return attest.Evidence{TEE: attest.SNP, Signed: report, Collateral: bundle}
}

// codeOf returns the code of a refusal, or nothing.
func snpCodeOf(err error) verify.Code {
	var refused *verify.Error
	if !errors.As(err, &refused) {
		return ""
	}
	return refused.Code
}

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
				if len(editions) != 1 || editions[0].Series.Document != collateral.DocumentCRL || editions[0].Number == [20]byte{} ||
					editions[0].Series.Authority == [32]byte{} || editions[0].Issued.IsZero() {
					t.Errorf("%s: editions are %+v", name, editions)
				}
			}
		}
	}
}

// snpFlaw is one thing that is wrong with evidence while the rest of it is right.
type snpFlaw struct {
	flaws simulator.SNPFlaws
	code  verify.Code
}

func report(change func(*snp.Report)) simulator.SNPFlaws { return simulator.SNPFlaws{Report: change} }
func signed(change func(*snp.Report)) simulator.SNPFlaws { return simulator.SNPFlaws{Signed: change} }
func chip(change func(*kds.Chip)) simulator.SNPFlaws     { return simulator.SNPFlaws{Chip: change} }
func bundled(change func(*kds.Bundle)) simulator.SNPFlaws {
	return simulator.SNPFlaws{Bundle: func(b *kds.Bundle) {
		b.VEK, b.ASK, b.CRL = bytes.Clone(b.VEK), bytes.Clone(b.ASK), bytes.Clone(b.CRL)
		change(b)
	}}
}
func list(change func(*x509.RevocationList)) simulator.SNPFlaws {
	return simulator.SNPFlaws{CRL: change}
}

// onAMD changes the certificate with this subject name.
func onAMD(name string, change func(*x509.Certificate)) simulator.SNPFlaws {
	return simulator.SNPFlaws{Certificate: func(c *x509.Certificate) {
		if c.Subject.CommonName == name {
			change(c)
		}
	}}
}

// reportFlaws are in the report.
func reportFlaws() map[string]snpFlaw {
	return map[string]snpFlaw{
		"AT-09 version 6":           {signed(func(r *snp.Report) { r.Version = 6 }), "snp.report.version"},
		"AT-09 version 1":           {signed(func(r *snp.Report) { r.Version = 1 }), "snp.report.version"},
		"AT-09 algorithm":           {signed(func(r *snp.Report) { r.SignatureAlgorithm = 2 }), "snp.report.algorithm"},
		"AT-09 no algorithm":        {report(func(r *snp.Report) { r.SignatureAlgorithm = 0 }), "snp.report.algorithm"},
		"AT-09 older version":       {signed(func(r *snp.Report) { r.Version = 4 }), "snp.report.signature"},
		"AT-09 measurement after":   {signed(func(r *snp.Report) { r.Measurement[0] ^= 1 }), "snp.report.signature"},
		"AT-09 report data after":   {signed(func(r *snp.Report) { r.ReportData[63] ^= 1 }), "snp.report.signature"},
		"MB-08 debug after":         {signed(func(r *snp.Report) { r.Policy |= snp.PolicyDebug }), "snp.report.signature"},
		"MB-10 VMPL after":          {signed(func(r *snp.Report) { r.VMPL ^= 1 }), "snp.report.signature"},
		"AT-11 r is zero":           {signed(func(r *snp.Report) { r.Signature.R = [48]byte{} }), "snp.report.signature"},
		"AT-11 s is zero":           {signed(func(r *snp.Report) { r.Signature.S = [48]byte{} }), "snp.report.signature"},
		"AT-11 both are zero":       {signed(func(r *snp.Report) { r.Signature = snp.Signature{} }), "snp.report.signature"},
		"AT-11 r is the order":      {signed(func(r *snp.Report) { r.Signature.R = orderP384() }), "snp.report.signature"},
		"AT-11 s is the order":      {signed(func(r *snp.Report) { r.Signature.S = orderP384() }), "snp.report.signature"},
		"AT-11 r and s exchanged":   {signed(func(r *snp.Report) { r.Signature.R, r.Signature.S = r.Signature.S, r.Signature.R }), "snp.report.signature"},
		"AT-11 r from the low end":  {signed(func(r *snp.Report) { slices.Reverse(r.Signature.R[:]) }), "snp.report.signature"},
		"AT-07 says that a VLEK is": {report(func(r *snp.Report) { r.KeyInfo.SigningKey = snp.SignedByVLEK }), "snp.report.signer"},
		"AT-07 the same, after":     {signed(func(r *snp.Report) { r.KeyInfo.SigningKey = snp.SignedByVLEK }), "snp.collateral.other"},
		"AT-07 signed by nobody":    {report(func(r *snp.Report) { r.KeyInfo.SigningKey = snp.SignedByNobody }), "snp.report.unsigned"},
		"AT-07 reserved key":        {report(func(r *snp.Report) { r.KeyInfo.SigningKey = 5 }), "snp.report.signer"},
		"AT-06 masked key":          {report(func(r *snp.Report) { r.KeyInfo.MaskChipKey = true }), "snp.report.masked"},
		"AT-08 unknown processor":   {report(func(r *snp.Report) { r.CPUID.Family = 0x17 }), "snp.report.cpuid"},
		"AT-08 another product":     {report(func(r *snp.Report) { r.CPUID.Model = 0x01 }), "snp.report.product"},
		"AT-08 the same, after":     {signed(func(r *snp.Report) { r.CPUID.Model = 0x01 }), "snp.collateral.other"},
		"AT-06 another chip":        {report(func(r *snp.Report) { r.ChipID[0] ^= 1 }), "snp.report.chip"},
		"AT-06 the same, after":     {signed(func(r *snp.Report) { r.ChipID[0] ^= 1 }), "snp.collateral.other"},
		"AT-06 chip id and more":    {report(func(r *snp.Report) { r.ChipID[63] ^= 1 }), "snp.report.chip"},
	}
}

// orderP384 is the order of P-384, which no part of a signature reaches.
func orderP384() (n [48]byte) {
	order, _ := new(big.Int).SetString("ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973", 16)
	order.FillBytes(n[:])
	return n
}

// bundleFlaws are in the collateral as a whole.
func bundleFlaws() map[string]snpFlaw {
	return map[string]snpFlaw{
		"AT-10 VEK is none":        {bundled(func(b *kds.Bundle) { b.VEK = []byte{1} }), "snp.vek.malformed"},
		"AT-10 VEK and a byte":     {bundled(func(b *kds.Bundle) { b.VEK = append(b.VEK, 0) }), "snp.vek.malformed"},
		"AT-10 ASK is none":        {bundled(func(b *kds.Bundle) { b.ASK = []byte{1} }), "snp.ask.malformed"},
		"AT-10 list is none":       {bundled(func(b *kds.Bundle) { b.CRL = []byte{1} }), "snp.crl.malformed"},
		"AT-10 list and a byte":    {bundled(func(b *kds.Bundle) { b.CRL = append(b.CRL, 0) }), "snp.crl.malformed"},
		"AT-10 exchanged":          {bundled(func(b *kds.Bundle) { b.VEK, b.ASK = b.ASK, b.VEK }), "snp.chip.missing"},
		"AT-10 ASK twice":          {bundled(func(b *kds.Bundle) { b.VEK = b.ASK }), "snp.chip.missing"},
		"AT-10 VEK twice":          {bundled(func(b *kds.Bundle) { b.ASK = b.VEK }), "snp.ask.subject"},
		"AT-10 signature of VEK":   {bundled(func(b *kds.Bundle) { b.VEK[len(b.VEK)-1] ^= 1 }), "snp.vek.signature"},
		"AT-10 signature of ASK":   {bundled(func(b *kds.Bundle) { b.ASK[len(b.ASK)-1] ^= 1 }), "snp.ask.signature"},
		"AT-05 signature of list":  {bundled(func(b *kds.Bundle) { b.CRL[len(b.CRL)-1] ^= 1 }), "snp.crl.signature"},
		"AT-06 extension missing":  {onAMD("SEV-VCEK", func(c *x509.Certificate) { c.ExtraExtensions = c.ExtraExtensions[1:] }), "snp.chip.missing"},
		"AT-06 product unknown":    {chip(func(c *kds.Chip) { c.Product = "Naples" }), "snp.chip.product"},
		"AT-06 product of another": {chip(func(c *kds.Chip) { c.Product = kds.Milan }), "root.absent"},
		"AT-06 newer structure":    {onAMD("SEV-VCEK", func(c *x509.Certificate) { c.ExtraExtensions[0].Value[2] = 2 }), "snp.chip.structure"},
	}
}

// amdListFlaws are in the revocation list.
func amdListFlaws() map[string]snpFlaw {
	return map[string]snpFlaw{
		"AT-05 ASK revoked":      {simulator.SNPFlaws{Revoked: []string{"SEV-Genoa"}}, "snp.ask.revoked"},
		"AT-05 ARK revoked":      {list(func(l *x509.RevocationList) { l.RevokedCertificateEntries = revoke(0x10000) }), "snp.ark.revoked"},
		"AT-05 list expired":     {list(func(l *x509.RevocationList) { l.NextUpdate = time.Now().Add(-time.Minute) }), "snp.crl.expired"},
		"AT-05 list of tomorrow": {list(func(l *x509.RevocationList) { l.ThisUpdate = time.Now().Add(time.Hour) }), "snp.crl.future"},
		"AT-05 list by PKCS #1":  {list(func(l *x509.RevocationList) { l.SignatureAlgorithm = x509.SHA384WithRSA }), "snp.crl.algorithm"},
		"AT-05 list of changes":  {list(func(l *x509.RevocationList) { l.ExtraExtensions = delta() }), "snp.crl.extension"},
		"AT-05 entry of another": {list(func(l *x509.RevocationList) { l.RevokedCertificateEntries = revokeFor() }), "snp.crl.critical"},
		"AT-05 revoked long since": {list(func(l *x509.RevocationList) {
			l.RevokedCertificateEntries = append(revoke(1, 2, 3), revoke(0x20001)...)
		}), "snp.ask.revoked"},
	}
}

func revoke(serials ...int64) (entries []x509.RevocationListEntry) {
	for _, n := range serials {
		entries = append(entries, x509.RevocationListEntry{SerialNumber: big.NewInt(n), RevocationTime: time.Now()})
	}
	return entries
}

func revokeFor() []x509.RevocationListEntry {
	entries := revoke(1)
	entries[0].ExtraExtensions = []pkix.Extension{{Id: []int{2, 5, 29, 29}, Critical: true, Value: []byte{0x30, 0}}}
	return entries
}

func delta() []pkix.Extension {
	return []pkix.Extension{{Id: []int{2, 5, 29, 27}, Critical: true, Value: []byte{2, 1, 1}}}
}

// amdCertificateFlaws are in the certificates; package pki has the whole list.
func amdCertificateFlaws() map[string]snpFlaw {
	const ask, vcek = "SEV-Genoa", "SEV-VCEK"
	return map[string]snpFlaw{
		"AT-10 VCEK expired":     {onAMD(vcek, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Hour) }), "snp.vek.expired"},
		"AT-10 VCEK of tomorrow": {onAMD(vcek, func(c *x509.Certificate) { c.NotBefore = time.Now().Add(time.Hour) }), "snp.vek.future"},
		"AT-10 VCEK name":        {onAMD(vcek, func(c *x509.Certificate) { c.Subject.CommonName = "SEV-VLEK" }), "snp.vek.subject"},
		"AT-10 VCEK address":     {onAMD(vcek, func(c *x509.Certificate) { c.Subject.Country = []string{"DE"} }), "snp.vek.subject"},
		"AT-10 VCEK is a CA":     {onAMD(vcek, func(c *x509.Certificate) { c.BasicConstraintsValid, c.IsCA = true, true }), "snp.vek.extension"},
		"AT-10 VCEK algorithm":   {onAMD(vcek, func(c *x509.Certificate) { c.SignatureAlgorithm = x509.SHA384WithRSA }), "snp.vek.algorithm"},
		"AT-10 VCEK, critical":   {onAMD(vcek, func(c *x509.Certificate) { c.ExtraExtensions[0].Critical = true }), "snp.vek.critical"},
		"AT-10 ASK expired":      {onAMD(ask, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Hour) }), "snp.ask.expired"},
		"AT-10 ASK of tomorrow":  {onAMD(ask, func(c *x509.Certificate) { c.NotBefore = time.Now().Add(time.Hour) }), "snp.ask.future"},
		"AT-10 ASK name":         {onAMD(ask, func(c *x509.Certificate) { c.Subject.CommonName = "SEV-Milan" }), "snp.ask.subject"},
		"AT-10 ASK is no CA":     {onAMD(ask, func(c *x509.Certificate) { c.IsCA, c.MaxPathLenZero = false, false }), "snp.ask.constraints"},
		"AT-10 ASK path length":  {onAMD(ask, func(c *x509.Certificate) { c.MaxPathLen, c.MaxPathLenZero = -1, false }), "snp.ask.pathlength"},
		"AT-10 ASK usage":        {onAMD(ask, func(c *x509.Certificate) { c.KeyUsage |= x509.KeyUsageCRLSign }), "snp.ask.usage"},
		"AT-10 ASK algorithm":    {onAMD(ask, func(c *x509.Certificate) { c.SignatureAlgorithm = x509.SHA512WithRSAPSS }), "snp.ask.algorithm"},
		"AT-10 ASK for servers":  {onAMD(ask, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageAny} }), "snp.ask.extension"},
		"AT-10 ASK, critical":    {onAMD(ask, func(c *x509.Certificate) { c.ExtraExtensions = delta() }), "snp.ask.critical"},
	}
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
	milan, genoa, turin := arkOf(t, kds.Milan, plain), arkOf(t, kds.Genoa, plain), arkOf(t, kds.Turin, plain)
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
		"an unknown product":   encode(arkOf(t, "Rome", plain)),
		"an ASK":               encode(arkOf(t, kds.Milan, func(c *x509.Certificate) { c.Subject.CommonName = "SEV-Milan" })),
		"not by itself":        encode(flipped),
		"not of AMD's address": encode(arkOf(t, kds.Milan, func(c *x509.Certificate) { c.Subject.Country = nil })),
		"may not sign lists":   encode(arkOf(t, kds.Milan, func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageCertSign })),
		"no authority":         encode(arkOf(t, kds.Milan, func(c *x509.Certificate) { c.IsCA = false })),
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
