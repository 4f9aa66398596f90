// SPDX-License-Identifier: Apache-2.0

package appraise

import (
	"fmt"
	"slices"

	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/kds"
)

// Rules are the choices of a relying party (SPEC.md §2). Rules for a TEE that are
// nil refuse that TEE. Inside, every choice must be made: a list that may be empty
// must be an empty list and not nil. What is not a choice here is always checked.
type Rules struct {
	TDX *TDXRules `json:"tdx"`
	SNP *SNPRules `json:"snp"`
}

// TDXRules are the choices about TDX guests and their platforms.
type TDXRules struct {
	// Accept are the exceptions, in words. May be empty.
	Accept []Exception `json:"accept"`
	// QuoteVersions are 4, 5 or both.
	QuoteVersions []uint16 `json:"quoteVersions"`
	// XFAM are the processor features that a guest may have. x87 and SSE must be
	// among them.
	XFAM Mask `json:"xfam"`

	MRSERVICETD   Values `json:"mrServiceTd"`   // 48 bytes; never any
	MRCONFIGID    Values `json:"mrConfigId"`    // 48 bytes
	MROWNER       Values `json:"mrOwner"`       // 48 bytes
	MROWNERCONFIG Values `json:"mrOwnerConfig"` // 48 bytes
	RTMR3         Values `json:"rtmr3"`         // 48 bytes
	MRSEAM        Values `json:"mrSeam"`        // 48 bytes: TDX modules

	TEESVN SVNs  `json:"minTeeTcbSvn"` // at launch and, where a quote says so, now
	CPUSVN SVNs  `json:"minCpuSvn"`    // from the PCK certificate
	PCESVN Floor `json:"minPceSvn"`    // likewise
	QESVN  Floor `json:"minQeIsvSvn"`  // of the quoting enclave

	// PlatformTCB, ModuleTCB and QETCB are the verdicts that are good enough for
	// each part. At least one each; never Revoked.
	PlatformTCB []collateral.Status `json:"platformTcb"`
	ModuleTCB   []collateral.Status `json:"moduleTcb"`
	QETCB       []collateral.Status `json:"qeTcb"`
	// GraceDays is for how many days, 0 to 366, after there was something better a
	// TCB level that is out of date counts as if it were not (see [Expectation.At]).
	GraceDays Floor `json:"graceDays"`
	// Evaluation is the lowest TCB evaluation data number, so that old collateral
	// cannot be played back. At least 1.
	Evaluation Floor `json:"minTcbEvaluation"`
	// CollateralAge is how old each document and revocation list of the collateral
	// may be, so that one from before a revocation cannot hide it.
	CollateralAge Age `json:"maxCollateralAgeDays"`
	// ToleratedAdvisories are those that may apply, and RefusedAdvisories those
	// that must not, whatever the verdict, as Intel spells them (INTEL-SA-00000,
	// INTEL-DOC-00000). Either may be empty.
	ToleratedAdvisories Names    `json:"toleratedAdvisories"`
	RefusedAdvisories   []string `json:"refusedAdvisories"`

	// Platforms are PPIDs (16 bytes), compared with that in the PCK certificate.
	Platforms Values `json:"platforms"`
	// RefusedFamilies are FMSPCs. May be empty.
	RefusedFamilies []Family `json:"refusedFamilies"`

	// SMT, DynamicPlatform and CachedKeys are flags of the PCK certificate. One that
	// is not in it counts as clear.
	SMT             Bit `json:"smt"`             // hyper-threading is on
	DynamicPlatform Bit `json:"dynamicPlatform"` // packages can be added after registration
	CachedKeys      Bit `json:"cachedKeys"`      // Intel keeps the platform's root keys
}

// Family is a family of platforms, in Intel's words an FMSPC. In a policy file it
// is 0x and twelve lower-case hexadecimal digits.
type Family [6]byte

// UnmarshalText reads the form of a policy file.
func (f *Family) UnmarshalText(text []byte) error {
	value, _ := parseValue(string(text))
	if len(value) != len(f) {
		return fmt.Errorf("%q is not 0x and %d lower-case hexadecimal digits", excerpt(text), 2*len(f))
	}
	*f = Family(value)
	return nil
}

