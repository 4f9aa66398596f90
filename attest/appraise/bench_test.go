// SPDX-License-Identifier: Apache-2.0

package appraise_test

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/appraise"
	"github.com/escrin/escrin/attest/claims"
	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/internal/mint"
	"github.com/escrin/escrin/attest/kds"
	"github.com/escrin/escrin/attest/snp"
	"github.com/escrin/escrin/attest/tdx"
)

// Tests make claims themselves, so that each can differ in one field from good
// ones. Outside of tests only attest/verify can.
func claim(f claims.Facts) claims.Claims { return claims.New(mint.Grant(), f) }

// today is the time of appraisal, and levelDate 30 days before, to the
// nanosecond: since then there is something better than TCB levels that are out
// of date, and from then is the collateral.
var (
	today     = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	levelDate = today.Add(-30 * 24 * time.Hour)
)

func register(b byte) attest.Register { return attest.Register(bytes.Repeat([]byte{b}, 48)) }

func listed(b byte, size int) appraise.Values {
	return appraise.OneOf(bytes.Repeat([]byte{b}, size))
}

// measurements are those of one enclave, for a guest of each TEE.
func measurements() []attest.Measurement {
	shape := attest.Shape{VCPUs: 2, MemoryMiB: 2048}
	registers := attest.Registers{MRTD: register(1), RTMR0: register(2), RTMR1: register(3), RTMR2: register(4)}
	return []attest.Measurement{
		{TEE: attest.TDX, Shape: shape, Registers: registers},
		{TEE: attest.SNP, Shape: shape, LaunchDigest: register(5)},
	}
}

// evidence is a good envelope for one of the measurements. What the hardware
// signed is not in it, for only claims count here.
func evidence(t testing.TB, tee attest.TEE) attest.Evidence {
	t.Helper()
	all := measurements()
	root, err := attest.Root(all)
	if err != nil {
		t.Fatal(err)
	}
	e := attest.Evidence{TEE: tee, Shape: all[0].Shape, ChannelKey: make([]byte, attest.ChannelKeySize)}
	if e.Proof, err = attest.Proof(all, e.Shape, tee); err != nil {
		t.Fatal(err)
	}
	e.Binding = attest.Binding{
		ChainID: 31337, Registry: [20]byte{1}, IdentityID: [32]byte{2}, Requester: [20]byte{3},
		ChannelKeyHash: attest.HashChannelKey(e.ChannelKey), Duration: 3600, BaseBlock: 100,
		BaseBlockHash: [32]byte{4}, MeasurementRoot: root, ConfigDigest: [32]byte{5}, GroupKeyDigest: [32]byte{6},
	}
	return e
}

// goodTDX are facts that tdxRules accept, each number exactly at its floor.
func goodTDX(t testing.TB) claims.Facts {
	t.Helper()
	e := evidence(t, attest.TDX)
	r := measurements()[0].Registers
	verdict := collateral.Verdict{Date: levelDate.AddDate(0, -8, 0), Superseded: levelDate, Status: collateral.UpToDate, AdvisoryIDs: []string{"INTEL-SA-00001"}}
	report := tdx.Report{
		TEETCBSVN:  [16]byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16},
		TEETCBSVN2: [16]byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16},
		MRSEAM:     register(0x16), TDAttributes: [8]byte{3: 0x10}, XFAM: [8]byte{0xe7, 0x02, 0x06},
		MRTD: r.MRTD, MRCONFIGID: register(0x12), MROWNER: register(0x13), MROWNERCONFIG: register(0x14), MRSERVICETD: register(0x11),
		RTMR: [4]attest.Register{r.RTMR0, r.RTMR1, r.RTMR2, register(0x15)}, ReportData: e.Binding.ReportData(),
	}
	return claims.Facts{Evidence: e, Editions: editions(4), TDX: &claims.TDX{
		Version: tdx.Version5, Body: tdx.TDX15, Report: report, QEReport: tdx.QEReport{ISVSVN: 8},
		Platform: collateral.Platform{
			PPID: [16]byte(bytes.Repeat([]byte{0x17}, 16)), FMSPC: [6]byte{1, 2, 3, 4, 5, 6}, PCESVN: 300,
			CPUSVN:     [16]byte{16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1},
			SMTEnabled: collateral.True, DynamicPlatform: collateral.False,
		},
		TCB: claims.TCB{Platform: verdict, Module: verdict, QE: verdict, EvaluationNumber: 18},
	}}
}

