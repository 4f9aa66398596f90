// SPDX-License-Identifier: Apache-2.0

package appraise_test

import (
	"reflect"
	"slices"
	"testing"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/appraise"
	"github.com/escrin/escrin/attest/simulator"
	"github.com/escrin/escrin/attest/tdx"
)

// bindingChanges changes each field of a statement alone.
func bindingChanges() map[string]struct {
	change func(*attest.Binding)
	code   appraise.Code
} {
	return map[string]struct {
		change func(*attest.Binding)
		code   appraise.Code
	}{
		"ChainID":         {func(b *attest.Binding) { b.ChainID++ }, appraise.BindingChain},
		"Registry":        {func(b *attest.Binding) { b.Registry[19]++ }, appraise.BindingRegistry},
		"IdentityID":      {func(b *attest.Binding) { b.IdentityID[31]++ }, appraise.BindingIdentity},
		"Requester":       {func(b *attest.Binding) { b.Requester[19]++ }, appraise.BindingRequester},
		"ChannelKeyHash":  {func(b *attest.Binding) { b.ChannelKeyHash[31]++ }, appraise.BindingChannel},
		"Duration":        {func(b *attest.Binding) { b.Duration++ }, appraise.BindingDuration},
		"BaseBlock":       {func(b *attest.Binding) { b.BaseBlock++ }, appraise.BindingBlock},
		"BaseBlockHash":   {func(b *attest.Binding) { b.BaseBlockHash[31]++ }, appraise.BindingBlockHash},
		"MeasurementRoot": {func(b *attest.Binding) { b.MeasurementRoot[31]++ }, appraise.BindingRoot},
		"ConfigDigest":    {func(b *attest.Binding) { b.ConfigDigest[31]++ }, appraise.BindingConfig},
	}
}

func TestAT02EveryFieldIsTested(t *testing.T) {
	changes := bindingChanges()
	for i := range reflect.TypeFor[attest.Binding]().NumField() {
		if name := reflect.TypeFor[attest.Binding]().Field(i).Name; changes[name].change == nil {
			t.Errorf("no test changes %s", name)
		}
	}
}

// The quote was made for one statement. Sent with another, or asked to stand for
// another, it is refused, whichever field differs.
func TestAT02EachFieldAlone(t *testing.T) {
	b, p := newBench(t), newPolicy(t)
	for name, c := range bindingChanges() {
		e := b.evidence(t)
		want := e.Binding
		c.change(&want)
		expect(t, name+" wanted", p.Appraise(b.claim(t, e, simulator.Flaws{}), want), c.code)

		sent := e
		c.change(&sent.Binding)
		got := p.Appraise(b.claimAbout(t, sent, e.Binding, simulator.Flaws{}), sent.Binding)
		if !slices.ContainsFunc(got, func(r appraise.Reason) bool { return r.Code == appraise.ReportData }) {
			t.Errorf("%s sent: reasons are %v", name, got)
		}
	}
}

func TestAT02ReportDataIsComparedWhole(t *testing.T) {
	b, p := newBench(t), newPolicy(t)
	e := b.evidence(t)
	for _, at := range []int{0, 31, 32, 63} {
		f := simulator.Flaws{Report: func(r *tdx.Report) { r.ReportData[at] ^= 1 }}
		expect(t, "report data", p.Appraise(b.claim(t, e, f), e.Binding), appraise.ReportData)
	}
}

func TestAT02ChannelKeyIsBound(t *testing.T) {
	b, p := newBench(t), newPolicy(t)
	e := b.evidence(t)
	e.ChannelKey = slices.Clone(e.ChannelKey)
	e.ChannelKey[1215] = 1
	expect(t, "channel key", p.Appraise(b.claim(t, e, simulator.Flaws{}), e.Binding), appraise.ChannelKey)
}

// A relying party that leaves a field empty expects a statement about nothing.
func TestAT04NoExpectationIsOptional(t *testing.T) {
	b, p := newBench(t), newPolicy(t)
	e := b.evidence(t)
	c := b.claim(t, e, simulator.Flaws{})
	for i := range reflect.TypeFor[attest.Binding]().NumField() {
		field := reflect.TypeFor[attest.Binding]().Field(i).Name
		if field == "BaseBlock" { // block 0 is a block; its hash is not zero
			continue
		}
		want := e.Binding
		reflect.ValueOf(&want).Elem().Field(i).SetZero()
		got := p.Appraise(c, want)
		if !slices.ContainsFunc(got, func(r appraise.Reason) bool { return r.Code == appraise.BindingIncomplete }) {
			t.Errorf("%s may be left out: reasons are %v", field, got)
		}
	}
}
