// SPDX-License-Identifier: Apache-2.0

package deploy

import (
	"bytes"
	"context"
	"fmt"
	"math/big"
	"slices"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/ethereum/go-ethereum/params"
)

// Step is one contract of a plan.
type Step struct {
	Contract
	There bool
	Gas   uint64 // the most that its transaction may use; 0 if it is there
}

// Plan is what is to be sent to a chain. Survey makes it, Send carries it out.
type Plan struct {
	Terms   Terms
	ChainID *big.Int
	Account common.Address
	Balance *big.Int // wei
	Price   Price
	Proxy   ProxyStep
	Steps   []Step

	client *ethclient.Client
}

// ProxyStep is what the deterministic deployment proxy costs if the chain does not have it.
type ProxyStep struct {
	There bool
	Gas   uint64   // of the transfer to its signer; 0 if it has enough
	Value *big.Int // wei: the transfer
}

// Survey looks at a chain and plans what is to be sent from an account so that the named contracts (none: all that the
// terms suffice for) are there. It sends nothing. Its errors, some of which come beside a plan, have hints: see
// errors.go.
func Survey(ctx context.Context, client *ethclient.Client, account common.Address, t Terms, only ...Name) (*Plan, error) {
	chosen, err := t.choose(only)
	if err != nil {
		return nil, err
	}
	p := &Plan{Terms: t, Account: account, client: client}
	if p.ChainID, err = client.ChainID(ctx); err != nil {
		return nil, &NodeError{"ask the chain for its id", err}
	}
	if p.Balance, err = client.BalanceAt(ctx, account, nil); err != nil {
		return nil, &NodeError{fmt.Sprintf("read balance of %s", account), err}
	}
	if p.Price, err = priceAt(ctx, client); err != nil {
		return nil, err
	}
	if err := p.lookAtContracts(ctx, chosen); err != nil {
		return nil, err
	}
	if err := p.lookForPrecompiles(ctx); err != nil {
		return nil, err
	}
	return p, p.lookAtProxy(ctx)
}

// choose returns the contracts with the names, and those that they need, in the table's order.
func (t Terms) choose(only []Name) ([]Contract, error) {
	all, err := t.Contracts()
	if err != nil {
		return nil, err
	}
	wanted := slices.Clone(only)
	for _, name := range only {
		if !slices.ContainsFunc(all, func(c Contract) bool { return c.Name == name }) {
			return nil, fmt.Errorf("there is no contract %q", name)
		}
	}
	for _, c := range slices.Backward(all) {
		if slices.Contains(wanted, c.Name) {
			wanted = append(wanted, c.After...)
		}
	}
	var chosen []Contract
	for _, c := range all {
		switch {
		case len(only) == 0 && c.Lacks == "", slices.Contains(wanted, c.Name) && c.Lacks == "":
			chosen = append(chosen, c)
		case slices.Contains(wanted, c.Name):
			return nil, fmt.Errorf("%s cannot be made without %s", c.Name, c.Lacks)
		}
	}
	return chosen, nil
}

// lookAtContracts finds what is there, and what the rest costs.
func (p *Plan) lookAtContracts(ctx context.Context, chosen []Contract) error {
	expected, err := rehearse(p.ChainID, p.Terms.Salt(), chosen)
	if err != nil {
		return err
	}
	for _, c := range chosen {
		code, err := p.client.CodeAt(ctx, c.Address, nil)
		if err != nil {
			return &NodeError{fmt.Sprintf("look for %s", c.Name), err}
		}
		step := Step{Contract: c, There: len(code) > 0}
		switch {
		case !step.There:
			step.Gas = atMost(expected[c.Name].gas)
		case !bytes.Equal(code, expected[c.Name].code):
			return &CodeError{Name: c.Name, Address: c.Address, ChainID: p.ChainID}
		}
		p.Steps = append(p.Steps, step)
	}
	return nil
}

// lookForPrecompiles asks for what is needed by contracts that are to be deployed.
func (p *Plan) lookForPrecompiles(ctx context.Context) error {
	var asked []Precompile
	for _, step := range p.Steps {
		if !step.There {
			asked = append(asked, step.Needs...)
		}
	}
	slices.Sort(asked)
	missing, err := MissingPrecompiles(ctx, p.client, slices.Compact(asked))
	if err != nil {
		return &NodeError{"check precompiles", err}
	}
	if len(missing) == 0 {
		return nil
	}
	e := &PrecompileError{ChainID: p.ChainID, Missing: missing}
	for _, step := range p.Steps {
		if slices.ContainsFunc(step.Needs, func(n Precompile) bool { return slices.Contains(missing, n) }) {
			e.Needed = append(e.Needed, step.Name)
		} else {
			e.Possible = append(e.Possible, step.Name)
		}
	}
	return e
}

