// SPDX-License-Identifier: Apache-2.0

// Package appraise decides whether authentic claims are acceptable to a relying
// party (RFC 9334, "appraisal policy for evidence").
package appraise

import (
	"errors"
	"fmt"

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

// Policy is a set of rules that passed [NewPolicy]. The zero Policy rejects
// everything.
type Policy struct {
	accept        [collateral.Revoked]bool // by status
	minEvaluation uint32
}

// NewPolicy refuses rules with any choice left open, and a revoked TCB.
func NewPolicy(r Rules) (Policy, error) {
	if len(r.AcceptTCB) == 0 {
		return Policy{}, errors.New("make policy: no TCB status is accepted")
	}
	if r.MinEvaluationNumber == 0 {
		return Policy{}, errors.New("make policy: no least TCB evaluation number")
	}
	p := Policy{minEvaluation: r.MinEvaluationNumber}
	for _, s := range r.AcceptTCB {
		if !s.Valid() || s == collateral.Revoked {
			return Policy{}, fmt.Errorf("make policy: %v cannot be accepted", s)
		}
		p.accept[s] = true
	}
	return p, nil
}

// Appraise returns every reason to reject c; none means acceptable. want is the
// statement that the relying party expects, each field from its own knowledge,
// and is compared in full: a field on which it has no opinion of its own must be
// copied from the claims by the caller, in so many words.
func (p Policy) Appraise(c claims.Claims, want attest.Binding) []Reason {
	var out reasons
	if p.minEvaluation == 0 {
		out.add(PolicyEmpty, "no policy was set")
	}
	if !c.Verified() {
		out.add(Unverified, "evidence was not verified")
		return out
	}
	if t, ok := c.TDX(); ok {
		p.checkTCB(&out, t.TCB)
		checkGuest(&out, t.Report)
		checkHostFields(&out, t.Report)
	}
	checkMeasurement(&out, c)
	checkStatement(&out, c)
	checkExpected(&out, c.Binding(), want)
	return out
}

func (p Policy) checkTCB(out *reasons, t claims.TCB) {
	parts := []struct {
		code   Code
		name   string
		status collateral.Status
	}{{TCBPlatform, "platform", t.Platform.Status}, {TCBModule, "TDX module", t.Module.Status}, {TCBQE, "quoting enclave", t.QE.Status}}
	for _, part := range parts {
		if int(part.status) >= len(p.accept) || !p.accept[part.status] {
			out.add(part.code, "%s is %v", part.name, part.status)
		}
	}
	if t.EvaluationNumber < p.minEvaluation {
		out.add(TCBEvaluation, "collateral has TCB evaluation number %d, at least %d is required", t.EvaluationNumber, p.minEvaluation)
	}
}