// editions are n documents from levelDate.
func editions(n int) []collateral.Edition {
	return slices.Repeat([]collateral.Edition{{Series: collateral.Series{Document: collateral.DocumentCRL}, Issued: levelDate}}, n)
}

func tdxRules() *appraise.TDXRules {
	good := []collateral.Status{collateral.UpToDate, collateral.SWHardeningNeeded}
	return &appraise.TDXRules{
		Accept: []appraise.Exception{}, QuoteVersions: []uint16{tdx.Version5}, XFAM: appraise.Bits(0x602e7),
		MRSERVICETD: listed(0x11, 48), MRCONFIGID: listed(0x12, 48), MROWNER: listed(0x13, 48), MROWNERCONFIG: listed(0x14, 48),
		RTMR3: listed(0x15, 48), MRSEAM: listed(0x16, 48),
		TEESVN: appraise.AtLeastEach([16]uint8{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}),
		CPUSVN: appraise.AtLeastEach([16]uint8{16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1}),
		PCESVN: appraise.AtLeast(300), QESVN: appraise.AtLeast(8),
		PlatformTCB: good, ModuleTCB: slices.Clone(good), QETCB: slices.Clone(good),
		GraceDays: appraise.AtLeast(0), Evaluation: appraise.AtLeast(18), CollateralAge: appraise.AnyAge(),
		ToleratedAdvisories: appraise.NoneBut("INTEL-SA-00001"), RefusedAdvisories: []string{"INTEL-SA-00002"},
		Platforms: listed(0x17, 16), RefusedFamilies: []appraise.Family{{6, 5, 4, 3, 2, 1}},
		SMT: appraise.MustBeSet, DynamicPlatform: appraise.MustBeClear, CachedKeys: appraise.MustBeClear,
	}
}

// goodSNP are facts that snpRules accept, each number exactly at its floor.
func goodSNP(t testing.TB, product kds.Product) claims.Facts {
	t.Helper()
	e := evidence(t, attest.SNP)
	chip := kds.Chip{Signer: kds.VCEK, Product: product, HWID: bytes.Repeat([]byte{0x26}, product.HWIDSize()), TCB: floorOf(product, 3)}
	report := snp.Report{
		Version: 5, GuestSVN: 70000, Policy: 0x0152_0121, FamilyID: [16]byte{0x22}, ImageID: [16]byte{0x23},
		PlatformInfo: 0x2d, KeyInfo: snp.KeyInfo{AuthorKeyEnabled: true}, ReportData: e.Binding.ReportData(),
		Measurement: measurements()[1].LaunchDigest, HostData: [32]byte{0x21}, IDKeyDigest: register(0x24), AuthorKeyDigest: register(0x25),
		ReportID: [32]byte{1}, ReportIDMA: [32]byte(bytes.Repeat([]byte{0xff}, 32)), ChipID: [64]byte{1},
		ReportedTCB: word(t, product, floorOf(product, 3)), CommittedTCB: word(t, product, floorOf(product, 2)),
		CurrentTCB: word(t, product, floorOf(product, 4)), LaunchTCB: word(t, product, floorOf(product, 1)),
		CurrentVersion: snp.Firmware{Major: 1, Minor: 60, Build: 1}, CommittedVersion: snp.Firmware{Major: 1, Minor: 55, Build: 9},
		LaunchMitVector: 0x5, CurrentMitVector: 0x8000_0000_0000_0001,
	}
	return claims.Facts{Evidence: e, Editions: editions(1), SNP: &claims.SNP{Report: report, Chip: chip}}
}

