// SPDX-License-Identifier: Apache-2.0

// Package claims holds what a verified quote says, between the two halves of a
// relying party: package attest/verify, which alone can make [Claims], and
// package attest/appraise, which judges them.
package claims

import (
	"slices"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/internal/mint"
	"github.com/escrin/escrin/attest/tdx"
)

// TCB is what the vendor says of the parts that a platform's security rests on.
type TCB struct {
	Platform collateral.Status // processor, microcode and firmware
	Module   collateral.Status // TDX module
	QE       collateral.Status // quoting enclave
	// EvaluationNumber is the lower of the evaluation data numbers of the TCB
	// info and the QE identity.
	EvaluationNumber uint32
	// AdvisoryIDs are the vendor's security advisories that apply, sorted.
	AdvisoryIDs []string
}

// Facts are the contents of claims: who vouched for them is said in [Claims].
type Facts struct {
	Evidence attest.Evidence // as presented; only Quote and Collateral are authentic
	Report   tdx.Report      // what the hardware signed
	TCB      TCB
	FMSPC    [6]byte // platform family, from the certificate
	// Editions of the documents that vouch: TCB info, QE identity, revocation list
	// of the root, revocation list of the platform CA.
	Editions []collateral.Edition
}

// Claims are authentic: the hardware's vendor vouches for them. They are not yet
// acceptable. The zero value holds none and appraises as nothing.
type Claims struct {
	facts    Facts
	verified bool
}

// New makes claims of a copy of facts. Without a granted token it returns the
// zero Claims.
func New(token mint.Token, facts Facts) Claims {
	if !token.Granted() {
		return Claims{}
	}
	e := &facts.Evidence
	e.Proof, e.ChannelKey = slices.Clone(e.Proof), slices.Clone(e.ChannelKey)
	e.Quote, e.Collateral = slices.Clone(e.Quote), slices.Clone(e.Collateral)
	facts.Editions = slices.Clone(facts.Editions)
	return Claims{facts: facts, verified: true}
}

// Verified reports whether c holds claims at all.
func (c Claims) Verified() bool { return c.verified }

// Evidence returns the envelope that the claims were verified from. Its shape,
// proof, binding and channel key are assertions of the enclave: they mean
// something only after appraisal.
func (c Claims) Evidence() attest.Evidence { return c.facts.Evidence }

// Binding returns the statement of the evidence. See [Claims.Evidence].
func (c Claims) Binding() attest.Binding { return c.facts.Evidence.Binding }

// Report returns what the hardware signed.
func (c Claims) Report() tdx.Report { return c.facts.Report }

// TCB returns the vendor's word on the platform.
func (c Claims) TCB() TCB { return c.facts.TCB }

// FMSPC returns the platform's family from its certificate.
func (c Claims) FMSPC() [6]byte { return c.facts.FMSPC }

// Editions returns how new the collateral is that vouches. The host chose it: a
// relying party that remembers a newer one must not accept the claims.
func (c Claims) Editions() []collateral.Edition { return slices.Clone(c.facts.Editions) }

// Registers returns the launch registers that the hardware signed.
func (c Claims) Registers() attest.Registers {
	r := c.facts.Report
	return attest.Registers{MRTD: r.MRTD, RTMR0: r.RTMR[0], RTMR1: r.RTMR[1], RTMR2: r.RTMR[2]}
}
