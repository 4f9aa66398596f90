// SPDX-License-Identifier: Apache-2.0

package appraise_test

import (
	"reflect"
	"slices"
	"testing"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/appraise"
	"github.com/escrin/escrin/attest/claims"
	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/simulator"
	"github.com/escrin/escrin/attest/tdx"
)

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
