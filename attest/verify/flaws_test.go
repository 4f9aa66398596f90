// SPDX-License-Identifier: Apache-2.0

package verify_test

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"math/big"
	"slices"
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
// and the code that it must be refused with.
type flaw struct {
	flaw simulator.Flaws
	code verify.Code
}

// quoteFlaws are in the quote and the certificates that it carries.
func quoteFlaws() map[string]flaw {
	return map[string]flaw{
		"AT-09 quote signature":         {simulator.Flaws{Quote: func(q *tdx.Quote) { q.Signature[5] ^= 1 }}, "tdx.quote.signature"},
		"AT-09 report after signing":    {simulator.Flaws{Quote: func(q *tdx.Quote) { q.Report.MRTD[0] ^= 1 }}, "tdx.quote.signature"},
		"AT-09 header after signing":    {simulator.Flaws{Quote: func(q *tdx.Quote) { q.Header.UserData[0] ^= 1 }}, "tdx.quote.signature"},
		"AT-11 quote signature zero":    {simulator.Flaws{Quote: func(q *tdx.Quote) { q.Signature = [64]byte{} }}, "tdx.quote.signature"},
		"AT-09 another attestation key": {simulator.Flaws{Quote: func(q *tdx.Quote) { q.AttestationKey[0] ^= 1 }}, "tdx.qe.binding"},
		"AT-09 another vendor's QE":     {simulator.Flaws{Quote: func(q *tdx.Quote) { q.Header.QEVendorID[0] ^= 1 }}, "tdx.quote.vendor"},
		"AT-09 padding":                 {simulator.Flaws{Quote: func(q *tdx.Quote) { q.Padding = 1 << 15 }}, "tdx.quote.malformed"},
		"AT-09 QE report signature":     {simulator.Flaws{Quote: func(q *tdx.Quote) { q.QESignature[5] ^= 1 }}, "tdx.qe.signature"},
		"AT-09 QE report after":         {simulator.Flaws{Quote: func(q *tdx.Quote) { q.QEReport.ISVSVN++ }}, "tdx.qe.signature"},
		"AT-09 QE authentication data":  {simulator.Flaws{Quote: func(q *tdx.Quote) { q.QEAuthData[0] ^= 1 }}, "tdx.qe.binding"},
		"QE report binds nothing":       {simulator.Flaws{QEReport: func(r *tdx.QEReport) { r.ReportData = [64]byte{} }}, "tdx.qe.binding"},
		"QE report binds more":          {simulator.Flaws{QEReport: func(r *tdx.QEReport) { r.ReportData[63] = 1 }}, "tdx.qe.binding"},

		"QE signer":             {simulator.Flaws{QEReport: func(r *tdx.QEReport) { r.MRSIGNER[0] ^= 1 }}, "tdx.qe.signer"},
		"QE product":            {simulator.Flaws{QEReport: func(r *tdx.QEReport) { r.ISVProdID++ }}, "tdx.qe.product"},
		"QE misc select":        {simulator.Flaws{QEReport: func(r *tdx.QEReport) { r.MiscSelect[0] = 1 }}, "tdx.qe.miscselect"},
		"MB-08 QE debug":        {simulator.Flaws{QEReport: func(r *tdx.QEReport) { r.Attributes[0] |= 2 }}, "tdx.qe.attributes"},
		"TDX module signer":     {simulator.Flaws{Report: func(r *tdx.Report) { r.MRSIGNERSEAM[0] = 1 }}, "tdx.module.signer"},
		"TDX module attributes": {simulator.Flaws{Report: func(r *tdx.Report) { r.SEAMAttributes[7] = 1 }}, "tdx.module.attributes"},
		"TDX module unknown":    {simulator.Flaws{Report: func(r *tdx.Report) { r.TEETCBSVN[1] = 9 }}, "tdx.module.version"},
		"another family":        {simulator.Flaws{Platform: func(p *collateral.Platform) { p.FMSPC[0] ^= 1 }}, "tdx.tcbinfo.family"},
		"another PCE":           {simulator.Flaws{Platform: func(p *collateral.Platform) { p.PCEID[0] ^= 1 }}, "tdx.tcbinfo.family"},
		"below every level":     {simulator.Flaws{Platform: func(p *collateral.Platform) { p.PCESVN = 1 }}, "tdx.platform.unlisted"},
		"QE below every level":  {simulator.Flaws{QEIdentity: func(q *collateral.QEIdentity) { q.Levels = q.Levels[:1]; q.Levels[0].TCB.ISVSVN = 99 }}, "tdx.qe.unlisted"},
	}
}

