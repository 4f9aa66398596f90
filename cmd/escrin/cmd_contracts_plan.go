// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"math/big"
	"strconv"
	"text/tabwriter"

	"github.com/ethereum/go-ethereum/common"

	"github.com/escrin/escrin/contracts/deploy"
)

// planReport is a plan, and what became of it, for people and for --json. Amounts are in wei, as decimal digits.
type planReport struct {
	ChainID     string          `json:"chainId"`
	Account     common.Address  `json:"account"`
	BalanceWei  string          `json:"balanceWei"`  // before
	GasPriceWei string          `json:"gasPriceWei"` // now
	MaxPriceWei string          `json:"maxGasPriceWei"`
	CostWei     string          `json:"costWei"` // at most
	Proxy       proxyReport     `json:"proxy"`
	Contracts   []contractState `json:"contracts"`
	LeftOut     []predicted     `json:"leftOut"` // what the terms do not suffice for
	Upgrades    string          `json:"upgrades"`
	Sent        bool            `json:"sent"`

	plan *deploy.Plan
}

type proxyReport struct {
	Address common.Address `json:"address"`
	There   bool           `json:"there"`
}

// contractState is one contract of a plan.
type contractState struct {
	Name    deploy.Name    `json:"name"`
	Address common.Address `json:"address"`
	There   bool           `json:"there"`             // before
	Gas     uint64         `json:"gas,omitempty"`     // at most
	CostWei string         `json:"costWei,omitempty"` // at most
	Tx      *common.Hash   `json:"tx,omitempty"`
	Block   uint64         `json:"block,omitempty"`
	GasUsed uint64         `json:"gasUsed,omitempty"`
}

func describePlan(p *deploy.Plan) *planReport {
	r := &planReport{
		ChainID: p.ChainID.String(), Account: p.Account, BalanceWei: p.Balance.String(),
		GasPriceWei: p.Price.Now().String(), MaxPriceWei: p.Price.Max.String(), CostWei: p.Cost().String(),
		Proxy: proxyReport{deploy.ProxyAddress(), p.Proxy.There}, Upgrades: deploy.UpgradePolicy, plan: p,
		LeftOut: []predicted{},
	}
	for _, step := range p.Steps {
		c := contractState{Name: step.Name, Address: step.Address, There: step.There, Gas: step.Gas}
		if !step.There {
			c.CostWei = p.CostOf(step).String()
		}
		r.Contracts = append(r.Contracts, c)
	}
	return r
}

// keep notes a transaction that is in a block.
func (r *planReport) keep(e deploy.Event) {
	for i := range r.Contracts {
		if r.Contracts[i].Name == e.Name {
			r.Contracts[i].Tx, r.Contracts[i].Block, r.Contracts[i].GasUsed = &e.Tx, e.Block, e.Gas
		}
	}
}

func (r *planReport) print(out io.Writer) {
	p := r.plan
	fmt.Fprintf(out, "Chain %s, paid by %s, which has %s ether.\n\n", r.ChainID, r.Account, shortEther(p.Balance, false))
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "contract\taddress\tgas\tether at most")
	if p.Pending() && !p.Proxy.There {
		cost := new(big.Int).Add(p.Proxy.Value, p.CostOf(deploy.Step{Gas: p.Proxy.Gas}))
		fmt.Fprintf(w, "(deployment proxy)\t%s\t%s\t%s\n", r.Proxy.Address, thousands(p.Proxy.Gas), shortEther(cost, true))
	}
	for _, step := range p.Steps {
		if step.There {
			fmt.Fprintf(w, "%s\t%s\tis there\t\n", step.Name, step.Address)
			continue
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", step.Name, step.Address, thousands(step.Gas), shortEther(p.CostOf(step), true))
	}
	w.Flush()
	if p.Pending() {
		left := new(big.Int).Sub(p.Balance, p.Cost())
		fmt.Fprintf(out, "\ncost      %s ether at most", shortEther(p.Cost(), true))
		if left.Sign() >= 0 {
			fmt.Fprintf(out, "; %s or more stay", shortEther(left, false))
		}
		fmt.Fprintf(out, "\ngas       %s gwei now, %s at most\n", gwei(p.Price.Now()), gwei(p.Price.Max))
	} else {
		fmt.Fprint(out, "\ncost      nothing: all of it is there\n")
	}
	fmt.Fprintf(out, "terms     claim window %v, claim bond %s ether\n", p.Terms.ClaimWindow, deploy.Ether(p.Terms.ClaimBond))
	for _, c := range r.LeftOut {
		fmt.Fprintf(out, "left out  %s, which depends on %s\n", c.Name, c.Lacks)
	}
	fmt.Fprintf(out, "upgrades  %s\n", r.Upgrades)
}

func (r *planReport) printAddresses(out io.Writer) {
	for _, c := range r.Contracts {
		fmt.Fprintf(out, "%-22s  %s\n", c.Name, c.Address)
	}
}

// shortEther is an amount of wei in ether with nine digits, rounded up or down.
func shortEther(wei *big.Int, up bool) string {
	unit := big.NewInt(1e9)
	rounded, rest := new(big.Int).QuoRem(wei, unit, new(big.Int))
	if up && rest.Sign() > 0 {
		rounded.Add(rounded, big.NewInt(1))
	}
	return deploy.Ether(rounded.Mul(rounded, unit))
}

// gwei is a price of gas in units of 10^9 wei.
func gwei(wei *big.Int) string {
	return deploy.Ether(new(big.Int).Mul(wei, big.NewInt(1e9)))
}

// thousands separates a number's digits by commas.
func thousands(n uint64) string {
	text := strconv.FormatUint(n, 10)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
