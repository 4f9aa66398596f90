// SPDX-License-Identifier: Apache-2.0

package pki

import (
	"cmp"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"testing"
	"time"
)

// now is the time of every check here.
var now = time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)

// draft is a certificate that is about to be issued.
type draft struct {
	*x509.Certificate
	key    crypto.Signer     // of the subject
	issuer *x509.Certificate // nil for the draft itself
	by     crypto.Signer
	edit   func(*tbsCertificate) // after signing; it is then signed again
	der    func([]byte) []byte   // at last
}

// tbsCertificate is RFC 5280's, as far as tests take it apart.
type tbsCertificate struct {
	Version                                         int `asn1:"optional,explicit,default:0,tag:0"`
	Serial                                          *big.Int
	Algorithm                                       pkix.AlgorithmIdentifier
	Issuer, Validity, Subject, SubjectPublicKeyInfo asn1.RawValue
	Extensions                                      []pkix.Extension `asn1:"omitempty,optional,explicit,tag:3"`
}

// bench makes certificates. Everything that it makes is right, but for what
// flaw changes.
type bench struct {
	t    *testing.T
	flaw func(role Role, d *draft)
}

func newKey(t *testing.T, curve elliptic.Curve) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func keyID(t testing.TB, key crypto.PublicKey) []byte {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		t.Fatal(err)
	}
	id := sha1.Sum(der)
	return id[:]
}

// authority is a certificate and its key.
type authority struct {
	*x509.Certificate
	key crypto.Signer
}

// issue makes the certificate for role; the zero issuer makes it certify itself.
func (b bench) issue(role Role, issuer authority) authority {
	b.t.Helper()
	d := draft{key: newKey(b.t, elliptic.P256()), issuer: issuer.Certificate, by: issuer.key}
	d.Certificate = &x509.Certificate{
		SerialNumber:          big.NewInt(int64(role) + 100),
		Subject:               pkix.Name{CommonName: role.CommonName(), Organization: []string{"test"}},
		NotBefore:             now.Add(-time.Hour),
		NotAfter:              now.Add(time.Hour),
		BasicConstraintsValid: true,
		IsCA:                  role.CA(),
		MaxPathLenZero:        role == PlatformCA,
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment,
		SignatureAlgorithm:    x509.ECDSAWithSHA256,
	}
	if role.CA() {
		d.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	}
	if b.flaw != nil {
		b.flaw(role, &d)
	}
	d.SubjectKeyId = keyID(b.t, d.key.Public())
	if d.issuer == nil {
		d.issuer, d.by, d.AuthorityKeyId = d.Certificate, d.key, d.SubjectKeyId
	}
	der, err := x509.CreateCertificate(rand.Reader, d.Certificate, d.issuer, d.key.Public(), d.by)
	if err != nil {
		b.t.Fatal(err)
	}
	if d.edit != nil {
		der = resign(b.t, der, d.edit, d.by)
	}
	if d.der != nil {
		return authority{&x509.Certificate{Raw: d.der(der)}, d.key}
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return authority{&x509.Certificate{Raw: der}, d.key}
	}
	return authority{cert, d.key}
}

// tbsCertList is the part of a revocation list that is signed.
type tbsCertList struct {
	Version                                 int `asn1:"optional,default:0"`
	Algorithm                               pkix.AlgorithmIdentifier
	Issuer, ThisUpdate, NextUpdate, Revoked asn1.RawValue
	Extensions                              []pkix.Extension `asn1:"tag:0,optional,explicit"`
}

// resign changes what is signed in ways that package x509 refuses.
func resign[T tbsCertificate | tbsCertList](t *testing.T, der []byte, edit func(*T), by crypto.Signer) []byte {
	t.Helper()
	var c struct {
		TBS       T
		Algorithm pkix.AlgorithmIdentifier
		Signature asn1.BitString
	}
	if rest, err := asn1.Unmarshal(der, &c); err != nil || len(rest) != 0 {
		t.Fatalf("%v, %d bytes left", err, len(rest))
	}
	edit(&c.TBS)
	tbs, err := asn1.Marshal(c.TBS)
	if err != nil {
		t.Fatal(err)
	}
	digest := sha256.Sum256(tbs)
	signature, err := by.Sign(rand.Reader, digest[:], crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	c.Signature = asn1.BitString{Bytes: signature, BitLength: 8 * len(signature)}
	if der, err = asn1.Marshal(c); err != nil {
		t.Fatal(err)
	}
	return der
}

// chains are the two chains of a quote and its collateral.
type chains struct{ root, platformCA, pck, signer authority }

func (b bench) chains() (c chains) {
	b.t.Helper()
	c.root = b.issue(Root, authority{})
	c.platformCA = b.issue(PlatformCA, c.root)
	c.pck = b.issue(PCK, c.platformCA)
	c.signer = b.issue(TCBSigner, c.root)
	return c
}

// check does what a verifier does with the chains.
func (c chains) check(at time.Time) error {
	certs, err := ParsePEM(EncodePEM(c.pck.Certificate, c.platformCA.Certificate, c.root.Certificate), 3)
	if err != nil {
		return err
	}
	signer, err := Parse(c.signer.Raw)
	if err != nil {
		return err
	}
	pck, platformCA, root := certs[0], certs[1], certs[2]
	return cmp.Or(
		Check(root, root, Root), Check(platformCA, root, PlatformCA), Check(pck, platformCA, PCK),
		Check(signer, root, TCBSigner),
		Valid(root, at), Valid(platformCA, at), Valid(pck, at), Valid(signer, at),
	)
}
