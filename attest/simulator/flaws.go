// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"crypto/x509"

	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/tdx"
)

// Flaws are what can be wrong with one quote, for tests: each function that is
// set changes one part. Except for Quote and Bundle, which come last, the change
// is made before the part is signed, so that everything else about the quote is
// right. The zero value changes nothing. [TDXFlaws] has flaws that these
// functions cannot make.
type Flaws struct {
	Report      func(*tdx.Report)
	QEReport    func(*tdx.QEReport)
	Platform    func(*collateral.Platform)       // in the PCK certificate
	Certificate func(template *x509.Certificate) // each but the root; told apart by subject name
	TCBInfo     func(*collateral.TCBInfo)
	QEIdentity  func(*collateral.QEIdentity)
	CRL         func(issuer string, list *x509.RevocationList) // subject name of the issuer
	Quote       func(*tdx.Quote)                               // after signing
	Bundle      func(*collateral.Bundle)                       // after signing

	// Revoked are subject names of certificates that their issuer revokes.
	Revoked []string

	deep deepFlaws
}

// deepFlaws are those that the types of the parsers cannot express, because the
// parsers refuse them, and those that take more than one platform.
type deepFlaws struct {
	signed    func([]byte) []byte // header and report, before they are signed
	qeReport  func([]byte) []byte // before it is signed
	qeBinding func(key, auth []byte) []byte
	// attestationKey changes the key that the quoting enclave vouches for.
	attestationKey func([]byte) []byte
	extension      func(*sgxExtension)
	draft          func(*draft)
	list           func(*listDraft)
	tcbInfo        func([]byte) []byte // JSON, before it is signed
	qeIdentity     func([]byte) []byte
	signers        func(*signers)
	mix            func(mine *evidence, from strangers) // all signed, not yet encoded
	quote          func([]byte) []byte                  // at last
	bundle         func([]byte) []byte                  // at last
}

// signers are the keys that sign the parts of evidence that are not certificates.
type signers struct {
	report, qeReport, tcbInfo, qeIdentity key

	root, platformCA, pck, stranger key // to choose from
}

// strangers are genuine evidence of others.
type strangers struct {
	platform evidence // of another family and under another platform CA of the same root
	root     evidence // of a platform like this one, under another root of the same name
}

// evidence is a quote and its collateral, and the certificates in them.
type evidence struct {
	quote       tdx.Quote
	bundle      collateral.Bundle
	credentials credentials
}

// onCertificates reports whether f changes certificates.
func (f Flaws) onCertificates() bool {
	return f.Platform != nil || f.Certificate != nil || f.deep.extension != nil || f.deep.draft != nil
}
