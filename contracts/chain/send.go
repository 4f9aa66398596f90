// SPDX-License-Identifier: Apache-2.0

package chain

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/rpc"
)

// Receipt says where a transaction took effect.
type Receipt struct {
	TxHash  common.Hash
	Block   uint64
	GasUsed uint64
	logs    []*types.Log
}

// nonceTries is how often a transaction is sent again because another process used the account's nonce.
const nonceTries = 4

// send signs a call of a contract, sends it and waits until it is in a block. A call that reverts is a *RevertError,
// mostly before anything is sent; an account without money an *InsufficientFundsError. What was sent is named in the receipt,
// with an error, too.
func (c *Chain) send(ctx context.Context, from *Account, to common.Address, value *big.Int, data []byte) (Receipt, error) {
	message := ethereum.CallMsg{From: from.address, To: &to, Value: value, Data: data}
	tx, err := c.broadcast(ctx, from, message)
	if err != nil {
		return Receipt{}, c.explain(ctx, message, err)
	}
	receipt, err := c.wait(ctx, tx.Hash())
	if err != nil {
		return Receipt{TxHash: tx.Hash()}, err
	}
	if receipt.Status != types.ReceiptStatusSuccessful {
		_, err := c.eth.CallContract(ctx, message, receipt.BlockNumber)
		if err == nil {
			err = errors.New("it ran out of gas, or the state changed before it")
		}
		return Receipt{TxHash: tx.Hash()}, fmt.Errorf("transaction %s failed: %w", tx.Hash(), c.explain(ctx, message, err))
	}
	return Receipt{
		TxHash: tx.Hash(), Block: receipt.BlockNumber.Uint64(), GasUsed: receipt.GasUsed, logs: receipt.Logs,
	}, nil
}

func (c *Chain) broadcast(ctx context.Context, from *Account, message ethereum.CallMsg) (*types.Transaction, error) {
	c.sending.Lock()
	defer c.sending.Unlock()
	for try := 1; ; try++ {
		tx, err := c.sign(ctx, from, message)
		if err != nil {
			return nil, err
		}
		err = c.eth.SendTransaction(ctx, tx)
		if err == nil || strings.Contains(err.Error(), "already known") {
			return tx, nil
		}
		if try == nonceTries || !usedNonce(err) {
			return nil, err
		}
	}
}

// usedNonce tells whether a node refuses a transaction because its nonce is taken; the protocol has only words for it.
func usedNonce(err error) bool {
	return strings.Contains(err.Error(), "nonce too low") || strings.Contains(err.Error(), "replacement transaction underpriced")
}

func (c *Chain) sign(ctx context.Context, from *Account, message ethereum.CallMsg) (*types.Transaction, error) {
	// In the pending block, for which the newest block is one of the past.
	gas, err := c.eth.EstimateGasAtBlock(ctx, message, big.NewInt(rpc.PendingBlockNumber.Int64()))
	if err != nil {
		return nil, err
	}
	head, err := c.eth.HeaderByNumber(ctx, nil)
	if err != nil {
		return nil, err
	}
	tip, err := c.eth.SuggestGasTipCap(ctx)
	if err != nil {
		return nil, err
	}
	nonce, err := c.eth.PendingNonceAt(ctx, from.address)
	if err != nil {
		return nil, err
	}
	chainID := new(big.Int).SetUint64(c.contracts.ChainID)
	return types.SignNewTx(from.key, types.LatestSignerForChainID(chainID), &types.DynamicFeeTx{
		ChainID: chainID, Nonce: nonce, To: message.To, Value: message.Value, Data: message.Data,
		Gas:       gas + gas/4, // the state may change between the estimate and the block
		GasTipCap: tip, GasFeeCap: new(big.Int).Add(tip, new(big.Int).Lsh(head.BaseFee, 1)),
	})
}

// patience is how long a transaction is waited for.
type patience struct {
	block   time.Duration // until a block has it
	dropped time.Duration // while the node has it neither in a block nor waiting for one
}

func defaultPatience() patience { return patience{block: 10 * time.Minute, dropped: time.Minute} }

// DroppedError says that a transaction was sent and is in no block. It may still come into one.
type DroppedError struct {
	Tx  common.Hash
	Why string
}

func (e *DroppedError) Error() string { return fmt.Sprintf("transaction %s: %s", e.Tx, e.Why) }

// Hint says what to do.
func (e *DroppedError) Hint() string {
	return "the chain may want a higher price for gas just now; look whether it took effect, and try again"
}

// wait polls for a receipt: soon at first, for a chain that makes a block per transaction, then every second. A transaction
// that no block takes, or that the node has forgotten, is a *DroppedError.
func (c *Chain) wait(ctx context.Context, tx common.Hash) (*types.Receipt, error) {
	began, seen := time.Now(), time.Now()
	for pause := 10 * time.Millisecond; ; pause = min(2*pause, time.Second) {
		receipt, err := c.eth.TransactionReceipt(ctx, tx)
		if err == nil {
			if c.hasReached(ctx, receipt.BlockNumber) {
				return receipt, nil
			}
			err = ethereum.NotFound
		}
		if !errors.Is(err, ethereum.NotFound) && !strings.Contains(err.Error(), "indexing is in progress") {
			return nil, fmt.Errorf("read receipt of transaction %s: %w", tx, err)
		}
		if _, _, err := c.eth.TransactionByHash(ctx, tx); !errors.Is(err, ethereum.NotFound) {
			seen = time.Now()
		}
		switch {
		case time.Since(seen) > c.patience.dropped:
			return nil, &DroppedError{tx, "the node has dropped it"}
		case time.Since(began) > c.patience.block:
			return nil, &DroppedError{tx, fmt.Sprintf("no block took it within %s", c.patience.block)}
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("wait for transaction %s: %w", tx, ctx.Err())
		case <-time.After(pause):
		}
	}
}

// hasReached tells whether a block is part of the newest state: a node may know a receipt some moments earlier, and who reads
// after a transaction wants to see what it did.
func (c *Chain) hasReached(ctx context.Context, block *big.Int) bool {
	newest, err := c.eth.BlockNumber(ctx)
	return err == nil && new(big.Int).SetUint64(newest).Cmp(block) >= 0
}
