// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

func newEvidenceCommand() *cobra.Command {
	evidence := group("evidence", "Evidence: say what it says, and whether to believe it",
		newEvidenceShowCommand(), newEvidenceVerifyCommand())
	evidence.Long = `Say what evidence of a confidential VM says, and whether to believe it.

FILE is an evidence envelope of escrin's, or a bare TDX quote (version 4 or 5) or SEV-SNP report (version 2 to 5) of
any guest; as bytes, in hexadecimal or in base64; - is standard input. Instead of a file, --task takes the evidence of the guest
that does a task, while it runs or after.`
	evidence.Example = `  escrin evidence show quote.bin
  escrin evidence verify quote.bin --roots intel.pem --policy policy.json --collateral collateral.bin \
      --report-data 0x… --measurement MRTD,RTMR0,RTMR1,RTMR2
  escrin evidence verify --task $TASK`
	addNetworkFlag(evidence)
	return evidence
}

// evidenceFlags say which evidence a command is about.
type evidenceFlags struct {
	task       string
	collateral string
}

func (f *evidenceFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.task, "task", "", "take the evidence of the guest that does this `TASK`, from the job service")
	cmd.Flags().StringVar(&f.collateral, "collateral", "", "take the vendor's endorsements from this `FILE` (a bundle, as escrin collateral writes), not from the envelope")
}

// oneSource checks that there is a FILE or a task, and not both.
func (f *evidenceFlags) oneSource(cmd *cobra.Command, args []string) error {
	switch {
	case f.task == "" && len(args) == 0:
		return usageError{cmd.CommandPath(), "missing argument FILE, or --task TASK"}
	case f.task != "" && len(args) > 0:
		return usageError{cmd.CommandPath(), "FILE and --task are two sources of evidence"}
	case len(args) > 1:
		return usageError{cmd.CommandPath(), fmt.Sprintf("unexpected argument %q", args[1])}
	}
	return nil
}
