// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/ethereum/go-ethereum/rpc"
	"github.com/spf13/cobra"

	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/contracts/deploy"
	"github.com/escrin/escrin/jobs/keynet"
	"github.com/escrin/escrin/jobs/network"
	"github.com/escrin/escrin/keyholder/curve"
)

func newKeynetCommand() *cobra.Command {
	cmd := group("keynet", "Key network: start epochs, see where they stand, audit all that was posted",
		newKeynetStatusCommand(), newKeynetStartCommand(), newKeynetAbortCommand(), newKeynetAuditCommand(), newKeynetProofCommand())
	cmd.Long = `Start epochs of a key network, see where they stand, and audit all that was posted.

An epoch has its members, of which a threshold can use the key together. The first epoch makes the key; each later one hands
it on to other members, or to the same with fresh shares, and the public key stays. All that members say to each other is posted on
the chain, in four phases: dealing, complaints, justifications, certification. When the group key itself has signed the
outcome, the epoch is active, and the one before is retired.`
	return cmd
}

// boardFlags name a board on a chain.
type boardFlags struct {
	network, rpc, board string
	chainID             uint64
}

func (f *boardFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.network, "network", "", "network `FILE` (default without --rpc: $ESCRIN_NETWORK, else the one of `escrin dev`)")
	cmd.Flags().StringVar(&f.rpc, "rpc", "", "`URL` of a node's JSON-RPC; without it, the network file's")
	cmd.Flags().StringVar(&f.board, "board", "", "`ADDRESS` of the contract KeyNetwork; without it, the network file's")
	cmd.Flags().Uint64Var(&f.chainID, "chain-id", 0, "refuse any chain but the one with this `ID`")
}

// openBoard is a board with the chain that it is on, and what the network file says, if there is one.
type openBoard struct {
	network network.Network // zero without a network file
	chain   *chain.Chain
	at      common.Address
}

// open finds the board. The chain is to be closed.
func (f *boardFlags) open(cmd *cobra.Command) (openBoard, error) {
	var o openBoard
	var err error
	if f.rpc == "" || f.network != "" {
		if o.network, err = loadNetwork(cmd); err != nil {
			return o, err
		}
	}
	o.at = o.network.Contracts.KeyNetwork
	switch {
	case f.board != "":
		if o.at, err = parseAddress(f.board); err != nil {
			return o, usageError{cmd.CommandPath(), "--board: " + err.Error()}
		}
	case o.at == common.Address{}:
		return o, usageError{cmd.CommandPath(), "missing --board ADDRESS"}
	}
	o.chain, err = f.connect(cmd, o.network)
	return o, err
}

// connect opens the chain and refuses one that was not meant.
func (f *boardFlags) connect(cmd *cobra.Command, n network.Network) (*chain.Chain, error) {
	url := f.rpc
	if url == "" {
		url = n.Chain.HTTP
	}
	id, err := chainIDOf(cmd, url)
	if err != nil {
		return nil, err
	}
	for _, want := range []uint64{f.chainID, n.Chain.ID} {
		if want := new(big.Int).SetUint64(want); want.Sign() > 0 && id.Cmp(want) != 0 {
			return nil, &deploy.WrongChainError{Got: id, Want: want}
		}
	}
	c, err := chain.Open(cmd.Context(), url, chain.Contracts{ChainID: id.Uint64()})
	return c, unreachable(err)
}

func chainIDOf(cmd *cobra.Command, url string) (*big.Int, error) {
	client, err := ethclient.DialContext(cmd.Context(), url)
	if err != nil {
		return nil, withHint(fmt.Errorf("reach chain: %w", err), "--rpc takes an http, https, ws or wss URL")
	}
	defer client.Close()
	id, err := client.ChainID(cmd.Context())
	if err != nil {
		return nil, unreachable(&deploy.NodeError{Doing: "ask the chain for its id", Cause: err})
	}
	if !id.IsUint64() {
		return nil, errors.New("the chain's id has more than 64 bits")
	}
	return id, nil
}

// blockTags are the names that --at takes, and what nodes call them.
func blockTags() map[string]rpc.BlockNumber {
	return map[string]rpc.BlockNumber{"latest": rpc.LatestBlockNumber, "safe": rpc.SafeBlockNumber, "finalized": rpc.FinalizedBlockNumber}
}

// view reads the board after the block that a tag names.
func (o openBoard) view(cmd *cobra.Command, tag string, scope keynet.Scope) (keynet.View, error) {
	number, known := blockTags()[tag]
	if !known {
		return keynet.View{}, usageError{cmd.CommandPath(), fmt.Sprintf("--at: %.80q is not latest, safe or finalized", tag)}
	}
	at, err := o.chain.BlockTagged(cmd.Context(), number)
	if err != nil {
		return keynet.View{}, unreachable(err)
	}
	return keynet.Read(cmd.Context(), o.chain, o.at, o.network.Contracts.Permitter, at, scope)
}

// compressed is a group key in the 96 bytes that network files have; empty if it is none.
func compressed(groupKey []byte) []byte {
	point, err := curve.G2FromEIP2537(groupKey)
	if err != nil {
		return nil
	}
	raw := point.Bytes()
	return raw[:]
}
