// SPDX-License-Identifier: Apache-2.0

package pki

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"
	"time"
)

func TestGoodChains(t *testing.T) {
	c := bench{t: t}.chains()
	for _, at := range []time.Time{now, now.Add(-time.Hour), now.Add(time.Hour)} {
		if err := c.check(at); err != nil {
			t.Errorf("%v: %v", at, err)
		}
	}
	for _, at := range []time.Time{{}, now.Add(-time.Hour - 1), now.Add(time.Hour + 1)} {
		if err := c.check(at); err == nil {
			t.Errorf("%v: accepted", at)
		}
	}
}

// flawed is one thing that is wrong with the certificate of a role.
type flawed struct {
	role Role
	flaw func(t *testing.T, d *draft)
	says string
}

// flawedDates: also the certificate above must be valid, and to the second.
func flawedDates() map[string]flawed {
	expired := func(_ *testing.T, d *draft) { d.NotAfter = now.Add(-time.Second) }
	future := func(_ *testing.T, d *draft) { d.NotBefore = now.Add(time.Second) }
	return map[string]flawed{
		"root expired":            {Root, expired, "not valid after"},
		"root to come":            {Root, future, "not valid before"},
		"platform CA expired":     {PlatformCA, expired, "not valid after"},
		"platform CA to come":     {PlatformCA, future, "not valid before"},
		"PCK expired":             {PCK, expired, "not valid after"},
		"PCK to come":             {PCK, future, "not valid before"},
		"signer expired":          {TCBSigner, expired, "not valid after"},
		"signer to come":          {TCBSigner, future, "not valid before"},
		"PCK ends before it does": {PCK, func(_ *testing.T, d *draft) { d.NotBefore, d.NotAfter = now.Add(time.Hour), now.Add(-time.Hour) }, "not valid"},
	}
}

// flawedRoles: no certificate stands in for one of another place.
func flawedRoles() map[string]flawed {
	named := func(r Role) func(*testing.T, *draft) {
		return func(_ *testing.T, d *draft) { d.Subject.CommonName = r.CommonName() }
	}
	return map[string]flawed{
		"PCK named as platform CA":     {PCK, named(PlatformCA), "subject is"},
		"PCK named as signer":          {PCK, named(TCBSigner), "subject is"},
		"signer named as PCK":          {TCBSigner, named(PCK), "subject is"},
		"platform CA named as root":    {PlatformCA, named(Root), "subject is"},
		"root without name":            {Root, named(0), "subject is"},
		"PCK is a CA":                  {PCK, func(_ *testing.T, d *draft) { d.IsCA = true }, "basic constraints"},
		"signer is a CA":               {TCBSigner, func(_ *testing.T, d *draft) { d.IsCA = true }, "basic constraints"},
		"root is no CA":                {Root, func(_ *testing.T, d *draft) { d.IsCA = false }, "basic constraints"},
		"platform CA is no CA":         {PlatformCA, func(_ *testing.T, d *draft) { d.IsCA, d.MaxPathLenZero = false, false }, "basic constraints"},
		"PCK without constraints":      {PCK, func(_ *testing.T, d *draft) { d.BasicConstraintsValid = false }, "basic constraints"},
		"CA without constraints":       {PlatformCA, func(_ *testing.T, d *draft) { d.BasicConstraintsValid = false }, "basic constraints"},
		"platform CA of any depth":     {PlatformCA, func(_ *testing.T, d *draft) { d.MaxPathLenZero, d.MaxPathLen = false, -1 }, "path length"},
		"platform CA of depth 1":       {PlatformCA, func(_ *testing.T, d *draft) { d.MaxPathLenZero, d.MaxPathLen = false, 1 }, "path length"},
		"platform CA signs no lists":   {PlatformCA, func(_ *testing.T, d *draft) { d.KeyUsage = x509.KeyUsageCertSign }, "key usage"},
		"platform CA signs only lists": {PlatformCA, func(_ *testing.T, d *draft) { d.KeyUsage = x509.KeyUsageCRLSign }, "key usage"},
		"root without key usage":       {Root, func(_ *testing.T, d *draft) { d.KeyUsage = 0 }, "key usage"},
		"PCK without signatures":       {PCK, func(_ *testing.T, d *draft) { d.KeyUsage = x509.KeyUsageKeyAgreement }, "key usage"},
		"PCK signs certificates":       {PCK, func(_ *testing.T, d *draft) { d.KeyUsage |= x509.KeyUsageCertSign }, "key usage"},
		"signer for web servers": {TCBSigner, func(_ *testing.T, d *draft) {
			d.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
		}, "extended key usage"},
		"PCK for something unknown": {PCK, func(_ *testing.T, d *draft) {
			d.UnknownExtKeyUsage = []asn1.ObjectIdentifier{{1, 2, 3}}
		}, "extended key usage"},
		"PCK with unknown condition": {PCK, func(_ *testing.T, d *draft) {
			d.ExtraExtensions = []pkix.Extension{{Id: []int{1, 2, 3}, Critical: true, Value: []byte{5, 0}}}
		}, "critical extension"},
	}
}

