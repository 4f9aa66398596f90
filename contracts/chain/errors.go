// SPDX-License-Identifier: Apache-2.0

package chain

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"strings"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/rpc"
)

// UnreachableError says that no node answers.
type UnreachableError struct {
	URL   string
	Cause error
}

func (e *UnreachableError) Error() string {
	return fmt.Sprintf("reach chain at %s: %v", e.URL, e.Cause)
}

// Unwrap returns the cause.
func (e *UnreachableError) Unwrap() error { return e.Cause }

// Hint says what to do.
func (e *UnreachableError) Hint() string { return "is the network up? `escrin dev status` tells" }

// WrongChainError says that a node serves another chain than the one meant.
type WrongChainError struct {
	URL  string
	Got  *big.Int
	Want uint64
}

func (e *WrongChainError) Error() string {
	return fmt.Sprintf("chain at %s has id %s, not %d", e.URL, e.Got, e.Want)
}

// NoContractError says that an address has no code.
type NoContractError struct {
	Name    string
	Address common.Address
	ChainID uint64
}

func (e *NoContractError) Error() string {
	return fmt.Sprintf("no %s at %s on chain %d", e.Name, e.Address, e.ChainID)
}

// InsufficientFundsError says that an account cannot pay for a transaction.
type InsufficientFundsError struct {
	Account common.Address
	Balance *big.Int // wei
	Value   *big.Int // wei that the call sends, beside the gas it costs
}

func (e *InsufficientFundsError) Error() string {
	return fmt.Sprintf("account %s has no funds for this transaction: it has %s wei, the call sends %s wei and costs gas",
		e.Account, e.Balance, e.Value)
}

// Hint says what to do.
func (e *InsufficientFundsError) Hint() string {
	return fmt.Sprintf("send ether to %s, or use a funded account (`escrin dev status` lists the network's)", e.Account)
}

// RevertError is a contract's refusal.
type RevertError struct {
	Name    string // the Solidity error, for instance "TaskIs"; empty if there is none
	Message string // what it means
}

func (e *RevertError) Error() string { return "refused by contract: " + e.Message }

// IsRevert tells whether err is, or wraps, a contract's refusal with that Solidity error.
func IsRevert(err error, name string) bool {
	var revert *RevertError
	return errors.As(err, &revert) && revert.Name == name
}

// explain turns a node's error into one of this package's if it knows it.
func (c *Chain) explain(ctx context.Context, message ethereum.CallMsg, err error) error {
	var data rpc.DataError
	if errors.As(err, &data) {
		if text, ok := data.ErrorData().(string); ok {
			return decodeRevert(common.FromHex(text), err)
		}
	}
	if !strings.Contains(err.Error(), "insufficient funds") && !strings.Contains(err.Error(), "gas required exceeds allowance") {
		return err
	}
	balance, balanceErr := c.eth.BalanceAt(ctx, message.From, nil)
	if balanceErr != nil {
		return err
	}
	value := message.Value
	if value == nil {
		value = new(big.Int)
	}
	return &InsufficientFundsError{Account: message.From, Balance: balance, Value: value}
}
