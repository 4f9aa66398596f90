// SPDX-License-Identifier: Apache-2.0

package deploy

import (
	"errors"
	"fmt"
	"math/big"
	"strings"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/rpc"
)

// NodeError says that a node did not answer, or not as a node does.
type NodeError struct {
	Doing string
	Cause error
}

func (e *NodeError) Error() string { return fmt.Sprintf("%s: %v", e.Doing, e.Cause) }

// Unwrap returns the cause.
func (e *NodeError) Unwrap() error { return e.Cause }

// Hint says what to do.
func (e *NodeError) Hint() string {
	return "does the URL name a node of the chain that answers JSON-RPC? nothing is lost: run it again to go on"
}

// WrongChainError says that a node serves another chain than the one meant.
type WrongChainError struct{ Got, Want *big.Int }

func (e *WrongChainError) Error() string {
	return fmt.Sprintf("the node serves chain %s, not %s", e.Got, e.Want)
}

// Hint says what to do.
func (e *WrongChainError) Hint() string { return "name a node of that chain; nothing was sent" }

// FundsError says that an account cannot pay for a plan.
type FundsError struct {
	Account       common.Address
	Balance, Cost *big.Int // wei
}

func (e *FundsError) Error() string {
	return fmt.Sprintf("account %s has %s ether and the deployment may cost %s", e.Account, Ether(e.Balance), Ether(e.Cost))
}

// Hint says what to do.
func (e *FundsError) Hint() string {
	lacking := new(big.Int).Sub(e.Cost, e.Balance)
	return fmt.Sprintf("send %s ether or more to %s; nothing was sent", Ether(lacking), e.Account)
}

// PrecompileError says that a chain lacks what some contracts need (CT-01).
type PrecompileError struct {
	ChainID          *big.Int
	Missing          []Precompile
	Needed, Possible []Name // contracts that need what is missing, and those that do not
}

func (e *PrecompileError) Error() string {
	return fmt.Sprintf("chain %s lacks precompiles that %s cannot work without, or they answer wrongly: %s",
		e.ChainID, list(e.Needed), list(e.Missing))
}

// Hint says what to do.
func (e *PrecompileError) Hint() string {
	if len(e.Possible) == 0 {
		return "use a chain that has them; nothing was sent"
	}
	return fmt.Sprintf("use a chain that has them, or deploy what does without: --only %s; nothing was sent",
		strings.Join(texts(e.Possible), ","))
}

// ProxyError says why a chain does not have the deterministic deployment proxy, and does not get it.
type ProxyError struct {
	ChainID *big.Int
	Reason  string
	Final   bool // whether it can never be there
}

func (e *ProxyError) Error() string {
	return fmt.Sprintf("chain %s lacks the deterministic deployment proxy, and it cannot be made: %s", e.ChainID, e.Reason)
}

// Hint says what to do.
func (e *ProxyError) Hint() string {
	if e.Final {
		return "ask who runs the chain to put the proxy at " + ProxyAddress().Hex() + ", as many do from the first block on"
	}
	raw, err := ProxyTransaction().MarshalBinary()
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("run it again later or with another node of the chain, or have this transaction sent (it needs no key; %s must have %s ether): %s",
		ProxySigner(), Ether(proxyCost()), hexutil.Encode(raw))
}

// CodeError says that an address has other code than the contract's.
type CodeError struct {
	Name    Name
	Address common.Address
	ChainID *big.Int
}

func (e *CodeError) Error() string {
	return fmt.Sprintf("the code at %s on chain %s is not that of %s", e.Address, e.ChainID, e.Name)
}

// Hint says what to do.
func (e *CodeError) Hint() string {
	return "do not use this chain: it does not make contracts as the EVM does"
}

// FailedError says that a deployment's transaction, or its estimate, failed.
type FailedError struct {
	Name   Name
	Reason string
	Cause  error // may be nil
}

func (e *FailedError) Error() string {
	if e.Cause == nil {
		return fmt.Sprintf("cannot deploy %s: %s", e.Name, e.Reason)
	}
	return fmt.Sprintf("cannot deploy %s: %s: %v", e.Name, e.Reason, e.Cause)
}

// Unwrap returns the cause.
func (e *FailedError) Unwrap() error { return e.Cause }

// Hint says what to do.
func (e *FailedError) Hint() string {
	return "what is there is left; run it again to see a new plan and go on with the rest"
}

// estimateError tells a node that does not answer from a constructor that refuses.
func estimateError(c Contract, err error) error {
	if _, refused := errors.AsType[rpc.Error](err); refused {
		return &FailedError{Name: c.Name, Reason: "the chain would not make it", Cause: err}
	}
	return &NodeError{fmt.Sprintf("ask what %s costs", c.Name), err}
}

// Ether writes an amount of wei in ether (10^18 wei of whatever the chain's coin is), with no more digits than it needs.
func Ether(wei *big.Int) string {
	text := new(big.Rat).SetFrac(wei, big.NewInt(1e18)).FloatString(18)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}

func texts[T ~string](names []T) []string {
	var list []string
	for _, name := range names {
		list = append(list, string(name))
	}
	return list
}

func list[T any](items []T) string {
	var texts []string
	for _, item := range items {
		texts = append(texts, fmt.Sprint(item))
	}
	return strings.Join(texts, ", ")
}
