// SPDX-License-Identifier: Apache-2.0

package chain

import (
	"fmt"
	"strings"
	"time"

	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/accounts/abi/bind/v2"
	"github.com/ethereum/go-ethereum/common"

	"github.com/escrin/escrin/contracts/bindings"
)

// decodeRevert names the Solidity error that data begins with and spells out its arguments. Without a known error it
// says what the node said.
func decodeRevert(data []byte, cause error) error {
	if len(data) < 4 {
		return &RevertError{Message: cause.Error()}
	}
	for _, meta := range contractsMeta() {
		contract, err := meta.ParseABI()
		if err != nil {
			continue
		}
		known, err := contract.ErrorByID([4]byte(data[:4]))
		if err != nil {
			continue
		}
		if values, err := known.Inputs.Unpack(data[4:]); err == nil {
			return &RevertError{Name: known.Name, Message: sentence(known, values)}
		}
	}
	return &RevertError{Message: cause.Error()}
}

// contractsMeta is the metadata of the contracts that are called here.
func contractsMeta() []*bind.MetaData {
	return []*bind.MetaData{
		&bindings.TaskHubMetaData, &bindings.CertificatePermitterMetaData, &bindings.IdentityRegistryMetaData, &bindings.PlatformRegistryMetaData,
		&bindings.KeyNetworkMetaData, &bindings.AnchorsMetaData,
	}
}

// sentence is what an error means, and its arguments.
func sentence(known *abi.Error, values []any) string {
	words := meanings()[known.Name]
	if words == "" {
		words = known.Name
	}
	var arguments []string
	for i, value := range values {
		arguments = append(arguments, known.Inputs[i].Name+" "+argument(known.Inputs[i].Name, value))
	}
	if len(arguments) == 0 {
		return words
	}
	return words + " (" + strings.Join(arguments, ", ") + ")"
}

func argument(name string, value any) string {
	switch v := value.(type) {
	case [32]byte:
		return common.Hash(v).Hex()
	case [7]byte:
		return Family(v).String()
	case uint64:
		if name == "readyAt" {
			return time.Unix(int64(min(v, maxDate)), 0).UTC().Format(time.RFC3339)
		}
	case uint8:
		if name == "state" {
			return State(v).String()
		}
		if name == "phase" {
			return Phase(v).String()
		}
	}
	if name == "taskId" {
		if id, ok := asHash(value); ok {
			return id.Hex()
		}
	}
	return fmt.Sprint(value)
}

// meanings is what each Solidity error of the contracts means, by its name.
func meanings() map[string]string {
	return map[string]string{
		// IdentityRegistry
		"Unauthorized":         "this account may not do that",
		"InterfaceUnsupported": "the address is not a contract of the kind needed",
		"IdentityExists":       "this account has an identity of that name already",
		"ExpiryInPast":         "the permit would have expired already",
		"PermitLonger":         "the requester holds a live permit that ends later",
		"PermitChanged":        "the evidence is older than the last change of the requester's permit, or of all permits of the identity",
		"CallUnfit":            "the call is not one about this identity",
		"ChangeNotReady":       "the change was announced, and its delay is not over",
		"ChangeUnknown":        "no such change was announced",

		// CertificatePermitter
		"PolicyUnfit":                 "the policy names no enclave, no platform or no duration, or what does not belong to its kind",
		"PolicyMissing":               "the identity has no policy",
		"EnclaveMismatch":             "the identity's policy does not name this enclave or its author, or has changed just now",
		"VersionTooOld":               "the identity's policy wants a newer version of the enclave",
		"PlatformRefused":             "the platform is below the floors of the identity's policy",
		"DurationTooLong":             "the permit would last too long",
		"BaseBlockUnfit":              "the evidence's base block is too old, or not there yet",
		"CertificateInvalid":          "the key network did not sign this, or for another chain, or after a block that was orphaned",
		"ContextMalformed":            "the context is not the encoding of a certificate's facts, alone or with the policy's terms or a release",
		"ECDSAInvalidSignature":       "the author's signature of the release is not valid",
		"ECDSAInvalidSignatureLength": "the author's signature of the release is not as long as one",
		"ECDSAInvalidSignatureS":      "the author's signature of the release is not in its lower form",
		"PrecompileUnavailable":       "the chain cannot check BLS12-381 signatures (EIP-2537)",
		"GroupKeyInvalid":             "the key network's group key is no point of the group",

		// PlatformRegistry
		"FamilyUnknown":              "the family is of no known TEE",
		"FloorLowered":               "a floor can only be raised by this call",
		"OwnableUnauthorizedAccount": "only the owner may do that",
		"OwnableInvalidOwner":        "nobody can own by this address",

		// KeyNetwork
		"ThresholdUnfit":   "a threshold is more than half of the members and at most all of them, and members are at most 128",
		"MemberUnfit":      "members come by ascending accounts, each with a signer of its own and an encryption key",
		"PhaseUnfit":       "a phase lasts between 2 and 50,400 blocks",
		"SessionRunning":   "a session of the key network is running",
		"PhaseIs":          "the epoch is in another phase",
		"AlreadyPosted":    "the member has posted its message of this phase",
		"MessageUnfit":     "a message is neither empty nor longer than 120,000 bytes",
		"DealingMissing":   "who did not deal has nothing to justify",
		"QuorumNotReached": "fewer members than the threshold confirmed this",

		// Anchors
		"AdvanceExpired": "the enclave signed for an earlier time: it has to ask again",
		"VersionUnfit":   "the version is not the one after the present one: somebody else was faster",

		// TaskHub
		"TaskExists":                   "a task was submitted with this salt before",
		"TaskIs":                       "the task is in another state",
		"DeadlineUnfit":                "the deadline is not in the future",
		"DeadlinePassed":               "the task's deadline has passed",
		"PermitMissing":                "the requester holds no live permit of the identity",
		"BondUnfit":                    "the claim does not carry the bond",
		"TermsMismatch":                "the task was submitted under other terms",
		"TermsUnfit":                   "the terms name another submitter than the account, nobody to refund, no task or too many, no attempt, too large a fee, or a callback without gas or with too much",
		"FeeUnfit":                     "the value sent is not the fee, or the token did not deliver it",
		"ExtensionUnfit":               "a claim is extended forwards, by at most the claim window, and not beyond the deadline",
		"NotExpired":                   "neither the claim nor the deadline has passed",
		"BatchMalformed":               "results and task ids are not those of the whole batch, in order, or not encoded as they must be",
		"AttemptMismatch":              "the report is of another attempt",
		"ExitStatusUnfit":              "the exit status is above 257",
		"SignatureInvalid":             "the requester did not sign this",
		"PermitRevoked":                "the requester's permit was taken away since it claimed the task",
		"GasInsufficient":              "less gas is left than the callback was promised",
		"SafeERC20FailedOperation":     "the token refused: is there a contract, and does the hub have the allowance?",
		"WithdrawalFailed":             "the account refused the payment",
		"ConstructionUnfit":            "the contract cannot be made with these arguments",
		"InvalidShortString":           "a name is no short string",
		"StringTooLong":                "a name is too long",
		"ReentrancyGuardReentrantCall": "the hub is called from within a call of its own",
	}
}