// documentFlaws are in TCB info and QE identity.
func documentFlaws() map[string]flaw {
	const hour = time.Hour
	return map[string]flaw{
		"AT-05 TCB info changed":          {simulator.Flaws{Bundle: func(b *collateral.Bundle) { b.TCBInfo.Document[3] ^= 1 }}, "tdx.tcbinfo.signature"},
		"AT-05 TCB info signature":        {simulator.Flaws{Bundle: func(b *collateral.Bundle) { b.TCBInfo.Signature[3] ^= 1 }}, "tdx.tcbinfo.signature"},
		"AT-05 QE identity changed":       {simulator.Flaws{Bundle: func(b *collateral.Bundle) { b.QEIdentity.Document[3] ^= 1 }}, "tdx.qeidentity.signature"},
		"AT-05 documents swapped":         {simulator.Flaws{Bundle: func(b *collateral.Bundle) { b.TCBInfo, b.QEIdentity = b.QEIdentity, b.TCBInfo }}, "tdx.tcbinfo.kind"},
		"AT-05 TCB info expired":          {simulator.Flaws{TCBInfo: func(i *collateral.TCBInfo) { i.NextUpdate = time.Now().Add(-hour) }}, "tdx.tcbinfo.expired"},
		"AT-05 TCB info of tomorrow":      {simulator.Flaws{TCBInfo: func(i *collateral.TCBInfo) { i.IssueDate = time.Now().Add(hour) }}, "tdx.tcbinfo.future"},
		"AT-05 QE identity expired":       {simulator.Flaws{QEIdentity: func(i *collateral.QEIdentity) { i.NextUpdate = time.Now().Add(-hour) }}, "tdx.qeidentity.expired"},
		"AT-05 QE identity of tomorrow":   {simulator.Flaws{QEIdentity: func(i *collateral.QEIdentity) { i.IssueDate = time.Now().Add(hour) }}, "tdx.qeidentity.future"},
		"AT-05 TCB info for SGX":          {simulator.Flaws{TCBInfo: func(i *collateral.TCBInfo) { i.ID = "SGX" }}, "tdx.tcbinfo.kind"},
		"AT-05 TCB info version":          {simulator.Flaws{TCBInfo: func(i *collateral.TCBInfo) { i.Version = 2 }}, "tdx.tcbinfo.kind"},
		"AT-05 QE identity of the SGX QE": {simulator.Flaws{QEIdentity: func(i *collateral.QEIdentity) { i.ID = "QE" }}, "tdx.qeidentity.kind"},
		"AT-09 fifteen components":        {simulator.Flaws{TCBInfo: func(i *collateral.TCBInfo) { i.Levels[0].TCB.TDX = i.Levels[0].TCB.TDX[:15] }}, "tdx.tcbinfo.malformed"},
		"AT-09 no level":                  {simulator.Flaws{TCBInfo: func(i *collateral.TCBInfo) { i.Levels = nil }}, "tdx.tcbinfo.malformed"},
	}
}

