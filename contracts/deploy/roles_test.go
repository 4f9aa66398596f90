// SPDX-License-Identifier: Apache-2.0

package deploy_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/vm"
	"github.com/ethereum/go-ethereum/ethclient"

	"github.com/escrin/escrin/cmd/escrin-devnet/devchain"
	"github.com/escrin/escrin/contracts/deploy"
)

// TestKR24TheDeployerHasNoRole: the key that deploys, which may be a CI's, is nowhere in code or storage, and the
// governor is only where it belongs. Policies are changed by the registrants of identities alone.
func TestKR24TheDeployerHasNoRole(t *testing.T) {
	client, contracts := deployed(t)
	payer := accounts(t, 1)[0]
	governor := whole(t).Governor
	for _, c := range contracts {
		governed := bytes.Contains(everything(t, client, c.Address), governor.Bytes())
		if want := c.Name == deploy.PlatformRegistry || c.Name == deploy.KeyNetwork; governed != want {
			t.Errorf("%s names the governor: %v, want %v", c.Name, governed, want)
		}
		if bytes.Contains(everything(t, client, c.Address), payer.Address.Bytes()) {
			t.Errorf("%s names the account that deployed it", c.Name)
		}
	}
}

// everything is a contract's code and its first slots.
func everything(t *testing.T, client *ethclient.Client, at common.Address) []byte {
	t.Helper()
	all, err := client.CodeAt(t.Context(), at, nil)
	if err != nil {
		t.Fatal(err)
	}
	for slot := range byte(32) {
		value, err := client.StorageAt(t.Context(), at, common.Hash{31: slot}, nil)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, value...)
	}
	return all
}

// TestCT14NoCodeCanReplaceItself: no contract has an instruction by which another's code runs in its place, or by which
// it goes away.
func TestCT14NoCodeCanReplaceItself(t *testing.T) {
	client, contracts := deployed(t)
	for _, c := range contracts {
		code, err := client.CodeAt(t.Context(), c.Address, nil)
		if err != nil {
			t.Fatal(err)
		}
		found := instructions(code)
		if !slices.Contains(found, vm.CALLDATALOAD) {
			t.Errorf("%s: its code is not understood", c.Name)
		}
		for _, op := range found {
			if slices.Contains([]vm.OpCode{vm.DELEGATECALL, vm.CALLCODE, vm.SELFDESTRUCT}, op) {
				t.Errorf("%s has %s", c.Name, op)
			}
		}
	}
}

// deployed puts every contract on a new chain, paid by the first account.
func deployed(t *testing.T) (*ethclient.Client, []deploy.Contract) {
	t.Helper()
	client, _ := start(t, devchain.Config{})
	terms := whole(t)
	payer := accounts(t, 1)[0]
	plan, err := deploy.Survey(t.Context(), client, payer.Address, terms)
	if err == nil {
		err = plan.Send(t.Context(), payer.Key, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	contracts, err := terms.Contracts()
	if err != nil {
		t.Fatal(err)
	}
	return client, contracts
}

// instructions are those of code that can be reached: the compiler puts constants behind an instruction that ends
// execution, and does not begin them with JUMPDEST.
func instructions(code []byte) (list []vm.OpCode) {
	reachable := true
	for i := 0; i < len(code); i++ {
		op := vm.OpCode(code[i])
		if op == vm.JUMPDEST {
			reachable = true
		}
		if reachable {
			list = append(list, op)
		}
		if op.IsPush() {
			i += int(op - vm.PUSH0)
		}
		switch op {
		case vm.STOP, vm.RETURN, vm.REVERT, vm.INVALID, vm.JUMP, vm.SELFDESTRUCT:
			reachable = false
		}
	}
	return list
}