// flawedKeys: nothing but P-256 and SHA-256.
func flawedKeys() map[string]flawed {
	return map[string]flawed{
		"PCK key on P-384": {PCK, func(t *testing.T, d *draft) { d.key = newKey(t, elliptic.P384()) }, "P-256"},
		"PCK key on P-224": {PCK, func(t *testing.T, d *draft) { d.key = newKey(t, elliptic.P224()) }, "P-256"},
		"signer key is RSA": {TCBSigner, func(t *testing.T, d *draft) {
			key, err := rsa.GenerateKey(rand.Reader, 2048)
			if err != nil {
				t.Fatal(err)
			}
			d.key = key
		}, "P-256"},
		"PCK key is Ed25519": {PCK, func(t *testing.T, d *draft) {
			_, key, err := ed25519.GenerateKey(rand.Reader)
			if err != nil {
				t.Fatal(err)
			}
			d.key = key
		}, "P-256"},
		"PCK signed with SHA-384":    {PCK, func(_ *testing.T, d *draft) { d.SignatureAlgorithm = x509.ECDSAWithSHA384 }, "signature algorithm"},
		"signer signed with SHA-512": {TCBSigner, func(_ *testing.T, d *draft) { d.SignatureAlgorithm = x509.ECDSAWithSHA512 }, "signature algorithm"},
		"PCK signed by another key":  {PCK, otherKey, "verification failure"},
		"CA signed by another key":   {PlatformCA, otherKey, "verification failure"},
		"PCK changed after signing":  {PCK, func(_ *testing.T, d *draft) { d.der = flipAt(100) }, ""},
		"PCK signature changed":      {PCK, func(_ *testing.T, d *draft) { d.der = flipAt(-1) }, ""},
		"signer signature changed":   {TCBSigner, func(_ *testing.T, d *draft) { d.der = flipAt(-1) }, ""},
	}
}

// otherKey makes a forgery: all names are right, also of the issuer's key.
func otherKey(t *testing.T, d *draft) {
	forged, key := *d.issuer, newKey(t, elliptic.P256())
	forged.PublicKey = key.Public()
	d.issuer, d.by = &forged, key
}

// flipAt changes one bit of the byte at i, from the end if i is negative.
func flipAt(i int) func([]byte) []byte {
	return func(der []byte) []byte {
		der = bytes.Clone(der)
		der[(i+len(der))%len(der)] ^= 1
		return der
	}
}