func floorOf(product kds.Product, n uint8) kds.TCB {
	floor := kds.TCB{Bootloader: n, TEE: n + 10, SNP: n + 20, Microcode: n + 200}
	if product == kds.Turin {
		floor.FMC = n + 30
	}
	return floor
}

func word(t testing.TB, product kds.Product, tcb kds.TCB) snp.TCBVersion {
	t.Helper()
	w, err := kds.JoinTCB(product, tcb)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func productRules(product kds.Product) appraise.ProductRules {
	floor := func(n uint8) appraise.TCBFloor {
		tcb := floorOf(product, n)
		return appraise.TCBFloor{
			FMC: appraise.AtLeast(uint32(tcb.FMC)), Bootloader: appraise.AtLeast(uint32(tcb.Bootloader)), TEE: appraise.AtLeast(uint32(tcb.TEE)),
			SNP: appraise.AtLeast(uint32(tcb.SNP)), Microcode: appraise.AtLeast(uint32(tcb.Microcode)),
		}
	}
	return appraise.ProductRules{
		Product: product, Reported: floor(3), Committed: floor(2), Current: floor(4), Launch: floor(1),
		CommittedVersion: appraise.AtLeastFirmware(snp.Firmware{Major: 1, Minor: 55, Build: 9}),
	}
}

func snpRules() *appraise.SNPRules {
	return &appraise.SNPRules{
		Accept: []appraise.Exception{}, ReportVersions: []uint32{5},
		Products: []appraise.ProductRules{productRules(kds.Genoa), productRules(kds.Turin)},
		GuestPolicy: appraise.GuestPolicyRules{
			ABI: appraise.ExactABI(1, 33), SingleSocket: appraise.MustBeSet, AES256XTS: appraise.MustBeSet, RAPLDisabled: appraise.MustBeClear,
			CiphertextHiding: appraise.MustBeSet, PageSwapDisabled: appraise.MustBeClear,
		},
		PlatformInfo: appraise.PlatformInfoRules{
			SMT: appraise.MustBeSet, TSME: appraise.MustBeClear, ECC: appraise.MustBeSet, RAPLDisabled: appraise.MustBeSet,
			CiphertextHiding: appraise.MustBeClear, AliasCheckComplete: appraise.MustBeSet, TIO: appraise.MustBeClear,
		},
		HostData: appraise.OneOf(append([]byte{0x21}, make([]byte, 31)...)), FamilyID: appraise.OneOf(append([]byte{0x22}, make([]byte, 15)...)),
		ImageID: appraise.OneOf(append([]byte{0x23}, make([]byte, 15)...)), IDKeys: listed(0x24, 48), AuthorKeys: listed(0x25, 48),
		GuestSVN: appraise.AtLeast(70000), Chips: appraise.OneOf(bytes.Repeat([]byte{0x26}, 8), bytes.Repeat([]byte{0x26}, 64)),
		VLEKProviders: []string{}, LaunchMitigations: appraise.Bits(0x5), Mitigations: appraise.Bits(0x8000_0000_0000_0001),
		CollateralAge: appraise.AnyAge(),
	}
}

func bothRules() appraise.Rules { return appraise.Rules{TDX: tdxRules(), SNP: snpRules()} }

func newPolicy(t testing.TB, r appraise.Rules) appraise.Policy {
	t.Helper()
	p, err := appraise.NewPolicy(r)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// wanted is the expectation that good facts meet.
func wanted(f claims.Facts) appraise.Expectation {
	return appraise.Statement(f.Evidence.Binding).At(today)
}

func codesOf(reasons []appraise.Reason) []appraise.Code {
	codes := []appraise.Code{}
	for _, r := range reasons {
		codes = append(codes, r.Code)
	}
	return codes
}

// expect checks that the reasons are exactly these codes, in any order.
func expect(t *testing.T, name string, got []appraise.Reason, want ...appraise.Code) {
	t.Helper()
	have := codesOf(got)
	slices.Sort(have)
	slices.Sort(want)
	if !slices.Equal(have, want) {
		t.Errorf("%s: reasons are %v, want %v", name, got, want)
	}
}
