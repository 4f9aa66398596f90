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
// right. The zero value changes nothing.
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
}
