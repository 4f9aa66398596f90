// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"math/big"
	"os"
	"slices"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/params"
	"github.com/spf13/cobra"

	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/jobs/keynet"
)

// keynetStart are the flags of `keynet start`.
type keynetStart struct {
	boardFlags
	threshold   int
	phaseBlocks uint32
	fund        string
	yes, dryRun bool
	force       bool
}

func newKeynetStartCommand() *cobra.Command {
	var f keynetStart
	cmd := &cobra.Command{
		Use:   "start FILE...",
		Short: "Start an epoch: the first makes the key, later ones hand it on",
		Long: `Start an epoch. Only the governor of the board may do this.

Each FILE holds what ` + "`escrin-keyholder join`" + ` printed for one member, or a list of such entries. They are the members of the new epoch;
who was a member and is not named leaves. The first epoch makes the key. Later ones hand it on, the public key stays, and the epoch before
stays active until a threshold of the new members have certified the outcome.

A phase must be longer than blocks take to become final: messages count for keyholders once they are.`,
		Example: `  escrin keynet start alice.json bob.json carol.json --threshold 2 --rpc https://rpc.example --board 0x5FbD… --account governor.key
  escrin keynet start members.json --threshold 3 --phase-blocks 8 --fund 0.1 --dry-run`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError{cmd.CommandPath(), "missing argument FILE"}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd, args) },
	}
	f.add(cmd)
	addAccountFlag(cmd)
	cmd.Flags().IntVarP(&f.threshold, "threshold", "t", 0, "the `NUMBER` of members that can use the key together: more than half of them")
	cmd.Flags().Uint32Var(&f.phaseBlocks, "phase-blocks", 300, "the `NUMBER` of blocks that each of the four phases lasts")
	cmd.Flags().StringVar(&f.fund, "fund", "", "fill up the signers of dealers and members to so much `ETHER` each")
	cmd.Flags().BoolVar(&f.force, "force", false, "start even if a member does not show its encryption key: nobody deals until it does")
	cmd.Flags().BoolVarP(&f.yes, "yes", "y", false, "do not ask")
	cmd.Flags().BoolVar(&f.dryRun, "dry-run", false, "show what would be done, and do nothing")
	return cmd
}

func (f *keynetStart) run(cmd *cobra.Command, files []string) error {
	if f.threshold == 0 {
		return usageError{cmd.CommandPath(), "missing --threshold NUMBER"}
	}
	members, err := f.members(cmd, files)
	if err != nil {
		return err
	}
	o, err := f.open(cmd)
	if err != nil {
		return err
	}
	defer o.chain.Close()
	if len(o.network.Accounts) == 0 && !cmd.Flags().Changed("account") {
		return usageError{cmd.CommandPath(), "missing --account KEYFILE"}
	}
	payer, err := account(cmd, o.network)
	if err != nil {
		return err
	}
	plan, err := f.plan(cmd, o, members, payer.Address())
	if err != nil {
		return err
	}
	if f.dryRun {
		return plan.show(cmd)
	}
	if !wantJSON(cmd) {
		plan.print(cmd.ErrOrStderr())
	}
	if err := askToSend(cmd, f.yes); err != nil {
		return err
	}
	return f.carryOut(cmd, o, payer, plan)
}

// members reads the files.
func (f *keynetStart) members(cmd *cobra.Command, files []string) ([]chain.Member, error) {
	var entries []keynet.Entry
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("read members: %w", err)
		}
		some, err := keynet.ParseEntries(raw)
		if err != nil {
			return nil, withHint(fmt.Errorf("read members: %s: %w", file, err), "a file holds what `escrin-keyholder join` prints, or a list of it")
		}
		entries = append(entries, some...)
	}
	members, err := keynet.Members(entries, f.threshold)
	if err != nil {
		return nil, usageError{cmd.CommandPath(), err.Error()}
	}
	if f.force {
		return members, nil
	}
	if err := keynet.CheckKeys(cmd.Context(), entries); err != nil {
		return nil, withHint(err, "the member's keyholder must run and be reached; leave it out, or use --force if only others reach it")
	}
	return members, nil
}

