// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	"github.com/spf13/cobra"

	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/guestagent/task"
	"github.com/escrin/escrin/jobs/network"
)

func newJobCancelCommand() *cobra.Command {
	return newJobEndCommand(ending{
		use: "cancel TASK", short: "End a task that nobody has claimed, and get its fee back",
		long: `End a task that nobody has claimed, and get its fee back. Only the account that submitted a task can.

The fee is credited to the refundee of the task's terms, who takes it with "escrin job withdraw".`,
		refusals: map[string]string{
			"Unauthorized": "only its submitter can cancel a task: name that account with --account",
			"TaskIs":       "a task that is claimed can end by its result, or be reopened when the claim lapses: `escrin job expire`",
		},
		send: (*chain.Chain).Cancel,
	})
}

func newJobExpireCommand() *cobra.Command {
	return newJobEndCommand(ending{
		use: "expire TASK", short: "Reopen a task whose claim lapsed, or end one whose deadline passed",
		long: `Reopen a task whose claim lapsed, or end one whose deadline passed or whose attempts are used up. Anybody can.

A job service does so by itself. Fee and bond are credited to the refundee of the task's terms, who takes them with
"escrin job withdraw".`,
		refusals: map[string]string{
			"NotExpired": "`escrin job status` tells who has the task; a task that nobody has claimed its submitter can cancel",
			"TaskIs":     "it is over: `escrin job status` tells how",
		},
		send: (*chain.Chain).Expire,
	})
}

// ending is a call of the task hub that ends a task or its claim.
type ending struct {
	use, short, long string
	refusals         map[string]string // a hint for each of the hub's
	send             func(*chain.Chain, context.Context, *chain.Account, common.Hash, task.Terms) (chain.Receipt, error)
}

func newJobEndCommand(e ending) *cobra.Command {
	cmd := &cobra.Command{
		Use: e.use, Short: e.short, Long: e.long, Args: exactly("TASK"),
		RunE: onChain("task", e.run),
	}
	addAccountFlag(cmd)
	return cmd
}

func (e ending) run(cmd *cobra.Command, n network.Network, c *chain.Chain, id common.Hash) error {
	payer, err := account(cmd, n)
	if err != nil {
		return err
	}
	before, err := c.Task(cmd.Context(), id)
	if err != nil {
		return withHint(err, "`escrin job list` lists the job service's tasks")
	}
	receipt, err := e.send(c, cmd.Context(), payer, before.ID, before.Terms)
	for name, hint := range e.refusals {
		if chain.IsRevert(err, name) {
			return withHint(err, "%s", hint)
		}
	}
	if err != nil {
		return err
	}
	after, err := c.Task(cmd.Context(), id)
	if err != nil {
		return err
	}
	ended := endedJob{id, after.State.String(), after.Attempt, receipt.TxHash, receipt.Block}
	if wantJSON(cmd) {
		return printJSON(cmd.OutOrStdout(), ended)
	}
	fmt.Fprintf(cmd.OutOrStdout(), "task         %s\nstate        %s\ntransaction  %s\nblock        %d\n", id, ended.State, ended.Tx, ended.Block)
	if after.State.Over() && before.Fee().Sign() > 0 {
		fmt.Fprintf(cmd.ErrOrStderr(), "\nthe fee is credited to %s:  escrin job withdraw%s\n", common.Address(before.Terms.Refundee), tokenFlag(before.Terms.Token))
	}
	return nil
}

// endedJob is what became of a task, for --json.
type endedJob struct {
	Task    common.Hash `json:"task"`
	State   string      `json:"state"`
	Attempt uint32      `json:"attempt"`
	Tx      common.Hash `json:"tx"`
	Block   uint64      `json:"block"`
}

// tokenFlag is the flag of `job withdraw` for a token.
func tokenFlag(token common.Address) string {
	if token == (common.Address{}) {
		return ""
	}
	return " --token " + token.Hex()
}

func newJobWithdrawCommand() *cobra.Command {
	var token string
	cmd := &cobra.Command{
		Use:   "withdraw [--token ADDRESS]",
		Short: "Take what the task hub owes: fees that were earned or came back, and bonds",
		Long: `Take what the task hub owes to the account: fees that were earned or came back, and bonds. The hub never pays on its own.

With --token it pays out in that ERC-20 token, otherwise in the chain's own currency.`,
		Example: `  escrin job withdraw
  escrin job withdraw --token 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed --account submitter.key`,
		Args: exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			var of common.Address
			if token != "" {
				var err error
				if of, err = parseAddress(token); err != nil {
					return usageError{cmd.CommandPath(), fmt.Sprintf("--token: %v", err)}
				}
			}
			return withdraw(cmd, of)
		},
	}
	cmd.Flags().StringVar(&token, "token", "", "`ADDRESS` of an ERC-20 token (default: the chain's own currency)")
	addAccountFlag(cmd)
	return cmd
}

func withdraw(cmd *cobra.Command, token common.Address) error {
	n, c, err := loadAndConnect(cmd)
	if err != nil {
		return err
	}
	defer c.Close()
	owner, err := account(cmd, n)
	if err != nil {
		return err
	}
	credit, err := c.Credit(cmd.Context(), token, owner.Address())
	if err != nil {
		return err
	}
	if credit.Sign() == 0 {
		return withHint(fmt.Errorf("the task hub owes nothing to %s", owner.Address()), "name another account with --account, or a token with --token")
	}
	receipt, err := c.Withdraw(cmd.Context(), owner, token)
	if err != nil {
		return err
	}
	w := withdrawal{owner.Address(), token, credit.String(), receipt.TxHash, receipt.Block}
	if wantJSON(cmd) {
		return printJSON(cmd.OutOrStdout(), w)
	}
	unit := "wei"
	if token != (common.Address{}) {
		unit = "units of token " + token.Hex()
	}
	fmt.Fprintf(cmd.OutOrStdout(), "account      %s\namount       %s %s\ntransaction  %s\nblock        %d\n", w.Account, w.Amount, unit, w.Tx, w.Block)
	return nil
}

// withdrawal is what the hub paid, for --json.
type withdrawal struct {
	Account common.Address `json:"account"`
	Token   common.Address `json:"token"`  // zero for the chain's own currency
	Amount  string         `json:"amount"` // decimal, in the token's units or wei
	Tx      common.Hash    `json:"tx"`
	Block   uint64         `json:"block"`
}
