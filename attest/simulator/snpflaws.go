// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"crypto/x509"

	"github.com/escrin/escrin/attest/kds"
	"github.com/escrin/escrin/attest/snp"
)

// SNPFlaws are what can be wrong with one report, for tests, as [Flaws] are with
// a quote. [SNPFlawList] has flaws that these functions cannot make.
type SNPFlaws struct {
	Report      func(*snp.Report)                // before it is signed
	Chip        func(*kds.Chip)                  // in the certificate of the VCEK or VLEK
	Certificate func(template *x509.Certificate) // each but the root; told apart by subject name
	CRL         func(*x509.RevocationList)
	Signed      func(*snp.Report) // after signing
	Bundle      func(*kds.Bundle) // after signing

	// Revoked are subject names of certificates that the root revokes.
	Revoked []string

	deep snpDeepFlaws
}

// snpDeepFlaws are those that package snp cannot express, and those that take
// more than one platform.
type snpDeepFlaws struct {
	signed func([]byte) []byte // the part of the report that is signed, before it is
	draft  func(*draft)
	list   func(*listDraft)
	signer func(*snpSigner)
	mix    func(mine *snpEvidence, other snpEvidence) // of another chip; all signed, not yet encoded
	forge  func(mine *snpEvidence, other snpEvidence) // likewise, of a chip under another root of the same name
	report func([]byte) []byte                        // at last
	bundle func([]byte) []byte                        // at last
}

// snpSigner is the key that signs the report.
type snpSigner struct {
	report key

	vek, ask, stranger key // to choose from
}

// snpEvidence is a report and its collateral, and the certificates in them.
type snpEvidence struct {
	report      snp.Report
	bundle      kds.Bundle
	credentials snpCredentials
}

// onCertificates reports whether f changes certificates.
func (f SNPFlaws) onCertificates() bool {
	return f.Chip != nil || f.Certificate != nil || f.deep.draft != nil
}

func (f SNPFlaws) change(d *draft) {
	if f.Certificate != nil {
		f.Certificate(d.Certificate)
	}
	if f.deep.draft != nil {
		f.deep.draft(d)
	}
}
