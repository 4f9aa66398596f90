// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"math/big"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/spf13/cobra"

	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/contracts/deploy"
	"github.com/escrin/escrin/jobs/keynet"
)

// startPlan is what `keynet start` is about to do, or did; for --json.
type startPlan struct {
	ChainID     uint64           `json:"chainId"`
	Board       common.Address   `json:"board"`
	Epoch       uint64           `json:"epoch"`
	Previous    uint64           `json:"previous"` // whose members deal; 0 if a key is made
	Threshold   int              `json:"threshold"`
	PhaseBlocks uint32           `json:"phaseBlocks"`
	Members     []plannedMember  `json:"members"`
	Leaving     []common.Address `json:"leaving"` // accounts
	Funding     []payment        `json:"funding"` // of signers
	Started     bool             `json:"started"`
	Transaction common.Hash      `json:"transaction"` // zero unless started
	Block       uint64           `json:"block"`       // 0 unless started

	members, dealers  []chain.Member
	previousThreshold int
	secondsPerBlock   float64 // 0 if unknown
}

type plannedMember struct {
	Index   int            `json:"index"`
	Account common.Address `json:"account"`
	Signer  common.Address `json:"signer"`
	New     bool           `json:"new"` // not a member of the active epoch
}

type payment struct {
	Signer common.Address `json:"signer"`
	Has    *big.Int       `json:"has"`  // wei
	Gets   *big.Int       `json:"gets"` // wei
}

func describeMembers(before keynet.Epoch, members []chain.Member) []plannedMember {
	var list []plannedMember
	for i, m := range members {
		list = append(list, plannedMember{i + 1, m.Account, m.Signer, !has(before.Members, m.Account)})
	}
	return list
}

// leaving are the accounts of members that are no more.
func leaving(before, after []chain.Member) []common.Address {
	accounts := []common.Address{}
	for _, m := range before {
		if !has(after, m.Account) {
			accounts = append(accounts, m.Account)
		}
	}
	return accounts
}

func has(members []chain.Member, account common.Address) bool {
	return slices.ContainsFunc(members, func(m chain.Member) bool { return m.Account == account })
}

// blockTime is how many seconds a block took, on average over the newest hundred.
func blockTime(cmd *cobra.Command, c *chain.Chain, newest chain.Block) (float64, error) {
	const span = 100
	if newest.Number <= span {
		return 0, nil
	}
	old, err := c.BlockAt(cmd.Context(), newest.Number-span)
	if err != nil {
		return 0, err
	}
	return float64(newest.Time-old.Time) / span, nil
}

// show prints the plan to standard output.
func (p startPlan) show(cmd *cobra.Command) error {
	if wantJSON(cmd) {
		return printJSON(cmd.OutOrStdout(), p)
	}
	p.print(cmd.OutOrStdout())
	return nil
}

func (p startPlan) print(w io.Writer) {
	what := "makes the key"
	if p.Previous != 0 {
		what = fmt.Sprintf("hands the key of epoch %d on, which takes %d of its %d members", p.Previous, p.previousThreshold, len(p.dealers))
	}
	fmt.Fprintf(w, "Epoch %d of the board %s on chain %d %s.\n", p.Epoch, p.Board, p.ChainID, what)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, m := range p.Members {
		note := ""
		if m.New && p.Previous != 0 {
			note = "new"
		}
		fmt.Fprintf(t, "member %d\t%s\tsigner %s\t%s\n", m.Index, m.Account, m.Signer, note)
	}
	t.Flush()
	for _, account := range p.Leaving {
		fmt.Fprintf(w, "leaves     %s\n", account)
	}
	fmt.Fprintf(w, "threshold  %d of %d: %d that stay silent keep the others from using the key\n", p.Threshold, len(p.Members), len(p.Members)-p.Threshold+1)
	fmt.Fprintf(w, "phases     4 of %d blocks%s; they must be longer than blocks take to become final\n", p.PhaseBlocks, p.duration())
	for _, pay := range p.Funding {
		switch {
		case pay.Gets.Sign() > 0:
			fmt.Fprintf(w, "fund       %s with %s ether\n", pay.Signer, deploy.Ether(pay.Gets))
		case pay.Has.Sign() == 0:
			fmt.Fprintf(w, "warning    the signer %s has no ether: it cannot post\n", pay.Signer)
		}
	}
}

// duration is what a phase lasts, if that can be told.
func (p startPlan) duration() string {
	if p.secondsPerBlock == 0 {
		return ""
	}
	phase := time.Duration(float64(p.PhaseBlocks) * p.secondsPerBlock * float64(time.Second))
	return fmt.Sprintf(", about %s each as blocks come now", phase.Round(time.Second))
}
