// SPDX-License-Identifier: Apache-2.0

package appraise

// Code names a kind of reason for rejection. Codes are stable: they appear in
// answers of keyholders, in audit reports and in files of others. SPEC.md §6
// lists them all.
type Code string

// Codes of what was not given.
const (
	PolicyEmpty           Code = "policy.empty"
	PolicyTEE             Code = "policy.tee"
	ClaimsUnverified      Code = "claims.unverified"
	ExpectationEmpty      Code = "expectation.empty"
	ExpectationIncomplete Code = "expectation.incomplete"
)

// Codes of what the evidence stands for.
const (
	ReportData           Code = "report.data"
	ChannelKey           Code = "channel.key"
	MeasurementPath      Code = "measurement.path"
	MeasurementReference Code = "measurement.reference"
	EventLog             Code = "event.log"

	BindingChain     Code = "binding.chain"
	BindingRegistry  Code = "binding.registry"
	BindingIdentity  Code = "binding.identity"
	BindingRequester Code = "binding.requester"
	BindingChannel   Code = "binding.channel"
	BindingDuration  Code = "binding.duration"
	BindingBlock     Code = "binding.block"
	BindingBlockHash Code = "binding.blockhash"
	BindingRoot      Code = "binding.measurement"
	BindingConfig    Code = "binding.config"
	BindingNetwork   Code = "binding.network"
)

// Codes of a TDX guest and its platform.
const (
	TDXQuoteVersion Code = "tdx.version.quote"

	TDXDebug         Code = "tdx.attributes.debug"
	TDXUntrusted     Code = "tdx.attributes.untrusted"
	TDXLASS          Code = "tdx.attributes.lass"
	TDXSEPTVEDisable Code = "tdx.attributes.septvedisable"
	TDXMigratable    Code = "tdx.attributes.migratable"
	TDXPKS           Code = "tdx.attributes.pks"
	TDXKeyLocker     Code = "tdx.attributes.keylocker"
	TDXPerfmon       Code = "tdx.attributes.perfmon"
	TDXUnknown       Code = "tdx.attributes.unknown"
	TDXXFAM          Code = "tdx.xfam"

	TDXMRSERVICETD   Code = "tdx.mrservicetd"
	TDXMRCONFIGID    Code = "tdx.mrconfigid"
	TDXMROWNER       Code = "tdx.mrowner"
	TDXMROWNERCONFIG Code = "tdx.mrownerconfig"
	TDXRTMR3         Code = "tdx.rtmr3"

	TDXMRSEAM         Code = "tdx.mrseam"
	TDXMRSIGNERSEAM   Code = "tdx.mrsignerseam"
	TDXSEAMAttributes Code = "tdx.seamattributes"

	TDXTEESVN  Code = "tdx.svn.tee"
	TDXTEESVN2 Code = "tdx.svn.tee2"
	TDXCPUSVN  Code = "tdx.svn.cpu"
	TDXPCESVN  Code = "tdx.svn.pce"
	TDXQESVN   Code = "tdx.svn.qe"

	TDXTCBPlatform      Code = "tdx.tcb.platform"
	TDXTCBModule        Code = "tdx.tcb.module"
	TDXTCBQE            Code = "tdx.tcb.qe"
	TDXTCBEvaluation    Code = "tdx.tcb.evaluation"
	TDXCollateralAge    Code = "tdx.collateral.age"
	TDXAdvisoryUnlisted Code = "tdx.advisory.unlisted"
	TDXAdvisoryRefused  Code = "tdx.advisory.refused"

	TDXPlatform        Code = "tdx.platform.ppid"
	TDXFamily          Code = "tdx.platform.family"
	TDXSMT             Code = "tdx.platform.smt"
	TDXDynamicPlatform Code = "tdx.platform.dynamic"
	TDXCachedKeys      Code = "tdx.platform.cachedkeys"
)

// Codes of an SNP guest and its platform.
const (
	SNPReportVersion Code = "snp.version.report"
	SNPVMPL          Code = "snp.vmpl"

	SNPPolicyABI              Code = "snp.policy.abi"
	SNPPolicySMT              Code = "snp.policy.smt"
	SNPPolicyMigratable       Code = "snp.policy.migratable"
	SNPPolicyDebug            Code = "snp.policy.debug"
	SNPPolicySingleSocket     Code = "snp.policy.singlesocket"
	SNPPolicyCXL              Code = "snp.policy.cxl"
	SNPPolicyAES256XTS        Code = "snp.policy.aes256xts"
	SNPPolicyRAPL             Code = "snp.policy.rapl"
	SNPPolicyCiphertextHiding Code = "snp.policy.ciphertexthiding"
	SNPPolicyPageSwap         Code = "snp.policy.pageswap"
	SNPPolicyUnknown          Code = "snp.policy.unknown"

	SNPMigrationAgent Code = "snp.migrationagent"
	SNPHostData       Code = "snp.hostdata"
	SNPFamilyID       Code = "snp.familyid"
	SNPImageID        Code = "snp.imageid"
	SNPIDKey          Code = "snp.idkey"
	SNPAuthorKey      Code = "snp.authorkey"
	SNPGuestSVN       Code = "snp.guestsvn"

	SNPVLEK       Code = "snp.signer.vlek"
	SNPChipMasked Code = "snp.chip.masked"
	SNPKeyMasked  Code = "snp.chip.keymasked"
	SNPChip       Code = "snp.chip.unlisted"
	SNPProduct    Code = "snp.product"

	SNPTCBReported      Code = "snp.tcb.reported"
	SNPTCBCommitted     Code = "snp.tcb.committed"
	SNPTCBCurrent       Code = "snp.tcb.current"
	SNPTCBLaunch        Code = "snp.tcb.launch"
	SNPCommittedVersion Code = "snp.version.committed"
	SNPLaunchMitigation Code = "snp.mitigation.launch"
	SNPMitigation       Code = "snp.mitigation.current"

	SNPPlatformSMT              Code = "snp.platform.smt"
	SNPPlatformTSME             Code = "snp.platform.tsme"
	SNPPlatformECC              Code = "snp.platform.ecc"
	SNPPlatformRAPL             Code = "snp.platform.rapl"
	SNPPlatformCiphertextHiding Code = "snp.platform.ciphertexthiding"
	SNPPlatformAliasCheck       Code = "snp.platform.aliascheck"
	SNPPlatformTIO              Code = "snp.platform.tio"
	SNPPlatformUnknown          Code = "snp.platform.unknown"

	SNPCollateralAge Code = "snp.collateral.age"
)
