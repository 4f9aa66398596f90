// SPDX-License-Identifier: Apache-2.0

package appraise_test

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/appraise"
	"github.com/escrin/escrin/attest/claims"
	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/tdx"
)

// alteration is one change to good facts, and the code that it must give; none
// if it must not matter. Of two whose names are the same up to a colon, only one
// can be made.
type alteration[T any] struct {
	name  string
	apply func(*T)
	code  appraise.Code
}

func TestGoodTDXIsAcceptable(t *testing.T) {
	f := goodTDX(t)
	expect(t, "good", newPolicy(t, bothRules()).Appraise(claim(f), wanted(f)))
}

// tdxAlterations alter one field each.
func tdxAlterations() []alteration[claims.TDX] {
	var all []alteration[claims.TDX]
	add := func(name string, code appraise.Code, apply func(*claims.TDX)) {
		all = append(all, alteration[claims.TDX]{name, apply, code})
	}
	for bit := range 64 {
		add(fmt.Sprintf("MB-08 attribute %d", bit), attributeCode(bit), func(c *claims.TDX) { c.Report.TDAttributes[bit/8] ^= 1 << (bit % 8) })
	}
	for bit := range 64 {
		code := appraise.TDXXFAM
		if bit > 1 && 0x602e7&(1<<bit) != 0 {
			code = "" // may be there or not
		}
		add(fmt.Sprintf("MB-08 feature %d", bit), code, func(c *claims.TDX) { c.Report.XFAM[bit/8] ^= 1 << (bit % 8) })
	}
	for at := range 48 {
		for _, r := range tdxRegisters() {
			add(fmt.Sprintf("AT-12 %s, byte %d", r.name, at), r.code, func(c *claims.TDX) { r.of(&c.Report)[at] ^= 0x80 })
		}
	}
	for at := range 8 {
		add(fmt.Sprintf("SEAM attributes, byte %d", at), appraise.TDXSEAMAttributes, func(c *claims.TDX) { c.Report.SEAMAttributes[at] = 1 })
	}
	for i := range 16 {
		for _, v := range tdxVersions() {
			add(fmt.Sprintf("%s, component %d: one below", v.name, i), v.code, func(c *claims.TDX) { v.of(c)[i]-- })
			add(fmt.Sprintf("%s, component %d: one above", v.name, i), "", func(c *claims.TDX) { v.of(c)[i]++ })
		}
		add(fmt.Sprintf("AT-08 PPID, byte %d", i), appraise.TDXPlatform, func(c *claims.TDX) { c.Platform.PPID[i] ^= 1 })
	}
	add("version 4", appraise.TDXQuoteVersion, func(c *claims.TDX) { c.Version = 4 })
	add("PCE SVN: one below", appraise.TDXPCESVN, func(c *claims.TDX) { c.Platform.PCESVN-- })
	add("PCE SVN: one above", "", func(c *claims.TDX) { c.Platform.PCESVN++ })
	add("QE SVN: one below", appraise.TDXQESVN, func(c *claims.TDX) { c.QEReport.ISVSVN-- })
	add("QE SVN: one above", "", func(c *claims.TDX) { c.QEReport.ISVSVN++ })
	add("collateral: old (AT-05)", appraise.TDXTCBEvaluation, func(c *claims.TDX) { c.TCB.EvaluationNumber-- })
	add("collateral: newer", "", func(c *claims.TDX) { c.TCB.EvaluationNumber++ })
	add("family: refused (AT-08)", appraise.TDXFamily, func(c *claims.TDX) { c.Platform.FMSPC = [6]byte{6, 5, 4, 3, 2, 1} })
	add("family: another", "", func(c *claims.TDX) { c.Platform.FMSPC[5]++ })
	return all
}

func attributeCode(bit int) appraise.Code {
	switch bit {
	case 0:
		return appraise.TDXDebug
	case 1, 2, 3, 4, 5, 6, 7:
		return appraise.TDXUntrusted
	case 27:
		return appraise.TDXLASS
	case 28:
		return appraise.TDXSEPTVEDisable
	case 29:
		return appraise.TDXMigratable
	case 30:
		return appraise.TDXPKS
	case 31:
		return appraise.TDXKeyLocker
	case 63:
		return appraise.TDXPerfmon
	}
	return appraise.TDXUnknown
}

