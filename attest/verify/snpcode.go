// SPDX-License-Identifier: Apache-2.0

package verify

// The parts of SNP evidence that codes begin with.
const (
	partReport        = "snp.report"
	partSNPCollateral = "snp.collateral"
	partARK           = "snp.ark"
	partASK           = "snp.ask" // ASK or ASVK
	partVEK           = "snp.vek" // VCEK or VLEK
	partChip          = "snp.chip"
	partARKCRL        = "snp.crl"
)

// Codes of flaws that are found here and not in a part alone.
const (
	codeSNPCollateralAbsent Code = partSNPCollateral + ".absent"
	codeSNPCollateralOther  Code = partSNPCollateral + ".other"
	codeReportUnsigned      Code = partReport + ".unsigned"
	codeReportMasked        Code = partReport + ".masked"
	codeReportSigner        Code = partReport + ".signer"
	codeReportSignature     Code = partReport + ".signature"
)

func snpEntries() []entry {
	all := []entry{
		{partReport + ".malformed", false, "the report has another size than 1184 bytes"},
		{partReport + ".version", true, "the report is of a version other than 2 to 5"},
		{partReport + ".algorithm", false, "the report is signed by another algorithm than ECDSA on P-384 with SHA-384"},
		{partReport + ".reserved", false, "a reserved field of the report is not zero"},
		{codeReportUnsigned, false, "the report says that it is not signed"},
		{codeReportMasked, false, "the report says that the chip's key is not used, and yet to be signed by it"},
		{codeReportSigner, false, "the report is signed by another kind of key than its certificate is for, or by an unknown kind"},
		{codeReportSignature, false, "the certified key did not sign the report"},
		{partReport + ".cpuid", true, "the report is by a processor of no known product"},
		{partReport + ".product", false, "the report is by another product than its signed certificate is for"},
		{partReport + ".chip", false, "the report is by another chip than its certificate is for"},
		{partReport + ".tcb", false, "the report states another TCB than its certificate is for"},
		{codeSNPCollateralAbsent, true, "there is no collateral"},
		{partSNPCollateral + ".malformed", false, "the collateral bundle cannot be read"},
		{codeSNPCollateralOther, true, "the collateral is for another chip, product, TCB or kind of key than the report names"},
		{partChip + ".missing", false, "the VCEK or VLEK certificate lacks one of AMD's extensions"},
		{partChip + ".twice", false, "the VCEK or VLEK certificate has one of AMD's extensions twice"},
		{partChip + ".unknown", false, "the VCEK or VLEK certificate has an extension of AMD's that is unknown or of another product"},
		{partChip + ".number", false, "an extension of AMD's is not a number below 256 in DER"},
		{partChip + ".reserved", false, "a reserved part of the TCB in the VCEK or VLEK certificate is not zero"},
		{partChip + ".text", false, "product name or provider is not printable text in DER"},
		{partChip + ".hwid", false, "the chip id in the VCEK certificate is not of the size that the product has"},
		{partChip + ".holder", false, "the certificate is for neither a chip nor a provider, or for both"},
		{partChip + ".structure", true, "AMD's extensions of the VCEK or VLEK certificate are of an unknown version"},
		{partChip + ".product", true, "the VCEK or VLEK certificate is for an unknown product"},
		{partARK + ".revoked", false, "the root's own list revokes the root certificate"},
	}
	all = append(all, datesOf(partARK, "the root certificate")...)
	all = append(all, amdCertificateEntries(partVEK, "the VCEK or VLEK certificate")...)
	all = append(all, amdCertificateEntries(partASK, "the ASK or ASVK certificate")...)
	all = append(all,
		entry{partASK + ".constraints", false, "the ASK or ASVK certificate is not for an authority"},
		entry{partASK + ".usage", false, "the ASK or ASVK certificate is for more or less than signing certificates"},
		entry{partASK + ".pathlength", false, "the ASK or ASVK certificate allows authorities below it"},
		entry{partASK + ".revoked", false, "the ASK or ASVK certificate is revoked"},
	)
	return append(all, amdListEntries(partARKCRL, "the root's revocation list")...)
}

func amdCertificateEntries(part, name string) []entry {
	return append([]entry{
		{Code(part + ".malformed"), false, name + " cannot be read"},
		{Code(part + ".subject"), false, name + " has another subject than its place demands"},
		{Code(part + ".version"), false, name + " is not X.509 version 3"},
		{Code(part + ".algorithm"), false, name + " is not signed by RSASSA-PSS with SHA-384"},
		{Code(part + ".key"), false, name + " is for a key of another kind or size than its place demands"},
		{Code(part + ".critical"), false, name + " has an unknown critical extension"},
		{Code(part + ".extension"), false, name + " has an extension that does not belong there"},
		{Code(part + ".issuer"), false, name + " names another issuer"},
		{Code(part + ".signature"), false, name + " is not signed by its issuer"},
	}, datesOf(part, name)...)
}

func amdListEntries(part, name string) []entry {
	return append([]entry{
		{Code(part + ".malformed"), false, name + " cannot be read"},
		{Code(part + ".issuer"), false, name + " is by another issuer"},
		{Code(part + ".algorithm"), false, name + " is not signed by RSASSA-PSS with SHA-384"},
		{Code(part + ".number"), false, name + " has no number of up to 160 bits"},
		{Code(part + ".extension"), false, name + " has an extension, such as one that makes it partial"},
		{Code(part + ".critical"), false, name + " has an entry with a critical extension"},
		{Code(part + ".signature"), false, name + " is not signed by the root"},
	}, datesOf(part, name)...)
}
