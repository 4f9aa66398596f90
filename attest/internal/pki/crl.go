// SPDX-License-Identifier: Apache-2.0

package pki

import (
	"bytes"
	"crypto/x509"
	"errors"
	"fmt"
	"time"
)

// CRL is a revocation list whose signature and dates have been checked.
type CRL struct {
	issuer  []byte // raw subject of the issuer
	revoked map[string]bool
	number  [20]byte
	issued  time.Time
}

// Number returns the number of the list, big-endian.
func (c CRL) Number() [20]byte { return c.number }

// Issued returns when the list was issued.
func (c CRL) Issued() time.Time { return c.issued }

// OpenCRL decodes a DER revocation list and checks that issuer signed it and
// that it is valid at now. The issuer must have been checked before.
func OpenCRL(der []byte, issuer *x509.Certificate, now time.Time) (CRL, error) {
	list, err := x509.ParseRevocationList(der)
	if err != nil {
		return CRL{}, fmt.Errorf("parse revocation list: %w", err)
	}
	name := issuer.Subject.CommonName
	switch {
	case len(list.Raw) != len(der):
		return CRL{}, fmt.Errorf("check revocation list of %q: bytes left over", name)
	case !bytes.Equal(list.RawIssuer, issuer.RawSubject) || !bytes.Equal(list.AuthorityKeyId, issuer.SubjectKeyId):
		return CRL{}, fmt.Errorf("check revocation list of %q: names another issuer", name)
	case list.SignatureAlgorithm != x509.ECDSAWithSHA256:
		return CRL{}, fmt.Errorf("check revocation list of %q: signature algorithm is %v", name, list.SignatureAlgorithm)
	case list.Number == nil || list.Number.Sign() < 0 || list.Number.BitLen() > 8*len(CRL{}.number):
		return CRL{}, fmt.Errorf("check revocation list of %q: has no number of up to 160 bits", name)
	}
	if err := checkTime(list.ThisUpdate, list.NextUpdate, now); err != nil {
		return CRL{}, fmt.Errorf("check revocation list of %q: %w", name, err)
	}
	if err := checkCritical(list); err != nil {
		return CRL{}, fmt.Errorf("check revocation list of %q: %w", name, err)
	}
	if err := list.CheckSignatureFrom(issuer); err != nil {
		return CRL{}, fmt.Errorf("check revocation list of %q: %w", name, err)
	}
	crl := CRL{issuer: issuer.RawSubject, issued: list.ThisUpdate, revoked: make(map[string]bool)}
	list.Number.FillBytes(crl.number[:])
	for _, entry := range list.RevokedCertificateEntries {
		crl.revoked[entry.SerialNumber.String()] = true
	}
	return crl, nil
}

// checkCritical refuses lists that say by an extension that they are not what
// they look like, such as lists of changes only.
func checkCritical(list *x509.RevocationList) error {
	for _, ext := range list.Extensions {
		if ext.Critical {
			return fmt.Errorf("critical extension %v is unknown", ext.Id)
		}
	}
	return nil
}

// Check reports an error if cert is revoked, or is not for this list to judge.
func (c CRL) Check(cert *x509.Certificate) error {
	if c.revoked == nil || !bytes.Equal(c.issuer, cert.RawIssuer) {
		return errors.New("check revocation: list of another issuer")
	}
	if c.revoked[cert.SerialNumber.String()] {
		return fmt.Errorf("check revocation: %q certificate %x is revoked", cert.Subject.CommonName, cert.SerialNumber)
	}
	return nil
}
