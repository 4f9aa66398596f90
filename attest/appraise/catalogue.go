// SPDX-License-Identifier: Apache-2.0

package appraise

// entry is a code and what it means.
type entry struct {
	code     Code
	sentence string
}

// catalogue lists every code, in the order of SPEC.md §6.
func catalogue() []entry {
	all := append(catalogueGiven(), catalogueTDX()...)
	return append(all, catalogueSNP()...)
}

// Codes returns every code that a [Reason] can have.
func Codes() []Code {
	var codes []Code
	for _, e := range catalogue() {
		codes = append(codes, e.code)
	}
	return codes
}

// Sentence says in one sentence what c means, or nothing for an unknown code.
func (c Code) Sentence() string {
	for _, e := range catalogue() {
		if e.code == c {
			return e.sentence
		}
	}
	return ""
}

func catalogueGiven() []entry {
	return []entry{
		{PolicyEmpty, "The policy is the zero Policy."},
		{PolicyTEE, "The policy has no rules for this kind of TEE."},
		{ClaimsUnverified, "The claims are the zero Claims: nothing was verified."},
		{ExpectationEmpty, "The relying party does not say what it expects."},
		{ExpectationIncomplete, "The relying party expects something with an empty field."},
		{ReportData, "The hardware signed other report data than expected."},
		{ChannelKey, "The channel key beside the statement is not the one in it."},
		{MeasurementPath, "The launch registers, with the asserted shape, are not under the measurement root."},
		{MeasurementReference, "The launch registers are those of no reference value."},
		{EventLog, "The event log beside the evidence does not come to the signed registers, or says what was not measured."},
		{BindingChain, "The statement is for another chain."},
		{BindingRegistry, "The statement is for another registry."},
		{BindingIdentity, "The statement is for another identity."},
		{BindingRequester, "The statement names another requester."},
		{BindingChannel, "The statement names another channel key."},
		{BindingDuration, "The statement asks for another duration."},
		{BindingBlock, "The statement names another base block."},
		{BindingBlockHash, "The statement names another hash of the base block."},
		{BindingRoot, "The statement names another measurement root."},
		{BindingConfig, "The statement names another configuration."},
		{BindingNetwork, "The statement names another key network."},
	}
}

func catalogueTDX() []entry {
	return []entry{
		{TDXQuoteVersion, "The quote has a version that the policy does not list."},
		{TDXDebug, "The host can debug the guest (attribute DEBUG)."},
		{TDXUntrusted, "Another attribute of the group under which a guest is not trusted is set (bits 1 to 7)."},
		{TDXLASS, "The guest has linear address space separation (attribute LASS)."},
		{TDXSEPTVEDisable, "Accesses to memory that the host took away raise exceptions in the guest (attribute SEPT_VE_DISABLE is clear)."},
		{TDXMigratable, "The guest can be migrated (attribute MIGRATABLE)."},
		{TDXPKS, "The guest has supervisor protection keys (attribute PKS)."},
		{TDXKeyLocker, "The guest has key locker (attribute KL)."},
		{TDXPerfmon, "The guest has performance monitoring (attribute PERFMON)."},
		{TDXUnknown, "An attribute is set that is reserved or unknown."},
		{TDXXFAM, "The guest lacks x87 or SSE, or has a processor feature that the policy does not list."},
		{TDXMRSERVICETD, "The guest has a service TD that the policy does not list."},
		{TDXMRCONFIGID, "MRCONFIGID, which the host chose, is not a value that the policy lists."},
		{TDXMROWNER, "MROWNER, which the host chose, is not a value that the policy lists."},
		{TDXMROWNERCONFIG, "MROWNERCONFIG, which the host chose, is not a value that the policy lists."},
		{TDXRTMR3, "RTMR3, which belongs to run time, is not a value that the policy lists."},
		{TDXMRSEAM, "The TDX module is not one that the policy lists."},
		{TDXMRSIGNERSEAM, "The TDX module was not signed by Intel."},
		{TDXSEAMAttributes, "The TDX module has attributes, as no production module has."},
		{TDXTEESVN, "A component of the TEE TCB SVN is below its floor."},
		{TDXTEESVN2, "A component of the TEE TCB SVN after an update of the TDX module is below its floor."},
		{TDXCPUSVN, "A component of the platform's CPU SVN is below its floor."},
		{TDXPCESVN, "The security version of the provisioning certification enclave is below its floor."},
		{TDXQESVN, "The security version of the quoting enclave is below its floor."},
		{TDXTCBPlatform, "Intel's verdict on the platform is not one that the policy lists."},
		{TDXTCBModule, "Intel's verdict on the TDX module is not one that the policy lists."},
		{TDXTCBQE, "Intel's verdict on the quoting enclave is not one that the policy lists."},
		{TDXTCBEvaluation, "The collateral has a TCB evaluation data number below the floor."},
		{TDXCollateralAge, "A document or revocation list of the collateral is older than the policy allows, or nobody can say how old it is."},
		{TDXAdvisoryUnlisted, "An advisory applies that the policy does not tolerate."},
		{TDXAdvisoryRefused, "An advisory applies that the policy refuses."},
		{TDXPlatform, "The platform id in the certificate is not one that the policy lists."},
		{TDXFamily, "The platform is of a family (FMSPC) that the policy refuses."},
		{TDXSMT, "Hyper-threading of the platform is not as the policy wants it."},
		{TDXDynamicPlatform, "Whether processor packages can be added to the platform is not as the policy wants it."},
		{TDXCachedKeys, "Whether Intel keeps the platform's root keys is not as the policy wants it."},
	}
}

