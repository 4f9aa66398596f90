// SPDX-License-Identifier: Apache-2.0

package appraise_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/appraise"
	"github.com/escrin/escrin/attest/claims"
	"github.com/escrin/escrin/attest/kds"
	"github.com/escrin/escrin/attest/snp"
)

func TestGoodSNPIsAcceptable(t *testing.T) {
	for _, product := range []kds.Product{kds.Genoa, kds.Turin} {
		f := goodSNP(t, product)
		expect(t, string(product), newPolicy(t, bothRules()).Appraise(claim(f), wanted(f)))
	}
}

// snpAlterations alter one field of a report from a Genoa each.
func snpAlterations() []alteration[claims.SNP] {
	var all []alteration[claims.SNP]
	add := func(name string, code appraise.Code, apply func(*claims.SNP)) {
		all = append(all, alteration[claims.SNP]{name, apply, code})
	}
	for bit := range 64 {
		add(fmt.Sprintf("MB-08 policy bit %d", bit), policyCode(bit), func(c *claims.SNP) { c.Report.Policy ^= 1 << bit })
		add(fmt.Sprintf("platform bit %d", bit), platformCode(bit), func(c *claims.SNP) { c.Report.PlatformInfo ^= 1 << bit })
		launch, current := appraise.Code(""), appraise.Code("")
		if 0x5&(uint64(1)<<bit) != 0 {
			launch = appraise.SNPLaunchMitigation
		}
		if bit == 0 || bit == 63 {
			current = appraise.SNPMitigation
		}
		add(fmt.Sprintf("launch mitigation %d", bit), launch, func(c *claims.SNP) { c.Report.LaunchMitVector ^= 1 << bit })
		add(fmt.Sprintf("mitigation %d", bit), current, func(c *claims.SNP) { c.Report.CurrentMitVector ^= 1 << bit })
	}
	for _, f := range snpFields() {
		for at := range f.size {
			add(fmt.Sprintf("%s, byte %d", f.name, at), f.code, func(c *claims.SNP) { f.of(c)[at] ^= 0x80 })
		}
	}
	for _, vmpl := range []uint32{1, 2, 3, 4, ^uint32(0)} {
		add(fmt.Sprintf("VMPL: %d (MB-10)", vmpl), appraise.SNPVMPL, func(c *claims.SNP) { c.Report.VMPL = vmpl })
	}
	for _, version := range []uint32{0, 4, 6} {
		add(fmt.Sprintf("version: %d", version), appraise.SNPReportVersion, func(c *claims.SNP) { c.Report.Version = version })
	}
	add("guest SVN: one below", appraise.SNPGuestSVN, func(c *claims.SNP) { c.Report.GuestSVN-- })
	add("guest SVN: one above", "", func(c *claims.SNP) { c.Report.GuestSVN++ })
	add("chip id: masked (AT-06)", appraise.SNPChipMasked, func(c *claims.SNP) { c.Report.ChipID = [64]byte{} })
	add("chip id: last byte", "", func(c *claims.SNP) { c.Report.ChipID = [64]byte{63: 1} })
	add("key: masked (AT-06)", appraise.SNPKeyMasked, func(c *claims.SNP) { c.Report.KeyInfo.MaskChipKey = true })
	add("author key: denied", appraise.SNPAuthorKey, func(c *claims.SNP) { c.Report.KeyInfo.AuthorKeyEnabled = false })
	add("signer: VLEK (AT-07)", appraise.SNPVLEK, func(c *claims.SNP) { c.Chip.Signer, c.Chip.CSPID = kds.VLEK, "aws" })
	add("signer: unknown", appraise.SNPVLEK, func(c *claims.SNP) { c.Chip.Signer = 0 })
	add("product: Milan (AT-08)", appraise.SNPProduct, func(c *claims.SNP) { c.Chip.Product = kds.Milan })
	add("product: none", appraise.SNPProduct, func(c *claims.SNP) { c.Chip.Product = "" })
	add("certificate: no chip id", appraise.SNPChip, func(c *claims.SNP) { c.Chip.HWID = nil })
	add("certificate: half a chip id", appraise.SNPChip, func(c *claims.SNP) { c.Chip.HWID = c.Chip.HWID[:32] })
	for _, c := range []struct {
		version snp.Firmware
		good    bool
	}{
		{snp.Firmware{Major: 1, Minor: 55, Build: 8}, false}, {snp.Firmware{Major: 1, Minor: 54, Build: 255}, false}, {snp.Firmware{Minor: 255, Build: 255}, false},
		{snp.Firmware{Major: 1, Minor: 55, Build: 10}, true}, {snp.Firmware{Major: 1, Minor: 56}, true}, {snp.Firmware{Major: 2}, true},
	} {
		code := appraise.SNPCommittedVersion
		if c.good {
			code = ""
		}
		add("committed version: "+c.version.String(), code, func(s *claims.SNP) { s.Report.CommittedVersion = c.version })
	}
	return all
}