// listFlaws are in the revocation lists.
func listFlaws() map[string]flaw {
	const hour = time.Hour
	return map[string]flaw{
		"AT-05 root CRL expired":     {onCRL(rootCA, func(l *x509.RevocationList) { l.NextUpdate = time.Now().Add(-time.Minute) }), "tdx.rootcrl.expired"},
		"AT-05 root CRL of tomorrow": {onCRL(rootCA, func(l *x509.RevocationList) { l.ThisUpdate = time.Now().Add(hour) }), "tdx.rootcrl.future"},
		"AT-05 platform CRL expired": {onCRL(platformCA, func(l *x509.RevocationList) { l.NextUpdate = time.Now().Add(-time.Minute) }), "tdx.platformcrl.expired"},
		"AT-05 CRL with delta marker": {onCRL(rootCA, func(l *x509.RevocationList) {
			l.ExtraExtensions = []pkix.Extension{{Id: []int{2, 5, 29, 27}, Critical: true, Value: []byte{2, 1, 1}}}
		}), "tdx.rootcrl.critical"},
		"AT-05 CRLs swapped": {simulator.Flaws{Bundle: func(b *collateral.Bundle) { b.RootCRL, b.PlatformCRL = b.PlatformCRL, b.RootCRL }}, "tdx.rootcrl.issuer"},
		"AT-05 CRL is none":  {simulator.Flaws{Bundle: func(b *collateral.Bundle) { b.RootCRL = []byte{1} }}, "tdx.rootcrl.malformed"},
		"AT-05 CRL and more": {simulator.Flaws{Bundle: func(b *collateral.Bundle) { b.RootCRL = append(b.RootCRL, 0) }}, "tdx.rootcrl.malformed"},
	}
}

// certificateFlaws are in the certificates.
func certificateFlaws() map[string]flaw {
	const hour = time.Hour
	return map[string]flaw{
		"AT-10 PCK expired":         {onCertificate(pck, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-hour) }), "tdx.pck.expired"},
		"AT-10 PCK of tomorrow":     {onCertificate(pck, func(c *x509.Certificate) { c.NotBefore = time.Now().Add(hour) }), "tdx.pck.future"},
		"AT-10 PCK name":            {onCertificate(pck, func(c *x509.Certificate) { c.Subject.CommonName = "Intel SGX PCK" }), "tdx.pck.subject"},
		"AT-10 PCK is a CA":         {onCertificate(pck, func(c *x509.Certificate) { c.IsCA = true }), "tdx.pck.constraints"},
		"AT-10 PCK may sign others": {onCertificate(pck, func(c *x509.Certificate) { c.KeyUsage |= x509.KeyUsageCertSign }), "tdx.pck.usage"},
		"AT-10 PCK unknown critical": {onCertificate(pck, func(c *x509.Certificate) {
			c.ExtraExtensions = append(c.ExtraExtensions, pkix.Extension{Id: []int{1, 2, 3}, Critical: true, Value: []byte{5, 0}})
		}), "tdx.pck.critical"},
		"AT-10 PCK without SGX":         {onCertificate(pck, func(c *x509.Certificate) { c.ExtraExtensions = nil }), "tdx.platform.malformed"},
		"AT-10 platform CA is no CA":    {onCertificate(platformCA, func(c *x509.Certificate) { c.IsCA, c.MaxPathLenZero = false, false }), "tdx.platformca.constraints"},
		"AT-10 platform CA path length": {onCertificate(platformCA, func(c *x509.Certificate) { c.MaxPathLenZero, c.MaxPathLen = false, -1 }), "tdx.platformca.pathlength"},
		"AT-10 platform CA key usage":   {onCertificate(platformCA, func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageCRLSign }), "tdx.platformca.usage"},
		"AT-10 platform CA expired":     {onCertificate(platformCA, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-hour) }), "tdx.platformca.expired"},
		"AT-10 signer is a CA":          {onCertificate(tcbSigner, func(c *x509.Certificate) { c.IsCA = true }), "tdx.signer.constraints"},
		"AT-10 signer expired":          {onCertificate(tcbSigner, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-hour) }), "tdx.signer.expired"},
		"AT-10 signer has another role": {onCertificate(tcbSigner, func(c *x509.Certificate) { c.Subject.CommonName = pck }), "tdx.signer.subject"},
	}
}

// codeOf returns the code of a refusal, and nothing where there is none.
func codeOf(t testing.TB, err error) verify.Code {
	t.Helper()
	var refusal *verify.Error
	switch {
	case err == nil:
		return ""
	case !errors.As(err, &refusal):
		t.Fatalf("error without a code: %v", err)
	case !slices.Contains(verify.Codes(), refusal.Code):
		t.Errorf("code %q is not listed", refusal.Code)
	}
	return refusal.Code
}

