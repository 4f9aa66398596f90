// SPDX-License-Identifier: Apache-2.0

package deploy

import (
	"context"
	"math/big"

	"github.com/ethereum/go-ethereum/ethclient"
)

// Price is what gas costs, in wei.
type Price struct {
	Base *big.Int // what the newest block asked; zero on a chain without EIP-1559
	Tip  *big.Int // for who makes the block; the whole price on a chain without EIP-1559
	Max  *big.Int // never more than this
	old  bool     // a chain without EIP-1559
}

func priceAt(ctx context.Context, client *ethclient.Client) (Price, error) {
	head, err := client.HeaderByNumber(ctx, nil)
	if err != nil {
		return Price{}, &NodeError{"read the newest block", err}
	}
	if head.BaseFee == nil {
		price, err := client.SuggestGasPrice(ctx)
		if err != nil {
			return Price{}, &NodeError{"ask for the price of gas", err}
		}
		return Price{Base: new(big.Int), Tip: price, Max: price, old: true}, nil
	}
	tip, err := client.SuggestGasTipCap(ctx)
	if err != nil {
		return Price{}, &NodeError{"ask for the price of gas", err}
	}
	// Twice the base fee lasts for five full blocks, each of which may raise it by an eighth.
	return Price{Base: head.BaseFee, Tip: tip, Max: new(big.Int).Add(tip, new(big.Int).Lsh(head.BaseFee, 1))}, nil
}

// Now is what gas costs in the newest block.
func (p Price) Now() *big.Int { return new(big.Int).Add(p.Base, p.Tip) }

// of is the most that an amount of gas costs.
func (p Price) of(gas uint64) *big.Int {
	return new(big.Int).Mul(p.Max, new(big.Int).SetUint64(gas))
}
