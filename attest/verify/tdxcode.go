// SPDX-License-Identifier: Apache-2.0

package verify

// Parts of TDX evidence. A code is a part and what is wrong with it.
const (
	partQuote       = "tdx.quote"
	partChain       = "tdx.chain"
	partRoot        = "tdx.root"
	partPlatformCA  = "tdx.platformca"
	partPCK         = "tdx.pck"
	partSigner      = "tdx.signer"
	partRootCRL     = "tdx.rootcrl"
	partPlatformCRL = "tdx.platformcrl"
	partCollateral  = "tdx.collateral"
	partTCBInfo     = "tdx.tcbinfo"
	partQEIdentity  = "tdx.qeidentity"
	partPlatform    = "tdx.platform"
	partModule      = "tdx.module"
	partQE          = "tdx.qe"
)

// Codes of TDX evidence that are not put together of a part and a flaw.
const (
	codeUntrustedRoot    Code = partChain + ".root"
	codeQuoteVendor      Code = partQuote + ".vendor"
	codeQuoteKey         Code = partQuote + ".key"
	codeQuoteSignature   Code = partQuote + ".signature"
	codeQESignature      Code = partQE + ".signature"
	codeQEBinding        Code = partQE + ".binding"
	codeCollateralAbsent Code = partCollateral + ".absent"
)

func tdxEntries() []entry {
	all := []entry{
		{partQuote + ".malformed", false, "the quote is cut short, too long, or its lengths contradict one another"},
		{partQuote + ".version", true, "the quote is of a version other than 4 and 5"},
		{partQuote + ".keytype", true, "the attestation key is not an ECDSA key on P-256"},
		{partQuote + ".teetype", true, "the quote is of another TEE than TDX"},
		{partQuote + ".body", true, "the quote holds a report of an unknown kind"},
		{partQuote + ".certification", true, "the quote does not carry its certificates but something to find them by"},
		{partQuote + ".reserved", false, "a reserved field of the quote is not zero"},
		{partQuote + ".padding", false, "bytes behind the quote are not zero"},
		{codeQuoteVendor, false, "the quote is by another vendor's quoting enclave than Intel's"},
		{codeQuoteKey, false, "the attestation key is not a point of P-256"},
		{codeQuoteSignature, false, "the attestation key did not sign header and report"},
		{codeQESignature, false, "the PCK certificate's key did not sign the report of the quoting enclave"},
		{codeQEBinding, false, "the report of the quoting enclave is for another attestation key or authentication data"},
		{partQE + ".signer", false, "the quoting enclave is not signed by Intel"},
		{partQE + ".product", false, "the quoting enclave is another product of Intel's"},
		{partQE + ".miscselect", false, "the quoting enclave runs with other state than it must"},
		{partQE + ".attributes", false, "the quoting enclave runs with other attributes than it must, such as debug"},
		{partQE + ".unlisted", true, "Intel's QE identity does not list a version this low of the quoting enclave"},
		{partModule + ".signer", false, "the TDX module is not signed by Intel"},
		{partModule + ".attributes", false, "the TDX module runs with other attributes than it must"},
		{partModule + ".version", true, "Intel's TCB info does not list the TDX module's major version"},
		{partModule + ".unlisted", true, "Intel's TCB info does not list a version this low of the TDX module"},
		{partPlatform + ".malformed", false, "the SGX extension of the PCK certificate cannot be read"},
		{partPlatform + ".unlisted", true, "Intel's TCB info lists no level that the platform's versions reach"},
		{partChain + ".malformed", false, "the quote's certificates are not three in their plain encoding"},
		{codeUntrustedRoot, false, "the quote is certified by a root that is not trusted"},
		{codeCollateralAbsent, true, "there is no collateral"},
		{partCollateral + ".malformed", false, "the collateral bundle cannot be read"},
		{partPlatformCA + ".pathlength", false, "the platform CA's certificate allows authorities below it"},
		{partTCBInfo + ".family", true, "the TCB info is for another family of platforms"},
	}
	all = append(all, datesOf(partRoot, "the root certificate")...)
	all = append(all, certificateEntries(partPlatformCA, "the platform CA's certificate")...)
	all = append(all, certificateEntries(partPCK, "the PCK certificate")...)
	all = append(all, certificateEntries(partSigner, "the TCB signer's certificate")...)
	all = append(all, listEntries(partRootCRL, "the root's revocation list")...)
	all = append(all, listEntries(partPlatformCRL, "the platform CA's revocation list")...)
	all = append(all, documentEntries(partTCBInfo, "the TCB info")...)
	return append(all, documentEntries(partQEIdentity, "the QE identity")...)
}

func certificateEntries(part, name string) []entry {
	return append([]entry{
		{Code(part + ".malformed"), false, name + " cannot be read"},
		{Code(part + ".subject"), false, name + " has another subject than its place demands"},
		{Code(part + ".version"), false, name + " is not X.509 version 3"},
		{Code(part + ".algorithm"), false, name + " is not signed by ECDSA with SHA-256"},
		{Code(part + ".key"), false, name + " is for a key that is not on P-256"},
		{Code(part + ".constraints"), false, name + " makes an authority of what is none, or none of what is one"},
		{Code(part + ".usage"), false, name + " has another key usage than its place demands"},
		{Code(part + ".purpose"), false, name + " has an extended key usage"},
		{Code(part + ".critical"), false, name + " has an unknown critical extension"},
		{Code(part + ".issuer"), false, name + " names another issuer"},
		{Code(part + ".signature"), false, name + " is not signed by its issuer"},
		{Code(part + ".revoked"), false, name + " is revoked"},
	}, datesOf(part, name)...)
}

func listEntries(part, name string) []entry {
	return append([]entry{
		{Code(part + ".malformed"), false, name + " cannot be read"},
		{Code(part + ".issuer"), false, name + " is by another issuer"},
		{Code(part + ".algorithm"), false, name + " is not signed by ECDSA with SHA-256"},
		{Code(part + ".number"), false, name + " has no number of up to 160 bits"},
		{Code(part + ".critical"), false, name + " has a critical extension, such as one that makes it partial"},
		{Code(part + ".signature"), false, name + " is not signed by its issuer"},
	}, datesOf(part, name)...)
}

func documentEntries(part, name string) []entry {
	return append([]entry{
		{Code(part + ".malformed"), false, name + " is signed and yet cannot be read"},
		{Code(part + ".signature"), false, name + " is not signed by the TCB signer"},
		{Code(part + ".kind"), false, name + " is of another kind or version"},
	}, datesOf(part, name)...)
}

// datesOf are the codes of what has a time to be valid.
func datesOf(part, name string) []entry {
	return []entry{
		{Code(part + ".expired"), true, name + " is no longer valid"},
		{Code(part + ".future"), true, name + " is not valid yet"},
	}
}
