// SPDX-License-Identifier: Apache-2.0

package pki

import (
	"bytes"
	"cmp"
	"crypto/x509"
	"errors"
	"fmt"

	"github.com/escrin/escrin/attest/internal/flaw"
)

// OpenAMDCRL decodes the DER revocation list of an ARK and checks that it signed
// it, whenever that was; see [CRL.Valid]. The ARK must have been checked before.
func OpenAMDCRL(der []byte, ark *x509.Certificate) (CRL, error) {
	list, err := x509.ParseRevocationList(der)
	if err != nil {
		return CRL{}, flaw.New(flaw.Malformed, fmt.Errorf("parse revocation list: %w", err))
	}
	if err := checkAMDList(list, ark, len(der)); err != nil {
		return CRL{}, fmt.Errorf("check revocation list of %q: %w", ark.Subject.CommonName, err)
	}
	crl := CRL{issuer: ark, issued: list.ThisUpdate, until: list.NextUpdate, revoked: make(map[string]bool)}
	list.Number.FillBytes(crl.number[:])
	for _, entry := range list.RevokedCertificateEntries {
		crl.revoked[string(entry.SerialNumber.Bytes())] = true
	}
	return crl, nil
}

func checkAMDList(list *x509.RevocationList, ark *x509.Certificate, size int) error {
	switch {
	case len(list.Raw) != size:
		return errors.New("bytes left over")
	case !bytes.Equal(list.RawIssuer, ark.RawSubject) || !bytes.Equal(list.AuthorityKeyId, ark.SubjectKeyId):
		return flaw.New(FlawIssuer, errors.New("names another issuer"))
	case list.SignatureAlgorithm != x509.SHA384WithRSAPSS:
		return flaw.New(FlawAlgorithm, fmt.Errorf("signature algorithm is %v", list.SignatureAlgorithm))
	case list.Number == nil || list.Number.Sign() < 0 || list.Number.BitLen() > 8*len(CRL{}.number):
		return flaw.New(FlawNumber, errors.New("has no number of up to 160 bits"))
	case list.NextUpdate.IsZero():
		return errors.New("does not say when the next one comes")
	}
	if err := cmp.Or(checkAMDListExtensions(list), checkListForm(list.Raw)); err != nil {
		return err
	}
	if err := list.CheckSignatureFrom(ark); err != nil {
		return flaw.New(flaw.Signature, err)
	}
	return nil
}

// checkAMDListExtensions refuses lists that say by an extension that they are
// not what they look like: lists of changes only, of some certificates only, or
// of several issuers.
func checkAMDListExtensions(list *x509.RevocationList) error {
	const authorityKey, number = "2.5.29.35", "2.5.29.20"
	for _, e := range list.Extensions {
		if id := e.Id.String(); id != authorityKey && id != number {
			return flaw.New(FlawExtension, fmt.Errorf("extension %s does not belong there", id))
		}
	}
	for _, entry := range list.RevokedCertificateEntries {
		for _, e := range entry.Extensions {
			if e.Critical {
				return flaw.New(FlawCritical, fmt.Errorf("critical extension %v of an entry is unknown", e.Id))
			}
		}
	}
	return nil
}
