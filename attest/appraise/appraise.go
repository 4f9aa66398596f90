// SPDX-License-Identifier: Apache-2.0

// Package appraise decides whether authentic claims are acceptable to a relying
// party (RFC 9334, "appraisal policy for evidence"). It knows no network, no clock
// and no log: the same claims, policy and expectation give the same reasons.
//
// A [Policy] says which hardware, firmware and guests are good enough; an
// [Expectation] says which guest it must be and what it must have said. Neither
// has an optional part, and the zero value of each rejects everything. SPEC.md
// beside this file specifies the policy file and lists the codes.
package appraise

import "github.com/escrin/escrin/attest/claims"

// Policy is rules that passed [NewPolicy]. The zero Policy rejects everything.
type Policy struct{ rules Rules }

// Appraise returns every reason to reject c; none means acceptable.
func (p Policy) Appraise(c claims.Claims, x Expectation) []Reason {
	var out reasons
	if !c.Verified() {
		out.add(ClaimsUnverified, "evidence was not verified")
		return out
	}
	p.checkRules(&out, c, x)
	x.check(&out, c)
	checkEventLog(&out, c)
	return out
}

// checkRules checks everything but what the evidence stands for.
func (p Policy) checkRules(out *reasons, c claims.Claims, x Expectation) {
	if p.rules == (Rules{}) {
		out.add(PolicyEmpty, "no policy was set")
		return
	}
	if t, ok := c.TDX(); ok && p.rules.TDX != nil {
		p.rules.TDX.checkGuest(out, t)
		p.rules.TDX.checkPlatform(out, t, x.at)
		out.ages(TDXCollateralAge, c.Editions(), p.rules.TDX.CollateralAge, x.at)
		return
	}
	if s, ok := c.SNP(); ok && p.rules.SNP != nil {
		p.rules.SNP.checkGuest(out, s.Report)
		p.rules.SNP.checkPlatform(out, s)
		out.ages(SNPCollateralAge, c.Editions(), p.rules.SNP.CollateralAge, x.at)
		return
	}
	out.add(PolicyTEE, "policy has no rules for %v", c.Evidence().TEE)
}