// plan looks at the board and says what is wrong before anything is paid for.
func (f *keynetStart) plan(cmd *cobra.Command, o openBoard, members []chain.Member, payer common.Address) (startPlan, error) {
	v, err := o.view(cmd, "latest", keynet.Current)
	if err != nil {
		return startPlan{}, err
	}
	if v.Governor != payer {
		return startPlan{}, withHint(fmt.Errorf("the governor of the board is %s, not %s; only the governor starts epochs", v.Governor, payer),
			"name the governor's key with --account; if it is a contract, let it call startEpoch")
	}
	if latest, _ := v.Epoch(v.LatestEpoch); latest.Phase.Running() {
		return startPlan{}, withHint(fmt.Errorf("epoch %d is in %s, %d blocks before that ends", latest.Number, latest.Phase, v.BlocksLeft(latest)),
			"see `escrin keynet status`; `escrin keynet abort` gives it up")
	}
	if err := v.CheckFresh(members); err != nil {
		return startPlan{}, withHint(err, "run `escrin-keyholder join` again: an epoch uses the key up")
	}
	p := startPlan{ChainID: v.ChainID, Board: v.Board, Epoch: v.LatestEpoch + 1, Previous: v.ActiveEpoch, Threshold: f.threshold, PhaseBlocks: f.phaseBlocks}
	before, _ := v.Epoch(v.ActiveEpoch)
	p.Members, p.Leaving, p.previousThreshold = describeMembers(before, members), leaving(before.Members, members), int(before.Threshold)
	p.dealers, p.members = before.Members, members
	if p.secondsPerBlock, err = blockTime(cmd, o.chain, v.Block); err != nil {
		return p, err
	}
	p.Funding, err = f.funding(cmd, o, slices.Concat(before.Members, members))
	return p, err
}

// funding is what the signers lack.
func (f *keynetStart) funding(cmd *cobra.Command, o openBoard, of []chain.Member) ([]payment, error) {
	want := new(big.Int)
	if f.fund != "" {
		var ok bool
		if want, ok = parseEther(f.fund); !ok {
			return nil, usageError{cmd.CommandPath(), fmt.Sprintf("--fund: %.80q is no amount of ether", f.fund)}
		}
	}
	payments := []payment{}
	for _, m := range of {
		if slices.ContainsFunc(payments, func(p payment) bool { return p.Signer == m.Signer }) {
			continue
		}
		has, err := o.chain.Balance(cmd.Context(), m.Signer)
		if err != nil {
			return nil, err
		}
		p := payment{Signer: m.Signer, Has: has, Gets: new(big.Int)}
		if has.Cmp(want) < 0 {
			p.Gets.Sub(want, has)
		}
		payments = append(payments, p)
	}
	return payments, nil
}

// parseEther reads an amount of ether, `0.05`, as wei.
func parseEther(text string) (*big.Int, bool) {
	amount, ok := new(big.Rat).SetString(text)
	if !ok || amount.Sign() < 0 || len(text) > 40 {
		return nil, false
	}
	amount.Mul(amount, new(big.Rat).SetInt64(params.Ether))
	return amount.Num(), amount.IsInt()
}

// carryOut pays the signers and starts the epoch.
func (f *keynetStart) carryOut(cmd *cobra.Command, o openBoard, payer *chain.Account, plan startPlan) error {
	p := newProgress(cmd)
	defer p.done()
	for _, pay := range plan.Funding {
		if pay.Gets.Sign() == 0 {
			continue
		}
		p.step("fund " + pay.Signer.Hex())
		if _, err := o.chain.Pay(cmd.Context(), payer, pay.Signer, pay.Gets); err != nil {
			return err
		}
	}
	p.step(fmt.Sprintf("start epoch %d", plan.Epoch))
	epoch, receipt, err := o.chain.Board(o.at).Start(cmd.Context(), payer, plan.members, uint8(f.threshold), f.phaseBlocks)
	if err != nil {
		return err
	}
	p.done()
	plan.Epoch, plan.Started, plan.Transaction, plan.Block = epoch, true, receipt.TxHash, receipt.Block
	if wantJSON(cmd) {
		return printJSON(cmd.OutOrStdout(), plan)
	}
	fmt.Fprintf(cmd.OutOrStdout(), "epoch %d started in block %d\n", epoch, receipt.Block)
	fmt.Fprintln(cmd.ErrOrStderr(), "`escrin keynet status` shows how it goes on.")
	return nil
}

// askToSend wants a yes from somebody, or from --yes.
func askToSend(cmd *cobra.Command, yes bool) error {
	switch {
	case yes:
		return nil
	case wantJSON(cmd), !isTerminal(cmd):
		return withHint(errors.New("nothing was sent: nobody can be asked"), "say --yes, or look at the plan with --dry-run")
	case confirm(cmd, "Send this?"):
		return nil
	}
	return withHint(errors.New("nothing was sent"), "answer yes, or use --yes")
}
