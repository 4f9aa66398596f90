// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/escrin/escrin/attest/endorse"
)

func newCollateralShowCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "show FILE",
		Short: "Say what collateral says, and until when it is valid",
		Long: `Say what a bundle of collateral, or that in an envelope of evidence, says, and until when it is valid. Nothing of it is verified by
this: ` + "`escrin evidence verify`" + ` does that.`,
		Example: "  escrin collateral show collateral.bin --json",
		Args:    exactly("FILE"),
		RunE:    func(cmd *cobra.Command, args []string) error { return showCollateral(cmd, args) },
	}
}

// shownCollateral is what `collateral show` prints with --json.
type shownCollateral struct {
	Size int `json:"size"`
	endorse.Summary
}

func showCollateral(cmd *cobra.Command, args []string) error {
	source := evidenceFlags{}
	given, err := source.present(cmd, args)
	if err != nil {
		return err
	}
	raw := given.evidence.Collateral
	if len(raw) == 0 {
		return withHint(fmt.Errorf("%s is without collateral", args[0]), "`escrin collateral fetch --quote %s` gets it", args[0])
	}
	summary, err := endorse.Summarise(raw)
	if err != nil {
		return err
	}
	if wantJSON(cmd) {
		return printJSON(cmd.OutOrStdout(), shownCollateral{len(raw), summary})
	}
	out := cmd.OutOrStdout()
	state := ""
	if !time.Now().Before(summary.Until) {
		state = ", which is over"
	}
	fmt.Fprintf(out, "collateral for a guest of %s, %s, valid until %s%s\n\n", technology(summary.TEE), byteSize(int64(len(raw))), summary.Until.Format(time.RFC3339), state)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "part\tnumber\tfrom\tuntil\tsays")
	for _, p := range summary.Parts {
		number := p.Number
		if number == "" {
			number = "-"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", p.Name, number, p.From.Format(time.RFC3339), p.Until.Format(time.RFC3339), oneLine(p.Words))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(cmd.ErrOrStderr(), "note: nothing of this was verified; `escrin evidence verify` does that")
	return nil
}
