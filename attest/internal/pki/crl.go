// SPDX-License-Identifier: Apache-2.0

package pki

import (
	"bytes"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/escrin/escrin/attest/internal/flaw"
)

// CRL is a revocation list whose signature has been checked.
type CRL struct {
	issuer  *x509.Certificate
	revoked map[string]bool // by the big-endian bytes of the serial number
	number  [20]byte
	issued  time.Time
	until   time.Time
}

// Number returns the number of the list, big-endian.
func (c CRL) Number() [20]byte { return c.number }

// Issued returns when the list was issued.
func (c CRL) Issued() time.Time { return c.issued }

// Valid checks that the list is valid at now, to the second at both ends.
func (c CRL) Valid(now time.Time) error {
	if c.issuer == nil {
		return errors.New("check revocation list: none")
	}
	if err := checkTime(c.issued, c.until, now); err != nil {
		return fmt.Errorf("check revocation list of %q: %w", c.issuer.Subject.CommonName, err)
	}
	return nil
}

// OpenCRL decodes a DER revocation list and checks that issuer signed it,
// whenever that was; see [CRL.Valid]. The issuer must have been checked before.
func OpenCRL(der []byte, issuer *x509.Certificate) (CRL, error) {
	list, err := x509.ParseRevocationList(der)
	if err != nil {
		return CRL{}, fmt.Errorf("parse revocation list: %w", err)
	}
	crl := CRL{issuer: issuer, issued: list.ThisUpdate, until: list.NextUpdate, revoked: make(map[string]bool)}
	if err := checkList(list, issuer, len(der)); err != nil {
		return CRL{}, fmt.Errorf("check revocation list of %q: %w", issuer.Subject.CommonName, err)
	}
	list.Number.FillBytes(crl.number[:])
	for _, entry := range list.RevokedCertificateEntries {
		crl.revoked[string(entry.SerialNumber.Bytes())] = true
	}
	return crl, nil
}

// checkList checks everything about a list but its dates. An extension by which
// a list says that it is not what it looks like, such as one of changes only,
// is critical and refused.
func checkList(list *x509.RevocationList, issuer *x509.Certificate, size int) error {
	switch {
	case len(list.Raw) != size:
		return errors.New("bytes left over")
	case !bytes.Equal(list.RawIssuer, issuer.RawSubject) || !bytes.Equal(list.AuthorityKeyId, issuer.SubjectKeyId):
		return flaw.New(FlawIssuer, errors.New("names another issuer"))
	case list.SignatureAlgorithm != x509.ECDSAWithSHA256:
		return flaw.New(FlawAlgorithm, fmt.Errorf("signature algorithm is %v", list.SignatureAlgorithm))
	case list.Number == nil || list.Number.Sign() < 0 || list.Number.BitLen() > 8*len(CRL{}.number):
		return flaw.New(FlawNumber, errors.New("has no number of up to 160 bits"))
	}
	if err := checkCritical(list); err != nil {
		return err
	}
	if err := checkListForm(list.Raw); err != nil {
		return err
	}
	if err := list.CheckSignatureFrom(issuer); err != nil {
		return flaw.New(flaw.Signature, err)
	}
	return nil
}

// checkCritical refuses every critical extension, of the list and of its entries.
func checkCritical(list *x509.RevocationList) error {
	all := slices.Clone(list.Extensions)
	for _, entry := range list.RevokedCertificateEntries {
		all = append(all, entry.Extensions...)
	}
	for _, ext := range all {
		if ext.Critical {
			return flaw.New(FlawCritical, fmt.Errorf("critical extension %v is unknown", ext.Id))
		}
	}
	return nil
}

// Check reports an error if cert is revoked, or is not for this list to judge.
func (c CRL) Check(cert *x509.Certificate) error {
	if c.issuer == nil || !bytes.Equal(c.issuer.RawSubject, cert.RawIssuer) {
		return flaw.New(FlawIssuer, errors.New("check revocation: list of another issuer"))
	}
	if c.revoked[string(cert.SerialNumber.Bytes())] {
		return flaw.New(FlawRevoked, fmt.Errorf("check revocation: %q certificate %x is revoked", cert.Subject.CommonName, cert.SerialNumber))
	}
	return nil
}