// flawedForms: what another parser may read differently.
func flawedForms() map[string]flawed {
	drop := func(id ...int) func(*testing.T, *draft) {
		return func(_ *testing.T, d *draft) {
			d.edit = func(c *tbsCertificate) {
				var kept []pkix.Extension
				for _, e := range c.Extensions {
					if !e.Id.Equal(id) {
						kept = append(kept, e)
					}
				}
				c.Extensions = kept
			}
		}
	}
	return map[string]flawed{
		"PCK of version 1": {PCK, func(_ *testing.T, d *draft) {
			d.edit = func(c *tbsCertificate) { c.Version, c.Extensions = 0, nil }
		}, "version is 1"},
		"PCK names another issuer": {PCK, func(_ *testing.T, d *draft) {
			other := *d.issuer
			other.RawSubject = d.issuer.RawIssuer
			d.issuer = &other
		}, "another issuer"},
		"PCK without authority key": {PCK, drop(2, 5, 29, 35), "another issuer"},
		"CA without subject key":    {PlatformCA, drop(2, 5, 29, 14), "another issuer"},
		"PCK without extensions": {PCK, func(_ *testing.T, d *draft) {
			d.edit = func(c *tbsCertificate) { c.Extensions = nil }
		}, "basic constraints"},
		"PCK with an extension twice": {PCK, func(_ *testing.T, d *draft) {
			d.edit = func(c *tbsCertificate) { c.Extensions = append(c.Extensions, c.Extensions[0]) }
		}, "duplicate"},
		"PCK signed by one algorithm, naming another": {PCK, func(_ *testing.T, d *draft) {
			d.edit = func(c *tbsCertificate) { c.Algorithm.Algorithm = asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 3} }
		}, "algorithm"},
		"PCK with bytes after it": {PCK, func(_ *testing.T, d *draft) { d.der = func(b []byte) []byte { return append(b, 0) } }, "trailing data"},
		"PCK cut short":           {PCK, func(_ *testing.T, d *draft) { d.der = func(b []byte) []byte { return b[:len(b)-1] } }, "malformed"},
		"PCK of 5 KiB": {PCK, func(_ *testing.T, d *draft) {
			d.ExtraExtensions = []pkix.Extension{{Id: []int{1, 2, 3}, Value: make([]byte, 5<<10)}}
		}, "at most 4096"},
		"PCK date without seconds": {PCK, func(t *testing.T, d *draft) {
			d.edit = func(c *tbsCertificate) { c.Validity.FullBytes = dates(t, "2605040302Z", "270504030201Z") }
		}, "dates"},
		"PCK date in a time zone": {PCK, func(t *testing.T, d *draft) {
			d.edit = func(c *tbsCertificate) { c.Validity.FullBytes = dates(t, "260504030201+0100", "270504030201Z") }
		}, "dates"},
		"signer's end without seconds": {TCBSigner, func(t *testing.T, d *draft) {
			d.edit = func(c *tbsCertificate) { c.Validity.FullBytes = dates(t, "260504030201Z", "2705040302Z") }
		}, "dates"},
		"PCK with something beside its signature": {PCK, func(t *testing.T, d *draft) {
			d.der = func(der []byte) []byte {
				parts, err := elements(der)
				if err != nil {
					t.Fatal(err)
				}
				return sequenceOf(t, append(parts, asn1.NullRawValue))
			}
		}, "elements"},
		"CA with critical policy mappings": {PlatformCA, func(_ *testing.T, d *draft) {
			d.ExtraExtensions = []pkix.Extension{{Id: []int{2, 5, 29, 33}, Critical: true, Value: []byte{0x30, 0}}}
		}, "critical extension"},
		"CA with critical key identifier": {PlatformCA, func(_ *testing.T, d *draft) {
			d.edit = func(c *tbsCertificate) {
				for i := range c.Extensions {
					c.Extensions[i].Critical = c.Extensions[i].Critical || c.Extensions[i].Id.Equal([]int{2, 5, 29, 35})
				}
			}
		}, "critical"},
		"signer of 5 KiB": {TCBSigner, func(_ *testing.T, d *draft) {
			d.ExtraExtensions = []pkix.Extension{{Id: []int{1, 2, 3}, Value: make([]byte, 5<<10)}}
		}, "at most 4096"},
	}
}

