// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/hex"
	"fmt"
	"io"
	"math/big"
	"text/tabwriter"

	"github.com/ethereum/go-ethereum/common"
	"github.com/spf13/cobra"

	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/contracts/deploy"
	"github.com/escrin/escrin/jobs/keynet"
	"github.com/escrin/escrin/plural"
)

func newKeynetStatusCommand() *cobra.Command {
	var f boardFlags
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Show where epochs stand: phases, who posted, blocks left",
		Long: `Show where the active epoch and the latest stand: phases, who posted what, blocks left, and what signers have to pay with.

It asks the chain alone. What keyholders themselves say is at their own addresses: GET /v1/keynet.`,
		Example: `  escrin keynet status
  escrin keynet status --rpc https://rpc.example --board 0x5FbD… --json`,
		Args: exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error { return keynetStatus(cmd, f) },
	}
	f.add(cmd)
	return cmd
}

// keynetDescription is a board for --json.
type keynetDescription struct {
	ChainID     uint64             `json:"chainId"`
	Board       common.Address     `json:"board"`
	Block       uint64             `json:"block"` // that this is as of
	Governor    common.Address     `json:"governor"`
	GroupKey    string             `json:"groupKey"`    // compressed, in hex; empty if there is none yet
	ActiveEpoch uint64             `json:"activeEpoch"` // 0 if there is none
	LatestEpoch uint64             `json:"latestEpoch"`
	Epochs      []epochDescription `json:"epochs"` // the active and the latest
}

// epochDescription is an epoch for --json.
type epochDescription struct {
	Epoch      uint64              `json:"epoch"`
	Phase      chain.Phase         `json:"phase"`
	Previous   uint64              `json:"previous"` // whose members deal; 0 if a key is made
	Threshold  uint8               `json:"threshold"`
	StartBlock uint64              `json:"startBlock"`
	BlocksLeft uint64              `json:"blocksLeft"` // of the phase
	Dealers    []dealerDescription `json:"dealers"`
	Members    []memberDescription `json:"members"`
}

type dealerDescription struct {
	Index     int            `json:"index"` // in the epoch whose members deal
	Account   common.Address `json:"account"`
	Dealt     bool           `json:"dealt"`
	Justified bool           `json:"justified"`
}

type memberDescription struct {
	Index      int            `json:"index"`
	Account    common.Address `json:"account"`
	Signer     common.Address `json:"signer"`
	Balance    *big.Int       `json:"balance"` // wei
	Complained bool           `json:"complained"`
	Confirmed  bool           `json:"confirmed"`
}

func keynetStatus(cmd *cobra.Command, f boardFlags) error {
	o, err := f.open(cmd)
	if err != nil {
		return err
	}
	defer o.chain.Close()
	v, err := o.view(cmd, "latest", keynet.Current)
	if err != nil {
		return err
	}
	d, err := o.describe(cmd, v)
	if err != nil {
		return err
	}
	if wantJSON(cmd) {
		return printJSON(cmd.OutOrStdout(), d)
	}
	d.print(cmd.OutOrStdout())
	return nil
}

func (o openBoard) describe(cmd *cobra.Command, v keynet.View) (keynetDescription, error) {
	d := keynetDescription{ChainID: v.ChainID, Board: v.Board, Block: v.Block.Number, Governor: v.Governor,
		GroupKey: hex.EncodeToString(compressed(v.GroupKey)), ActiveEpoch: v.ActiveEpoch, LatestEpoch: v.LatestEpoch,
		Epochs: []epochDescription{}}
	for _, e := range v.Epochs {
		if e.Number != v.ActiveEpoch && e.Number != v.LatestEpoch {
			continue
		}
		described, err := o.describeEpoch(cmd, v, e)
		if err != nil {
			return d, err
		}
		d.Epochs = append(d.Epochs, described)
	}
	return d, nil
}

func (o openBoard) describeEpoch(cmd *cobra.Command, v keynet.View, e keynet.Epoch) (epochDescription, error) {
	d := epochDescription{Epoch: e.Number, Phase: e.Phase, Previous: e.Previous, Threshold: e.Threshold, StartBlock: e.StartBlock,
		BlocksLeft: v.BlocksLeft(e)}
	for i, m := range v.Dealers(e) {
		index := uint32(i + 1)
		d.Dealers = append(d.Dealers, dealerDescription{i + 1, m.Account, e.Posted(chain.Dealing, index), e.Posted(chain.Justifications, index)})
	}
	for i, m := range e.Members {
		balance, err := o.chain.Balance(cmd.Context(), m.Signer)
		if err != nil {
			return d, err
		}
		index := uint32(i + 1)
		d.Members = append(d.Members, memberDescription{i + 1, m.Account, m.Signer, balance,
			e.Posted(chain.Complaints, index), e.Posted(chain.Certification, index)})
	}
	return d, nil
}

func (d keynetDescription) print(w io.Writer) {
	key := "none yet"
	if d.GroupKey != "" {
		key = d.GroupKey
	}
	fmt.Fprintf(w, "board      %s on chain %d, as of block %d\ngovernor   %s\ngroup key  %s\n", d.Board, d.ChainID, d.Block, d.Governor, key)
	if len(d.Epochs) == 0 {
		fmt.Fprintln(w, "\nNo epoch was started yet.")
	}
	for _, e := range d.Epochs {
		e.print(w)
	}
}

func (e epochDescription) print(w io.Writer) {
	fmt.Fprintf(w, "\nepoch %d    %s: %s, threshold %d, since block %d\n", e.Epoch, e.meaning(), plural.Of(len(e.Members), "member"), e.Threshold, e.StartBlock)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	defer t.Flush()
	if e.Previous != 0 {
		fmt.Fprintf(t, "  dealer of epoch %d\taccount\tdealt\tjustified\n", e.Previous)
		for _, dealer := range e.Dealers {
			fmt.Fprintf(t, "  %d\t%s\t%s\t%s\n", dealer.Index, dealer.Account, yes(dealer.Dealt), yes(dealer.Justified))
		}
		t.Flush()
	}
	fmt.Fprintln(t, "  member\taccount\tdealt\tcomplained\tjustified\tconfirmed\tether of its signer")
	for i, m := range e.Members {
		dealt, justified := "", ""
		if e.Previous == 0 {
			dealt, justified = yes(e.Dealers[i].Dealt), yes(e.Dealers[i].Justified)
		}
		fmt.Fprintf(t, "  %d\t%s\t%s\t%s\t%s\t%s\t%s\n", m.Index, m.Account, dealt, yes(m.Complained), justified, yes(m.Confirmed), deploy.Ether(m.Balance))
	}
}

// meaning is the phase, and what it waits for.
func (e epochDescription) meaning() string {
	if !e.Phase.Running() {
		return e.Phase.String()
	}
	return fmt.Sprintf("%s, %d blocks left", e.Phase, e.BlocksLeft)
}

func yes(is bool) string {
	if is {
		return "yes"
	}
	return "-"
}
