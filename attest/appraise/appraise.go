// SPDX-License-Identifier: Apache-2.0

// Package appraise decides whether authentic claims are acceptable to a relying
// party (RFC 9334, "appraisal policy for evidence").
package appraise

import (
	"errors"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/claims"
	"github.com/escrin/escrin/attest/collateral"
)

// Rules are the choices of a relying party. Everything else that is checked is
// not a choice.
type Rules struct {
	// AcceptTCB are the verdicts that are good enough for platform, TDX module
	// and quoting enclave alike. At least one; never Revoked.
	AcceptTCB []collateral.Status
	// MinEvaluationNumber is the lowest TCB evaluation data number accepted, so
	// that old collateral cannot be played back. At least 1.
	MinEvaluationNumber uint32
}

// Policy is a set of rules that passed [NewPolicy]. The zero Policy rejects.
type Policy struct {
	accept        [collateral.Revoked]bool
	minEvaluation uint32
}

// NewPolicy refuses rules with any choice left open.
func NewPolicy(r Rules) (Policy, error) {
	return Policy{}, errors.New("make policy: not built yet")
}

// Code names a reason for rejection. Codes are stable.
type Code string

// Reason is one way in which claims are not acceptable.
type Reason struct {
	Code   Code
	Detail string
}

// String returns code and detail.
func (r Reason) String() string { return string(r.Code) + ": " + r.Detail }

// Appraise returns every reason to reject c; none means acceptable. want is the
// statement that the relying party expects, each field from its own knowledge,
// and is compared in full: a field that it has no opinion on must be copied
// from the claims by the caller, in so many words.
func (p Policy) Appraise(c claims.Claims, want attest.Binding) []Reason {
	return []Reason{{"unbuilt", "not built yet"}}
}