// SNPRules are the choices about SNP guests and their platforms.
type SNPRules struct {
	// Accept are the exceptions, in words. May be empty.
	Accept []Exception `json:"accept"`
	// ReportVersions are some of 2 to 5.
	ReportVersions []uint32 `json:"reportVersions"`
	// Products are the chips that are accepted, each product at most once.
	Products []ProductRules `json:"products"`

	GuestPolicy  GuestPolicyRules  `json:"guestPolicy"`
	PlatformInfo PlatformInfoRules `json:"platformInfo"`

	HostData   Values `json:"hostData"`    // 32 bytes
	FamilyID   Values `json:"familyId"`    // 16 bytes
	ImageID    Values `json:"imageId"`     // 16 bytes
	IDKeys     Values `json:"idKeys"`      // 48 bytes: digests of keys; never any
	AuthorKeys Values `json:"authorKeys"`  // 48 bytes: digests of keys; never any
	GuestSVN   Floor  `json:"minGuestSvn"` // of the ID block

	// Chips are ids of chips (64 bytes, of Turin 8), compared with that in the VCEK
	// certificate. Reports that a VLEK signed need any: VLEKs name no chip.
	Chips Values `json:"chips"`
	// VLEKProviders are the cloud providers (CSP ids) whose VLEKs are accepted. May
	// be empty.
	VLEKProviders []string `json:"vlekProviders"`

	// LaunchMitigations and Mitigations are the bits that must be set in the
	// mitigation vectors, at launch and now. Reports before version 5 have none.
	LaunchMitigations Mask `json:"launchMitigations"`
	Mitigations       Mask `json:"mitigations"`

	// CollateralAge is how old the revocation list may be, so that one from before a
	// revocation cannot hide it.
	CollateralAge Age `json:"maxCollateralAgeDays"`
}

// ProductRules are the choices about one product, whose security versions mean
// nothing for another.
type ProductRules struct {
	// Product is Genoa or Turin, or Milan where the exceptions have AcceptMilan.
	Product   kds.Product `json:"product"`
	Reported  TCBFloor    `json:"minReportedTcb"`
	Committed TCBFloor    `json:"minCommittedTcb"`
	Current   TCBFloor    `json:"minCurrentTcb"`
	Launch    TCBFloor    `json:"minLaunchTcb"`
	// CommittedVersion is of the firmware that the platform cannot go back from.
	CommittedVersion FirmwareFloor `json:"minCommittedVersion"`
}

// TCBFloor is the lowest security version of each part of a platform's firmware,
// 0 to 255.
type TCBFloor struct {
	FMC        Floor `json:"fmc"` // 0 for products before Turin, which have none
	Bootloader Floor `json:"bootloader"`
	TEE        Floor `json:"tee"`
	SNP        Floor `json:"snp"`
	Microcode  Floor `json:"microcode"`
}

func (f TCBFloor) tcb() kds.TCB {
	return kds.TCB{
		FMC: uint8(f.FMC.least), Bootloader: uint8(f.Bootloader.least), TEE: uint8(f.TEE.least), SNP: uint8(f.SNP.least), Microcode: uint8(f.Microcode.least),
	}
}

// GuestPolicyRules are the choices about the guest policy. Its other bits must be
// clear but for exceptions.
type GuestPolicyRules struct {
	ABI              ABI `json:"abi"`
	SingleSocket     Bit `json:"singleSocket"`
	AES256XTS        Bit `json:"aes256xts"`
	RAPLDisabled     Bit `json:"raplDisabled"`
	CiphertextHiding Bit `json:"ciphertextHiding"`
	PageSwapDisabled Bit `json:"pageSwapDisabled"`
}

// PlatformInfoRules are the choices about the configuration of a platform. Its
// reserved bits must be clear.
type PlatformInfoRules struct {
	SMT                Bit `json:"smt"`
	TSME               Bit `json:"tsme"`
	ECC                Bit `json:"ecc"`
	RAPLDisabled       Bit `json:"raplDisabled"`
	CiphertextHiding   Bit `json:"ciphertextHiding"`
	AliasCheckComplete Bit `json:"aliasCheckComplete"`
	TIO                Bit `json:"tio"`
}

// clone returns a copy that shares nothing with r that its holder can change.
func (r TDXRules) clone() *TDXRules {
	r.Accept = slices.Clone(r.Accept)
	r.QuoteVersions = slices.Clone(r.QuoteVersions)
	r.PlatformTCB, r.ModuleTCB, r.QETCB = slices.Clone(r.PlatformTCB), slices.Clone(r.ModuleTCB), slices.Clone(r.QETCB)
	r.RefusedAdvisories = slices.Clone(r.RefusedAdvisories)
	r.RefusedFamilies = slices.Clone(r.RefusedFamilies)
	return &r
}

// clone returns a copy that shares nothing with r that its holder can change.
func (r SNPRules) clone() *SNPRules {
	r.Accept = slices.Clone(r.Accept)
	r.ReportVersions = slices.Clone(r.ReportVersions)
	r.Products = slices.Clone(r.Products)
	r.VLEKProviders = slices.Clone(r.VLEKProviders)
	return &r
}