type tdxRegister struct {
	name string
	of   func(*tdx.Report) *attest.Register
	code appraise.Code
}

// tdxRegisters are all registers of a TD report: those of the launch matter by
// the measurement root, the others by the values that rules list.
func tdxRegisters() []tdxRegister {
	return []tdxRegister{
		{"MRTD", func(r *tdx.Report) *attest.Register { return &r.MRTD }, appraise.MeasurementPath},
		{"RTMR0", func(r *tdx.Report) *attest.Register { return &r.RTMR[0] }, appraise.MeasurementPath},
		{"RTMR1", func(r *tdx.Report) *attest.Register { return &r.RTMR[1] }, appraise.MeasurementPath},
		{"RTMR2", func(r *tdx.Report) *attest.Register { return &r.RTMR[2] }, appraise.MeasurementPath},
		{"RTMR3", func(r *tdx.Report) *attest.Register { return &r.RTMR[3] }, appraise.TDXRTMR3},
		{"MRCONFIGID", func(r *tdx.Report) *attest.Register { return &r.MRCONFIGID }, appraise.TDXMRCONFIGID},
		{"MROWNER", func(r *tdx.Report) *attest.Register { return &r.MROWNER }, appraise.TDXMROWNER},
		{"MROWNERCONFIG", func(r *tdx.Report) *attest.Register { return &r.MROWNERCONFIG }, appraise.TDXMROWNERCONFIG},
		{"MB-09 MRSERVICETD", func(r *tdx.Report) *attest.Register { return &r.MRSERVICETD }, appraise.TDXMRSERVICETD},
		{"MRSEAM", func(r *tdx.Report) *attest.Register { return &r.MRSEAM }, appraise.TDXMRSEAM},
		{"MRSIGNERSEAM", func(r *tdx.Report) *attest.Register { return &r.MRSIGNERSEAM }, appraise.TDXMRSIGNERSEAM},
	}
}

type tdxVersion struct {
	name string
	of   func(*claims.TDX) *[16]byte
	code appraise.Code
}

func tdxVersions() []tdxVersion {
	return []tdxVersion{
		{"TEE TCB SVN", func(c *claims.TDX) *[16]byte { return &c.Report.TEETCBSVN }, appraise.TDXTEESVN},
		{"TEE TCB SVN 2", func(c *claims.TDX) *[16]byte { return &c.Report.TEETCBSVN2 }, appraise.TDXTEESVN2},
		{"CPU SVN", func(c *claims.TDX) *[16]byte { return &c.Platform.CPUSVN }, appraise.TDXCPUSVN},
	}
}

// Each field alone gives its own code and no other.
func TestAT12MB08EachFieldOfTDXAlone(t *testing.T) {
	p := newPolicy(t, bothRules())
	for _, a := range tdxAlterations() {
		f := goodTDX(t)
		a.apply(f.TDX)
		got := p.Appraise(claim(f), wanted(f))
		if a.code == "" {
			expect(t, a.name, got)
			continue
		}
		expect(t, a.name, got, a.code)
	}
}

// A register that must be zero is refused with any byte set, and one that must
// not be zero is refused as zero (AT-13: mismatch, zero and absent).
func TestAT13ZeroRegisters(t *testing.T) {
	zero := tdxRules()
	zero.MRSERVICETD, zero.MRCONFIGID, zero.MROWNER, zero.MROWNERCONFIG, zero.RTMR3 = appraise.Zero(), appraise.Zero(), appraise.Zero(), appraise.Zero(), appraise.Zero()
	strict, exact := newPolicy(t, appraise.Rules{TDX: zero}), newPolicy(t, appraise.Rules{TDX: tdxRules()})
	for _, r := range tdxRegisters()[4:9] {
		f := goodTDX(t)
		*r.of(&f.TDX.Report) = attest.Register{}
		expect(t, r.name+" absent", exact.Appraise(claim(f), wanted(f)), r.code)
		for _, other := range tdxRegisters()[4:9] {
			*other.of(&f.TDX.Report) = attest.Register{}
		}
		expect(t, r.name+" zero", strict.Appraise(claim(f), wanted(f)))
		for at := range 48 {
			r.of(&f.TDX.Report)[at] = 1
			expect(t, r.name+" with a byte", strict.Appraise(claim(f), wanted(f)), r.code)
			r.of(&f.TDX.Report)[at] = 0
		}
	}
}

