// SPDX-License-Identifier: Apache-2.0

// Package claims holds what verified evidence says, between the two halves of a
// relying party: package attest/verify, which alone can make [Claims], and
// package attest/appraise, which judges them.
package claims

import (
	"slices"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/internal/mint"
)

// Facts are the contents of claims: who vouched for them is said in [Claims].
type Facts struct {
	Evidence attest.Evidence // as presented; only Signed and Collateral are authentic
	TDX      *TDX            // of a TDX guest, else nil
	SNP      *SNP            // of an SNP guest, else nil
	// Editions of the documents that vouch: for TDX the TCB info, the QE identity,
	// the revocation lists of the root and of the platform CA; for SNP the
	// revocation list of the root.
	Editions []collateral.Edition
}

// Claims are authentic: the hardware's vendor vouches for them. They are not yet
// acceptable. The zero value holds none and appraises as nothing.
type Claims struct {
	facts    Facts
	verified bool
}

// New makes claims of a copy of facts. Without a granted token, or with facts of
// no TEE or of more than one, it returns the zero Claims.
func New(token mint.Token, facts Facts) Claims {
	if !token.Granted() || !facts.ofOneTEE() {
		return Claims{}
	}
	e := &facts.Evidence
	e.Proof, e.ChannelKey = slices.Clone(e.Proof), slices.Clone(e.ChannelKey)
	e.Signed, e.EventLog, e.Collateral = slices.Clone(e.Signed), slices.Clone(e.EventLog), slices.Clone(e.Collateral)
	facts.Editions = slices.Clone(facts.Editions)
	if facts.TDX != nil {
		copied := *facts.TDX
		facts.TDX = &copied
	}
	if facts.SNP != nil {
		copied := facts.SNP.clone()
		facts.SNP = &copied
	}
	return Claims{facts: facts, verified: true}
}

// ofOneTEE reports whether f holds exactly the facts that its evidence's TEE has.
func (f Facts) ofOneTEE() bool {
	switch f.Evidence.TEE {
	case attest.TDX:
		return f.TDX != nil && f.SNP == nil
	case attest.SNP:
		return f.SNP != nil && f.TDX == nil
	}
	return false
}

// Verified reports whether c holds claims at all.
func (c Claims) Verified() bool { return c.verified }

// Evidence returns the envelope that the claims were verified from. Its shape,
// proof, binding, channel key and event log are assertions of the enclave: they
// mean something only after appraisal.
func (c Claims) Evidence() attest.Evidence { return c.facts.Evidence }

// Binding returns the statement of the evidence. See [Claims.Evidence].
func (c Claims) Binding() attest.Binding { return c.facts.Evidence.Binding }

// TDX returns the facts about a TDX guest, and whether c holds such.
func (c Claims) TDX() (TDX, bool) {
	if c.facts.TDX == nil {
		return TDX{}, false
	}
	return *c.facts.TDX, true
}

// SNP returns the facts about an SNP guest, and whether c holds such.
func (c Claims) SNP() (SNP, bool) {
	if c.facts.SNP == nil {
		return SNP{}, false
	}
	return c.facts.SNP.clone(), true
}

// ReportData returns the 64 bytes that the guest chose and the hardware signed.
func (c Claims) ReportData() [64]byte {
	if t, ok := c.TDX(); ok {
		return t.Report.ReportData
	}
	if s, ok := c.SNP(); ok {
		return s.Report.ReportData
	}
	return [64]byte{}
}

// Measurement returns the launch registers that the hardware signed, with the
// shape that the evidence asserts.
func (c Claims) Measurement() attest.Measurement {
	m := attest.Measurement{TEE: c.facts.Evidence.TEE, Shape: c.facts.Evidence.Shape}
	if t, ok := c.TDX(); ok {
		m.Registers = t.Registers()
	}
	if s, ok := c.SNP(); ok {
		m.LaunchDigest = s.Report.Measurement
	}
	return m
}

// Editions returns how new the collateral is that vouches. The host chose it: a
// relying party that remembers a newer one must not accept the claims.
func (c Claims) Editions() []collateral.Edition { return slices.Clone(c.facts.Editions) }
