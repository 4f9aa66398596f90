// SPDX-License-Identifier: Apache-2.0

package deploy_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/vm"
	"github.com/ethereum/go-ethereum/ethclient"

	"github.com/escrin/escrin/cmd/escrin-devnet/devchain"
	"github.com/escrin/escrin/contracts/bindings"
	"github.com/escrin/escrin/contracts/deploy"
)

// privileged are words in the names of functions that give somebody power over everybody's contract.
func privileged() []string {
	return []string{"owner", "admin", "upgrade", "initialize", "implementation", "pause", "guardian", "role", "govern", "proxiable"}
}

func abis(t *testing.T) map[deploy.Name]abi.ABI {
	t.Helper()
	list := map[deploy.Name]abi.ABI{}
	for name, text := range map[deploy.Name]string{
		deploy.IdentityRegistry:     bindings.IdentityRegistryMetaData.ABI,
		deploy.TaskHub:              bindings.TaskHubMetaData.ABI,
		deploy.CertificatePermitter: bindings.CertificatePermitterMetaData.ABI,
	} {
		parsed, err := abi.JSON(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		list[name] = parsed
	}
	for _, name := range deploy.Names() {
		if _, ok := list[name]; !ok {
			t.Errorf("no ABI of %s is looked at", name)
		}
	}
	return list
}

// TestKR24NobodyHasARole: the deployment's role graph has no edges. A policy is changed by its identity's registrant
// alone; the key that deploys, which may be a CI's, is nowhere in code or storage.
func TestKR24NobodyHasARole(t *testing.T) {
	for name, contract := range abis(t) {
		for _, method := range contract.Methods {
			for _, word := range privileged() {
				if strings.Contains(strings.ToLower(method.Name), word) {
					t.Errorf("%s has a function %s", name, method.Name)
				}
			}
		}
	}
	client, contracts := deployed(t)
	payer := accounts(t, 1)[0]
	for _, c := range contracts {
		code, err := client.CodeAt(t.Context(), c.Address, nil)
		if err != nil || bytes.Contains(code, payer.Address.Bytes()) {
			t.Errorf("%s names the account that deployed it (%v)", c.Name, err)
		}
		for slot := range uint64(32) {
			value, err := client.StorageAt(t.Context(), c.Address, common.Hash{31: byte(slot)}, nil)
			if err != nil || bytes.Contains(value, payer.Address.Bytes()) {
				t.Errorf("%s has the account that deployed it in slot %d (%v)", c.Name, slot, err)
			}
		}
	}
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
		if !slices.Contains(found, vm.SLOAD) {
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
	if _, _, err := terms.Deploy(t.Context(), client, accounts(t, 1)[0].Key, devchain.ChainID); err != nil {
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
