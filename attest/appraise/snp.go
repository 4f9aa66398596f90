// SPDX-License-Identifier: Apache-2.0

package appraise

import (
	"bytes"
	"slices"
	"strings"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/claims"
	"github.com/escrin/escrin/attest/kds"
	"github.com/escrin/escrin/attest/snp"
)

// checkGuest checks what the secure processor says of the guest's protection.
func (r *SNPRules) checkGuest(out *reasons, report snp.Report) {
	if !slices.Contains(r.ReportVersions, report.Version) {
		out.add(SNPReportVersion, "report is of version %d, want one of %v", report.Version, r.ReportVersions)
	}
	r.checkVMPL(out, report.VMPL)
	r.checkGuestPolicy(out, report.Policy)
	none := [32]byte(bytes.Repeat([]byte{0xff}, 32))
	if report.ReportIDMA != none && !r.accepts(AcceptAgent) {
		out.add(SNPMigrationAgent, "guest has a migration agent with report id %x", report.ReportIDMA)
	}
	out.value(SNPHostData, "HOST_DATA", report.HostData[:], r.HostData)
	out.value(SNPFamilyID, "FAMILY_ID", report.FamilyID[:], r.FamilyID)
	out.value(SNPImageID, "IMAGE_ID", report.ImageID[:], r.ImageID)
	out.value(SNPIDKey, "digest of the ID key", report.IDKeyDigest[:], r.IDKeys)
	out.value(SNPAuthorKey, "digest of the author key", report.AuthorKeyDigest[:], r.AuthorKeys)
	if report.KeyInfo.AuthorKeyEnabled == (report.AuthorKeyDigest == attest.Register{}) {
		out.add(SNPAuthorKey, "report says %t of there being an author key, and that its digest is %v", report.KeyInfo.AuthorKeyEnabled, report.AuthorKeyDigest)
	}
	out.floor(SNPGuestSVN, "SVN of the guest", report.GuestSVN, r.GuestSVN)
}

func (r *SNPRules) checkVMPL(out *reasons, vmpl uint32) {
	levels := []Exception{AcceptVMPL1, AcceptVMPL2, AcceptVMPL3}
	if vmpl != 0 && (vmpl > 3 || !r.accepts(levels[vmpl-1])) {
		out.add(SNPVMPL, "report is from VMPL %d", vmpl)
	}
}

// checkGuestPolicy checks each of the 64 bits.
func (r *SNPRules) checkGuestPolicy(out *reasons, p snp.Policy) {
	major, minor := p.ABI()
	if have := ExactABI(major, minor); !r.GuestPolicy.ABI.any && have != r.GuestPolicy.ABI {
		out.add(SNPPolicyABI, "guest policy names ABI %v, want %v", have, r.GuestPolicy.ABI)
	}
	g := r.GuestPolicy
	out.bits("guest policy", uint64(p), []bitRule{
		{uint64(snp.PolicySMT), SNPPolicySMT, "SMT", unless(r.Accept, AcceptSMT, MustBeClear)},
		{uint64(snp.PolicyMigrateMA), SNPPolicyMigratable, "MIGRATE_MA", unless(r.Accept, AcceptMigratable, MustBeClear)},
		{uint64(snp.PolicyDebug), SNPPolicyDebug, "DEBUG", unless(r.Accept, AcceptDebug, MustBeClear)},
		{uint64(snp.PolicySingleSocket), SNPPolicySingleSocket, "SINGLE_SOCKET", g.SingleSocket},
		{uint64(snp.PolicyCXLAllow), SNPPolicyCXL, "CXL_ALLOW", unless(r.Accept, AcceptCXL, MustBeClear)},
		{uint64(snp.PolicyMemAES256XTS), SNPPolicyAES256XTS, "MEM_AES_256_XTS", g.AES256XTS},
		{uint64(snp.PolicyRAPLDisabled), SNPPolicyRAPL, "RAPL_DIS", g.RAPLDisabled},
		{uint64(snp.PolicyCiphertextHidingDRAM), SNPPolicyCiphertextHiding, "CIPHERTEXT_HIDING_DRAM", g.CiphertextHiding},
		{uint64(snp.PolicyPageSwapDisabled), SNPPolicyPageSwap, "PAGE_SWAP_DISABLE", g.PageSwapDisabled},
	})
	if unknown := p.Unknown(); unknown != 0 {
		out.add(SNPPolicyUnknown, "reserved bits %#x are wrong in guest policy %#x", uint64(unknown), uint64(p))
	}
}

