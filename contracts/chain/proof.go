// SPDX-License-Identifier: Apache-2.0

package chain

import (
	"bytes"
	"context"
	"fmt"

	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/accounts/abi/bind/v2"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"

	"github.com/escrin/escrin/contracts/bindings"
)

// Certificate is a certificate of the key network that the permitter accepted, with what it was given.
type Certificate struct {
	At             Position
	Identity       common.Hash
	Requester      common.Address
	EvidenceDigest common.Hash
	PolicyDigest   common.Hash // of the policy that it satisfied
	Expiry         uint64      // of the permit, seconds since the epoch

	Duration      uint64 // seconds, as asked for
	Context       []byte // encoded certificate context
	Authorization []byte // signature: point of G1, 128 bytes in EIP-2537 form
}

// Certificates returns those by which a requester acquired an identity, oldest first. Duration, Context and
// Authorization are those of the transaction and empty if it did not call the permitter directly.
func (c *Chain) Certificates(ctx context.Context, identity common.Hash, requester common.Address) ([]Certificate, error) {
	logs, err := c.logs(ctx, c.contracts.Registry, Range{}, c.topic("PermitGranted"), only(identity), address(requester))
	if err != nil {
		return nil, fmt.Errorf("read certificates: %w", err)
	}
	var certificates []Certificate
	for i := range logs {
		granted, err := c.registryABI.UnpackPermitGrantedEvent(&logs[i])
		if err != nil {
			return nil, fmt.Errorf("read certificate in transaction %s: %w", logs[i].TxHash, err)
		}
		certificate := Certificate{
			At: position(&logs[i]), Identity: identity, Requester: requester, EvidenceDigest: granted.EvidenceDigest,
			PolicyDigest: granted.PolicyDigest, Expiry: granted.Expiry,
		}
		values, err := c.calldata(ctx, logs[i].TxHash, c.contracts.Permitter, &bindings.CertificatePermitterMetaData, "acquireIdentity")
		if err != nil {
			return nil, fmt.Errorf("read transaction of certificate: %w", err)
		}
		if len(values) == 5 && values[0] == [32]byte(identity) && values[1] == requester {
			certificate.Duration, _ = values[2].(uint64)
			certificate.Context, _ = values[3].([]byte)
			certificate.Authorization, _ = values[4].([]byte)
		}
		certificates = append(certificates, certificate)
	}
	return certificates, nil
}

// Report returns the proof and the report of a transaction that called acceptTaskResults; both nil if it did not call
// the hub directly.
func (c *Chain) Report(ctx context.Context, tx common.Hash) (proof, report []byte, err error) {
	values, err := c.calldata(ctx, tx, c.contracts.TaskHub, &bindings.TaskHubMetaData, "acceptTaskResults")
	if err != nil {
		return nil, nil, fmt.Errorf("read transaction of result: %w", err)
	}
	if len(values) == 3 {
		proof, _ = values[1].([]byte)
		report, _ = values[2].([]byte)
	}
	return proof, report, nil
}

// calldata decodes the arguments of a transaction's call; nil if it is not that call of that contract.
func (c *Chain) calldata(ctx context.Context, hash common.Hash, to common.Address, meta *bind.MetaData, method string) ([]any, error) {
	tx, _, err := c.eth.TransactionByHash(ctx, hash)
	if err != nil {
		return nil, err
	}
	contract, err := meta.ParseABI()
	if err != nil {
		return nil, err
	}
	return arguments(tx, to, contract.Methods[method])
}

func arguments(tx *types.Transaction, to common.Address, method abi.Method) ([]any, error) {
	if tx.To() == nil || *tx.To() != to || !bytes.HasPrefix(tx.Data(), method.ID) {
		return nil, nil
	}
	return method.Inputs.Unpack(tx.Data()[len(method.ID):])
}
