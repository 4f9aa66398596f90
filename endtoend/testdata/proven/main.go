// SPDX-License-Identifier: Apache-2.0

// Command proven reads a slot of a contract's storage and believes neither its host nor the host's node: the block is the one in its own
// evidence, on whose hash the keyholders agreed before they gave the permit that it has its keys by.
package main

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/escrin/escrin/attest"
	agent "github.com/escrin/escrin/clients/go"
	"github.com/escrin/escrin/keyholder/stateproof"
)

func main() {
	var asked struct{ Contract, Slot string }
	err := json.NewDecoder(os.Stdin).Decode(&asked)
	if err == nil {
		err = prove(context.Background(), asked.Contract, asked.Slot)
	}
	if err != nil {
		fmt.Println("not proven:", err)
		os.Exit(1)
	}
}

func prove(ctx context.Context, contract, slot string) error {
	c := agent.New()
	evidence, err := c.Evidence(ctx, nil)
	if err != nil {
		return err
	}
	own, err := attest.ParseEvidence(evidence)
	if err != nil {
		return err
	}
	number := fmt.Sprintf("0x%x", own.Binding.BaseBlock)
	var block json.RawMessage
	if err := c.RPC(ctx, &block, "eth_getBlockByNumber", number, false); err != nil {
		return err
	}
	header, err := stateproof.ParseHeader(block)
	if err != nil {
		return err
	}
	if header.Hash != own.Binding.BaseBlockHash {
		return errors.New("the host shows another block")
	}
	var said struct {
		AccountProof []string
		StorageProof []struct{ Proof []string }
	}
	if err := c.RPC(ctx, &said, "eth_getProof", contract, []string{slot}, number); err != nil {
		return err
	}
	if len(said.StorageProof) != 1 {
		return errors.New("the host shows no proof")
	}
	account, err := stateproof.ProveAccount(header.StateRoot, [20]byte(unhex(contract)), nodes(said.AccountProof))
	if err != nil {
		return err
	}
	value, err := account.ProveSlot([32]byte(unhex(slot)), nodes(said.StorageProof[0].Proof))
	fmt.Printf("proven %x\n", value)
	return err
}

func nodes(texts []string) (list [][]byte) {
	for _, text := range texts {
		list = append(list, unhex(text))
	}
	return list
}

func unhex(text string) []byte {
	b, err := hex.DecodeString(strings.TrimPrefix(text, "0x"))
	if err != nil {
		panic(err)
	}
	return b
}