// A quote with a report of TDX 1.0 has no second version and no service TD.
func TestMB09ReportsOfTDX10(t *testing.T) {
	rules := tdxRules()
	rules.MRSERVICETD = appraise.Zero()
	f := goodTDX(t)
	f.TDX.Body, f.TDX.Report.TEETCBSVN2, f.TDX.Report.MRSERVICETD = tdx.TDX10, [16]byte{}, attest.Register{}
	expect(t, "TDX 1.0", newPolicy(t, appraise.Rules{TDX: rules}).Appraise(claim(f), wanted(f)))
	expect(t, "service TD wanted", newPolicy(t, bothRules()).Appraise(claim(f), wanted(f)), appraise.TDXMRSERVICETD)
}

// Every exception lifts its check and no other.
func TestMB08ExceptionsOfTDX(t *testing.T) {
	bits := map[appraise.Exception]int{
		appraise.AcceptDebug: 0, appraise.AcceptLASS: 27, appraise.AcceptSEPTVE: 28, appraise.AcceptMigratable: 29,
		appraise.AcceptPKS: 30, appraise.AcceptKeyLocker: 31, appraise.AcceptPerfmon: 63,
	}
	known := appraise.Exceptions(attest.TDX)
	if len(known) != len(bits) {
		t.Errorf("%d exceptions, %d are tested", len(known), len(bits))
	}
	for _, e := range known {
		rules := tdxRules()
		rules.Accept = []appraise.Exception{e}
		p := newPolicy(t, appraise.Rules{TDX: rules})
		for bit := range 64 {
			f := goodTDX(t)
			f.TDX.Report.TDAttributes[bit/8] ^= 1 << (bit % 8)
			got := p.Appraise(claim(f), wanted(f))
			if bit == bits[e] {
				expect(t, string(e), got)
				if e.Code(attest.TDX) != attributeCode(bit) {
					t.Errorf("%s is said to lift %s", e, e.Code(attest.TDX))
				}
				continue
			}
			expect(t, fmt.Sprintf("%s, bit %d", e, bit), got, attributeCode(bit))
		}
	}
}

// tdxParts are the three parts on which Intel gives a verdict.
func tdxParts() []struct {
	code appraise.Code
	of   func(*claims.TCB) *collateral.Verdict
	list func(*appraise.TDXRules) *[]collateral.Status
} {
	return []struct {
		code appraise.Code
		of   func(*claims.TCB) *collateral.Verdict
		list func(*appraise.TDXRules) *[]collateral.Status
	}{
		{appraise.TDXTCBPlatform, func(t *claims.TCB) *collateral.Verdict { return &t.Platform }, func(r *appraise.TDXRules) *[]collateral.Status { return &r.PlatformTCB }},
		{appraise.TDXTCBModule, func(t *claims.TCB) *collateral.Verdict { return &t.Module }, func(r *appraise.TDXRules) *[]collateral.Status { return &r.ModuleTCB }},
		{appraise.TDXTCBQE, func(t *claims.TCB) *collateral.Verdict { return &t.QE }, func(r *appraise.TDXRules) *[]collateral.Status { return &r.QETCB }},
	}
}

