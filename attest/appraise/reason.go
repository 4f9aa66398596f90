// SPDX-License-Identifier: Apache-2.0

package appraise

import "fmt"

// Code names a kind of reason for rejection. Codes are stable: they appear in
// answers of keyholders and in audit reports.
type Code string

// The codes.
const (
	PolicyEmpty Code = "policy.empty" // the policy is the zero Policy
	Unverified  Code = "unverified"   // the claims are the zero Claims

	TCBPlatform   Code = "tcb.platform"   // status of the platform
	TCBModule     Code = "tcb.module"     // status of the TDX module
	TCBQE         Code = "tcb.qe"         // status of the quoting enclave
	TCBEvaluation Code = "tcb.evaluation" // collateral is too old

	TDDebug      Code = "td.debug"      // guest can be debugged by its host
	TDAttributes Code = "td.attributes" // another attribute bit is wrong
	TDXFAM       Code = "td.xfam"       // processor features are wrong

	HostMRCONFIGID    Code = "host.mrconfigid" // fields that the host chooses, which must be zero
	HostMROWNER       Code = "host.mrowner"
	HostMROWNERCONFIG Code = "host.mrownerconfig"

	RTMR3           Code = "rtmr3"            // run-time register was extended
	MeasurementPath Code = "measurement.path" // registers are not under the measurement root

	ReportData Code = "report.data" // quote was made for another statement
	ChannelKey Code = "channel.key" // key is not the one of the statement

	BindingIncomplete Code = "binding.incomplete" // the relying party expects a statement about nothing
	BindingChain      Code = "binding.chain"
	BindingRegistry   Code = "binding.registry"
	BindingIdentity   Code = "binding.identity"
	BindingRequester  Code = "binding.requester"
	BindingChannel    Code = "binding.channel"
	BindingDuration   Code = "binding.duration"
	BindingBlock      Code = "binding.block"
	BindingBlockHash  Code = "binding.blockhash"
	BindingRoot       Code = "binding.measurement"
	BindingConfig     Code = "binding.config"
)

// Reason is one way in which claims are not acceptable.
type Reason struct {
	Code   Code
	Detail string
}

// String returns code and detail.
func (r Reason) String() string { return string(r.Code) + ": " + r.Detail }

type reasons []Reason

func (r *reasons) add(code Code, format string, args ...any) {
	*r = append(*r, Reason{code, fmt.Sprintf(format, args...)})
}
