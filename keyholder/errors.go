// SPDX-License-Identifier: Apache-2.0

package keyholder

import (
	"fmt"

	"github.com/escrin/escrin/strictjson"
)

// Code is a stable reason for which a keyholder refuses.
type Code string

// Codes of keyholders. The API answers them as
// {"error":{"code","message","retryable"}}.
const (
	CodeBadRequest         Code = "bad_request"         // malformed message
	CodeNotReady           Code = "not_ready"           // no share of this epoch yet
	CodeBusy               Code = "busy"                // too many requests at once
	CodeRateLimited        Code = "rate_limited"        // too many requests of one address or requester
	CodeNotFound           Code = "not_found"           // no such thing, or none yet
	CodeGone               Code = "gone"                // done in another way since escrin v1
	CodeWrongEpoch         Code = "wrong_epoch"         // the epoch's shares are no longer used
	CodeStaleRequest       Code = "stale_request"       // the request's time is not ours
	CodeNonceReused        Code = "nonce_reused"        // the nonce came with other bytes before
	CodeEvidenceInvalid    Code = "evidence_invalid"    // not authentic
	CodeEvidenceRefused    Code = "evidence_refused"    // authentic, not acceptable
	CodeCollateralOutdated Code = "collateral_outdated" // newer collateral was seen before
	CodeWrongNetwork       Code = "wrong_network"       // other chain or registry
	CodeWrongName          Code = "wrong_name"          // key name does not fit the evidence
	CodeKindUnsupported    Code = "kind_unsupported"    // kind of key not served
	CodeSignatureInvalid   Code = "signature_invalid"   // not signed by the requester
	CodeBaseBlock          Code = "base_block"          // base block unknown, other or too old
	CodePolicyMismatch     Code = "policy_mismatch"     // permitter, root or duration differ
	CodePlatformDenied     Code = "platform_denied"     // denied by the platform registry
	CodePermitMissing      Code = "permit_missing"      // no live permit of the requester
	CodeTaskMismatch       Code = "task_mismatch"       // task is not claimed by this attempt
	CodeAlreadyReleased    Code = "already_released"    // attempt, channel key or requester was served in another combination
	CodeChainUnavailable   Code = "chain_unavailable"   // no usable answer from the chain
	CodeChainRegressed     Code = "chain_regressed"     // chain is behind what was seen before
	CodeChainDisagrees     Code = "chain_disagreement"  // RPC endpoints contradict each other
	CodeInternal           Code = "internal"
)

// Error is a refusal.
type Error struct {
	Code      Code
	Message   string
	Retryable bool // whether the same request may succeed later
}

// Error implements error.
func (e *Error) Error() string { return fmt.Sprintf("keyholder refuses: %s: %s", e.Code, e.Message) }

type errorJSON struct {
	Error errorBody `json:"error"`
}

type errorBody struct {
	Code      Code   `json:"code"`
	Message   string `json:"message"`
	Retryable bool   `json:"retryable"`
}

// MarshalJSON implements json.Marshaler.
func (e Error) MarshalJSON() ([]byte, error) {
	return strictjson.Encode(errorJSON{errorBody(e)})
}

// UnmarshalJSON implements json.Unmarshaler, strictly.
func (e *Error) UnmarshalJSON(b []byte) error {
	var w errorJSON
	if err := decodeBody(b, &w); err != nil {
		return err
	}
	*e = Error(w.Error)
	return nil
}
