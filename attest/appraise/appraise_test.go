// SPDX-License-Identifier: Apache-2.0

package appraise_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/appraise"
	"github.com/escrin/escrin/attest/claims"
	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/simulator"
	"github.com/escrin/escrin/attest/tdx"
	"github.com/escrin/escrin/attest/verify"
)

// bench is a simulated platform and an enclave with two measurements.
type bench struct {
	platform     *simulator.Platform
	roots        verify.Roots
	measurements []attest.Measurement
}

func newBench(t testing.TB) bench {
	t.Helper()
	p, err := simulator.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	roots, err := verify.ParseRoots(p.RootPEM())
	if err != nil {
		t.Fatal(err)
	}
	one := attest.Measurement{TEE: attest.TDX, Shape: attest.Shape{VCPUs: 1, MemoryMiB: 1024}}
	one.Registers = attest.Registers{MRTD: attest.Register{1}, RTMR0: attest.Register{2}, RTMR1: attest.Register{3}, RTMR2: attest.Register{4}}
	two := one
	two.Shape = attest.Shape{VCPUs: 2, MemoryMiB: 2048}
	two.Registers.RTMR0 = attest.Register{5}
	return bench{p, roots, []attest.Measurement{one, two}}
}

func newPolicy(t testing.TB) appraise.Policy {
	t.Helper()
	p, err := appraise.NewPolicy(appraise.Rules{AcceptTCB: []collateral.Status{collateral.UpToDate}, MinEvaluationNumber: 1})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// evidence returns good evidence of the first measurement, and its binding.
func (b bench) evidence(t testing.TB) attest.Evidence {
	t.Helper()
	m := b.measurements[0]
	root, err := attest.Root(b.measurements)
	if err != nil {
		t.Fatal(err)
	}
	e := attest.Evidence{TEE: m.TEE, Shape: m.Shape, ChannelKey: make([]byte, attest.ChannelKeySize)}
	if e.Proof, err = attest.Proof(b.measurements, m.Shape, m.TEE); err != nil {
		t.Fatal(err)
	}
	e.Binding = attest.Binding{
		ChainID: 31337, Registry: [20]byte{1}, IdentityID: [32]byte{2}, Requester: [20]byte{3},
		ChannelKeyHash: attest.HashChannelKey(e.ChannelKey), Duration: 3600, BaseBlock: 100,
		BaseBlockHash: [32]byte{4}, MeasurementRoot: root, ConfigDigest: [32]byte{5},
	}
	return e
}

// claim quotes the binding of e, with flaws, and verifies.
func (b bench) claim(t testing.TB, e attest.Evidence, f simulator.Flaws) claims.Claims {
	t.Helper()
	return b.claimAbout(t, e, e.Binding, f)
}

// claimAbout quotes another binding than the one of e.
func (b bench) claimAbout(t testing.TB, e attest.Evidence, quoted attest.Binding, f simulator.Flaws) claims.Claims {
	t.Helper()
	var err error
	e.Quote, e.Collateral, err = b.platform.Start(b.measurements[0].Registers).QuoteWith(quoted.ReportData(), f)
	if err != nil {
		t.Fatal(err)
	}
	c, err := verify.Verify(e, b.roots, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// expect checks that the reasons are exactly these codes.
func expect(t *testing.T, name string, got []appraise.Reason, want ...appraise.Code) {
	t.Helper()
	var codes []appraise.Code
	for _, r := range got {
		codes = append(codes, r.Code)
	}
	if !slices.Equal(codes, want) {
		t.Errorf("%s: reasons are %v, want %v", name, got, want)
	}
}

func TestGoodEvidenceIsAcceptable(t *testing.T) {
	b := newBench(t)
	e := b.evidence(t)
	expect(t, "good", newPolicy(t).Appraise(b.claim(t, e, simulator.Flaws{}), e.Binding))
}

func TestAT04ZeroPolicyRejects(t *testing.T) {
	b := newBench(t)
	e := b.evidence(t)
	got := appraise.Policy{}.Appraise(b.claim(t, e, simulator.Flaws{}), e.Binding)
	expect(t, "zero policy", got, appraise.PolicyEmpty, appraise.TCBPlatform, appraise.TCBModule, appraise.TCBQE)
}

func TestAT14ZeroClaimsReject(t *testing.T) {
	expect(t, "zero claims", newPolicy(t).Appraise(claims.Claims{}, attest.Binding{}), appraise.Unverified)
}

// Every rule must be given: with any one left at its zero there is no policy.
func TestAT04NoRuleIsOptional(t *testing.T) {
	good := appraise.Rules{AcceptTCB: []collateral.Status{collateral.UpToDate}, MinEvaluationNumber: 1}
	if _, err := appraise.NewPolicy(good); err != nil {
		t.Fatal(err)
	}
	for i := range reflect.TypeFor[appraise.Rules]().NumField() {
		r := good
		field := reflect.ValueOf(&r).Elem().Field(i)
		field.SetZero()
		if _, err := appraise.NewPolicy(r); err == nil {
			t.Errorf("field %d may be left open", i)
		}
	}
	for _, s := range []collateral.Status{0, collateral.Revoked, collateral.Revoked + 1, 255} {
		r := good
		r.AcceptTCB = append(slices.Clone(r.AcceptTCB), s)
		if _, err := appraise.NewPolicy(r); err == nil {
			t.Errorf("%v may be accepted", s)
		}
	}
}

// Each of the 64 attribute bits but SEPT_VE_DISABLE must be clear, and that set.
func TestMB08AttributeBits(t *testing.T) {
	b, p := newBench(t), newPolicy(t)
	e := b.evidence(t)
	for bit := range 64 {
		want := appraise.TDAttributes
		if bit < 8 {
			want = appraise.TDDebug
		}
		f := simulator.Flaws{Report: func(r *tdx.Report) { r.TDAttributes[bit/8] ^= 1 << (bit % 8) }}
		got := p.Appraise(b.claim(t, e, f), e.Binding)
		if len(got) != 1 || got[0].Code != want {
			t.Errorf("bit %d: reasons are %v", bit, got)
		}
	}
}

func TestMB08ProcessorFeatures(t *testing.T) {
	b, p := newBench(t), newPolicy(t)
	e := b.evidence(t)
	for bit := range 64 {
		f := simulator.Flaws{Report: func(r *tdx.Report) { r.XFAM[bit/8] ^= 1 << (bit % 8) }}
		got := p.Appraise(b.claim(t, e, f), e.Binding)
		legal := bit > 1 && 0x6dbe7&(1<<bit) != 0
		if legal != (len(got) == 0) {
			t.Errorf("bit %d: reasons are %v", bit, got)
		}
	}
}

// Every register alone matters: those of the launch by the measurement root, the
// others by being zero.
func TestAT12EachRegisterAlone(t *testing.T) {
	b, p := newBench(t), newPolicy(t)
	e := b.evidence(t)
	registers := map[string]struct {
		of   func(*tdx.Report) *attest.Register
		code appraise.Code
	}{
		"MRTD":          {func(r *tdx.Report) *attest.Register { return &r.MRTD }, appraise.MeasurementPath},
		"RTMR0":         {func(r *tdx.Report) *attest.Register { return &r.RTMR[0] }, appraise.MeasurementPath},
		"RTMR1":         {func(r *tdx.Report) *attest.Register { return &r.RTMR[1] }, appraise.MeasurementPath},
		"RTMR2":         {func(r *tdx.Report) *attest.Register { return &r.RTMR[2] }, appraise.MeasurementPath},
		"RTMR3":         {func(r *tdx.Report) *attest.Register { return &r.RTMR[3] }, appraise.RTMR3},
		"MRCONFIGID":    {func(r *tdx.Report) *attest.Register { return &r.MRCONFIGID }, appraise.HostMRCONFIGID},
		"MROWNER":       {func(r *tdx.Report) *attest.Register { return &r.MROWNER }, appraise.HostMROWNER},
		"MROWNERCONFIG": {func(r *tdx.Report) *attest.Register { return &r.MROWNERCONFIG }, appraise.HostMROWNERCONFIG},
	}
	for name, c := range registers {
		for _, at := range []int{0, 23, 47} {
			f := simulator.Flaws{Report: func(r *tdx.Report) { c.of(r)[at] ^= 0x80 }}
			expect(t, name, p.Appraise(b.claim(t, e, f), e.Binding), c.code)
		}
	}
}

// The shape, the TEE kind and the proof are assertions that must fit.
func TestMB07ShapeIsPinned(t *testing.T) {
	b, p := newBench(t), newPolicy(t)
	for name, change := range map[string]func(*attest.Evidence){
		"vCPUs":       func(e *attest.Evidence) { e.Shape.VCPUs++ },
		"memory":      func(e *attest.Evidence) { e.Shape.MemoryMiB++ },
		"other shape": func(e *attest.Evidence) { e.Shape = b.measurements[1].Shape },
		"no proof":    func(e *attest.Evidence) { e.Proof = nil },
		"other proof": func(e *attest.Evidence) { e.Proof = [][32]byte{{1}} },
	} {
		e := b.evidence(t)
		change(&e)
		expect(t, name, p.Appraise(b.claim(t, e, simulator.Flaws{}), e.Binding), appraise.MeasurementPath)
	}
}

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

func TestTCBIsJudgedPartByPart(t *testing.T) {
	b := newBench(t)
	e := b.evidence(t)
	lenient, err := appraise.NewPolicy(appraise.Rules{
		AcceptTCB:           []collateral.Status{collateral.UpToDate, collateral.SWHardeningNeeded},
		MinEvaluationNumber: 18,
	})
	if err != nil {
		t.Fatal(err)
	}
	for s := collateral.UpToDate; s <= collateral.Revoked; s++ {
		for code, f := range map[appraise.Code]simulator.Flaws{
			appraise.TCBPlatform: {TCBInfo: func(i *collateral.TCBInfo) { i.Levels[0].Status = s }},
			appraise.TCBModule:   {TCBInfo: func(i *collateral.TCBInfo) { i.Identities[0].Levels[0].Status = s }},
			appraise.TCBQE:       {QEIdentity: func(i *collateral.QEIdentity) { i.Levels[0].Status = s }},
		} {
			var want []appraise.Code
			if s > collateral.SWHardeningNeeded {
				want = []appraise.Code{code}
			}
			expect(t, s.String(), lenient.Appraise(b.claim(t, e, f), e.Binding), want...)
		}
	}
	old := simulator.Flaws{QEIdentity: func(i *collateral.QEIdentity) { i.EvaluationNumber = 17 }}
	expect(t, "AT-05 old collateral", lenient.Appraise(b.claim(t, e, old), e.Binding), appraise.TCBEvaluation)
}

// All reasons are given, not the first.
func TestEveryReasonIsGiven(t *testing.T) {
	b := newBench(t)
	e := b.evidence(t)
	f := simulator.Flaws{
		Report:  func(r *tdx.Report) { r.TDAttributes[0] = 1; r.MRTD[0] ^= 1; r.RTMR[3][0] = 1 },
		TCBInfo: func(i *collateral.TCBInfo) { i.Levels[0].Status = collateral.Revoked },
	}
	want := e.Binding
	want.ChainID = 1
	expect(t, "many", newPolicy(t).Appraise(b.claim(t, e, f), want),
		appraise.TCBPlatform, appraise.TDDebug, appraise.RTMR3, appraise.MeasurementPath, appraise.BindingChain)
}
