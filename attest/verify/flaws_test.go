// SPDX-License-Identifier: Apache-2.0

package verify_test

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/simulator"
	"github.com/escrin/escrin/attest/tdx"
	"github.com/escrin/escrin/attest/verify"
)

// onCertificate changes the certificate with this subject name.
func onCertificate(name string, change func(*x509.Certificate)) simulator.Flaws {
	return simulator.Flaws{Certificate: func(c *x509.Certificate) {
		if c.Subject.CommonName == name {
			change(c)
		}
	}}
}

// onCRL changes the revocation list of this issuer.
func onCRL(name string, change func(*x509.RevocationList)) simulator.Flaws {
	return simulator.Flaws{CRL: func(issuer string, list *x509.RevocationList) {
		if issuer == name {
			change(list)
		}
	}}
}

const (
	rootCA     = "Intel SGX Root CA"
	platformCA = "Intel SGX PCK Platform CA"
	pck        = "Intel SGX PCK Certificate"
	tcbSigner  = "Intel SGX TCB Signing"
)

// flaw is one thing that is wrong with evidence while the rest of it is right,
// and what the verifier must say.
type flaw struct {
	flaw simulator.Flaws
	says string
}

// quoteFlaws are in the quote and the certificates that it carries.
func quoteFlaws() map[string]flaw {
	return map[string]flaw{
		"AT-09 quote signature":        {simulator.Flaws{Quote: func(q *tdx.Quote) { q.Signature[5] ^= 1 }}, "quote signature"},
		"AT-09 report after signing":   {simulator.Flaws{Quote: func(q *tdx.Quote) { q.Report.MRTD[0] ^= 1 }}, "quote signature"},
		"AT-09 header after signing":   {simulator.Flaws{Quote: func(q *tdx.Quote) { q.Header.UserData[0] ^= 1 }}, "quote signature"},
		"AT-11 quote signature zero":   {simulator.Flaws{Quote: func(q *tdx.Quote) { q.Signature = [64]byte{} }}, "quote signature"},
		"AT-11 key not on the curve":   {simulator.Flaws{Quote: func(q *tdx.Quote) { q.AttestationKey[0] ^= 1 }}, "another attestation key"},
		"AT-09 QE report signature":    {simulator.Flaws{Quote: func(q *tdx.Quote) { q.QESignature[5] ^= 1 }}, "QE report signature"},
		"AT-09 QE report after":        {simulator.Flaws{Quote: func(q *tdx.Quote) { q.QEReport.ISVSVN++ }}, "QE report signature"},
		"AT-09 QE authentication data": {simulator.Flaws{Quote: func(q *tdx.Quote) { q.QEAuthData[0] ^= 1 }}, "another attestation key"},
		"QE report binds nothing":      {simulator.Flaws{QEReport: func(r *tdx.QEReport) { r.ReportData = [64]byte{} }}, "another attestation key"},
		"QE report binds more":         {simulator.Flaws{QEReport: func(r *tdx.QEReport) { r.ReportData[63] = 1 }}, "another attestation key"},

		"QE signer":             {simulator.Flaws{QEReport: func(r *tdx.QEReport) { r.MRSIGNER[0] ^= 1 }}, "signer is"},
		"QE product":            {simulator.Flaws{QEReport: func(r *tdx.QEReport) { r.ISVProdID++ }}, "product id"},
		"QE misc select":        {simulator.Flaws{QEReport: func(r *tdx.QEReport) { r.MiscSelect[0] = 1 }}, "misc select"},
		"MB-08 QE debug":        {simulator.Flaws{QEReport: func(r *tdx.QEReport) { r.Attributes[0] |= 2 }}, "attributes"},
		"TDX module signer":     {simulator.Flaws{Report: func(r *tdx.Report) { r.MRSIGNERSEAM[0] = 1 }}, "TDX module: signer is"},
		"TDX module attributes": {simulator.Flaws{Report: func(r *tdx.Report) { r.SEAMAttributes[7] = 1 }}, "TDX module: attributes are"},
		"TDX module unknown":    {simulator.Flaws{Report: func(r *tdx.Report) { r.TEETCBSVN[1] = 9 }}, "not listed"},
		"another family":        {simulator.Flaws{Platform: func(p *collateral.Platform) { p.FMSPC[0] ^= 1 }}, "TCB info is for"},
		"another PCE":           {simulator.Flaws{Platform: func(p *collateral.Platform) { p.PCEID[0] ^= 1 }}, "TCB info is for"},
		"below every level":     {simulator.Flaws{Platform: func(p *collateral.Platform) { p.PCESVN = 1 }}, "no level"},
		"QE below every level":  {simulator.Flaws{QEIdentity: func(q *collateral.QEIdentity) { q.Levels = q.Levels[:1]; q.Levels[0].TCB.ISVSVN = 99 }}, "no level"},
	}
}