func policyCode(bit int) appraise.Code {
	if bit < 16 {
		return appraise.SNPPolicyABI
	}
	codes := []appraise.Code{
		appraise.SNPPolicySMT, appraise.SNPPolicyUnknown, appraise.SNPPolicyMigratable, appraise.SNPPolicyDebug, appraise.SNPPolicySingleSocket,
		appraise.SNPPolicyCXL, appraise.SNPPolicyAES256XTS, appraise.SNPPolicyRAPL, appraise.SNPPolicyCiphertextHiding, appraise.SNPPolicyPageSwap,
	}
	if bit < 16+len(codes) {
		return codes[bit-16]
	}
	return appraise.SNPPolicyUnknown
}

func platformCode(bit int) appraise.Code {
	codes := []appraise.Code{
		appraise.SNPPlatformSMT, appraise.SNPPlatformTSME, appraise.SNPPlatformECC, appraise.SNPPlatformRAPL, appraise.SNPPlatformCiphertextHiding,
		appraise.SNPPlatformAliasCheck, appraise.SNPPlatformUnknown, appraise.SNPPlatformTIO,
	}
	if bit < len(codes) {
		return codes[bit]
	}
	return appraise.SNPPlatformUnknown
}

type snpField struct {
	name string
	of   func(*claims.SNP) []byte
	size int
	code appraise.Code
}

// snpFields are the fields of bytes of a report. Its report id is the guest's
// own and unpredictable.
func snpFields() []snpField {
	return []snpField{
		{"launch digest", func(c *claims.SNP) []byte { return c.Report.Measurement[:] }, 48, appraise.MeasurementPath},
		{"report data", func(c *claims.SNP) []byte { return c.Report.ReportData[:] }, 64, appraise.ReportData},
		{"AT-13 HOST_DATA", func(c *claims.SNP) []byte { return c.Report.HostData[:] }, 32, appraise.SNPHostData},
		{"FAMILY_ID", func(c *claims.SNP) []byte { return c.Report.FamilyID[:] }, 16, appraise.SNPFamilyID},
		{"IMAGE_ID", func(c *claims.SNP) []byte { return c.Report.ImageID[:] }, 16, appraise.SNPImageID},
		{"ID key", func(c *claims.SNP) []byte { return c.Report.IDKeyDigest[:] }, 48, appraise.SNPIDKey},
		{"author key", func(c *claims.SNP) []byte { return c.Report.AuthorKeyDigest[:] }, 48, appraise.SNPAuthorKey},
		{"migration agent", func(c *claims.SNP) []byte { return c.Report.ReportIDMA[:] }, 32, appraise.SNPMigrationAgent},
		{"certificate: chip id (AT-08)", func(c *claims.SNP) []byte { return c.Chip.HWID }, 64, appraise.SNPChip},
	}
}

// Each field alone gives its own code and no other.
func TestAT12MB08EachFieldOfSNPAlone(t *testing.T) {
	p := newPolicy(t, bothRules())
	for _, a := range snpAlterations() {
		f := goodSNP(t, kds.Genoa)
		a.apply(f.SNP)
		got := p.Appraise(claim(f), wanted(f))
		if a.code == "" {
			expect(t, a.name, got)
			continue
		}
		expect(t, a.name, got, a.code)
	}
}

// tcbWords are the four TCB words of a report.
func tcbWords() []struct {
	code  appraise.Code
	floor uint8
	of    func(*snp.Report) *snp.TCBVersion
} {
	return []struct {
		code  appraise.Code
		floor uint8
		of    func(*snp.Report) *snp.TCBVersion
	}{
		{appraise.SNPTCBReported, 3, func(r *snp.Report) *snp.TCBVersion { return &r.ReportedTCB }},
		{appraise.SNPTCBCommitted, 2, func(r *snp.Report) *snp.TCBVersion { return &r.CommittedTCB }},
		{appraise.SNPTCBCurrent, 4, func(r *snp.Report) *snp.TCBVersion { return &r.CurrentTCB }},
		{appraise.SNPTCBLaunch, 1, func(r *snp.Report) *snp.TCBVersion { return &r.LaunchTCB }},
	}
}

