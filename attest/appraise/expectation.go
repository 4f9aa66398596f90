// SPDX-License-Identifier: Apache-2.0

package appraise

import (
	"slices"
	"time"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/claims"
)

// Expectation is what evidence must stand for, from the relying party's own
// knowledge: a [Statement] of escrin's, or another guest's [Hardware]. What it has
// no opinion of its own about, the caller must copy from the claims, in so many
// words. The zero Expectation rejects everything.
type Expectation struct {
	kind       kind
	statement  attest.Binding
	reportData [64]byte
	reference  []attest.Measurement
	at         time.Time
}

type kind uint8

const (
	ofStatement kind = iota + 1
	ofHardware
)

// Statement expects evidence of escrin: every field of its binding is that of
// want, and none of those is empty (SPEC.md of package attest, 1.4); the channel
// key is the one that the binding names; the signed registers, with the asserted
// shape, are under the binding's measurement root; the report data is the
// binding's.
func Statement(want attest.Binding) Expectation {
	return Expectation{kind: ofStatement, statement: want}
}

// Hardware expects evidence of any guest: this report data, which must not be
// zero, and the launch registers of one of the reference values. Their shapes are
// not compared, for the hardware signs none.
func Hardware(reportData [64]byte, reference []attest.Measurement) Expectation {
	return Expectation{kind: ofHardware, reportData: reportData, reference: slices.Clone(reference)}
}

// At returns x with the time at which the claims are appraised: that at which
// the evidence was verified. Without it no TCB level is within a grace window.
func (x Expectation) At(now time.Time) Expectation {
	x.at = now
	return x
}

func (x Expectation) check(out *reasons, c claims.Claims) {
	switch x.kind {
	case ofStatement:
		x.checkStatement(out, c)
	case ofHardware:
		x.checkHardware(out, c)
	default:
		out.add(ExpectationEmpty, "nothing is expected of the evidence")
	}
}

func (x Expectation) checkHardware(out *reasons, c claims.Claims) {
	if x.reportData == [64]byte{} {
		out.add(ExpectationIncomplete, "expected report data is zero, which stands for nothing")
	}
	if len(x.reference) == 0 || slices.ContainsFunc(x.reference, isEmpty) {
		out.add(ExpectationIncomplete, "there is no reference value, or an empty one")
	}
	if c.ReportData() != x.reportData {
		out.add(ReportData, "report data is %x, want %x", c.ReportData(), x.reportData)
	}
	have := withoutShape(c.Measurement())
	if !slices.ContainsFunc(x.reference, func(m attest.Measurement) bool { return withoutShape(m) == have }) {
		out.add(MeasurementReference, "registers are those of none of %d reference values", len(x.reference))
	}
}

// isEmpty reports whether m is no measurement of anything.
func isEmpty(m attest.Measurement) bool {
	return m.Registers == attest.Registers{} && m.LaunchDigest == attest.Register{}
}

func withoutShape(m attest.Measurement) attest.Measurement {
	m.Shape = attest.Shape{}
	return m
}

// checkStatement checks that the hardware signed for the statement and the
// channel key beside it, that the registers are what the statement says, and
// that the statement is the expected one.
func (x Expectation) checkStatement(out *reasons, c claims.Claims) {
	e := c.Evidence()
	if c.ReportData() != e.Binding.ReportData() {
		out.add(ReportData, "hardware signed for another statement")
	}
	if attest.HashChannelKey(e.ChannelKey) != e.Binding.ChannelKeyHash {
		out.add(ChannelKey, "channel key is not the one in the statement")
	}
	if !attest.VerifyProof(e.Binding.MeasurementRoot, c.Measurement().Leaf(), e.Proof) {
		out.add(MeasurementPath, "registers of a guest with %v are not under measurement root %x", e.Shape, e.Binding.MeasurementRoot)
	}
	compareBindings(out, e.Binding, x.statement)
}

// compareBindings compares every field of the statement with what is wanted.
func compareBindings(out *reasons, have, want attest.Binding) {
	if want.ChainID == 0 || want.Registry == [20]byte{} || want.IdentityID == [32]byte{} || want.Requester == [20]byte{} ||
		want.ChannelKeyHash == [32]byte{} || want.Duration == 0 || want.BaseBlockHash == [32]byte{} ||
		want.MeasurementRoot == [32]byte{} || want.ConfigDigest == [32]byte{} || want.GroupKeyDigest == [32]byte{} {
		out.add(ExpectationIncomplete, "expected statement has an empty field")
	}
	compare(out, BindingChain, have.ChainID, want.ChainID, "chain id is %d, want %d")
	compare(out, BindingRegistry, have.Registry, want.Registry, "registry is %x, want %x")
	compare(out, BindingIdentity, have.IdentityID, want.IdentityID, "identity is %x, want %x")
	compare(out, BindingRequester, have.Requester, want.Requester, "requester is %x, want %x")
	compare(out, BindingChannel, have.ChannelKeyHash, want.ChannelKeyHash, "channel key hash is %x, want %x")
	compare(out, BindingDuration, have.Duration, want.Duration, "duration is %d s, want %d s")
	compare(out, BindingBlock, have.BaseBlock, want.BaseBlock, "base block is %d, want %d")
	compare(out, BindingBlockHash, have.BaseBlockHash, want.BaseBlockHash, "base block hash is %x, want %x")
	compare(out, BindingRoot, have.MeasurementRoot, want.MeasurementRoot, "measurement root is %x, want %x")
	compare(out, BindingConfig, have.ConfigDigest, want.ConfigDigest, "config digest is %x, want %x")
	compare(out, BindingNetwork, have.GroupKeyDigest, want.GroupKeyDigest, "group key digest is %x, want %x")
}

func compare[T comparable](out *reasons, code Code, have, want T, format string) {
	if have != want {
		out.add(code, format, have, want)
	}
}
