// SPDX-License-Identifier: Apache-2.0

package claims

import (
	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/tdx"
)

// TDX is what a TDX quote and Intel's collateral say of a guest and its platform.
type TDX struct {
	Version  uint16 // of the quote: 4 or 5
	Header   tdx.Header
	Body     tdx.Body            // which report it is: one of TDX 1.0 knows no service TD
	Report   tdx.Report          // what the TDX module signed
	QEReport tdx.QEReport        // what the processor signed about the quoting enclave
	Platform collateral.Platform // from the PCK certificate
	TCB      TCB
}

// TCB is what Intel says of the parts that a platform's security rests on. Of a
// TDX module that was updated under the running guest, the worse of the two
// versions counts.
type TCB struct {
	Platform collateral.Verdict // processor, microcode and firmware
	Module   collateral.Verdict // TDX module
	QE       collateral.Verdict // quoting enclave
	// EvaluationNumber is the lower of the evaluation data numbers of the TCB
	// info and the QE identity.
	EvaluationNumber uint32
	// RelaunchAdvised says that the TDX module was updated since the guest was
	// launched, and is better now: a relaunch would give it a better verdict.
	RelaunchAdvised bool
}

// AdvisoryIDs returns the advisories that apply to any part, as Intel spells
// them, in the order of the parts; one may stand there twice.
func (t TCB) AdvisoryIDs() (ids []string) {
	for _, v := range []collateral.Verdict{t.Platform, t.Module, t.QE} {
		ids = append(ids, v.AdvisoryIDs...)
	}
	return ids
}

// Registers returns the launch registers that the hardware signed.
func (t TDX) Registers() attest.Registers {
	r := t.Report
	return attest.Registers{MRTD: r.MRTD, RTMR0: r.RTMR[0], RTMR1: r.RTMR[1], RTMR2: r.RTMR[2]}
}