func (r *SNPRules) accepts(e Exception) bool { return slices.Contains(r.Accept, e) }

// checkPlatform checks who signed, for which chip, with what firmware and
// configuration.
func (r *SNPRules) checkPlatform(out *reasons, s claims.SNP) {
	report := s.Report
	named := s.Chip.Signer == kds.VLEK && slices.Contains(r.VLEKProviders, s.Chip.CSPID)
	if s.Chip.Signer != kds.VCEK && !named {
		out.add(SNPVLEK, "report is signed by a %v of provider %q", s.Chip.Signer, s.Chip.CSPID)
	}
	if report.ChipID == [64]byte{} && !r.accepts(AcceptMaskedChipID) {
		out.add(SNPChipMasked, "report hides the chip id")
	}
	if report.KeyInfo.MaskChipKey && !r.accepts(AcceptMaskedChipKey) {
		out.add(SNPKeyMasked, "report was made while the chip's key was masked")
	}
	out.value(SNPChip, "chip id", s.Chip.HWID, r.Chips)
	r.checkTCB(out, report, s.Chip.Product)
	r.checkMitigations(out, report)
	r.checkPlatformInfo(out, report.PlatformInfo)
}

// checkTCB checks the firmware by the floors of its product.
func (r *SNPRules) checkTCB(out *reasons, report snp.Report, product kds.Product) {
	at := slices.IndexFunc(r.Products, func(p ProductRules) bool { return p.Product == product })
	if at < 0 {
		out.add(SNPProduct, "chip is a %s", product)
		return
	}
	floors := r.Products[at]
	for _, word := range []struct {
		code  Code
		name  string
		have  snp.TCBVersion
		floor TCBFloor
	}{
		{SNPTCBReported, "reported TCB", report.ReportedTCB, floors.Reported},
		{SNPTCBCommitted, "committed TCB", report.CommittedTCB, floors.Committed},
		{SNPTCBCurrent, "current TCB", report.CurrentTCB, floors.Current},
		{SNPTCBLaunch, "TCB at launch", report.LaunchTCB, floors.Launch},
	} {
		have, err := kds.SplitTCB(product, word.have)
		if err != nil {
			out.add(word.code, "%s: %v", word.name, err)
			continue
		}
		if below := have.Below(word.floor.tcb()); len(below) > 0 {
			out.add(word.code, "%s is %#016x, below the floor in %s", word.name, uint64(word.have), strings.Join(below, ", "))
		}
	}
	if least := floors.CommittedVersion.least; older(report.CommittedVersion, least) {
		out.add(SNPCommittedVersion, "committed firmware is %v, at least %v is required", report.CommittedVersion, least)
	}
}

func older(a, b snp.Firmware) bool {
	return bytes.Compare([]byte{a.Major, a.Minor, a.Build}, []byte{b.Major, b.Minor, b.Build}) < 0
}

func (r *SNPRules) checkMitigations(out *reasons, report snp.Report) {
	if missing := r.LaunchMitigations.bits &^ report.LaunchMitVector; missing != 0 {
		out.add(SNPLaunchMitigation, "mitigations %#x were not in place at launch", missing)
	}
	if missing := r.Mitigations.bits &^ report.CurrentMitVector; missing != 0 {
		out.add(SNPMitigation, "mitigations %#x are not in place", missing)
	}
}

func (r *SNPRules) checkPlatformInfo(out *reasons, p snp.PlatformInfo) {
	want := r.PlatformInfo
	out.bits("platform information", uint64(p), []bitRule{
		{uint64(snp.PlatformSMT), SNPPlatformSMT, "SMT_EN", want.SMT},
		{uint64(snp.PlatformTSME), SNPPlatformTSME, "TSME_EN", want.TSME},
		{uint64(snp.PlatformECC), SNPPlatformECC, "ECC_EN", want.ECC},
		{uint64(snp.PlatformRAPLDisabled), SNPPlatformRAPL, "RAPL_DIS", want.RAPLDisabled},
		{uint64(snp.PlatformCiphertextHidingDRAM), SNPPlatformCiphertextHiding, "CIPHERTEXT_HIDING_DRAM_EN", want.CiphertextHiding},
		{uint64(snp.PlatformAliasCheckComplete), SNPPlatformAliasCheck, "ALIAS_CHECK_COMPLETE", want.AliasCheckComplete},
		{uint64(snp.PlatformTIO), SNPPlatformTIO, "TIO_EN", want.TIO},
		{uint64(p.Unknown()), SNPPlatformUnknown, "reserved part", MustBeClear},
	})
}