// Each part of each word has a floor of its own, by product.
func TestAT06FloorsOfTheTCB(t *testing.T) {
	p := newPolicy(t, bothRules())
	for _, product := range []kds.Product{kds.Genoa, kds.Turin} {
		for _, w := range tcbWords() {
			parts := []func(*kds.TCB) *uint8{
				func(t *kds.TCB) *uint8 { return &t.Bootloader }, func(t *kds.TCB) *uint8 { return &t.TEE },
				func(t *kds.TCB) *uint8 { return &t.SNP }, func(t *kds.TCB) *uint8 { return &t.Microcode },
				func(t *kds.TCB) *uint8 { return &t.FMC },
			}
			if product != kds.Turin {
				parts = parts[:4]
			}
			for i, part := range parts {
				for delta, want := range map[int8][]appraise.Code{-1: {w.code}, 0: nil, 1: nil} {
					f, tcb := goodSNP(t, product), floorOf(product, w.floor)
					*part(&tcb) += uint8(delta)
					*w.of(&f.SNP.Report) = word(t, product, tcb)
					expect(t, fmt.Sprintf("%s %s, part %d%+d", product, w.code, i, delta), p.Appraise(claim(f), wanted(f)), want...)
				}
			}
			f := goodSNP(t, product)
			*w.of(&f.SNP.Report) |= 1 << 40
			expect(t, "reserved byte", p.Appraise(claim(f), wanted(f)), w.code)
		}
	}
}

// A reserved byte is refused where everything else would be good enough.
func TestReservedBytesOfTheTCB(t *testing.T) {
	rules, zero := snpRules(), appraise.AtLeast(0)
	none := appraise.TCBFloor{FMC: zero, Bootloader: zero, TEE: zero, SNP: zero, Microcode: zero}
	p := &rules.Products[0]
	p.Reported, p.Committed, p.Current, p.Launch = none, none, none, none
	for _, w := range tcbWords() {
		f := goodSNP(t, kds.Genoa)
		*w.of(&f.SNP.Report) = 0
		expect(t, "zero", newPolicy(t, appraise.Rules{SNP: rules}).Appraise(claim(f), wanted(f)))
		*w.of(&f.SNP.Report) = 1 << 40
		expect(t, "reserved byte", newPolicy(t, appraise.Rules{SNP: rules}).Appraise(claim(f), wanted(f)), w.code)
	}
}

// What cannot be read of one word hides nothing of the next.
func TestAllReasonsOfTheTCB(t *testing.T) {
	f := goodSNP(t, kds.Genoa)
	f.SNP.Report.CommittedVersion = snp.Firmware{}
	want := []appraise.Code{appraise.SNPCommittedVersion}
	for _, w := range tcbWords() {
		*w.of(&f.SNP.Report) |= 1 << 40
		want = append(want, w.code)
	}
	expect(t, "every word", newPolicy(t, bothRules()).Appraise(claim(f), wanted(f)), want...)
}

// Every exception lifts its check and no other.
func TestMB08MB10ExceptionsOfSNP(t *testing.T) {
	lifted := map[appraise.Exception]func(*claims.SNP){
		appraise.AcceptDebug:         func(c *claims.SNP) { c.Report.Policy |= snp.PolicyDebug },
		appraise.AcceptMigratable:    func(c *claims.SNP) { c.Report.Policy |= snp.PolicyMigrateMA },
		appraise.AcceptSMT:           func(c *claims.SNP) { c.Report.Policy |= snp.PolicySMT },
		appraise.AcceptCXL:           func(c *claims.SNP) { c.Report.Policy |= snp.PolicyCXLAllow },
		appraise.AcceptAgent:         func(c *claims.SNP) { c.Report.ReportIDMA = [32]byte{} },
		appraise.AcceptVMPL1:         func(c *claims.SNP) { c.Report.VMPL = 1 },
		appraise.AcceptVMPL2:         func(c *claims.SNP) { c.Report.VMPL = 2 },
		appraise.AcceptVMPL3:         func(c *claims.SNP) { c.Report.VMPL = 3 },
		appraise.AcceptMaskedChipID:  func(c *claims.SNP) { c.Report.ChipID = [64]byte{} },
		appraise.AcceptMaskedChipKey: func(c *claims.SNP) { c.Report.KeyInfo.MaskChipKey = true },
		appraise.AcceptMilan:         func(c *claims.SNP) { c.Chip.Product = kds.Milan },
	}
	known := appraise.Exceptions(attest.SNP)
	if len(known) != len(lifted) {
		t.Errorf("%d exceptions, %d are tested", len(known), len(lifted))
	}
	for _, e := range known {
		rules := snpRules()
		rules.Accept = []appraise.Exception{e}
		if e == appraise.AcceptMilan {
			rules.Products = append(rules.Products, productRules(kds.Milan))
		}
		p := newPolicy(t, appraise.Rules{SNP: rules})
		expect(t, string(e)+", nothing to lift", p.Appraise(claim(goodSNP(t, kds.Genoa)), wanted(goodSNP(t, kds.Genoa))))
		for other, apply := range lifted {
			f := goodSNP(t, kds.Genoa)
			apply(f.SNP)
			got := p.Appraise(claim(f), wanted(f))
			if other == e {
				expect(t, string(e), got)
				continue
			}
			expect(t, fmt.Sprintf("%s where %s are accepted", other, e), got, other.Code(attest.SNP))
		}
	}
}