// documentFlaws are in TCB info and QE identity.
func documentFlaws() map[string]flaw {
	const hour = time.Hour
	return map[string]flaw{
		"AT-05 TCB info changed":          {simulator.Flaws{Bundle: func(b *collateral.Bundle) { b.TCBInfo.Document[3] ^= 1 }}, "signature"},
		"AT-05 TCB info signature":        {simulator.Flaws{Bundle: func(b *collateral.Bundle) { b.TCBInfo.Signature[3] ^= 1 }}, "signature"},
		"AT-05 QE identity changed":       {simulator.Flaws{Bundle: func(b *collateral.Bundle) { b.QEIdentity.Document[3] ^= 1 }}, "signature"},
		"AT-05 documents swapped":         {simulator.Flaws{Bundle: func(b *collateral.Bundle) { b.TCBInfo, b.QEIdentity = b.QEIdentity, b.TCBInfo }}, "is of kind"},
		"AT-05 TCB info expired":          {simulator.Flaws{TCBInfo: func(i *collateral.TCBInfo) { i.NextUpdate = time.Now().Add(-hour) }}, "to be replaced"},
		"AT-05 TCB info of tomorrow":      {simulator.Flaws{TCBInfo: func(i *collateral.TCBInfo) { i.IssueDate = time.Now().Add(hour) }}, "not issued"},
		"AT-05 QE identity expired":       {simulator.Flaws{QEIdentity: func(i *collateral.QEIdentity) { i.NextUpdate = time.Now().Add(-hour) }}, "to be replaced"},
		"AT-05 QE identity of tomorrow":   {simulator.Flaws{QEIdentity: func(i *collateral.QEIdentity) { i.IssueDate = time.Now().Add(hour) }}, "not issued"},
		"AT-05 TCB info for SGX":          {simulator.Flaws{TCBInfo: func(i *collateral.TCBInfo) { i.ID = "SGX" }}, "is of kind"},
		"AT-05 TCB info version":          {simulator.Flaws{TCBInfo: func(i *collateral.TCBInfo) { i.Version = 2 }}, "is of kind"},
		"AT-05 QE identity of the SGX QE": {simulator.Flaws{QEIdentity: func(i *collateral.QEIdentity) { i.ID = "QE" }}, "is of kind"},
		"AT-09 fifteen components":        {simulator.Flaws{TCBInfo: func(i *collateral.TCBInfo) { i.Levels[0].TCB.TDX = i.Levels[0].TCB.TDX[:15] }}, "16 components"},
		"AT-09 no level":                  {simulator.Flaws{TCBInfo: func(i *collateral.TCBInfo) { i.Levels = nil }}, "levels are missing"},
	}
}

