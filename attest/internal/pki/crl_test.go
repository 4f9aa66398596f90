// SPDX-License-Identifier: Apache-2.0

package pki

import (
	"crypto"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"strings"
	"testing"
	"time"
)

// list makes the revocation list of an issuer.
func list(t *testing.T, issuer authority, change func(l *x509.RevocationList)) []byte {
	t.Helper()
	l := &x509.RevocationList{
		Number: big.NewInt(258), ThisUpdate: now.Add(-time.Hour), NextUpdate: now.Add(time.Hour),
		SignatureAlgorithm: x509.ECDSAWithSHA256,
		RevokedCertificateEntries: []x509.RevocationListEntry{
			{SerialNumber: big.NewInt(7), RevocationTime: now}, {SerialNumber: big.NewInt(int64(PCK) + 100), RevocationTime: now},
		},
	}
	if change != nil {
		change(l)
	}
	der, err := x509.CreateRevocationList(rand.Reader, l, issuer.Certificate, issuer.key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// openAt opens a list for use at a time.
func openAt(der []byte, issuer *x509.Certificate, at time.Time) (CRL, error) {
	crl, err := OpenCRL(der, issuer)
	if err != nil {
		return CRL{}, err
	}
	return crl, crl.Valid(at)
}

func TestRevocation(t *testing.T) {
	c := bench{t: t}.chains()
	for _, at := range []time.Time{now, now.Add(-time.Hour), now.Add(time.Hour)} {
		crl, err := openAt(list(t, c.platformCA, nil), c.platformCA.Certificate, at)
		if err != nil {
			t.Fatal(err)
		}
		if crl.Number() != [20]byte{18: 1, 19: 2} || !crl.Issued().Equal(now.Add(-time.Hour)) {
			t.Errorf("number %x of %v", crl.Number(), crl.Issued())
		}
		if err := crl.Check(c.pck.Certificate); err == nil || !strings.Contains(err.Error(), "is revoked") {
			t.Errorf("revoked certificate: %v", err)
		}
		if err := crl.Check(c.signer.Certificate); err == nil || !strings.Contains(err.Error(), "another issuer") {
			t.Errorf("certificate of another issuer: %v", err)
		}
	}
	none := func(l *x509.RevocationList) { l.RevokedCertificateEntries, l.Number = nil, new(big.Int) }
	crl, err := OpenCRL(list(t, c.platformCA, none), c.platformCA.Certificate)
	if err != nil || crl.Check(c.pck.Certificate) != nil || crl.Number() != [20]byte{} {
		t.Errorf("empty list: %v", err)
	}
	if (CRL{}).Check(c.pck.Certificate) == nil || (CRL{}).Valid(now) == nil {
		t.Error("zero list revokes nothing")
	}
}

func TestAT10FlawedLists(t *testing.T) {
	b := bench{t: t}
	c := b.chains()
	renamed := *c.platformCA.Certificate
	renamed.RawSubject = c.root.RawSubject
	noLists := bench{t: t, flaw: func(_ Role, d *draft) { d.KeyUsage = x509.KeyUsageCertSign }}.issue(PlatformCA, c.root)
	changed := func(change func(l *x509.RevocationList)) []byte { return list(t, c.platformCA, change) }
	good := changed(nil)
	for name, f := range map[string]struct {
		der    []byte
		issuer authority
		says   string
	}{
		"nothing":        {nil, c.platformCA, "parse"},
		"no list":        {[]byte{0x30, 0}, c.platformCA, "parse"},
		"cut short":      {good[:len(good)-1], c.platformCA, "parse"},
		"bytes after it": {append(good[:len(good):len(good)], 0), c.platformCA, ""},
		"changed":        {flipAt(-1)(good), c.platformCA, ""},
		"a certificate":  {c.pck.Raw, c.platformCA, ""},
		"expired":        {changed(func(l *x509.RevocationList) { l.NextUpdate = now.Add(-time.Second) }), c.platformCA, "not valid after"},
		"to come":        {changed(func(l *x509.RevocationList) { l.ThisUpdate = now.Add(time.Second) }), c.platformCA, "not valid before"},
		"SHA-384":        {changed(func(l *x509.RevocationList) { l.SignatureAlgorithm = x509.ECDSAWithSHA384 }), c.platformCA, "signature algorithm"},
		"changes only": {changed(func(l *x509.RevocationList) {
			l.ExtraExtensions = []pkix.Extension{{Id: []int{2, 5, 29, 27}, Critical: true, Value: []byte{2, 1, 1}}}
		}), c.platformCA, "critical extension"},
		"entry with a condition": {changed(func(l *x509.RevocationList) {
			l.RevokedCertificateEntries[0].ExtraExtensions = []pkix.Extension{{Id: []int{2, 5, 29, 29}, Critical: true, Value: []byte{0x30, 0}}}
		}), c.platformCA, "critical extension"},
		"start without seconds": {resign(t, good, func(l *tbsCertList) {
			l.ThisUpdate = asn1.RawValue{Tag: asn1.TagUTCTime, Bytes: []byte("2605040201Z")}
		}, c.platformCA.key), c.platformCA, "dates"},
		"end in a time zone": {resign(t, good, func(l *tbsCertList) {
			l.NextUpdate = asn1.RawValue{Tag: asn1.TagUTCTime, Bytes: []byte("270504020100+0100")}
		}, c.platformCA.key), c.platformCA, "dates"},
		"of another issuer":         {list(t, c.root, nil), c.platformCA, "another issuer"},
		"of a namesake":             {list(t, b.issue(PlatformCA, c.root), nil), c.platformCA, "another issuer"},
		"signed by another key":     {forgedList(t, c.platformCA), c.platformCA, "verification failure"},
		"issuer may not sign lists": {list(t, withUsage(noLists, x509.KeyUsageCRLSign), nil), noLists, "cannot sign"},
		"name of the root":          {list(t, authority{&renamed, c.platformCA.key}, nil), c.platformCA, "another issuer"},
		"without number":            {renumber(t, c.platformCA, good, nil), c.platformCA, "has no number"},
		"number below zero":         {renumber(t, c.platformCA, good, big.NewInt(-1)), c.platformCA, "number"},
		"number of 161 bits":        {renumber(t, c.platformCA, good, new(big.Int).Lsh(big.NewInt(1), 160)), c.platformCA, "number"},
	} {
		if _, err := openAt(f.der, f.issuer.Certificate, now); err == nil || !strings.Contains(err.Error(), f.says) {
			t.Errorf("%s: error is %v, want one that says %q", name, err, f.says)
		}
	}
}

// withUsage lets the library sign for an issuer that may not.
func withUsage(a authority, usage x509.KeyUsage) authority {
	able := *a.Certificate
	able.KeyUsage |= usage
	return authority{&able, a.key}
}

// renumber gives a list a number that the library refuses, or none.
func renumber(t *testing.T, issuer authority, der []byte, number *big.Int) []byte {
	t.Helper()
	oidNumber := asn1.ObjectIdentifier{2, 5, 29, 20}
	return resign(t, der, func(l *tbsCertList) {
		var kept []pkix.Extension
		for _, e := range l.Extensions {
			if !e.Id.Equal(oidNumber) {
				kept = append(kept, e)
			}
		}
		if number != nil {
			value, err := asn1.Marshal(number)
			if err != nil {
				t.Fatal(err)
			}
			kept = append(kept, pkix.Extension{Id: oidNumber, Value: value})
		}
		l.Extensions = kept
	}, issuer.key)
}

// forgedList names the issuer and its key, and is signed by another.
func forgedList(t *testing.T, issuer authority) []byte {
	t.Helper()
	var key crypto.Signer = newKey(t, elliptic.P256())
	forged := *issuer.Certificate
	forged.PublicKey = key.Public()
	return list(t, authority{&forged, key}, nil)
}

func FuzzOpenCRL(f *testing.F) {
	f.Add([]byte{0x30, 0})
	f.Fuzz(func(t *testing.T, der []byte) {
		if _, err := OpenCRL(der, &x509.Certificate{}); err == nil {
			t.Fatal("accepted from nobody")
		}
	})
}