// sequenceOf encodes a SEQUENCE of parts.
func sequenceOf(t *testing.T, parts []asn1.RawValue) []byte {
	t.Helper()
	der, err := asn1.Marshal(parts)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// dates encodes the validity between two times in UTCTime.
func dates(t *testing.T, from, until string) []byte {
	t.Helper()
	return sequenceOf(t, []asn1.RawValue{{Tag: asn1.TagUTCTime, Bytes: []byte(from)}, {Tag: asn1.TagUTCTime, Bytes: []byte(until)}})
}

func TestAT10FlawedChains(t *testing.T) {
	for _, table := range []map[string]flawed{flawedDates(), flawedRoles(), flawedKeys(), flawedForms()} {
		for name, f := range table {
			t.Run(name, func(t *testing.T) {
				b := bench{t: t, flaw: func(role Role, d *draft) {
					if role == f.role {
						f.flaw(t, d)
					}
				}}
				if err := b.chains().check(now); err == nil || !strings.Contains(err.Error(), f.says) {
					t.Errorf("error is %v, want one that says %q", err, f.says)
				}
			})
		}
	}
}

// Certificates that are right, in a wrong order or under a wrong issuer.
func TestAT10WrongPlaces(t *testing.T) {
	b := bench{t: t}
	c, other := b.chains(), b.chains()
	place := func(change func(c *chains)) chains {
		changed := c
		change(&changed)
		return changed
	}
	for name, wrong := range map[string]chains{
		"PCK of another platform CA":    place(func(c *chains) { c.pck = other.pck }),
		"platform CA of another root":   place(func(c *chains) { c.platformCA = other.platformCA }),
		"signer of another root":        place(func(c *chains) { c.signer = other.signer }),
		"another root":                  place(func(c *chains) { c.root = other.root }),
		"PCK issued by the root":        place(func(c *chains) { c.pck = b.issue(PCK, c.root) }),
		"PCK issued by the signer":      place(func(c *chains) { c.pck = b.issue(PCK, c.signer) }),
		"PCK issued by a PCK":           place(func(c *chains) { c.pck = b.issue(PCK, c.pck) }),
		"signer issued by platform CA":  place(func(c *chains) { c.signer = b.issue(TCBSigner, c.platformCA) }),
		"platform CA certifies itself":  place(func(c *chains) { c.platformCA = b.issue(PlatformCA, authority{}) }),
		"platform CA below another":     place(func(c *chains) { c.platformCA = b.issue(PlatformCA, c.platformCA) }),
		"root below the root":           place(func(c *chains) { c.root = b.issue(Root, c.root) }),
		"platform CA in place of PCK":   place(func(c *chains) { c.pck = c.platformCA }),
		"root in place of platform CA":  place(func(c *chains) { c.platformCA = c.root }),
		"PCK in place of the signer":    place(func(c *chains) { c.signer = c.pck }),
		"signer in place of PCK":        place(func(c *chains) { c.pck = c.signer }),
		"PCK and platform CA exchanged": place(func(c *chains) { c.pck, c.platformCA = c.platformCA, c.pck }),
		"chain upside down":             place(func(c *chains) { c.pck, c.root = c.root, c.pck }),
	} {
		if err := wrong.check(now); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	for _, role := range []Role{0, TCBSigner + 1} {
		if err := Check(c.pck.Certificate, c.platformCA.Certificate, role); err == nil {
			t.Errorf("role %d: accepted", role)
		}
	}
}

// A chain has one encoding.
func TestAT10OtherEncodings(t *testing.T) {
	c := bench{t: t}.chains()
	pck, platformCA, root := EncodePEM(c.pck.Certificate), EncodePEM(c.platformCA.Certificate), EncodePEM(c.root.Certificate)
	join := func(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
	good := join(pck, platformCA, root)
	for _, text := range [][]byte{good, append(bytes.Clone(good), 0)} {
		if _, err := ParsePEM(text, 3); err != nil {
			t.Fatal(err)
		}
	}
	block := func(kind string, headers map[string]string, der []byte) []byte {
		return pem.EncodeToMemory(&pem.Block{Type: kind, Headers: headers, Bytes: der})
	}
	for name, text := range map[string][]byte{
		"nothing":            nil,
		"two certificates":   join(pck, platformCA),
		"four certificates":  join(good, root),
		"text before":        join([]byte("x\n"), good),
		"text between":       join(pck, []byte("x\n"), platformCA, root),
		"text after":         join(good, []byte("x\n")),
		"two closing NULs":   append(bytes.Clone(good), 0, 0),
		"NUL in the middle":  join(pck, []byte{0}, platformCA, root),
		"carriage returns":   bytes.ReplaceAll(good, []byte("\n"), []byte("\r\n")),
		"no last line end":   good[:len(good)-1],
		"headers":            join(block("CERTIFICATE", map[string]string{"a": "b"}, c.pck.Raw), platformCA, root),
		"another kind":       join(block("TRUSTED CERTIFICATE", nil, c.pck.Raw), platformCA, root),
		"no certificate":     join(block("CERTIFICATE", nil, []byte{1, 2, 3}), platformCA, root),
		"two in one block":   join(block("CERTIFICATE", nil, join(c.pck.Raw, c.pck.Raw)), platformCA, root),
		"longer than 4 KiB":  join(block("CERTIFICATE", nil, make([]byte, 4<<10+1)), platformCA, root),
		"empty certificates": bytes.Repeat(block("CERTIFICATE", nil, nil), 3),
	} {
		if _, err := ParsePEM(text, 3); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func FuzzParsePEM(f *testing.F) {
	f.Add([]byte("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		certs, err := ParsePEM(text, 1)
		if err == nil && !bytes.Equal(EncodePEM(certs...), bytes.TrimSuffix(text, []byte{0})) {
			t.Fatal("two encodings of one chain")
		}
	})
}

// What passes as a root has one encoding, as far as anybody can tell.
func FuzzCheck(f *testing.F) {
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), append(make([]byte, 31), 9))
	if err != nil {
		f.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: Root.CommonName()}, NotBefore: now, NotAfter: now.Add(time.Hour),
		BasicConstraintsValid: true, IsCA: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign, SubjectKeyId: []byte{1},
		AuthorityKeyId: []byte{1}, SignatureAlgorithm: x509.ECDSAWithSHA256,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(der)
	f.Fuzz(func(t *testing.T, der []byte) {
		cert, err := Parse(der)
		if err != nil || Check(cert, cert, Root) != nil {
			return
		}
		if _, err := ParsePEM(EncodePEM(cert), 1); err != nil {
			t.Fatal(err)
		}
		if body, err := signedElements(der); err != nil || len(body) != certificateSize {
			t.Fatalf("%d elements, %v", len(body), err)
		}
	})
}
