// SPDX-License-Identifier: Apache-2.0

package pki

import (
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"math/big"
	"testing"
	"time"

	"github.com/google/go-sev-guest/verify/testdata"
	"github.com/google/go-sev-guest/verify/trust"

	"github.com/escrin/escrin/attest/internal/flaw"
)

// amdList makes the revocation list of an ARK.
func amdList(t testing.TB, ark authority, change func(l *x509.RevocationList)) []byte {
	t.Helper()
	l := &x509.RevocationList{
		Number: big.NewInt(258), ThisUpdate: now.Add(-time.Hour), NextUpdate: now.Add(time.Hour),
		SignatureAlgorithm: x509.SHA384WithRSAPSS,
		RevokedCertificateEntries: []x509.RevocationListEntry{
			{SerialNumber: big.NewInt(7), RevocationTime: now, ReasonCode: 1},
			{SerialNumber: big.NewInt(int64(ASVK) << 16), RevocationTime: now},
		},
	}
	if change != nil {
		change(l)
	}
	der, err := x509.CreateRevocationList(rand.Reader, l, ark.Certificate, ark.key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func TestAMDRevocation(t *testing.T) {
	c := amdBench{t: t, line: "Milan"}.chains()
	crl, err := OpenAMDCRL(amdList(t, c.ark, nil), c.ark.Certificate)
	if err != nil {
		t.Fatal(err)
	}
	if crl.Number() != [20]byte{18: 1, 19: 2} || !crl.Issued().Equal(now.Add(-time.Hour)) {
		t.Errorf("number %x of %v", crl.Number(), crl.Issued())
	}
	for _, at := range []time.Time{now.Add(-time.Hour), now, now.Add(time.Hour)} {
		if err := crl.Valid(at); err != nil {
			t.Error(err)
		}
	}
	if err := crl.Valid(now.Add(-time.Hour - 1)); flaw.Of(err) != flaw.Future {
		t.Errorf("before it was issued: %v", err)
	}
	if err := crl.Valid(now.Add(time.Hour + 1)); flaw.Of(err) != flaw.Expired {
		t.Errorf("after the next one came: %v", err)
	}
	if crl.Check(c.ark.Certificate) != nil || crl.Check(c.ask.Certificate) != nil {
		t.Error("revokes what is not on it")
	}
	if err := crl.Check(c.asvk.Certificate); flaw.Of(err) != FlawRevoked {
		t.Errorf("revoked ASVK: %v", err)
	}
	if err := crl.Check(c.vcek.Certificate); flaw.Of(err) != FlawIssuer {
		t.Errorf("certificate of another issuer: %v", err)
	}
	all, err := OpenAMDCRL(amdList(t, c.ark, func(l *x509.RevocationList) {
		l.RevokedCertificateEntries = []x509.RevocationListEntry{{SerialNumber: c.ark.SerialNumber, RevocationTime: now}}
	}), c.ark.Certificate)
	if err != nil || flaw.Of(all.Check(c.ark.Certificate)) != FlawRevoked {
		t.Errorf("revoked ARK: %v", err)
	}
}

type flawedList struct {
	der    []byte
	issuer authority
	word   flaw.Flaw
}

func TestAT10FlawedAMDLists(t *testing.T) {
	b := amdBench{t: t, line: "Milan"}
	c, genoa := b.chains(), amdBench{t: t, line: "Genoa"}.chains()
	changed := func(change func(l *x509.RevocationList)) []byte { return amdList(t, c.ark, change) }
	with := func(e pkix.Extension) []byte {
		return changed(func(l *x509.RevocationList) { l.ExtraExtensions = []pkix.Extension{e} })
	}
	good := changed(nil)
	resigned := func(edit func(*tbsCertList)) []byte { return amdResign(t, good, edit, nil, c.ark.key) }
	for name, f := range map[string]flawedList{
		"nothing":           {nil, c.ark, flaw.Malformed},
		"no list":           {[]byte{0x30, 0}, c.ark, flaw.Malformed},
		"cut short":         {good[:len(good)-1], c.ark, flaw.Malformed},
		"bytes after it":    {append(good[:len(good):len(good)], 0), c.ark, flaw.Malformed},
		"signature changed": {flipAt(-1)(good), c.ark, flaw.Signature},
		"a certificate":     {c.ask.Raw, c.ark, flaw.Malformed},
		"of version 1":      {resigned(func(l *tbsCertList) { l.Version, l.Extensions = 0, nil }), c.ark, flaw.Malformed},
		"never replaced":    {amdListWithoutEnd(t, c.ark), c.ark, flaw.Malformed},
		"PKCS #1":           {changed(func(l *x509.RevocationList) { l.SignatureAlgorithm = x509.SHA384WithRSA }), c.ark, FlawAlgorithm},
		"PSS with SHA-256":  {changed(func(l *x509.RevocationList) { l.SignatureAlgorithm = x509.SHA256WithRSAPSS }), c.ark, FlawAlgorithm},
		"PSS without salt": {amdResign(t, good, func(l *tbsCertList) {
			id := asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 2}
			l.Algorithm.Parameters = pssParameters(id, id, 0)
		}, signPSS(crypto.SHA384, 0), c.ark.key), c.ark, FlawAlgorithm},
		"of changes only":         {with(pkix.Extension{Id: []int{2, 5, 29, 27}, Critical: true, Value: []byte{2, 1, 1}}), c.ark, FlawExtension},
		"of some only":            {with(pkix.Extension{Id: []int{2, 5, 29, 28}, Critical: true, Value: []byte{0x30, 3, 0x81, 1, 0xff}}), c.ark, FlawExtension},
		"of some, not critical":   {with(pkix.Extension{Id: []int{2, 5, 29, 28}, Value: []byte{0x30, 3, 0x82, 1, 0xff}}), c.ark, FlawExtension},
		"newest elsewhere":        {with(pkix.Extension{Id: []int{2, 5, 29, 46}, Value: []byte{0x30, 0}}), c.ark, FlawExtension},
		"unknown extension":       {with(pkix.Extension{Id: []int{1, 2, 3}, Value: []byte{5, 0}}), c.ark, FlawExtension},
		"entry of another issuer": {changed(withEntry(pkix.Extension{Id: []int{2, 5, 29, 29}, Critical: true, Value: []byte{0x30, 0}})), c.ark, FlawCritical},
		"of another product":      {amdList(t, genoa.ark, nil), c.ark, FlawIssuer},
		"under another root":      {good, genoa.ark, FlawIssuer},
		"of the ASK":              {amdList(t, withUsage(c.ask, x509.KeyUsageCRLSign), nil), c.ark, FlawIssuer},
		"by the ASK's key":        {amdResign[tbsCertList](t, good, nil, nil, c.ask.key), c.ark, flaw.Signature},
		"root may not sign lists": {good, withoutUsage(c.ark), flaw.Signature},
		"without number":          {resigned(amdRenumber(nil)), c.ark, FlawNumber},
		"number below zero":       {resigned(amdRenumber(big.NewInt(-1))), c.ark, FlawNumber},
		"number of 161 bits":      {resigned(amdRenumber(new(big.Int).Lsh(big.NewInt(1), 160))), c.ark, FlawNumber},
	} {
		if _, err := OpenAMDCRL(f.der, f.issuer.Certificate); err == nil || flaw.Of(err) != f.word {
			t.Errorf("%s: error is %v (%s), want one of %s", name, err, flaw.Of(err), f.word)
		}
	}
}

func withEntry(e pkix.Extension) func(*x509.RevocationList) {
	return func(l *x509.RevocationList) {
		l.RevokedCertificateEntries[0].ExtraExtensions = []pkix.Extension{e}
	}
}

func withoutUsage(a authority) authority {
	unable := *a.Certificate
	unable.KeyUsage &^= x509.KeyUsageCRLSign
	return authority{&unable, a.key}
}

// amdRenumber gives a list a number that package x509 refuses, or none.
func amdRenumber(number *big.Int) func(*tbsCertList) {
	oidNumber := asn1.ObjectIdentifier{2, 5, 29, 20}
	return func(l *tbsCertList) {
		var kept []pkix.Extension
		for _, e := range l.Extensions {
			if !e.Id.Equal(oidNumber) {
				kept = append(kept, e)
			}
		}
		if number != nil {
			value, err := asn1.Marshal(number)
			if err != nil {
				panic(err)
			}
			kept = append(kept, pkix.Extension{Id: oidNumber, Value: value})
		}
		l.Extensions = kept
	}
}

// amdListWithoutEnd does not say when it is replaced, which X.509 allows.
func amdListWithoutEnd(t *testing.T, ark authority) []byte {
	t.Helper()
	type endless struct {
		Version                     int
		Algorithm                   pkix.AlgorithmIdentifier
		Issuer, ThisUpdate, Revoked asn1.RawValue
		Extensions                  []pkix.Extension `asn1:"tag:0,explicit"`
	}
	var c struct {
		TBS       tbsCertList
		Algorithm pkix.AlgorithmIdentifier
		Signature asn1.BitString
	}
	if _, err := asn1.Unmarshal(amdList(t, ark, nil), &c); err != nil {
		t.Fatal(err)
	}
	tbs, err := asn1.Marshal(endless{c.TBS.Version, c.TBS.Algorithm, c.TBS.Issuer, c.TBS.ThisUpdate, c.TBS.Revoked, c.TBS.Extensions})
	if err != nil {
		t.Fatal(err)
	}
	signature := signPSS(crypto.SHA384, 48)(tbs, ark.key)
	der, err := asn1.Marshal(struct {
		TBS       asn1.RawValue
		Algorithm pkix.AlgorithmIdentifier
		Signature asn1.BitString
	}{asn1.RawValue{FullBytes: tbs}, c.Algorithm, asn1.BitString{Bytes: signature, BitLength: 8 * len(signature)}})
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func FuzzOpenAMDCRL(f *testing.F) {
	f.Add([]byte{0x30, 0})
	f.Add(amdList(f, amdBench{t: f, line: "Milan"}.issue(ARK, authority{}), nil))
	f.Fuzz(func(t *testing.T, der []byte) {
		if _, err := OpenAMDCRL(der, &x509.Certificate{}); err == nil {
			t.Fatal("accepted from nobody")
		}
	})
}

func FuzzCheckAMD(f *testing.F) {
	f.Add([]byte{0x30, 0}, uint8(ARK))
	f.Add(testdata.VcekBytes, uint8(VCEK))
	for rest := trust.AskArkMilanVcekBytes; ; {
		block, after := pem.Decode(rest)
		if block == nil {
			break
		}
		f.Add(block.Bytes, uint8(ASK))
		rest = after
	}
	f.Fuzz(func(t *testing.T, der []byte, role uint8) {
		cert, err := Parse(der)
		if err == nil && CheckAMD(cert, &x509.Certificate{}, AMDRole(role), "Milan") == nil {
			t.Fatal("accepted from nobody")
		}
	})
}