func TestTCBIsJudgedPartByPart(t *testing.T) {
	for s := collateral.Status(0); s <= collateral.Revoked+1; s++ {
		for _, part := range tdxParts() {
			f := goodTDX(t)
			part.of(&f.TDX.TCB).Status = s
			p := newPolicy(t, bothRules())
			if s == collateral.UpToDate || s == collateral.SWHardeningNeeded {
				expect(t, s.String(), p.Appraise(claim(f), wanted(f)))
				continue
			}
			expect(t, s.String(), p.Appraise(claim(f), wanted(f)), part.code)

			rules := tdxRules()
			*part.list(rules) = []collateral.Status{s}
			if lenient, err := appraise.NewPolicy(appraise.Rules{TDX: rules}); err == nil {
				expect(t, s.String()+" listed", lenient.Appraise(claim(f), wanted(f)))
			} else if s.Valid() && s != collateral.Revoked {
				t.Errorf("%v cannot be listed: %v", s, err)
			}
		}
	}
}

// graceCase is a TCB level that went out of date, seen from a time.
type graceCase struct {
	name   string
	days   uint32
	status collateral.Status
	at     time.Time
	good   bool
}

func graceCases() []graceCase {
	out := collateral.OutOfDate
	return []graceCase{
		{"no window", 0, out, today, false},
		{"within the window, to the nanosecond", 30, out, today, true},
		{"a nanosecond late", 30, out, today.Add(1), false},
		{"a day too short", 29, out, today, false},
		{"a day more", 31, out, today, true},
		{"on the day itself", 30, out, levelDate, true},
		{"on the day itself, no window", 0, out, levelDate, true},
		{"before its date", 30, out, levelDate.Add(-1), false},
		{"no time", 366, out, time.Time{}, false},
		{"configuration needed too", 30, collateral.OutOfDateConfigurationNeeded, today, false},
		{"AT-18 revoked", 366, collateral.Revoked, today, false},
		{"configuration needed", 366, collateral.ConfigurationNeeded, today, false},
		{"no status", 366, 0, today, false},
	}
}

func TestGraceWindow(t *testing.T) {
	for _, c := range graceCases() {
		rules := tdxRules()
		rules.GraceDays = appraise.AtLeast(c.days)
		p := newPolicy(t, appraise.Rules{TDX: rules})
		for _, part := range tdxParts() {
			f := goodTDX(t)
			part.of(&f.TDX.TCB).Status = c.status
			got := p.Appraise(claim(f), appraise.Statement(f.Evidence.Binding).At(c.at))
			if c.good {
				expect(t, c.name, got)
				continue
			}
			expect(t, c.name, got, part.code)
		}
	}
}

// Within the window a level counts as what it was: one that needs configuration
// besides needs a policy that accepts that.
func TestGraceWindowKeepsConfigurationNeeded(t *testing.T) {
	for _, part := range tdxParts() {
		rules := tdxRules()
		rules.GraceDays = appraise.AtLeast(30)
		*part.list(rules) = []collateral.Status{collateral.ConfigurationNeeded}
		p := newPolicy(t, appraise.Rules{TDX: rules})
		f := goodTDX(t)
		part.of(&f.TDX.TCB).Status = collateral.OutOfDateConfigurationNeeded
		expect(t, "in time", p.Appraise(claim(f), wanted(f)))
		expect(t, "late", p.Appraise(claim(f), wanted(f).At(today.Add(1))), part.code)
		part.of(&f.TDX.TCB).Status = collateral.OutOfDate
		expect(t, "out of date", p.Appraise(claim(f), wanted(f)), part.code)
	}
}

// A policy that lists out-of-date levels means them, in a window or not.
func TestGraceWindowTakesNothingAway(t *testing.T) {
	for _, part := range tdxParts() {
		rules := tdxRules()
		rules.GraceDays = appraise.AtLeast(30)
		*part.list(rules) = []collateral.Status{collateral.OutOfDate}
		f := goodTDX(t)
		part.of(&f.TDX.TCB).Status = collateral.OutOfDate
		p := newPolicy(t, appraise.Rules{TDX: rules})
		expect(t, "in time", p.Appraise(claim(f), wanted(f)))
		expect(t, "late", p.Appraise(claim(f), wanted(f).At(today.Add(1))))
	}
}