// listFlaws are in the revocation lists.
func listFlaws() map[string]flaw {
	const hour = time.Hour
	return map[string]flaw{
		"AT-05 root CRL expired":     {onCRL(rootCA, func(l *x509.RevocationList) { l.NextUpdate = time.Now().Add(-time.Minute) }), "not valid after"},
		"AT-05 root CRL of tomorrow": {onCRL(rootCA, func(l *x509.RevocationList) { l.ThisUpdate = time.Now().Add(hour) }), "not valid before"},
		"AT-05 platform CRL expired": {onCRL(platformCA, func(l *x509.RevocationList) { l.NextUpdate = time.Now().Add(-time.Minute) }), "not valid after"},
		"AT-05 CRL with delta marker": {onCRL(rootCA, func(l *x509.RevocationList) {
			l.ExtraExtensions = []pkix.Extension{{Id: []int{2, 5, 29, 27}, Critical: true, Value: []byte{2, 1, 1}}}
		}), "critical extension"},
		"AT-05 CRLs swapped": {simulator.Flaws{Bundle: func(b *collateral.Bundle) { b.RootCRL, b.PlatformCRL = b.PlatformCRL, b.RootCRL }}, "another issuer"},
		"AT-05 CRL is none":  {simulator.Flaws{Bundle: func(b *collateral.Bundle) { b.RootCRL = []byte{1} }}, "revocation list"},
		"AT-05 CRL and more": {simulator.Flaws{Bundle: func(b *collateral.Bundle) { b.RootCRL = append(b.RootCRL, 0) }}, "revocation list"},
	}
}

// certificateFlaws are in the certificates.
func certificateFlaws() map[string]flaw {
	const hour = time.Hour
	return map[string]flaw{
		"AT-10 PCK expired":         {onCertificate(pck, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-hour) }), "not valid after"},
		"AT-10 PCK of tomorrow":     {onCertificate(pck, func(c *x509.Certificate) { c.NotBefore = time.Now().Add(hour) }), "not valid before"},
		"AT-10 PCK name":            {onCertificate(pck, func(c *x509.Certificate) { c.Subject.CommonName = "Intel SGX PCK" }), "subject is"},
		"AT-10 PCK is a CA":         {onCertificate(pck, func(c *x509.Certificate) { c.IsCA = true }), "basic constraints"},
		"AT-10 PCK may sign others": {onCertificate(pck, func(c *x509.Certificate) { c.KeyUsage |= x509.KeyUsageCertSign }), "key usage"},
		"AT-10 PCK unknown critical": {onCertificate(pck, func(c *x509.Certificate) {
			c.ExtraExtensions = append(c.ExtraExtensions, pkix.Extension{Id: []int{1, 2, 3}, Critical: true, Value: []byte{5, 0}})
		}), "critical extension"},
		"AT-10 PCK without SGX":         {onCertificate(pck, func(c *x509.Certificate) { c.ExtraExtensions = nil }), "SGX extension"},
		"AT-10 platform CA is no CA":    {onCertificate(platformCA, func(c *x509.Certificate) { c.IsCA, c.MaxPathLenZero = false, false }), "basic constraints"},
		"AT-10 platform CA path length": {onCertificate(platformCA, func(c *x509.Certificate) { c.MaxPathLenZero, c.MaxPathLen = false, -1 }), "path length"},
		"AT-10 platform CA key usage":   {onCertificate(platformCA, func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageCRLSign }), "key usage"},
		"AT-10 platform CA expired":     {onCertificate(platformCA, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-hour) }), "not valid after"},
		"AT-10 signer is a CA":          {onCertificate(tcbSigner, func(c *x509.Certificate) { c.IsCA = true }), "basic constraints"},
		"AT-10 signer expired":          {onCertificate(tcbSigner, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-hour) }), "not valid after"},
		"AT-10 signer has another role": {onCertificate(tcbSigner, func(c *x509.Certificate) { c.Subject.CommonName = pck }), "subject is"},
	}
}

func TestEveryFlawIsNoticed(t *testing.T) {
	b := newBench(t)
	for _, flaws := range []map[string]flaw{quoteFlaws(), documentFlaws(), listFlaws(), certificateFlaws()} {
		for name, f := range flaws {
			_, err := verify.Verify(b.evidence(t, f.flaw), b.roots, time.Now())
			if err == nil || !strings.Contains(err.Error(), f.says) {
				t.Errorf("%s: error is %v, want one that says %q", name, err, f.says)
			}
		}
	}
}

