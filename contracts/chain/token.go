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

// PoorInTokenError says that an account has less of a token than it wants to pay.
type PoorInTokenError struct {
	Account, Token common.Address
	Balance, Fee   *big.Int // units of the token
}

func (e *PoorInTokenError) Error() string {
	return fmt.Sprintf("account %s has %s units of token %s, the fee is %s", e.Account, e.Balance, e.Token, e.Fee)
}

// Hint says what to do.
func (e *PoorInTokenError) Hint() string {
	return fmt.Sprintf("send it to %s, or offer a smaller --fee", e.Account)
}

// Allow lets the task hub take an amount of an ERC-20 token from an account, which Submit needs for a fee in that token. It
// sends nothing if the hub may take as much already, or if the account does not have as much, which is a *PoorInTokenError;
// and allows no more than the amount otherwise. An allowance that is too small is taken back first, for there are tokens that
// take no other change.
func (c *Chain) Allow(ctx context.Context, from *Account, token common.Address, amount *big.Int) error {
	hub := common.BytesToHash(c.contracts.TaskHub[:])
	owner := common.BytesToHash(from.address[:])
	allowance, err := c.readToken(ctx, token, pack("allowance(address,address)", owner, hub))
	if err != nil {
		return fmt.Errorf("read allowance of token %s: %w", token, err)
	}
	balance, err := c.readToken(ctx, token, pack("balanceOf(address)", owner))
	switch {
	case err != nil:
		return fmt.Errorf("read balance of token %s: %w", token, err)
	case balance.Cmp(amount) < 0:
		return &PoorInTokenError{from.address, token, balance, amount}
	case allowance.Cmp(amount) >= 0:
		return nil
	}
	steps := []*big.Int{new(big.Int), amount}
	if allowance.Sign() == 0 {
		steps = steps[1:]
	}
	for _, to := range steps {
		if _, err := c.send(ctx, from, token, nil, pack("approve(address,uint256)", hub, common.BigToHash(to))); err != nil {
			return fmt.Errorf("allow the task hub to take token %s: %w", token, err)
		}
	}
	return nil
}

// readToken calls a function of a token that returns a number.
func (c *Chain) readToken(ctx context.Context, token common.Address, call []byte) (*big.Int, error) {
	answer, err := c.eth.CallContract(ctx, ethereum.CallMsg{To: &token, Data: call}, nil)
	if err == nil && len(answer) != common.HashLength {
		err = errors.New("there is no ERC-20 token at this address")
	}
	if err != nil {
		return nil, err
	}
	return new(big.Int).SetBytes(answer), nil
}

// pack encodes a call whose arguments are words.
func pack(signature string, words ...common.Hash) []byte {
	data := crypto.Keccak256([]byte(signature))[:4]
	for _, w := range words {
		data = append(data, w[:]...)
	}
	return data
}