// A verdict without a date is in no window, not even at the zero time.
func TestGraceWindowNeedsDateAndTime(t *testing.T) {
	rules := tdxRules()
	rules.GraceDays = appraise.AtLeast(366)
	f := goodTDX(t)
	f.TDX.TCB.Platform = collateral.Verdict{Status: collateral.OutOfDate}
	for _, at := range []time.Time{{}, today} {
		expect(t, at.String(), newPolicy(t, appraise.Rules{TDX: rules}).Appraise(claim(f), wanted(f).At(at)), appraise.TDXTCBPlatform)
	}
}

func TestAdvisories(t *testing.T) {
	any := tdxRules()
	any.ToleratedAdvisories = appraise.AnyName()
	none := tdxRules()
	none.ToleratedAdvisories = appraise.NoneBut()
	for _, part := range tdxParts() {
		with := func(ids ...string) claims.Facts {
			f := goodTDX(t)
			f.TDX.TCB.Platform.AdvisoryIDs, f.TDX.TCB.Module.AdvisoryIDs, f.TDX.TCB.QE.AdvisoryIDs = nil, nil, nil
			part.of(&f.TDX.TCB).AdvisoryIDs = ids
			return f
		}
		for _, c := range []struct {
			name  string
			rules *appraise.TDXRules
			f     claims.Facts
			want  []appraise.Code
		}{
			{"tolerated", tdxRules(), with("INTEL-SA-00001"), nil},
			{"refused", tdxRules(), with("INTEL-SA-00002"), []appraise.Code{appraise.TDXAdvisoryRefused}},
			{"unlisted", tdxRules(), with("INTEL-SA-00003"), []appraise.Code{appraise.TDXAdvisoryUnlisted}},
			{"each", tdxRules(), with("INTEL-SA-00002", "INTEL-SA-00001", "INTEL-SA-00003"), []appraise.Code{appraise.TDXAdvisoryRefused, appraise.TDXAdvisoryUnlisted}},
			{"prefix", tdxRules(), with("INTEL-SA-0000"), []appraise.Code{appraise.TDXAdvisoryUnlisted}},
			{"any", any, with("INTEL-SA-00003"), nil},
			{"any but", any, with("INTEL-SA-00002", "INTEL-SA-00003"), []appraise.Code{appraise.TDXAdvisoryRefused}},
			{"none", none, with("INTEL-SA-00001"), []appraise.Code{appraise.TDXAdvisoryUnlisted}},
			{"none applies", none, with(), nil},
		} {
			expect(t, c.name, newPolicy(t, appraise.Rules{TDX: c.rules}).Appraise(claim(c.f), wanted(c.f)), c.want...)
		}
	}
}

// The allow-list is asked about the certificate; any platform must be said.
func TestAT08PlatformsOfTDX(t *testing.T) {
	f := goodTDX(t)
	f.TDX.Platform.PPID[0]++
	some := tdxRules()
	some.Platforms = appraise.OneOf(bytes.Repeat([]byte{1}, 16), f.TDX.Platform.PPID[:])
	expect(t, "second of two", newPolicy(t, appraise.Rules{TDX: some}).Appraise(claim(f), wanted(f)))
	any := tdxRules()
	any.Platforms = appraise.Any()
	expect(t, "any", newPolicy(t, appraise.Rules{TDX: any}).Appraise(claim(f), wanted(f)))
}

func TestQuoteVersions(t *testing.T) {
	rules := tdxRules()
	rules.QuoteVersions = []uint16{4, 5}
	p := newPolicy(t, appraise.Rules{TDX: rules})
	for version, want := range map[uint16][]appraise.Code{4: nil, 5: nil, 3: {appraise.TDXQuoteVersion}, 6: {appraise.TDXQuoteVersion}, 0: {appraise.TDXQuoteVersion}} {
		f := goodTDX(t)
		f.TDX.Version = version
		expect(t, fmt.Sprint(version), p.Appraise(claim(f), wanted(f)), want...)
	}
}
