// SPDX-License-Identifier: Apache-2.0

// Package verify decides whether evidence is authentic: whether it was signed by
// genuine hardware whose vendor still vouches for it. Whether what it says is
// acceptable is for package attest/appraise.
//
// Every check is escrin's own, on the standard library alone, with no network,
// no clock and no log. Each refusal has a [Code]. Package attest/crosscheck asks
// verifiers by other hands in addition.
package verify

import (
	"errors"
	"fmt"
	"time"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/claims"
	"github.com/escrin/escrin/attest/internal/flaw"
	"github.com/escrin/escrin/attest/internal/mint"
)

// Error is what every function here that refuses evidence returns.
type Error struct {
	Code Code
	Err  error
}

// Error returns the words of the refusal and its code.
func (e *Error) Error() string { return fmt.Sprintf("verify evidence: %v (%s)", e.Err, e.Code) }

// Unwrap returns the refusal without its code.
func (e *Error) Unwrap() error { return e.Err }

// refuse returns err with a code.
func refuse(c Code, err error) error { return &Error{c, err} }

// refusePart returns err with the code of the flaw that it has in this part of
// the evidence, and nil where there is none.
func refusePart(part string, err error) error {
	if err == nil {
		return nil
	}
	return &Error{Code(part + "." + string(flaw.Of(err))), err}
}

// Verifier verifies evidence under fixed roots. It remembers certificate chains and
// collateral that it has verified, by the digest of their exact bytes and at most
// 64 MiB of them; dates and revocation are checked at each use, and so are all
// signatures in a quote or report. The nil and the zero Verifier refuse everything. It
// is safe for concurrent use.
type Verifier struct {
	roots  Roots
	chains cache[pckChain]
	bases  cache[endorsement]
	chips  cache[amdChain]
}

// NewVerifier returns a verifier with an empty memory.
func NewVerifier(r Roots) *Verifier {
	return &Verifier{
		roots:  r,
		chains: newCache[pckChain](chainLimit()),
		bases:  newCache[endorsement](endorsementLimit()),
		chips:  newCache[amdChain](chipLimit()),
	}
}

// Verify checks the authenticity of e at the time now: certificate chains to the
// roots, signatures, the vendor's documents and revocation lists, all of which
// must be valid at now. It looks at TEE, Signed and Collateral only. The claims
// that it returns say what is true, not that it is acceptable. An error is an
// [*Error].
func (v *Verifier) Verify(e attest.Evidence, now time.Time) (claims.Claims, error) {
	if v == nil {
		return claims.Claims{}, refuse(CodeNoRoot, errors.New("no verifier"))
	}
	var facts claims.Facts
	var err error
	switch e.TEE {
	case attest.TDX:
		facts, err = v.verifyTDX(e, now)
	case attest.SNP:
		facts, err = v.verifySNP(e, now)
	default:
		err = refuse(CodeTEE, fmt.Errorf("%v is not supported", e.TEE))
	}
	if err != nil {
		return claims.Claims{}, err
	}
	return claims.New(mint.Grant(), facts), nil
}

// Verify is [Verifier.Verify] by a new verifier for roots.
func Verify(e attest.Evidence, roots Roots, now time.Time) (claims.Claims, error) {
	return NewVerifier(roots).Verify(e, now)
}
