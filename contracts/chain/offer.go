// SPDX-License-Identifier: Apache-2.0

package chain

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
)

const (
	raiseAfter = 3  // blocks without a transaction that more is offered for
	maxRaise   = 10 // times the highest fee that was offered first, and no more
)

// offer is a transaction at every price that was offered for it: one nonce, one call and one amount of gas, of which one at
// most takes effect.
type offer struct {
	last  *types.Transaction
	limit *big.Int // of its highest fee, in wei for each gas
	block uint64   // newest when the last was sent
	done  atomic.Bool

	mu     sync.Mutex
	hashes []common.Hash
}

func newOffer(tx *types.Transaction, block uint64) *offer {
	return &offer{
		hashes: []common.Hash{tx.Hash()}, last: tx, limit: new(big.Int).Mul(tx.GasFeeCap(), big.NewInt(maxRaise)), block: block,
	}
}

// sent returns the hashes of all prices, the last at the end.
func (o *offer) sent() []common.Hash {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.hashes)
}

// replace makes tx the last.
func (o *offer) replace(tx *types.Transaction) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.last, o.hashes = tx, append(o.hashes, tx.Hash())
}

// dearer is the same call at a price for which nodes replace the last, and which blocks take; nil if that is above the limit.
func (o *offer) dearer(baseFee, tip *big.Int) *types.DynamicFeeTx {
	least := more(o.last.GasFeeCap())
	if least.Cmp(o.limit) > 0 {
		return nil
	}
	tip = greater(more(o.last.GasTipCap()), tip)
	fee := lesser(greater(least, highestFee(baseFee, tip)), o.limit)
	return &types.DynamicFeeTx{
		ChainID: o.last.ChainId(), Nonce: o.last.Nonce(), To: o.last.To(), Value: o.last.Value(), Data: o.last.Data(), Gas: o.last.Gas(),
		GasTipCap: lesser(tip, fee), GasFeeCap: fee,
	}
}

// more is a quarter more: nodes want an eighth at most.
func more(fee *big.Int) *big.Int {
	quarter := new(big.Int).Rsh(fee, 2)
	return quarter.Add(quarter, fee).Add(quarter, big.NewInt(1))
}

// highestFee lasts for five full blocks, each of which may raise the base fee by an eighth.
func highestFee(baseFee, tip *big.Int) *big.Int {
	return new(big.Int).Add(tip, new(big.Int).Lsh(baseFee, 1))
}

func greater(a, b *big.Int) *big.Int { return slices.MaxFunc([]*big.Int{a, b}, (*big.Int).Cmp) }

func lesser(a, b *big.Int) *big.Int { return slices.MinFunc([]*big.Int{a, b}, (*big.Int).Cmp) }

// price is the newest block, which has a base fee, and what a transaction should offer on top of that.
func (c *Chain) price(ctx context.Context) (head *types.Header, tip *big.Int, err error) {
	if head, err = c.eth.HeaderByNumber(ctx, nil); err != nil {
		return nil, nil, err
	}
	if head.BaseFee == nil {
		return nil, nil, errors.New("the chain's blocks have no base fee")
	}
	tip, err = c.eth.SuggestGasTipCap(ctx)
	return head, tip, err
}

// unblock offers more for the transaction that all others of an account wait behind, if the newest blocks did not take it.
// Whoever waits does that, for others too: who sent it may have given up.
func (c *Chain) unblock(ctx context.Context, from *Account) error {
	newest, err := c.eth.BlockNumber(ctx)
	if err != nil {
		return err
	}
	if !c.sending.TryLock() { // who sends is not waited for
		return nil
	}
	defer c.sending.Unlock()
	offers := c.offers[from.address]
	if len(offers) == 0 || newest < offers[0].block+raiseAfter {
		return nil
	}
	next, err := c.eth.NonceAt(ctx, from.address, nil)
	if err != nil {
		return err
	}
	offers = slices.DeleteFunc(offers, func(o *offer) bool { return o.done.Load() || o.last.Nonce() < next })
	c.offers[from.address] = offers
	if len(offers) == 0 || offers[0].last.Nonce() != next || newest < offers[0].block+raiseAfter {
		return nil
	}
	return c.raise(ctx, from, offers[0])
}

// raise offers more for a transaction that the node still has. What it has dropped holds up nobody, and its nonce may be
// another's now.
func (c *Chain) raise(ctx context.Context, from *Account, o *offer) error {
	if err := c.know(ctx, o.sent()); err != nil {
		return err
	}
	head, tip, err := c.price(ctx)
	if err != nil {
		return err
	}
	o.block = head.Number.Uint64()
	content := o.dearer(head.BaseFee, tip)
	if content == nil {
		return nil
	}
	tx, err := types.SignNewTx(from.key, types.LatestSignerForChainID(content.ChainID), content)
	if err != nil {
		return fmt.Errorf("sign transaction: %w", err)
	}
	if err = c.eth.SendTransaction(ctx, tx); err == nil || !refused(err) {
		o.replace(tx) // also where only the answer is lost; what a node does not take is no step to a higher price
	}
	return err
}

// know returns nil if the node has one of these in a block or waiting for one, ethereum.NotFound if it has none.
func (c *Chain) know(ctx context.Context, hashes []common.Hash) error {
	for _, hash := range slices.Backward(hashes) {
		if _, _, err := c.eth.TransactionByHash(ctx, hash); !errors.Is(err, ethereum.NotFound) {
			return err
		}
	}
	return ethereum.NotFound
}

// remember keeps an offer, in the place of one that had its nonce, which the node has dropped.
func (c *Chain) remember(from common.Address, o *offer) {
	offers := slices.DeleteFunc(c.offers[from], func(other *offer) bool { return other.done.Load() || other.last.Nonce() == o.last.Nonce() })
	c.offers[from] = append(offers, o)
	slices.SortFunc(c.offers[from], func(a, b *offer) int { return cmp.Compare(a.last.Nonce(), b.last.Nonce()) })
}
