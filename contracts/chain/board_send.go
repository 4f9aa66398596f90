// SPDX-License-Identifier: Apache-2.0

package chain

import (
	"context"
	"errors"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"

	"github.com/escrin/escrin/contracts/bindings"
)

// Start starts a session; from must be the governor. It returns the number of the new epoch.
func (b *Board) Start(ctx context.Context, from *Account, members []Member, threshold uint8, phaseBlocks uint32) (uint64, Receipt, error) {
	list := make([]bindings.IKeyNetworkMember, len(members))
	for i, m := range members {
		list[i] = bindings.IKeyNetworkMember{Account: m.Account, Signer: m.Signer, EncryptionKey: m.EncryptionKey}
	}
	receipt, err := b.send(ctx, from, b.abi.PackStartEpoch(list, threshold, phaseBlocks), "start epoch")
	if err != nil {
		return 0, receipt, err
	}
	for _, log := range receipt.logs {
		if e, err := b.abi.UnpackEpochStartedEvent(log); err == nil && log.Address == b.at {
			return e.Epoch, receipt, nil
		}
	}
	return 0, receipt, errors.New("start epoch: the transaction started none")
}

// Abort gives up a session that was not certified; from must be the governor.
func (b *Board) Abort(ctx context.Context, from *Account, epoch uint64) (Receipt, error) {
	return b.send(ctx, from, b.abi.PackAbortEpoch(epoch), "abort epoch")
}

// Deal posts the dealing of the member whose signer from is.
func (b *Board) Deal(ctx context.Context, from *Account, epoch uint64, dealing []byte) (Receipt, error) {
	return b.send(ctx, from, b.abi.PackDeal(epoch, dealing), "post dealing")
}

// Complain posts the complaint of the member whose signer from is.
func (b *Board) Complain(ctx context.Context, from *Account, epoch uint64, complaint []byte) (Receipt, error) {
	return b.send(ctx, from, b.abi.PackComplain(epoch, complaint), "post complaint")
}

// Justify posts the justification of the dealer whose signer from is.
func (b *Board) Justify(ctx context.Context, from *Account, epoch uint64, justification []byte) (Receipt, error) {
	return b.send(ctx, from, b.abi.PackJustify(epoch, justification), "post justification")
}

// Confirm confirms a completion for the member whose signer from is.
func (b *Board) Confirm(ctx context.Context, from *Account, epoch uint64, digest [32]byte) (Receipt, error) {
	return b.send(ctx, from, b.abi.PackConfirm(epoch, digest), "confirm completion")
}

// Certify ends a session. groupKey has 256 bytes and signature 128, in the form of EIP-2537.
func (b *Board) Certify(ctx context.Context, from *Account, epoch uint64, groupKey []byte, commitments [32]byte, signature []byte) (Receipt, error) {
	return b.send(ctx, from, b.abi.PackCertify(epoch, groupKey, commitments, signature), "certify epoch")
}

func (b *Board) send(ctx context.Context, from *Account, call []byte, what string) (Receipt, error) {
	receipt, err := b.chain.send(ctx, from, b.at, nil, call)
	if err != nil {
		return receipt, fmt.Errorf("%s: %w", what, err)
	}
	return receipt, nil
}

// Pay transfers wei to an account.
func (c *Chain) Pay(ctx context.Context, from *Account, to common.Address, wei *big.Int) (Receipt, error) {
	receipt, err := c.send(ctx, from, to, wei, nil)
	if err != nil {
		return receipt, fmt.Errorf("pay %s: %w", to, err)
	}
	return receipt, nil
}

// Balance reads what an account has, in wei.
func (c *Chain) Balance(ctx context.Context, of common.Address) (*big.Int, error) {
	balance, err := c.eth.BalanceAt(ctx, of, nil)
	if err != nil {
		return nil, fmt.Errorf("read balance of %s: %w", of, err)
	}
	return balance, nil
}