// lookAtProxy finds out whether the proxy is there, else what it costs; and asks the node to estimate what it can.
func (p *Plan) lookAtProxy(ctx context.Context) error {
	code, err := p.client.CodeAt(ctx, ProxyAddress(), nil)
	if err != nil {
		return &NodeError{"look for the deployment proxy", err}
	}
	switch {
	case bytes.Equal(code, ProxyCode()):
		p.Proxy = ProxyStep{There: true, Value: new(big.Int)}
		return p.askForEstimates(ctx)
	case len(code) > 0:
		return &ProxyError{ChainID: p.ChainID, Reason: fmt.Sprintf("other code is at %s", ProxyAddress()), Final: true}
	case !p.Pending():
		return nil
	}
	return p.planProxy(ctx)
}

// planProxy says what the proxy costs, or why the chain cannot have it.
func (p *Plan) planProxy(ctx context.Context) error {
	nonce, err := p.client.NonceAt(ctx, ProxySigner(), nil)
	if err != nil {
		return &NodeError{"read nonce of the proxy's signer", err}
	}
	if nonce > 0 {
		return &ProxyError{ChainID: p.ChainID, Reason: "its transaction was sent and failed", Final: true}
	}
	if p.Price.Base.Cmp(proxyGasPrice()) > 0 {
		return &ProxyError{ChainID: p.ChainID, Reason: "gas costs more than the 100 gwei that its transaction pays"}
	}
	gas, err := p.client.EstimateGas(ctx, ethereum.CallMsg{From: ProxySigner(), Data: common.FromHex(proxyCreation)})
	if err == nil && gas > proxyGas {
		return &ProxyError{ChainID: p.ChainID, Reason: fmt.Sprintf("it takes %d gas here, and its transaction has %d", gas, proxyGas), Final: true}
	}
	balance, err := p.client.BalanceAt(ctx, ProxySigner(), nil)
	if err != nil {
		return &NodeError{"read balance of the proxy's signer", err}
	}
	p.Proxy.Value = new(big.Int).Sub(proxyCost(), balance)
	if p.Proxy.Value.Sign() <= 0 {
		p.Proxy.Value.SetUint64(0)
		return nil
	}
	p.Proxy.Gas = atMost(params.TxGas)
	return nil
}

// askForEstimates replaces the rehearsal's gas by what the node thinks, which knows its chain's prices, for contracts
// that need nothing that is not there yet.
func (p *Plan) askForEstimates(ctx context.Context) error {
	var absent []Name
	for i, step := range p.Steps {
		if step.There {
			continue
		}
		absent = append(absent, step.Name)
		if slices.ContainsFunc(step.After, func(n Name) bool { return slices.Contains(absent, n) }) {
			continue
		}
		gas, err := p.client.EstimateGas(ctx, p.message(step.Contract))
		switch {
		case err != nil && isFunds(err): // Affordable tells
			continue
		case err != nil:
			return estimateError(step.Contract, err)
		}
		p.Steps[i].Gas = max(step.Gas, atMost(gas))
	}
	return nil
}

// message is the call that deploys a contract.
func (p *Plan) message(c Contract) ethereum.CallMsg {
	proxy := ProxyAddress()
	return ethereum.CallMsg{From: p.Account, To: &proxy, Data: append(p.Terms.Salt().Bytes(), c.InitCode...)}
}

// atMost leaves room for a state that changes between estimate and block.
func atMost(gas uint64) uint64 { return gas + gas/5 }

// Pending tells whether anything is to be sent.
func (p *Plan) Pending() bool {
	return slices.ContainsFunc(p.Steps, func(s Step) bool { return !s.There })
}

// Gas is the most that the plan's transactions may use of the account's.
func (p *Plan) Gas() uint64 {
	gas := p.Proxy.Gas
	for _, step := range p.Steps {
		gas += step.Gas
	}
	return gas
}

// Cost is the most that the plan may take from the account, in wei. Rollups may charge for data beside it.
func (p *Plan) Cost() *big.Int {
	cost := p.Price.of(p.Gas())
	if p.Pending() && p.Proxy.Value != nil {
		cost.Add(cost, p.Proxy.Value)
	}
	return cost
}

// CostOf is the most that one contract may cost, in wei.
func (p *Plan) CostOf(s Step) *big.Int { return p.Price.of(s.Gas) }

// Affordable is a *FundsError if the account has less than Cost.
func (p *Plan) Affordable() error {
	if cost := p.Cost(); p.Balance.Cmp(cost) < 0 {
		return &FundsError{Account: p.Account, Balance: p.Balance, Cost: cost}
	}
	return nil
}