func TestEveryFlawIsNoticed(t *testing.T) {
	b := newBench(t)
	for _, flaws := range []map[string]flaw{quoteFlaws(), documentFlaws(), listFlaws(), certificateFlaws()} {
		for name, f := range flaws {
			c, err := verify.Verify(b.evidence(t, f.flaw), b.roots, time.Now())
			if codeOf(t, err) != f.code || c.Verified() {
				t.Errorf("%s: error is %v, want code %s", name, err, f.code)
			}
		}
	}
}

// A certificate is refused once its issuer's list names its serial number.
func TestAT05RevokedCertificates(t *testing.T) {
	b := newBench(t)
	serials := map[string]*big.Int{}
	codes := map[string]verify.Code{pck: "tdx.pck.revoked", platformCA: "tdx.platformca.revoked", tcbSigner: "tdx.signer.revoked"}
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
		if codeOf(t, err) != codes[revoked] {
			t.Errorf("%s: error is %v", revoked, err)
		}
	}
}

func TestAT04ZeroRootsRejectEverything(t *testing.T) {
	b := newBench(t)
	c, err := verify.Verify(b.evidence(t, simulator.Flaws{}), verify.Roots{}, time.Now())
	if codeOf(t, err) != verify.CodeNoRoot || c.Verified() {
		t.Fatalf("error is %v", err)
	}
}

func TestAT04ZeroVerifiersRejectEverything(t *testing.T) {
	e := newBench(t).evidence(t, simulator.Flaws{})
	for _, v := range []*verify.Verifier{nil, {}, verify.NewVerifier(verify.Roots{})} {
		if c, err := v.Verify(e, time.Now()); codeOf(t, err) != verify.CodeNoRoot || c.Verified() {
			t.Errorf("error is %v", err)
		}
	}
}

// What roots give out is a copy, and nothing where they trust none.
func TestRootsGiveCopies(t *testing.T) {
	if (verify.Roots{}).Intel() != nil || (verify.Roots{}).AMD("Milan") != nil {
		t.Error("zero roots have a certificate")
	}
	b := newBench(t)
	if b.roots.AMD("Milan") != nil {
		t.Error("a root of AMD's came from nowhere")
	}
	clear(b.roots.Intel())
	if _, err := verify.Verify(b.evidence(t, simulator.Flaws{}), b.roots, time.Now()); err != nil {
		t.Error(err)
	}
}

func TestAT16AnotherSimulatorIsNotTrusted(t *testing.T) {
	b, other := newBench(t), newBench(t)
	_, err := verify.Verify(other.evidence(t, simulator.Flaws{}), b.roots, time.Now())
	if codeOf(t, err) != "tdx.chain.root" {
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
	v := verify.NewVerifier(b.roots) // that remembers the unchanged evidence
	if _, err := v.Verify(e, now); err != nil {
		t.Fatal(err)
	}
	for _, part := range []*[]byte{&e.Signed, &e.Collateral} {
		bytes := *part
		for i := range bytes {
			bytes[i] ^= byte(1 << (i % 8))
			if _, err := v.Verify(e, now); codeOf(t, err) == "" {
				t.Errorf("byte %d of %d may change", i, len(bytes))
			}
			bytes[i] ^= byte(1 << (i % 8))
		}
	}
	if _, err := v.Verify(e, now); err != nil {
		t.Fatal(err)
	}
}

func TestParseRoots(t *testing.T) {
	pem := string(newBench(t).platform.RootPEM())
	for name, text := range map[string]string{
		"plain": pem, "white space around": "\n " + pem + "\n\n", "no last line end": pem[:len(pem)-1],
		"carriage returns": strings.ReplaceAll(pem, "\n", "\r\n"),
	} {
		if _, err := verify.ParseRoots([]byte(text)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	other := string(newBench(t).platform.RootPEM())
	for name, text := range map[string]string{
		"nothing": "", "white space": "\n", "text": "root", "one twice": pem + pem, "two of one kind": pem + other,
		"text behind": pem + "x", "text before": "x\n" + pem, "text between": pem + "x\n" + pem, "half": pem[:100],
		"half before one": pem[:100] + "\n" + pem, "one before half": pem + pem[:100],
		"another kind of block": strings.ReplaceAll(pem, "CERTIFICATE", "PUBLIC KEY"),
	} {
		if _, err := verify.ParseRoots([]byte(text)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
