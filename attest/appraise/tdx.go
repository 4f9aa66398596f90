// SPDX-License-Identifier: Apache-2.0

package appraise

import (
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/claims"
	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/tdx"
)

// Attribute bits of a TD (Intel, "TDX module ABI specification", ATTRIBUTES).
const (
	attributeDebug         = 1 << 0
	attributesUntrusted    = 0xfe // the rest of group TUD, "TD under debug"
	attributeLASS          = 1 << 27
	attributeSEPTVEDisable = 1 << 28
	attributeMigratable    = 1 << 29
	attributePKS           = 1 << 30
	attributeKeyLocker     = 1 << 31
	attributePerfmon       = 1 << 63
)

// Feature bits of a TD (same document, XFAM).
const (
	xfamAlways = 0x3     // x87 and SSE
	xfamKnown  = 0x6dbe7 // every feature that the TDX module lets a guest have
)

func checkXFAM(bits uint64) error {
	if bits&xfamAlways != xfamAlways || bits&^xfamKnown != 0 {
		return fmt.Errorf("is %#x, want bits of %#x and among them %#x", bits, xfamKnown, xfamAlways)
	}
	return nil
}

// checkGuest checks what the TDX module says of the guest's protection.
func (r *TDXRules) checkGuest(out *reasons, t claims.TDX) {
	report := t.Report
	if !slices.Contains(r.QuoteVersions, t.Version) {
		out.add(TDXQuoteVersion, "quote is of version %d, want one of %v", t.Version, r.QuoteVersions)
	}
	out.bits("attributes", binary.LittleEndian.Uint64(report.TDAttributes[:]), r.attributes())
	xfam := binary.LittleEndian.Uint64(report.XFAM[:])
	if xfam&xfamAlways != xfamAlways || xfam&^r.XFAM.bits != 0 {
		out.add(TDXXFAM, "XFAM is %#x, want bits of %v and among them %#x", xfam, r.XFAM, xfamAlways)
	}
	out.value(TDXMRSERVICETD, "MRSERVICETD", report.MRSERVICETD[:], r.MRSERVICETD)
	out.value(TDXMRCONFIGID, "MRCONFIGID", report.MRCONFIGID[:], r.MRCONFIGID)
	out.value(TDXMROWNER, "MROWNER", report.MROWNER[:], r.MROWNER)
	out.value(TDXMROWNERCONFIG, "MROWNERCONFIG", report.MROWNERCONFIG[:], r.MROWNERCONFIG)
	out.value(TDXRTMR3, "RTMR3", report.RTMR[3][:], r.RTMR3)
}

// attributes returns what is wanted of each of the 64 bits.
func (r *TDXRules) attributes() []bitRule {
	rules := []bitRule{
		{attributeDebug, TDXDebug, "DEBUG", unless(r.Accept, AcceptDebug, MustBeClear)},
		{attributesUntrusted, TDXUntrusted, "group TUD", MustBeClear},
		{attributeLASS, TDXLASS, "LASS", unless(r.Accept, AcceptLASS, MustBeClear)},
		{attributeSEPTVEDisable, TDXSEPTVEDisable, "SEPT_VE_DISABLE", unless(r.Accept, AcceptSEPTVE, MustBeSet)},
		{attributeMigratable, TDXMigratable, "MIGRATABLE", unless(r.Accept, AcceptMigratable, MustBeClear)},
		{attributePKS, TDXPKS, "PKS", unless(r.Accept, AcceptPKS, MustBeClear)},
		{attributeKeyLocker, TDXKeyLocker, "KL", unless(r.Accept, AcceptKeyLocker, MustBeClear)},
		{attributePerfmon, TDXPerfmon, "PERFMON", unless(r.Accept, AcceptPerfmon, MustBeClear)},
	}
	unknown := ^uint64(0)
	for _, rule := range rules {
		unknown &^= rule.mask
	}
	return append(rules, bitRule{unknown, TDXUnknown, "reserved part", MustBeClear})
}

