// SPDX-License-Identifier: Apache-2.0

package chain

import (
	"context"
	"errors"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/accounts/abi/bind/v2"
	"github.com/ethereum/go-ethereum/common"

	"github.com/escrin/escrin/guestagent/task"
)

// SignatureSize is the length in bytes of a requester's signature: r, s, v; v is 27 or 28.
const SignatureSize = 65

// Submit submits a batch under its terms, which must name from as the submitter, and returns its id. The fee is sent along;
// if it is of a token, the hub takes it from the allowance that from has given it.
func (c *Chain) Submit(ctx context.Context, from *Account, terms task.Terms, salt common.Hash) (common.Hash, Receipt, error) {
	value := Amount(terms.Fee)
	if terms.Token != (common.Address{}) {
		value = nil
	}
	receipt, err := c.send(ctx, from, c.contracts.TaskHub, value, c.hubABI.PackSubmit(asBinding(terms), salt))
	if err != nil {
		return common.Hash{}, receipt, fmt.Errorf("submit task: %w", err)
	}
	return c.TaskID(from.address, salt), receipt, nil
}

// Claim claims an open batch for a requester that holds a live permit of its identity and has signed the task.Claim that
// names from, which posts the hub's bond and becomes the runner.
func (c *Chain) Claim(ctx context.Context, from *Account, id common.Hash, terms task.Terms, requester common.Address, signature [SignatureSize]byte) (Receipt, error) {
	bond, err := bind.Call(c.hub, at(ctx, nil), c.hubABI.PackClaimBond(), c.hubABI.UnpackClaimBond)
	if err != nil {
		return Receipt{}, fmt.Errorf("read claim bond: %w", err)
	}
	return c.call(ctx, from, "claim task", bond, c.hubABI.PackClaim(id.Big(), asBinding(terms), requester, signature[:]))
}

// Heartbeat extends a batch's claim until a second that its requester has signed a task.Heartbeat for. Anyone may.
func (c *Chain) Heartbeat(ctx context.Context, from *Account, id common.Hash, terms task.Terms, until uint64, signature [SignatureSize]byte) (Receipt, error) {
	return c.call(ctx, from, "extend claim", nil, c.hubABI.PackHeartbeat(id.Big(), asBinding(terms), until, signature[:]))
}

// Proof is abi.encode(Terms, bytes signature), which the hub takes with a report.
func Proof(terms task.Terms, signature [SignatureSize]byte) []byte {
	const padded = 96
	number := func(n int) []byte { return common.BigToHash(big.NewInt(int64(n))).Bytes() }
	proof := append(terms.Encode(), number(task.TermsSize+32)...)
	proof = append(proof, number(SignatureSize)...)
	proof = append(proof, signature[:]...)
	return append(proof, make([]byte, padded-SignatureSize)...)
}

// Accept reports the results of a batch with its requester's signature of the report. Anyone may; the runner of the
// claim is paid. ErrReportRefused if the permit was revoked: the transaction counts, the results do not.
func (c *Chain) Accept(ctx context.Context, from *Account, terms task.Terms, r task.Report, signature [SignatureSize]byte) (Receipt, error) {
	ids := []*big.Int{common.Hash(r.TaskID).Big()} // of the batch: those of its tasks would say no more, and cost
	receipt, err := c.call(ctx, from, "report results", nil, c.hubABI.PackAcceptTaskResults(ids, Proof(terms, signature), r.Encode()))
	if err != nil {
		return receipt, err
	}
	for _, log := range receipt.logs {
		if _, err := c.hubABI.UnpackTaskAcceptedEvent(log); err == nil && log.Address == c.contracts.TaskHub {
			return receipt, nil
		}
	}
	return receipt, fmt.Errorf("report results: %w", ErrReportRefused)
}

// ErrReportRefused says that a report came after its requester's permit was revoked: the attempt is over, and its bond the
// runner's again.
var ErrReportRefused = errors.New("the requester's permit was revoked: the results do not count, and the bond was credited")

// Expire reopens a batch whose claim has lapsed, or ends one whose deadline has passed or whose attempts are used up. Anyone may.
func (c *Chain) Expire(ctx context.Context, from *Account, id common.Hash, terms task.Terms) (Receipt, error) {
	return c.call(ctx, from, "expire task", nil, c.hubABI.PackExpire(id.Big(), asBinding(terms)))
}

// Cancel ends an open batch; from must be its submitter.
func (c *Chain) Cancel(ctx context.Context, from *Account, id common.Hash, terms task.Terms) (Receipt, error) {
	return c.call(ctx, from, "cancel task", nil, c.hubABI.PackCancel(id.Big(), asBinding(terms)))
}

// Withdraw pays out what the hub owes to from in a token; zero is the chain's own currency.
func (c *Chain) Withdraw(ctx context.Context, from *Account, token common.Address) (Receipt, error) {
	return c.call(ctx, from, "withdraw", nil, c.hubABI.PackWithdraw(token))
}

// Credit reads what Withdraw would pay to an account.
func (c *Chain) Credit(ctx context.Context, token, account common.Address) (*big.Int, error) {
	amount, err := bind.Call(c.hub, at(ctx, nil), c.hubABI.PackCredit(token, account), c.hubABI.UnpackCredit)
	if err != nil {
		return nil, fmt.Errorf("read credit: %w", err)
	}
	return amount, nil
}

// call sends a call to the hub; doing says what for.
func (c *Chain) call(ctx context.Context, from *Account, doing string, value *big.Int, data []byte) (Receipt, error) {
	receipt, err := c.send(ctx, from, c.contracts.TaskHub, value, data)
	if err != nil {
		return receipt, fmt.Errorf("%s: %w", doing, err)
	}
	return receipt, nil
}