// Bits with a choice are as chosen: set, clear, or either way.
func TestChosenBits(t *testing.T) {
	type choice struct {
		name string
		rule func(*appraise.SNPRules) *appraise.Bit
		set  func(*snp.Report, bool)
		code appraise.Code
	}
	policyBit := func(bit snp.Policy) func(*snp.Report, bool) {
		return func(r *snp.Report, on bool) {
			if r.Policy &^= bit; on {
				r.Policy |= bit
			}
		}
	}
	platformBit := func(bit snp.PlatformInfo) func(*snp.Report, bool) {
		return func(r *snp.Report, on bool) {
			if r.PlatformInfo &^= bit; on {
				r.PlatformInfo |= bit
			}
		}
	}
	choices := []choice{
		{"single socket", func(r *appraise.SNPRules) *appraise.Bit { return &r.GuestPolicy.SingleSocket }, policyBit(snp.PolicySingleSocket), appraise.SNPPolicySingleSocket},
		{"AES-256-XTS", func(r *appraise.SNPRules) *appraise.Bit { return &r.GuestPolicy.AES256XTS }, policyBit(snp.PolicyMemAES256XTS), appraise.SNPPolicyAES256XTS},
		{"RAPL", func(r *appraise.SNPRules) *appraise.Bit { return &r.GuestPolicy.RAPLDisabled }, policyBit(snp.PolicyRAPLDisabled), appraise.SNPPolicyRAPL},
		{"ciphertext", func(r *appraise.SNPRules) *appraise.Bit { return &r.GuestPolicy.CiphertextHiding }, policyBit(snp.PolicyCiphertextHidingDRAM), appraise.SNPPolicyCiphertextHiding},
		{"page swap", func(r *appraise.SNPRules) *appraise.Bit { return &r.GuestPolicy.PageSwapDisabled }, policyBit(snp.PolicyPageSwapDisabled), appraise.SNPPolicyPageSwap},
		{"SMT", func(r *appraise.SNPRules) *appraise.Bit { return &r.PlatformInfo.SMT }, platformBit(snp.PlatformSMT), appraise.SNPPlatformSMT},
		{"TSME", func(r *appraise.SNPRules) *appraise.Bit { return &r.PlatformInfo.TSME }, platformBit(snp.PlatformTSME), appraise.SNPPlatformTSME},
		{"ECC", func(r *appraise.SNPRules) *appraise.Bit { return &r.PlatformInfo.ECC }, platformBit(snp.PlatformECC), appraise.SNPPlatformECC},
		{"RAPL", func(r *appraise.SNPRules) *appraise.Bit { return &r.PlatformInfo.RAPLDisabled }, platformBit(snp.PlatformRAPLDisabled), appraise.SNPPlatformRAPL},
		{"ciphertext", func(r *appraise.SNPRules) *appraise.Bit { return &r.PlatformInfo.CiphertextHiding }, platformBit(snp.PlatformCiphertextHidingDRAM), appraise.SNPPlatformCiphertextHiding},
		{"alias check", func(r *appraise.SNPRules) *appraise.Bit { return &r.PlatformInfo.AliasCheckComplete }, platformBit(snp.PlatformAliasCheckComplete), appraise.SNPPlatformAliasCheck},
		{"TIO", func(r *appraise.SNPRules) *appraise.Bit { return &r.PlatformInfo.TIO }, platformBit(snp.PlatformTIO), appraise.SNPPlatformTIO},
	}
	for _, c := range choices {
		for _, want := range []appraise.Bit{appraise.MustBeSet, appraise.MustBeClear, appraise.EitherWay} {
			rules := snpRules()
			*c.rule(rules) = want
			p := newPolicy(t, appraise.Rules{SNP: rules})
			for _, on := range []bool{true, false} {
				f := goodSNP(t, kds.Genoa)
				c.set(&f.SNP.Report, on)
				got := p.Appraise(claim(f), wanted(f))
				if want == appraise.EitherWay || on == (want == appraise.MustBeSet) {
					expect(t, c.name, got)
					continue
				}
				expect(t, fmt.Sprintf("%s %v", c.name, want), got, c.code)
			}
		}
	}
}

