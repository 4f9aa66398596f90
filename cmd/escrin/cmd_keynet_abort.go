// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/escrin/escrin/jobs/keynet"
)

func newKeynetAbortCommand() *cobra.Command {
	var f boardFlags
	var yes bool
	cmd := &cobra.Command{
		Use:   "abort",
		Short: "Give up the epoch that is under way, so that another can be started",
		Long:  `Give up the epoch that is under way, so that another can be started at once. Only the governor of the board may do this. The active epoch stays.`,
		Args:  exactly(),
		RunE:  func(cmd *cobra.Command, _ []string) error { return keynetAbort(cmd, f, yes) },
	}
	f.add(cmd)
	addAccountFlag(cmd)
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask")
	return cmd
}

func keynetAbort(cmd *cobra.Command, f boardFlags, yes bool) error {
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
	v, err := o.view(cmd, "latest", keynet.Current)
	if err != nil {
		return err
	}
	latest, _ := v.Epoch(v.LatestEpoch)
	switch {
	case !latest.Phase.Running():
		return withHint(fmt.Errorf("no epoch is under way"), "see `escrin keynet status`")
	case v.Governor != payer.Address():
		return withHint(fmt.Errorf("the governor of the board is %s, not %s; only the governor gives epochs up", v.Governor, payer.Address()),
			"name the governor's key with --account")
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "Epoch %d is in %s.\n", latest.Number, latest.Phase)
	if err := askToSend(cmd, yes); err != nil {
		return err
	}
	receipt, err := o.chain.Board(o.at).Abort(cmd.Context(), payer, latest.Number)
	if err != nil {
		return err
	}
	if wantJSON(cmd) {
		return printJSON(cmd.OutOrStdout(), abortedEpoch{latest.Number, receipt.TxHash.Hex(), receipt.Block})
	}
	fmt.Fprintf(cmd.OutOrStdout(), "epoch %d given up in block %d\n", latest.Number, receipt.Block)
	return nil
}

// abortedEpoch is what `keynet abort` prints with --json.
type abortedEpoch struct {
	Epoch       uint64 `json:"epoch"`
	Transaction string `json:"transaction"`
	Block       uint64 `json:"block"`
}