// checkPlatform checks the TDX module, the versions and the verdicts that the
// guest's protection rests on, and whose platform it is.
func (r *TDXRules) checkPlatform(out *reasons, t claims.TDX, at time.Time) {
	out.value(TDXMRSEAM, "MRSEAM", t.Report.MRSEAM[:], r.MRSEAM)
	if t.Report.MRSIGNERSEAM != (attest.Register{}) {
		out.add(TDXMRSIGNERSEAM, "MRSIGNERSEAM is %v, want zero", t.Report.MRSIGNERSEAM)
	}
	if t.Report.SEAMAttributes != [8]byte{} {
		out.add(TDXSEAMAttributes, "SEAM attributes are %x, want zero", t.Report.SEAMAttributes)
	}
	out.floors(TDXTEESVN, "the TEE TCB SVN", t.Report.TEETCBSVN, r.TEESVN)
	if t.Body == tdx.TDX15 {
		out.floors(TDXTEESVN2, "the TEE TCB SVN after an update", t.Report.TEETCBSVN2, r.TEESVN)
	}
	out.floors(TDXCPUSVN, "the CPU SVN", t.Platform.CPUSVN, r.CPUSVN)
	out.floor(TDXPCESVN, "PCE SVN", uint32(t.Platform.PCESVN), r.PCESVN)
	out.floor(TDXQESVN, "SVN of the quoting enclave", uint32(t.QEReport.ISVSVN), r.QESVN)
	r.checkTCB(out, t.TCB, at)
	out.value(TDXPlatform, "PPID", t.Platform.PPID[:], r.Platforms)
	if slices.Contains(r.RefusedFamilies, Family(t.Platform.FMSPC)) {
		out.add(TDXFamily, "FMSPC %x is refused", t.Platform.FMSPC)
	}
	r.checkFlags(out, t.Platform)
}

// checkFlags checks how the platform was configured when Intel certified it.
func (r *TDXRules) checkFlags(out *reasons, p collateral.Platform) {
	for _, flag := range []struct {
		code Code
		name string
		have collateral.Flag
		want Bit
	}{
		{TDXSMT, "SMT", p.SMTEnabled, r.SMT},
		{TDXDynamicPlatform, "dynamic platform", p.DynamicPlatform, r.DynamicPlatform},
		{TDXCachedKeys, "cached keys", p.CachedKeys, r.CachedKeys},
	} {
		if !flag.want.allows(flag.have == collateral.True) {
			out.add(flag.code, "flag %s of the PCK certificate is %v, and must be %v", flag.name, flag.have, flag.want)
		}
	}
}

// checkTCB checks what Intel says of each part.
func (r *TDXRules) checkTCB(out *reasons, t claims.TCB, at time.Time) {
	for _, part := range []struct {
		code    Code
		name    string
		verdict collateral.Verdict
		listed  []collateral.Status
	}{
		{TDXTCBPlatform, "platform", t.Platform, r.PlatformTCB},
		{TDXTCBModule, "TDX module", t.Module, r.ModuleTCB},
		{TDXTCBQE, "quoting enclave", t.QE, r.QETCB},
	} {
		status := part.verdict.Status
		if !slices.Contains(part.listed, status) && !slices.Contains(part.listed, r.graced(part.verdict, at)) {
			out.add(part.code, "%s is %v as of %s, want one of %v", part.name, status, part.verdict.Date.UTC().Format(time.DateOnly), part.listed)
		}
		r.checkAdvisories(out, part.name, part.verdict.AdvisoryIDs)
	}
	out.floor(TDXTCBEvaluation, "TCB evaluation data number", t.EvaluationNumber, r.Evaluation)
}

// graced returns the status that v counts as within the grace window: that of a
// level which is not out of date. There is no window for what was never better.
func (r *TDXRules) graced(v collateral.Verdict, at time.Time) collateral.Status {
	age := at.Sub(v.Superseded)
	if at.IsZero() || v.Superseded.IsZero() || age < 0 || age > time.Duration(r.GraceDays.least)*24*time.Hour {
		return v.Status
	}
	switch v.Status {
	case collateral.OutOfDate:
		return collateral.UpToDate
	case collateral.OutOfDateConfigurationNeeded:
		return collateral.ConfigurationNeeded
	}
	return v.Status
}

func (r *TDXRules) checkAdvisories(out *reasons, part string, ids []string) {
	for _, id := range ids {
		if slices.Contains(r.RefusedAdvisories, id) {
			out.add(TDXAdvisoryRefused, "%s applies to the %s and is refused", id, part)
			continue
		}
		if !r.ToleratedAdvisories.contain(id) {
			out.add(TDXAdvisoryUnlisted, "%s applies to the %s and is not tolerated", id, part)
		}
	}
}
