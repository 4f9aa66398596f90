// SPDX-License-Identifier: Apache-2.0

// Package collateraltest makes the vectors by which the contract TdxCollateral is
// tested: what Intel published under Intel's root, and variations of it under a
// root of the package's own. They are the same whenever and wherever they are made.
// Only tests link it.
package collateraltest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"io"
	"math/big"
	"time"

	"github.com/escrin/escrin/attest/collateral"
)

// Names of Intel's certificates.
const (
	nameRoot   = "Intel SGX Root CA"
	namePlatCA = "Intel SGX PCK Platform CA"
	namePCK    = "Intel SGX PCK Certificate"
	nameSigner = "Intel SGX TCB Signing"
)

// now is when the vectors are of: a day after Intel issued the documents that they
// vary.
func now() time.Time { return time.Date(2026, time.February, 19, 12, 0, 0, 0, time.UTC) }

// key is a private key that is always the same, and signs the same in the same way.
type key struct{ *ecdsa.PrivateKey }

// newKey returns the key with a name. Whoever reads this knows it.
func newKey(name string) (key, error) {
	d := sha256.Sum256([]byte("escrin.collateraltest." + name))
	private, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), d[:])
	return key{private}, err
}

// Sign ignores random.
func (k key) Sign(_ io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	return k.PrivateKey.Sign(nil, digest, opts)
}

// id returns the identifier of the key: SHA-1 of its point.
func (k key) id() ([]byte, error) {
	point, err := k.PublicKey.Bytes()
	if err != nil {
		return nil, err
	}
	sum := sha1.Sum(point)
	return sum[:], nil
}

// signJSON signs a document as Intel's TCB signer does.
func (k key) signJSON(document []byte) (s collateral.Signed, err error) {
	digest := sha256.Sum256(document)
	der, err := k.Sign(nil, digest[:], crypto.SHA256)
	if err != nil {
		return s, err
	}
	var pair struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(der, &pair); err != nil {
		return s, err
	}
	s.Document = document
	pair.R.FillBytes(s.Signature[:32])
	pair.S.FillBytes(s.Signature[32:])
	return s, nil
}

// authority is a certificate and its key.
type authority struct {
	cert *x509.Certificate
	key  key
}

// pki is an authority of Intel's shape.
type pki struct {
	root, platformCA, signer authority
	// stranger has the root's name and another key.
	stranger authority
}

func newPKI() (p pki, err error) {
	if p.root, err = issue("root", nameRoot, authority{}, nil); err != nil {
		return p, err
	}
	if p.stranger, err = issue("stranger", nameRoot, authority{}, nil); err != nil {
		return p, err
	}
	if p.platformCA, err = issue("platform", namePlatCA, p.root, nil); err != nil {
		return p, err
	}
	p.signer, err = issue("signer", nameSigner, p.root, nil)
	return p, err
}

// issue issues the certificate of the key with this name, under by or itself.
func issue(keyName, commonName string, by authority, edit func(*x509.Certificate)) (authority, error) {
	k, err := newKey(keyName)
	if err != nil {
		return authority{}, err
	}
	id, err := k.id()
	if err != nil {
		return authority{}, err
	}
	t := &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes(append([]byte{id[0] & 0x7f}, id[1:]...)),
		Subject: pkix.Name{
			CommonName: commonName, Organization: []string{"escrin collateraltest"}, Country: []string{"US"},
		},
		SubjectKeyId: id, NotBefore: now().AddDate(-1, 0, 0), NotAfter: now().AddDate(6, 0, 0),
		BasicConstraintsValid: true, SignatureAlgorithm: x509.ECDSAWithSHA256,
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment,
		CRLDistributionPoints: []string{"https://certificates.collateraltest.invalid/root.der"},
	}
	switch commonName {
	case nameRoot:
		t.IsCA, t.MaxPathLen, t.AuthorityKeyId = true, 1, id
	case namePlatCA:
		t.IsCA, t.MaxPathLenZero = true, true
	}
	if t.IsCA {
		t.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	}
	if edit != nil {
		edit(t)
	}
	if by.cert == nil {
		by = authority{t, k}
	}
	der, err := x509.CreateCertificate(rand.Reader, t, by.cert, k.Public(), by.key)
	if err != nil {
		return authority{}, fmt.Errorf("issue %q: %w", commonName, err)
	}
	cert, err := x509.ParseCertificate(der)
	return authority{cert, k}, err
}

// list issues a revocation list: number 7, of a day ago, for thirty days.
func (a authority) list(revoked []*big.Int, edit func(*x509.RevocationList)) ([]byte, error) {
	t := &x509.RevocationList{
		Number: big.NewInt(7), ThisUpdate: now().AddDate(0, 0, -1), NextUpdate: now().AddDate(0, 0, 29),
		SignatureAlgorithm: x509.ECDSAWithSHA256,
	}
	for _, serial := range revoked {
		t.RevokedCertificateEntries = append(t.RevokedCertificateEntries,
			x509.RevocationListEntry{SerialNumber: serial, RevocationTime: t.ThisUpdate, ReasonCode: 1})
	}
	if edit != nil {
		edit(t)
	}
	return x509.CreateRevocationList(rand.Reader, t, a.cert, a.key)
}

// resign changes what is signed in a certificate or list, and signs it again.
func (a authority) resign(der []byte, edit func(tbs []byte) []byte) ([]byte, error) {
	var object struct {
		TBS       asn1.RawValue
		Algorithm asn1.RawValue
		Signature asn1.BitString
	}
	if _, err := asn1.Unmarshal(der, &object); err != nil {
		return nil, err
	}
	tbs := edit(append([]byte{}, object.TBS.FullBytes...))
	digest := sha256.Sum256(tbs)
	signature, err := a.key.Sign(nil, digest[:], crypto.SHA256)
	if err != nil {
		return nil, err
	}
	bits, err := asn1.Marshal(asn1.BitString{Bytes: signature, BitLength: 8 * len(signature)})
	if err != nil {
		return nil, err
	}
	all := append(append(tbs, object.Algorithm.FullBytes...), bits...)
	return asn1.Marshal(asn1.RawValue{Tag: asn1.TagSequence, IsCompound: true, Bytes: all})
}
