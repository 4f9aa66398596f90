// SPDX-License-Identifier: Apache-2.0

package tdxtest

import (
	"path"
	"strings"
)

// refusal is the signature of the error with which the contracts refuse a flaw; empty if they accept the certificate of a
// platform CA that has it, which then does not help.
func refusal(form, name string) string {
	tables := map[string][]rule{
		"ca":      {{"", "platform-ca-key-bit platform-ca-subject-key-other foreign-*"}, {"CertificateUnissued()", "other-root*"}},
		"first":   append(guestRules(), firstRules()...),
		"further": append(guestRules(), rule{"QuoteSignatureInvalid()", "foreign-attestation-key attestation-key-*"}, rule{"PlatformUnknown()", "*"}),
	}
	if e, found := find(tables[form], name); found {
		return e
	}
	for _, place := range []string{"pck-", "platform-ca-"} {
		if flaw, found := strings.CutPrefix(name, place); found {
			e, _ := find(certificateRules(), flaw)
			return e
		}
	}
	return ""
}

// rule is an error and patterns of the names of flaws, separated by spaces.
type rule struct{ refusal, names string }

// find returns what the first rule says that knows the name.
func find(rules []rule, name string) (refusal string, found bool) {
	for _, r := range rules {
		for _, pattern := range strings.Fields(r.names) {
			if matches, err := path.Match(pattern, name); err == nil && matches {
				return r.refusal, true
			}
		}
	}
	return "", false
}

// guestRules are about what each quote says anew, whoever signed it.
func guestRules() []rule {
	return []rule{
		{"QuoteUnsupported()", "header-version-* header-key-type-* header-tee-type-*"},
		{"QuoteVendorUnknown()", "header-vendor-*"},
		{"AttributesUnfit(bytes8)", "td-attributes-*"},
		{"FeaturesUnfit(bytes8)", "xfam-*"},
		{"HostFieldsSet()", "mrconfigid-* mrowner-* mrownerconfig-*"},
		{"ModuleUnfit()", "module-attributes-* module-signer-*"},
		{"RegisterExtended()", "rtmr3-*"},
		{"MeasurementUnproven()", "mrtd-* rtmr0-* rtmr1-* rtmr2-* rtmr-swapped"},
		{"BindingMismatch()", "report-data-*"},
		{"PlatformRefused(bytes32)", "late-microcode-lower module-minor-lower module-svn-zero"},
		{"TcbUnknown()", "module-major-unknown"},
		{"QuoteSignatureInvalid()", "unsigned-* quote-signature-* quote-signed-by-* foreign-signature"},
	}
}

// firstRules are about what is remembered of a platform after its first permit.
func firstRules() []rule {
	return []rule{
		{"QESignatureInvalid()", "qe-binding-report-* qe-signature-* qe-report-signed-by-* pck-key-bit foreign-qe-report foreign-chain"},
		{"QEBindingMismatch()", "qe-binding-* attestation-key-unbound-* foreign-attestation-key foreign-certification"},
		{"QuoteSignatureInvalid()", "attestation-key-*"},
		{"QEReportMalformed()", "qe-reserved-*"},
		{"PlatformRefused(bytes32)", "qe-svn-* pcesvn-lower cpusvn-*"},
		{"TcbUnknown()", "qe-* fmspc-other pcesvn-lowest"},
		{"PCEUnknown(bytes2)", "pceid-other"},
		{"QuoteUnsupported()", "certification-type-* chain-type-* auth-data-size-one-*"},
		{"DerMalformed()", "quote-cut-before-chain"},
		{"QuoteMalformed()", "*-size-* quote-cut-*"},
		{"CertificateMalformed()", "sgx-missing"},
		{"SgxExtensionMalformed()", "sgx-type-null sgx-component-*"},
		{"DerMalformed()", "sgx-*-null sgx-cpusvn-missing sgx-pcesvn-negative sgx-longer sgx-empty"},
		{"SgxExtensionMalformed()", "sgx-*"},
		{"CertificateUnissued()", "platform-ca-subject-key-other"},
	}
}

// certificateRules are about any certificate.
func certificateRules() []rule {
	return []rule{
		{"CertificateMalformed()", "extension-twice authority-key-missing constraints-missing usage-missing usage-malformed critical-* purpose-* too-long"},
		{"CertificateMisplaced()", "subject-* constraints-malformed usage-* is-a-ca not-a-ca path-length-* processor"},
		{"CertificateNotValidNow()", "expired not-yet-valid never-valid"},
		{"CertificateUnissued()", "issuer-* signature-bit signed-by-* authority-key-other"},
		{"DerMalformed()", "date-* version-* serial-* algorithm-* signature-* key-* der-*"},
	}
}
