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
	o, err := c.broadcast(ctx, from, message)
	if err != nil {
		return Receipt{}, c.explain(ctx, message, err)
	}
	receipt, err := c.wait(ctx, from, o)
	if err != nil {
		return Receipt{TxHash: newest(o.sent())}, err
	}
	if receipt.Status != types.ReceiptStatusSuccessful {
		_, err := c.eth.CallContract(ctx, message, receipt.BlockNumber)
		if err == nil {
			err = errors.New("it ran out of gas, or the state changed before it")
		}
		return Receipt{TxHash: receipt.TxHash}, fmt.Errorf("transaction %s failed: %w", receipt.TxHash, c.explain(ctx, message, err))
	}
	return Receipt{
		TxHash: receipt.TxHash, Block: receipt.BlockNumber.Uint64(), GasUsed: receipt.GasUsed, logs: receipt.Logs,
	}, nil
}

func (c *Chain) broadcast(ctx context.Context, from *Account, message ethereum.CallMsg) (*offer, error) {
	c.sending.Lock()
	defer c.sending.Unlock()
	for try := 1; ; try++ {
		tx, block, err := c.sign(ctx, from, message)
		if err != nil {
			return nil, err
		}
		err = c.eth.SendTransaction(ctx, tx)
		if err == nil || strings.Contains(err.Error(), "already known") {
			o := newOffer(tx, block)
			c.remember(from.address, o)
			return o, nil
		}
		if !refused(err) {
			c.remember(from.address, newOffer(tx, block)) // the node may have it, and only its answer is lost
		}
		if try == nonceTries || !usedNonce(err) {
			return nil, err
		}
	}
}

// refused tells an answer of the node from one that was lost on the way.
func refused(err error) bool {
	_, is := errors.AsType[rpc.Error](err)
	return is
}

// usedNonce tells whether a node refuses a transaction because its nonce is taken; the protocol has only words for it.
func usedNonce(err error) bool {
	return strings.Contains(err.Error(), "nonce too low") || strings.Contains(err.Error(), "replacement transaction underpriced")
}

// sign makes a transaction for the newest block, whose number it returns.
func (c *Chain) sign(ctx context.Context, from *Account, message ethereum.CallMsg) (*types.Transaction, uint64, error) {
	// In the pending block, for which the newest block is one of the past.
	gas, err := c.eth.EstimateGasAtBlock(ctx, message, big.NewInt(rpc.PendingBlockNumber.Int64()))
	if err != nil {
		return nil, 0, err
	}
	head, tip, err := c.price(ctx)
	if err != nil {
		return nil, 0, err
	}
	nonce, err := c.eth.PendingNonceAt(ctx, from.address)
	if err != nil {
		return nil, 0, err
	}
	chainID := new(big.Int).SetUint64(c.contracts.ChainID)
	tx, err := types.SignNewTx(from.key, types.LatestSignerForChainID(chainID), &types.DynamicFeeTx{
		ChainID: chainID, Nonce: nonce, To: message.To, Value: message.Value, Data: message.Data,
		Gas:       gas + gas/4, // the state may change between the estimate and the block
		GasTipCap: tip, GasFeeCap: highestFee(head.BaseFee, tip),
	})
	return tx, head.Number.Uint64(), err
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

// wait polls for a receipt: soon at first, for a chain that makes a block per transaction, then every second. For what blocks
// do not take for its price more is offered. A transaction that no block takes all the same, or that the node has forgotten,
// is a *DroppedError. A node that does not answer has as long as one that has forgotten it: the transaction is sent.
func (c *Chain) wait(ctx context.Context, from *Account, o *offer) (*types.Receipt, error) {
	began, seen := time.Now(), time.Now()
	for pause := 10 * time.Millisecond; ; pause = min(2*pause, time.Second) {
		hashes := o.sent()
		receipt, err := c.receipt(ctx, hashes)
		if receipt != nil {
			o.done.Store(true)
			return receipt, nil
		}
		if err == nil && !errors.Is(c.know(ctx, hashes), ethereum.NotFound) {
			seen = time.Now()
		}
		switch {
		case err != nil && time.Since(seen) > c.patience.dropped:
			return nil, err
		case time.Since(seen) > c.patience.dropped:
			return nil, &DroppedError{newest(hashes), "the node has dropped it"}
		case time.Since(began) > c.patience.block:
			return nil, &DroppedError{newest(hashes), fmt.Sprintf("no block took it within %s", c.patience.block)}
		}
		_ = c.unblock(ctx, from) // what fails is tried again, and the patience ends
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("wait for transaction %s: %w", newest(hashes), ctx.Err())
		case <-time.After(pause):
		}
	}
}

func newest(hashes []common.Hash) common.Hash { return hashes[len(hashes)-1] }

// receipt is that of the one that the newest state has; nil if it has none.
func (c *Chain) receipt(ctx context.Context, hashes []common.Hash) (*types.Receipt, error) {
	for _, hash := range hashes {
		receipt, err := c.eth.TransactionReceipt(ctx, hash)
		switch {
		case err == nil && c.hasReached(ctx, receipt.BlockNumber):
			return receipt, nil
		case err != nil && !errors.Is(err, ethereum.NotFound) && !strings.Contains(err.Error(), "indexing is in progress"):
			return nil, fmt.Errorf("read receipt of transaction %s: %w", hash, err)
		}
	}
	return nil, nil
}

// hasReached tells whether a block is part of the newest state: a node may know a receipt some moments earlier, and who reads
// after a transaction wants to see what it did.
func (c *Chain) hasReached(ctx context.Context, block *big.Int) bool {
	newest, err := c.eth.BlockNumber(ctx)
	return err == nil && new(big.Int).SetUint64(newest).Cmp(block) >= 0
}
