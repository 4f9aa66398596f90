// SPDX-License-Identifier: Apache-2.0

package appraise_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/appraise"
	"github.com/escrin/escrin/attest/claims"
	"github.com/escrin/escrin/attest/kds"
)

// goodFacts are good facts of each TEE.
func goodFacts(t testing.TB) map[string]func() claims.Facts {
	return map[string]func() claims.Facts{
		"tdx": func() claims.Facts { return goodTDX(t) },
		"snp": func() claims.Facts { return goodSNP(t, kds.Genoa) },
	}
}

// setReportData sets what the hardware signed for the guest.
func setReportData(f claims.Facts, data [64]byte) {
	if f.TDX != nil {
		f.TDX.Report.ReportData = data
		return
	}
	f.SNP.Report.ReportData = data
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
		"GroupKeyDigest":  {func(b *attest.Binding) { b.GroupKeyDigest[31]++ }, appraise.BindingNetwork},
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

// The hardware signed for one statement. Sent with another, or asked to stand
// for another, it is refused, whichever field differs.
func TestAT02EachFieldAlone(t *testing.T) {
	p := newPolicy(t, bothRules())
	for tee, good := range goodFacts(t) {
		for name, c := range bindingChanges() {
			f := good()
			want := f.Evidence.Binding
			c.change(&want)
			expect(t, tee+name+" wanted", p.Appraise(claim(f), appraise.Statement(want)), c.code)

			c.change(&f.Evidence.Binding)
			codes := []appraise.Code{appraise.ReportData}
			switch name {
			case "ChannelKeyHash":
				codes = append(codes, appraise.ChannelKey)
			case "MeasurementRoot":
				codes = append(codes, appraise.MeasurementPath)
			}
			expect(t, tee+name+" sent", p.Appraise(claim(f), wanted(f)), codes...)
		}
	}
}

func TestAT02ReportDataIsComparedWhole(t *testing.T) {
	p := newPolicy(t, bothRules())
	for tee, good := range goodFacts(t) {
		for at := range 64 {
			f := good()
			data := f.Evidence.Binding.ReportData()
			data[at] ^= 1
			setReportData(f, data)
			expect(t, fmt.Sprint(tee, at), p.Appraise(claim(f), wanted(f)), appraise.ReportData)
			expect(t, fmt.Sprint(tee, at), p.Appraise(claim(f), appraise.Hardware(f.Evidence.Binding.ReportData(), measurements())), appraise.ReportData)
		}
	}
}

func TestAT02ChannelKeyIsBound(t *testing.T) {
	p := newPolicy(t, bothRules())
	for tee, good := range goodFacts(t) {
		f := good()
		f.Evidence.ChannelKey = slices.Clone(f.Evidence.ChannelKey)
		f.Evidence.ChannelKey[1215] = 1
		expect(t, tee, p.Appraise(claim(f), wanted(f)), appraise.ChannelKey)
		f.Evidence.ChannelKey = nil
		expect(t, tee+" none", p.Appraise(claim(f), wanted(f)), appraise.ChannelKey)
	}
}

// A relying party that leaves a field empty expects a statement about nothing,
// and does not get one, not even from evidence that says the same.
func TestAT04NoExpectationIsOptional(t *testing.T) {
	p := newPolicy(t, bothRules())
	for tee, good := range goodFacts(t) {
		for i := range reflect.TypeFor[attest.Binding]().NumField() {
			field := reflect.TypeFor[attest.Binding]().Field(i).Name
			f := good()
			reflect.ValueOf(&f.Evidence.Binding).Elem().Field(i).SetZero()
			setReportData(f, f.Evidence.Binding.ReportData())
			codes := []appraise.Code{appraise.ExpectationIncomplete}
			switch field {
			case "BaseBlock": // block 0 is a block; its hash is not zero
				codes = nil
			case "ChannelKeyHash":
				codes = append(codes, appraise.ChannelKey)
			case "MeasurementRoot":
				codes = append(codes, appraise.MeasurementPath)
			}
			expect(t, tee+" without "+field, p.Appraise(claim(f), wanted(f)), codes...)
		}
	}
}

// The shape and the proof are assertions that must fit (MB-07).
func TestMB07ShapeIsPinned(t *testing.T) {
	p := newPolicy(t, bothRules())
	for tee, good := range goodFacts(t) {
		for name, change := range map[string]func(*attest.Evidence){
			"vCPUs":       func(e *attest.Evidence) { e.Shape.VCPUs++ },
			"memory":      func(e *attest.Evidence) { e.Shape.MemoryMiB++ },
			"no proof":    func(e *attest.Evidence) { e.Proof = nil },
			"other proof": func(e *attest.Evidence) { e.Proof = [][32]byte{{1}} },
			"long proof":  func(e *attest.Evidence) { e.Proof = append(e.Proof, [32]byte{}) },
		} {
			f := good()
			change(&f.Evidence)
			expect(t, tee+name, p.Appraise(claim(f), wanted(f)), appraise.MeasurementPath)
		}
	}
}

func TestAT04ZeroPolicyRejects(t *testing.T) {
	for tee, good := range goodFacts(t) {
		f := good()
		expect(t, tee, appraise.Policy{}.Appraise(claim(f), wanted(f)), appraise.PolicyEmpty)
	}
}

func TestAT04ZeroExpectationRejects(t *testing.T) {
	p := newPolicy(t, bothRules())
	for tee, good := range goodFacts(t) {
		f := good()
		setReportData(f, [64]byte{})
		expect(t, tee, p.Appraise(claim(f), appraise.Expectation{}), appraise.ExpectationEmpty)
		expect(t, tee+" with a time", p.Appraise(claim(f), appraise.Expectation{}.At(today)), appraise.ExpectationEmpty)
		expect(t, tee+" and zero policy", appraise.Policy{}.Appraise(claim(f), appraise.Expectation{}), appraise.PolicyEmpty, appraise.ExpectationEmpty)
	}
}

func TestAT14ZeroClaimsReject(t *testing.T) {
	for name, p := range map[string]appraise.Policy{"a policy": newPolicy(t, bothRules()), "the zero policy": {}} {
		expect(t, name, p.Appraise(claims.Claims{}, appraise.Expectation{}), appraise.ClaimsUnverified)
		expect(t, name, p.Appraise(claims.Claims{}, appraise.Statement(attest.Binding{})), appraise.ClaimsUnverified)
	}
}

// A policy for one TEE refuses the other.
func TestRulesOfTheOtherTEE(t *testing.T) {
	onlyTDX, onlySNP := newPolicy(t, appraise.Rules{TDX: tdxRules()}), newPolicy(t, appraise.Rules{SNP: snpRules()})
	td, sev := goodTDX(t), goodSNP(t, kds.Genoa)
	expect(t, "TDX, its rules", onlyTDX.Appraise(claim(td), wanted(td)))
	expect(t, "TDX, rules for SNP", onlySNP.Appraise(claim(td), wanted(td)), appraise.PolicyTEE)
	expect(t, "SNP, its rules", onlySNP.Appraise(claim(sev), wanted(sev)))
	expect(t, "SNP, rules for TDX", onlyTDX.Appraise(claim(sev), wanted(sev)), appraise.PolicyTEE)
}

// Any guest's evidence is acceptable for its report data and a reference value,
// of whatever shape; binding, proof and channel key mean nothing there.
func TestHardware(t *testing.T) {
	p := newPolicy(t, bothRules())
	data := [64]byte{63: 7}
	all := measurements()
	for tee, good := range goodFacts(t) {
		f := good()
		f.Evidence = attest.Evidence{TEE: f.Evidence.TEE}
		setReportData(f, data)
		own, other := all[0], all[1]
		if tee == "snp" {
			own, other = all[1], all[0]
		}
		reshaped, relabelled := own, own
		reshaped.Shape = attest.Shape{VCPUs: 64}
		relabelled.TEE = other.TEE
		for name, c := range map[string]struct {
			x    appraise.Expectation
			want []appraise.Code
		}{
			"both":           {appraise.Hardware(data, all), nil},
			"own":            {appraise.Hardware(data, []attest.Measurement{own}), nil},
			"of any shape":   {appraise.Hardware(data, []attest.Measurement{reshaped}), nil},
			"of the other":   {appraise.Hardware(data, []attest.Measurement{other}), []appraise.Code{appraise.MeasurementReference}},
			"other TEE":      {appraise.Hardware(data, []attest.Measurement{relabelled}), []appraise.Code{appraise.MeasurementReference}},
			"no reference":   {appraise.Hardware(data, nil), []appraise.Code{appraise.ExpectationIncomplete, appraise.MeasurementReference}},
			"an empty one":   {appraise.Hardware(data, []attest.Measurement{own, {TEE: own.TEE}}), []appraise.Code{appraise.ExpectationIncomplete}},
			"other data":     {appraise.Hardware([64]byte{7}, all), []appraise.Code{appraise.ReportData}},
			"no data wanted": {appraise.Hardware([64]byte{}, all), []appraise.Code{appraise.ExpectationIncomplete, appraise.ReportData}},
		} {
			expect(t, tee+name, p.Appraise(claim(f), c.x), c.want...)
		}
		setReportData(f, [64]byte{})
		expect(t, tee+"no data on either side", p.Appraise(claim(f), appraise.Hardware([64]byte{}, all)), appraise.ExpectationIncomplete)
	}
}

// A guest whose registers are all zero is none that anyone measured.
func TestHardwareOfNothing(t *testing.T) {
	f := goodTDX(t)
	f.TDX.Report.MRTD, f.TDX.Report.RTMR = attest.Register{}, [4]attest.Register{3: register(0x15)}
	got := newPolicy(t, bothRules()).Appraise(claim(f), appraise.Hardware(f.TDX.Report.ReportData, []attest.Measurement{{TEE: attest.TDX}}))
	expect(t, "zero registers", got, appraise.ExpectationIncomplete)
}

// Every register of a reference value counts.
func TestAT12EachRegisterOfAReference(t *testing.T) {
	p := newPolicy(t, bothRules())
	for _, r := range tdxRegisters()[:4] {
		f := goodTDX(t)
		r.of(&f.TDX.Report)[47] ^= 1
		expect(t, r.name, p.Appraise(claim(f), appraise.Hardware(f.TDX.Report.ReportData, measurements())), appraise.MeasurementReference)
	}
	f := goodSNP(t, kds.Genoa)
	f.SNP.Report.Measurement[47] ^= 1
	expect(t, "launch digest", p.Appraise(claim(f), appraise.Hardware(f.SNP.Report.ReportData, measurements())), appraise.MeasurementReference)
}

// The caller keeps its list of reference values.
func TestHardwareCopiesItsReference(t *testing.T) {
	f := goodTDX(t)
	list := measurements()
	x := appraise.Hardware(f.TDX.Report.ReportData, list)
	list[0] = attest.Measurement{}
	expect(t, "changed later", newPolicy(t, bothRules()).Appraise(claim(f), x))
}

// The time matters to nothing but the grace window and the age of collateral.
func TestTimeMattersToWindowAndAgeOnly(t *testing.T) {
	p := newPolicy(t, bothRules())
	for tee, good := range goodFacts(t) {
		f := good()
		for _, at := range []time.Time{{}, today, today.AddDate(100, 0, 0)} {
			expect(t, tee, p.Appraise(claim(f), wanted(f).At(at)))
		}
	}
}

// All reasons are given, not the first.
func TestEveryReasonIsGiven(t *testing.T) {
	f := goodTDX(t)
	f.TDX.Report.TDAttributes[0] = 1
	f.TDX.Report.MRTD[0] ^= 1
	f.TDX.Report.RTMR[3][0] ^= 1
	f.TDX.TCB.Platform.Status = 7
	want := f.Evidence.Binding
	want.ChainID = 1
	got := newPolicy(t, bothRules()).Appraise(claim(f), appraise.Statement(want))
	if !slices.Equal(codesOf(got), []appraise.Code{appraise.TDXDebug, appraise.TDXRTMR3, appraise.TDXTCBPlatform, appraise.MeasurementPath, appraise.BindingChain}) {
		t.Errorf("reasons are %v", got)
	}
}
