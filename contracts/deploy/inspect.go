// SPDX-License-Identifier: Apache-2.0

package deploy

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/ethereum/go-ethereum/accounts/abi/bind/v2"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/ethereum/go-ethereum/rpc"

	"github.com/escrin/escrin/contracts/bindings"
)

// State is what an address holds.
type State string

// The states. Same is proven: the address follows from the creation code, and the code is what that makes.
const (
	Absent State = "absent" // no code
	Same   State = "same"   // what this version would deploy there
	Other  State = "other"  // anything else
)

// Finding is what is at one contract's address.
type Finding struct {
	Contract                // Address is where this version would have it
	At       common.Address // where it was looked for
	State    State
}

// Inspect compares what a chain holds with what this version would deploy there. It looks where named says, and at the
// predicted address otherwise, and leaves out what the terms do not suffice for.
func Inspect(ctx context.Context, client *ethclient.Client, t Terms, named map[Name]common.Address) ([]Finding, error) {
	contracts, err := t.Contracts()
	if err != nil {
		return nil, err
	}
	chainID, err := client.ChainID(ctx)
	if err != nil {
		return nil, &NodeError{"ask the chain for its id", err}
	}
	expected, err := rehearse(chainID, t.Salt(), contracts)
	if err != nil {
		return nil, err
	}
	var findings []Finding
	for _, c := range contracts {
		if c.Lacks != "" {
			continue
		}
		f := Finding{Contract: c, At: c.Address, State: Other}
		if at, ok := named[c.Name]; ok {
			f.At = at
		}
		code, err := client.CodeAt(ctx, f.At, nil)
		switch {
		case err != nil:
			return nil, &NodeError{fmt.Sprintf("look for %s", c.Name), err}
		case len(code) == 0:
			f.State = Absent
		case f.At == c.Address && bytes.Equal(code, expected[c.Name].code):
			f.State = Same
		}
		findings = append(findings, f)
	}
	return findings, nil
}

// ReadTerms completes terms with the claim window and the bond of a task hub. A contract that has none is an error; that the
// node gave no answer is a *NodeError.
func (t Terms) ReadTerms(ctx context.Context, client *ethclient.Client, hub common.Address) (Terms, error) {
	abi, opts := bindings.NewTaskHub(), &bind.CallOpts{Context: ctx}
	contract := abi.Instance(client, hub)
	window, err := bind.Call(contract, opts, abi.PackClaimWindow(), abi.UnpackClaimWindow)
	if err != nil {
		return Terms{}, unread(fmt.Sprintf("read claim window of %s", hub), err)
	}
	const longest = uint64(1<<63-1) / uint64(time.Second)
	if window == 0 || window > longest {
		return Terms{}, fmt.Errorf("read claim window of %s: %d seconds are none", hub, window)
	}
	var bond *big.Int
	if bond, err = bind.Call(contract, opts, abi.PackClaimBond(), abi.UnpackClaimBond); err != nil {
		return Terms{}, unread(fmt.Sprintf("read claim bond of %s", hub), err)
	}
	t.ClaimWindow, t.ClaimBond = time.Duration(window)*time.Second, bond
	return t, nil
}

// ReadGovernor completes terms with the owner of a platform registry. A contract that has none is an error; that the node
// gave no answer is a *NodeError.
func (t Terms) ReadGovernor(ctx context.Context, client *ethclient.Client, platforms common.Address) (Terms, error) {
	abi := bindings.NewPlatformRegistry()
	owner, err := bind.Call(abi.Instance(client, platforms), &bind.CallOpts{Context: ctx}, abi.PackOwner(), abi.UnpackOwner)
	if err != nil {
		return Terms{}, unread(fmt.Sprintf("read owner of %s", platforms), err)
	}
	t.Governor = owner
	return t, nil
}

// unread tells a node that gave no answer from a contract that has another one.
func unread(doing string, err error) error {
	var reply rpc.Error
	refused := errors.As(err, &reply) && slices.Contains([]int{revertCode, failedCode}, reply.ErrorCode())
	if refused || errors.Is(err, bind.ErrNoCode) || strings.HasPrefix(err.Error(), "abi: ") {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return &NodeError{doing, err}
}

// What nodes say in JSON-RPC of a call that a contract refused, and of one that ended otherwise.
const (
	revertCode = 3
	failedCode = -32000
)