// A certificate is refused once its issuer's list names its serial number.
func TestAT05RevokedCertificates(t *testing.T) {
	b := newBench(t)
	serials := map[string]*big.Int{}
	for revoked, issuer := range map[string]string{pck: platformCA, platformCA: rootCA, tcbSigner: rootCA} {
		f := simulator.Flaws{
			Certificate: func(c *x509.Certificate) { serials[c.Subject.CommonName] = c.SerialNumber },
			CRL: func(name string, list *x509.RevocationList) {
				if name == issuer {
					list.RevokedCertificateEntries = []x509.RevocationListEntry{
						{SerialNumber: big.NewInt(7), RevocationTime: time.Now()},
						{SerialNumber: serials[revoked], RevocationTime: time.Now()},
					}
				}
			},
		}
		_, err := verify.Verify(b.evidence(t, f), b.roots, time.Now())
		if err == nil || !strings.Contains(err.Error(), "is revoked") {
			t.Errorf("%s: error is %v", revoked, err)
		}
	}
}

func TestAT04ZeroRootsRejectEverything(t *testing.T) {
	b := newBench(t)
	c, err := verify.Verify(b.evidence(t, simulator.Flaws{}), verify.Roots{}, time.Now())
	if err == nil || c.Verified() {
		t.Fatal("evidence was accepted without a root")
	}
}

func TestAT16AnotherSimulatorIsNotTrusted(t *testing.T) {
	b, other := newBench(t), newBench(t)
	_, err := verify.Verify(other.evidence(t, simulator.Flaws{}), b.roots, time.Now())
	if err == nil || !strings.Contains(err.Error(), "root that is not trusted") {
		t.Fatalf("error is %v", err)
	}
}

// A chain made under the right root but sent with collateral of another platform
// CA, or the other way round, is refused.
func TestCollateralOfAnotherPlatform(t *testing.T) {
	b, other := newBench(t), newBench(t)
	e := b.evidence(t, simulator.Flaws{})
	e.Collateral = other.evidence(t, simulator.Flaws{}).Collateral
	if _, err := verify.Verify(e, b.roots, time.Now()); err == nil {
		t.Fatal("accepted")
	}
}

func TestAT05TimeIsAnArgument(t *testing.T) {
	b := newBench(t)
	e := b.evidence(t, simulator.Flaws{})
	for _, at := range []time.Time{{}, time.Now().AddDate(-10, 0, 0), time.Now().Add(-2 * time.Hour), time.Now().AddDate(0, 0, 31), time.Now().AddDate(10, 0, 0)} {
		if _, err := verify.Verify(e, b.roots, at); err == nil {
			t.Errorf("accepted at %v", at)
		}
	}
}

func TestOtherTEEsAreRefused(t *testing.T) {
	b := newBench(t)
	for _, tee := range []attest.TEE{0, attest.SNP, 3} {
		e := b.evidence(t, simulator.Flaws{})
		e.TEE = tee
		if _, err := verify.Verify(e, b.roots, time.Now()); err == nil {
			t.Errorf("accepted %v", tee)
		}
	}
}

// No single byte of quote or collateral can change.
func TestAT09EveryByteCounts(t *testing.T) {
	b := newBench(t)
	e := b.evidence(t, simulator.Flaws{})
	now := time.Now()
	for _, part := range []*[]byte{&e.Signed, &e.Collateral} {
		bytes := *part
		for i := range bytes {
			bytes[i] ^= byte(1 << (i % 8))
			if _, err := verify.Verify(e, b.roots, now); err == nil {
				t.Errorf("byte %d of %d may change", i, len(bytes))
			}
			bytes[i] ^= byte(1 << (i % 8))
		}
	}
	if _, err := verify.Verify(e, b.roots, now); err != nil {
		t.Fatal(err)
	}
}

func TestParseRootsRefuses(t *testing.T) {
	pem := string(newBench(t).platform.RootPEM())
	for name, text := range map[string]string{
		"nothing": "", "text": "root", "two": pem + pem, "more": pem + "x", "white space": " " + pem, "half": pem[:100],
	} {
		if _, err := verify.ParseRoots([]byte(text)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
