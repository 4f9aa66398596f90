// SPDX-License-Identifier: Apache-2.0

package chain

import (
	"fmt"
	"strings"

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
	metas := []*bind.MetaData{
		&bindings.TaskHubMetaData, &bindings.CertificatePermitterMetaData, &bindings.IdentityRegistryMetaData,
	}
	for _, meta := range metas {
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

// sentence is what an error means, and its arguments.
func sentence(known *abi.Error, values []any) string {
	words := meaning(known.Name)
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
	case uint8:
		if name == "state" {
			return State(v).String()
		}
	}
	if name == "taskId" {
		if id, ok := asHash(value); ok {
			return id.Hex()
		}
	}
	return fmt.Sprint(value)
}

func meaning(name string) string {
	switch name {
	case "Unauthorized":
		return "this account may not do that"
	case "InterfaceUnsupported":
		return "the address is not a contract of the kind needed"
	case "IdentityExists":
		return "this account has an identity of that name already"
	case "ExpiryInPast":
		return "the permit would have expired already"
	case "MeasurementMismatch":
		return "the identity's policy does not name this enclave"
	case "BaseBlockUnfit":
		return "the evidence's base block is too old or of another chain"
	case "CertificateUsed":
		return "the certificate is older than the requester's last permit or revocation"
	case "CertificateInvalid":
		return "the key network did not sign this certificate"
	case "ContextMalformed":
		return "the context is not an encoded certificate context"
	case "TaskExists":
		return "a task was submitted with this salt before"
	case "TaskIs":
		return "the task is in another state"
	case "DeadlineUnfit":
		return "the deadline is not in the future"
	case "DeadlinePassed":
		return "the task's deadline has passed"
	case "PermitMissing":
		return "the requester holds no live permit of the task's identity"
	case "BondUnfit":
		return "the claim does not carry the bond"
	case "TermsMismatch":
		return "the task was submitted under other terms"
	case "TermsUnfit":
		return "the terms name another submitter than the account, nobody to refund, no task or too many, no attempt, too large a fee, or a callback without gas or with too much"
	case "FeeUnfit":
		return "the value sent is not the fee, or the token did not deliver it"
	case "ExtensionUnfit":
		return "a claim is extended forwards, by at most the claim window, and not beyond the deadline"
	case "NotExpired":
		return "neither the claim nor the deadline has passed"
	case "BatchMalformed":
		return "results and task ids are not those of the whole batch, in order, or not encoded as they must be"
	case "AttemptMismatch":
		return "the report is of another attempt"
	case "ExitStatusUnfit":
		return "the exit status is above 257"
	case "SignatureInvalid":
		return "the requester of the attempt did not sign this"
	case "PermitRevoked":
		return "the requester's permit was taken away since it claimed the task"
	case "GasInsufficient":
		return "less gas is left than the callback was promised"
	case "SafeERC20FailedOperation":
		return "the token refused: is there a contract, and does the hub have the allowance?"
	case "WithdrawalFailed":
		return "the account refused the payment"
	}
	return ""
}
