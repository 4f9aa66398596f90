// SPDX-License-Identifier: Apache-2.0

package chain

import (
	"context"
	"errors"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
)

// Allow lets the task hub take an amount of an ERC-20 token from an account, which Submit needs for a fee in that token. It
// sends nothing if the hub may take as much already, and allows no more than the amount otherwise.
func (c *Chain) Allow(ctx context.Context, from *Account, token common.Address, amount *big.Int) error {
	hub := c.contracts.TaskHub
	read := pack("allowance(address,address)", common.BytesToHash(from.address[:]), common.BytesToHash(hub[:]))
	answer, err := c.eth.CallContract(ctx, ethereum.CallMsg{To: &token, Data: read}, nil)
	if err == nil && len(answer) != common.HashLength {
		err = errors.New("there is no ERC-20 token at this address")
	}
	if err != nil {
		return fmt.Errorf("read allowance of token %s: %w", token, err)
	}
	if new(big.Int).SetBytes(answer).Cmp(amount) >= 0 {
		return nil
	}
	if _, err := c.send(ctx, from, token, nil, pack("approve(address,uint256)", common.BytesToHash(hub[:]), common.BigToHash(amount))); err != nil {
		return fmt.Errorf("allow the task hub to take token %s: %w", token, err)
	}
	return nil
}

// pack encodes a call whose arguments are words.
func pack(signature string, words ...common.Hash) []byte {
	data := crypto.Keccak256([]byte(signature))[:4]
	for _, w := range words {
		data = append(data, w[:]...)
	}
	return data
}
