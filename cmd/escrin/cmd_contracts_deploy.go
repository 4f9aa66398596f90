// SPDX-License-Identifier: Apache-2.0

package main

import (
	"crypto/ecdsa"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/spf13/cobra"

	"github.com/escrin/escrin/contracts/deploy"
	"github.com/escrin/escrin/plural"
)

// contractsDeploy are the flags of `contracts deploy`.
type contractsDeploy struct {
	deployment
	only          []string
	confirmations uint64
	yes, dryRun   bool
}

func newContractsDeployCommand() *cobra.Command {
	var f contractsDeploy
	cmd := &cobra.Command{
		Use:   "deploy",
		Short: "Put on a chain what is not there yet, after a look at what it costs",
		Long: `Put on a chain what is not there yet.

First it shows the plan: every contract, its address, the most that it can cost, and what the account has left. Then it
asks, unless --yes says not to. It never spends more than it said; a rollup may charge for data beside gas.
The precompiles that the contracts need are asked for known answers before anything is sent.

Keyholders see a claim when it is final to them, so that a task hub is not made whose claims lapse before. What counts is what the chain
calls finalized or, with --confirmations, what has so many blocks after it: what the keyholders' configuration will say.

It can be interrupted and run again at any time: what is there is left, what is pending is waited for, the rest is sent.

Upgrade policy: ` + deploy.UpgradePolicy + `.`,
		Example: `  escrin contracts deploy --rpc https://rpc.example --chain-id 17000 --account key.txt --group-key 0xb1f2…
  escrin contracts deploy --network net.json --account 0 --dry-run
  escrin contracts deploy --rpc http://127.0.0.1:8545 --account key.txt --only IdentityRegistry,TaskHub --yes --json`,
		Args: exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error { return interrupted(cmd, f.run(cmd)) },
	}
	f.addTerms(cmd)
	f.addChain(cmd)
	addAccountFlag(cmd)
	cmd.Flags().StringSliceVar(&f.only, "only", nil, "these `CONTRACTS` and what they need, by name; not all")
	cmd.Flags().Uint64Var(&f.confirmations, "confirmations", 0, "the keyholders take blocks for final that have this `NUMBER` of others after them (default: those that the chain calls finalized)")
	cmd.Flags().BoolVarP(&f.yes, "yes", "y", false, "do not ask")
	cmd.Flags().BoolVar(&f.dryRun, "dry-run", false, "show the plan and send nothing")
	return cmd
}

// interrupted says that nothing is lost.
func interrupted(cmd *cobra.Command, err error) error {
	if err == nil || cmd.Context().Err() == nil {
		return err
	}
	return withHint(errors.New("interrupted"), "what was sent stays; run it again to go on")
}

func (f *contractsDeploy) run(cmd *cobra.Command) error {
	n, err := f.load(cmd, f.rpc == "")
	if err != nil {
		return err
	}
	terms, err := f.terms(cmd, n)
	if err != nil {
		return err
	}
	only, err := f.names(cmd, terms)
	if err != nil {
		return err
	}
	if len(n.Accounts) == 0 && !cmd.Flags().Changed("account") {
		return usageError{cmd.CommandPath(), "missing --account KEYFILE"}
	}
	key, err := privateKey(cmd, n)
	if err != nil {
		return err
	}
	client, err := f.connect(cmd, n)
	if err != nil {
		return err
	}
	defer client.Close()
	return f.carryOut(cmd, client, key, terms, only)
}

// names reads --only. All is refused if the terms do not suffice for all.
func (f *contractsDeploy) names(cmd *cobra.Command, terms deploy.Terms) ([]deploy.Name, error) {
	only, err := namesOf(cmd, f.only)
	if err != nil || len(only) > 0 {
		return only, err
	}
	contracts, err := terms.Contracts()
	if err != nil {
		return nil, err
	}
	for _, c := range contracts {
		if c.Lacks == deploy.GroupKey {
			return nil, usageError{cmd.CommandPath(), fmt.Sprintf("missing --group-key HEX: %s needs it; or choose others with --only", c.Name)}
		}
	}
	return nil, nil
}

// checkFinality refuses a plan for a task hub whose claims keyholders would see too late.
func (f *contractsDeploy) checkFinality(cmd *cobra.Command, client *ethclient.Client, plan *deploy.Plan) error {
	isNew := func(s deploy.Step) bool { return s.Name == deploy.TaskHub && !s.There }
	if !slices.ContainsFunc(plan.Steps, isNew) {
		return nil
	}
	finality, err := deploy.FinalityOf(cmd.Context(), client, f.confirmations)
	if err != nil {
		return err
	}
	return plan.Terms.Suffices(finality)
}

func (f *contractsDeploy) carryOut(cmd *cobra.Command, client *ethclient.Client, key *ecdsa.PrivateKey, terms deploy.Terms, only []deploy.Name) error {
	ctx, payer, p := cmd.Context(), crypto.PubkeyToAddress(key.PublicKey), newProgress(cmd)
	defer p.done()
	if err := deploy.Settle(ctx, client, payer, func(pending uint64) {
		p.step(fmt.Sprintf("waiting for %s of %s", plural.Of(pending, "pending transaction"), payer))
	}); err != nil {
		return err
	}
	p.done()
	plan, err := deploy.Survey(ctx, client, payer, terms, only...)
	if err != nil {
		return err
	}
	if err := f.checkFinality(cmd, client, plan); err != nil {
		return err
	}
	report := describePlan(plan)
	if len(only) == 0 {
		if err := report.leaveOut(terms); err != nil {
			return err
		}
	}
	if f.dryRun {
		return f.print(cmd, report)
	}
	if !wantJSON(cmd) {
		report.print(cmd.ErrOrStderr())
	}
	if !plan.Pending() {
		return f.print(cmd, report)
	}
	if err := plan.Affordable(); err != nil {
		return err
	}
	if err := askToSend(cmd, f.yes); err != nil {
		return err
	}
	if err := plan.Send(ctx, key, report.note(p)); err != nil {
		return err
	}
	p.done()
	report.Sent = true
	return f.print(cmd, report)
}

func (f *contractsDeploy) print(cmd *cobra.Command, r *planReport) error {
	switch {
	case wantJSON(cmd):
		return printJSON(cmd.OutOrStdout(), r)
	case f.dryRun:
		r.print(cmd.OutOrStdout())
	default:
		r.printAddresses(cmd.OutOrStdout())
	}
	return nil
}

// leaveOut notes which contracts cannot be made with these terms.
func (r *planReport) leaveOut(terms deploy.Terms) error {
	contracts, err := terms.Contracts()
	for _, c := range contracts {
		if c.Lacks != "" {
			r.LeftOut = append(r.LeftOut, predicted{Name: c.Name, About: c.About, Lacks: c.Lacks})
		}
	}
	return err
}

// note shows what is sent and waited for, and keeps it for the report.
func (r *planReport) note(p *progress) func(deploy.Event) {
	return func(e deploy.Event) {
		what := e.Doing
		if e.Name != "" {
			what += " " + string(e.Name)
		}
		switch {
		case e.Done:
			r.keep(e)
			p.done()
			fmt.Fprintf(p.out, "%5.1fs  %s: in block %d, %s gas\n", time.Since(p.start).Seconds(), what, e.Block, thousands(e.Gas))
		case e.Waited == 0, p.terminal:
			p.step(fmt.Sprintf("%s: waiting for a block to take %s", what, e.Tx))
		}
	}
}
