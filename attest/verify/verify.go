// SPDX-License-Identifier: Apache-2.0

// Package verify decides whether evidence is authentic: whether its quote was
// made by genuine hardware whose vendor still vouches for it. Whether what the
// quote says is acceptable is for package attest/appraise.
package verify

import (
	"crypto/x509"
	"errors"
	"time"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/claims"
)

// Roots are the vendors' root certificates that the caller trusts. The zero
// value trusts none and rejects every evidence. None is compiled in.
type Roots struct {
	tdx *x509.Certificate
}

// ParseRoots reads the root certificate of the TDX platforms to trust, exactly
// one PEM block.
func ParseRoots(pem []byte) (Roots, error) {
	return Roots{}, errors.New("parse roots: not built yet")
}

// Verify checks the authenticity of e at the time now: certificate chains to
// the roots, signatures of quote and quoting enclave, QE identity, TCB info and
// revocation lists, all of which must be valid at now. The claims it returns say
// what is true, not that it is acceptable.
func Verify(e attest.Evidence, roots Roots, now time.Time) (claims.Claims, error) {
	return claims.Claims{}, errors.New("verify evidence: not built yet")
}
