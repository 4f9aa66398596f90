// SPDX-License-Identifier: Apache-2.0

// Package crosscheck verifies evidence twice: by package attest/verify, and by
// the library of another hand that its vendor's customers use. Both must come to
// the same conclusion, so that the two have to be wrong together.
//
// The libraries are known to be wrong in places, in both directions, and to
// panic. Ours comes first: they see only what it has found authentic, and their
// panics are refusals. Where a library cannot judge a part at all, it is asked
// about the rest. Of the certificates and the collateral of a TDX platform that it
// found in order it is asked again after a minute, or when a byte of them differs;
// ours judges them each time. Of a quote in between its reader is asked: what that
// read must have both signatures, of the attestation key and of the PCK.
package crosscheck

import (
	"fmt"
	"time"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/claims"
	"github.com/escrin/escrin/attest/verify"
)

// CodeDisagrees is the code of evidence that package verify finds authentic and
// the other verifier does not.
const CodeDisagrees verify.Code = "crosscheck.disagrees"

// Verifier verifies evidence twice under fixed roots. The nil and the zero
// Verifier refuse everything. It is safe for concurrent use.
type Verifier struct {
	own   *verify.Verifier
	roots verify.Roots
	warm  *warm
}

// New returns a verifier that trusts these roots.
func New(roots verify.Roots) *Verifier {
	return &Verifier{own: verify.NewVerifier(roots), roots: roots, warm: &warm{}}
}

// Verify is [verify.Verifier.Verify], whose claims it returns, with the other
// verifier's veto. An error is a [*verify.Error].
func (v *Verifier) Verify(e attest.Evidence, now time.Time) (claims.Claims, error) {
	if v == nil {
		v = new(Verifier)
	}
	c, err := v.own.Verify(e, now)
	if err != nil {
		return claims.Claims{}, err
	}
	if err := v.second(e, c, now); err != nil {
		return claims.Claims{}, &verify.Error{Code: CodeDisagrees, Err: err}
	}
	return c, nil
}

// second asks the library for the TEE of the evidence.
func (v *Verifier) second(e attest.Evidence, c claims.Claims, now time.Time) error {
	return guarded(func() error {
		if t, ok := c.TDX(); ok {
			return v.askTDX(e, upToDate(t.TCB), now)
		}
		if s, ok := c.SNP(); ok {
			return askSNP(e, v.roots, s.Chip, now)
		}
		return fmt.Errorf("there is none for %v", e.TEE)
	})
}

// guarded calls a library, whose panics are refusals.
func guarded(ask func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("ask second verifier: it panicked: %v", p)
		}
	}()
	if err := ask(); err != nil {
		return fmt.Errorf("ask second verifier: %w", err)
	}
	return nil
}