// A VLEK is accepted of the providers that are named, where any chip is.
func TestAT07VLEKProviders(t *testing.T) {
	rules := snpRules()
	rules.VLEKProviders = []string{"one", "two"}
	f := goodSNP(t, kds.Genoa)
	f.SNP.Chip.Signer, f.SNP.Chip.HWID = kds.VLEK, nil
	for provider, want := range map[string][]appraise.Code{
		"one": nil, "two": nil, "One": {appraise.SNPVLEK}, "on": {appraise.SNPVLEK}, "": {appraise.SNPVLEK},
	} {
		f.SNP.Chip.CSPID = provider
		listed := newPolicy(t, appraise.Rules{SNP: rules}).Appraise(claim(f), wanted(f))
		expect(t, provider+" on listed chips", listed, append([]appraise.Code{appraise.SNPChip}, want...)...)
		any := *rules
		any.Chips = appraise.Any()
		expect(t, provider, newPolicy(t, appraise.Rules{SNP: &any}).Appraise(claim(f), wanted(f)), want...)
		of := f
		other := *f.SNP
		other.Chip.Signer = 3
		of.SNP = &other
		expect(t, "unknown key of "+provider, newPolicy(t, appraise.Rules{SNP: &any}).Appraise(claim(of), wanted(of)), appraise.SNPVLEK)
	}
}

// The products of a policy are judged by their own floors and by no others.
func TestAT08Products(t *testing.T) {
	rules := snpRules()
	rules.Products = rules.Products[1:]
	p := newPolicy(t, appraise.Rules{SNP: rules})
	genoa, turin := goodSNP(t, kds.Genoa), goodSNP(t, kds.Turin)
	expect(t, "Genoa", p.Appraise(claim(genoa), wanted(genoa)), appraise.SNPProduct)
	expect(t, "Turin", p.Appraise(claim(turin), wanted(turin)))
}

func TestReportVersions(t *testing.T) {
	rules := snpRules()
	rules.ReportVersions = []uint32{2, 3, 4, 5}
	rules.Mitigations = appraise.Bits(0)
	p := newPolicy(t, appraise.Rules{SNP: rules})
	for version := uint32(1); version <= 6; version++ {
		f := goodSNP(t, kds.Genoa)
		f.SNP.Report.Version, f.SNP.Report.CurrentMitVector, f.SNP.Report.LaunchMitVector = version, 0, 0
		want := []appraise.Code{appraise.SNPLaunchMitigation} // required still
		if version < 2 || version > 5 {
			want = append(want, appraise.SNPReportVersion)
		}
		expect(t, fmt.Sprint(version), p.Appraise(claim(f), wanted(f)), want...)
	}
}

// Zero digests of keys are refused unless named, and named as zero.
func TestIDBlockOfNobody(t *testing.T) {
	rules := snpRules()
	rules.IDKeys, rules.AuthorKeys = appraise.Zero(), appraise.OneOf(bytes.Repeat([]byte{0x25}, 48), nil)
	f := goodSNP(t, kds.Genoa)
	f.SNP.Report.IDKeyDigest, f.SNP.Report.AuthorKeyDigest = attest.Register{}, attest.Register{}
	p := newPolicy(t, appraise.Rules{SNP: rules})
	expect(t, "author key said to be there", p.Appraise(claim(f), wanted(f)), appraise.SNPAuthorKey)
	f.SNP.Report.KeyInfo.AuthorKeyEnabled = false
	expect(t, "nobody", p.Appraise(claim(f), wanted(f)))
	expect(t, "somebody wanted", newPolicy(t, bothRules()).Appraise(claim(f), wanted(f)), appraise.SNPIDKey, appraise.SNPAuthorKey)
}

// The detail of a TCB word names every part that is low.
func TestDetailNamesTheParts(t *testing.T) {
	f := goodSNP(t, kds.Turin)
	f.SNP.Report.ReportedTCB = word(t, kds.Turin, kds.TCB{SNP: 23, Microcode: 255, FMC: 255})
	got := newPolicy(t, bothRules()).Appraise(claim(f), wanted(f))
	expect(t, "two parts", got, appraise.SNPTCBReported)
	if !slices.ContainsFunc(got, func(r appraise.Reason) bool { return strings.Contains(r.String(), "bootloader, TEE") }) {
		t.Errorf("reasons are %v", got)
	}
}