func catalogueSNP() []entry {
	return []entry{
		{SNPReportVersion, "The report has a version that the policy does not list."},
		{SNPVMPL, "The report was asked for from another privilege level than VMPL 0."},
		{SNPPolicyABI, "The guest policy names another version of the firmware ABI than the policy."},
		{SNPPolicySMT, "The guest policy allows simultaneous multithreading."},
		{SNPPolicyMigratable, "The guest policy allows a migration agent."},
		{SNPPolicyDebug, "The guest policy allows the host to debug the guest."},
		{SNPPolicySingleSocket, "Bit SINGLE_SOCKET of the guest policy is not as the policy wants it."},
		{SNPPolicyCXL, "The guest policy allows memory on CXL devices."},
		{SNPPolicyAES256XTS, "Bit MEM_AES_256_XTS of the guest policy is not as the policy wants it."},
		{SNPPolicyRAPL, "Bit RAPL_DIS of the guest policy is not as the policy wants it."},
		{SNPPolicyCiphertextHiding, "Bit CIPHERTEXT_HIDING_DRAM of the guest policy is not as the policy wants it."},
		{SNPPolicyPageSwap, "Bit PAGE_SWAP_DISABLE of the guest policy is not as the policy wants it."},
		{SNPPolicyUnknown, "A reserved bit of the guest policy is not as the specification says."},
		{SNPMigrationAgent, "The guest has a migration agent."},
		{SNPHostData, "HOST_DATA, which the host chose, is not a value that the policy lists."},
		{SNPFamilyID, "FAMILY_ID is not a value that the policy lists."},
		{SNPImageID, "IMAGE_ID is not a value that the policy lists."},
		{SNPIDKey, "The key that signed the ID block is not one that the policy lists."},
		{SNPAuthorKey, "The key that signed the ID key is not one that the policy lists, or the report contradicts itself about it."},
		{SNPGuestSVN, "The security version of the guest is below its floor."},
		{SNPVLEK, "The report is signed by a key of a cloud provider (VLEK) that the policy does not name."},
		{SNPChipMasked, "The report hides the chip id."},
		{SNPKeyMasked, "The report was made while the host masked the chip's key."},
		{SNPChip, "The chip id in the certificate is not one that the policy lists."},
		{SNPProduct, "The chip is of a product that the policy does not list."},
		{SNPTCBReported, "A part of the reported TCB is below its floor."},
		{SNPTCBCommitted, "A part of the committed TCB is below its floor."},
		{SNPTCBCurrent, "A part of the current TCB is below its floor."},
		{SNPTCBLaunch, "A part of the TCB at launch is below its floor."},
		{SNPCommittedVersion, "The committed version of the firmware is below its floor."},
		{SNPLaunchMitigation, "A mitigation that the policy requires was not in place at launch."},
		{SNPMitigation, "A mitigation that the policy requires is not in place."},
		{SNPPlatformSMT, "Bit SMT_EN of the platform is not as the policy wants it."},
		{SNPPlatformTSME, "Bit TSME_EN of the platform is not as the policy wants it."},
		{SNPPlatformECC, "Bit ECC_EN of the platform is not as the policy wants it."},
		{SNPPlatformRAPL, "Bit RAPL_DIS of the platform is not as the policy wants it."},
		{SNPPlatformCiphertextHiding, "Bit CIPHERTEXT_HIDING_DRAM_EN of the platform is not as the policy wants it."},
		{SNPPlatformAliasCheck, "Bit ALIAS_CHECK_COMPLETE of the platform is not as the policy wants it."},
		{SNPPlatformTIO, "Bit TIO_EN of the platform is not as the policy wants it."},
		{SNPPlatformUnknown, "A reserved bit of the platform information is set."},
		{SNPCollateralAge, "The revocation list is older than the policy allows, or nobody can say how old it is."},
	}
}
