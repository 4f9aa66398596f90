// SPDX-License-Identifier: Apache-2.0

package appraise

import (
	"slices"

	"github.com/escrin/escrin/attest"
)

// Exception is something that is refused unless a policy accepts it in these
// words. Each lifts exactly one check; there are no others (SPEC.md §4).
type Exception string

// The exceptions.
const (
	AcceptDebug         Exception = "guests under debug"
	AcceptMigratable    Exception = "guests that can be migrated"
	AcceptPerfmon       Exception = "guests with performance monitoring"
	AcceptKeyLocker     Exception = "guests with key locker"
	AcceptPKS           Exception = "guests with supervisor protection keys"
	AcceptLASS          Exception = "guests with linear address space separation"
	AcceptSEPTVE        Exception = "guests without SEPT_VE_DISABLE"
	AcceptSMT           Exception = "guests that allow SMT"
	AcceptCXL           Exception = "guests that allow CXL memory"
	AcceptAgent         Exception = "guests with a migration agent"
	AcceptVMPL1         Exception = "reports from VMPL 1"
	AcceptVMPL2         Exception = "reports from VMPL 2"
	AcceptVMPL3         Exception = "reports from VMPL 3"
	AcceptMaskedChipID  Exception = "reports that hide the chip id"
	AcceptMaskedChipKey Exception = "reports under a masked chip key"
	AcceptMilan         Exception = "chips of the Milan family"
)

// exception says what check an exception lifts.
type exception struct {
	words Exception
	code  Code
}

// Exceptions returns those that a policy can accept for a TEE, none for an
// unknown one.
func Exceptions(tee attest.TEE) []Exception {
	var all []Exception
	for _, e := range exceptions(tee) {
		all = append(all, e.words)
	}
	return all
}

// Code returns the code of the check that e lifts for a TEE, or nothing if it
// lifts none.
func (e Exception) Code(tee attest.TEE) Code {
	for _, known := range exceptions(tee) {
		if known.words == e {
			return known.code
		}
	}
	return ""
}

func exceptions(tee attest.TEE) []exception {
	switch tee {
	case attest.TDX:
		return []exception{
			{AcceptDebug, TDXDebug},
			{AcceptLASS, TDXLASS},
			{AcceptSEPTVE, TDXSEPTVEDisable},
			{AcceptMigratable, TDXMigratable},
			{AcceptPKS, TDXPKS},
			{AcceptKeyLocker, TDXKeyLocker},
			{AcceptPerfmon, TDXPerfmon},
		}
	case attest.SNP:
		return []exception{
			{AcceptDebug, SNPPolicyDebug},
			{AcceptMigratable, SNPPolicyMigratable},
			{AcceptSMT, SNPPolicySMT},
			{AcceptCXL, SNPPolicyCXL},
			{AcceptAgent, SNPMigrationAgent},
			{AcceptVMPL1, SNPVMPL},
			{AcceptVMPL2, SNPVMPL},
			{AcceptVMPL3, SNPVMPL},
			{AcceptMaskedChipID, SNPChipMasked},
			{AcceptMaskedChipKey, SNPKeyMasked},
			{AcceptMilan, SNPProduct},
		}
	}
	return nil
}

// unless returns that a bit must be as wanted but for an exception.
func unless(accepted []Exception, e Exception, want Bit) Bit {
	if slices.Contains(accepted, e) {
		return EitherWay
	}
	return want
}
