// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/escrin/escrin/attest"
)

func newEvidenceCommand() *cobra.Command {
	evidence := group("evidence", "Evidence: say what it says, and whether to believe it",
		newEvidenceShowCommand(), newEvidenceVerifyCommand())
	evidence.Long = `Say what evidence of a confidential VM says, and whether to believe it.

FILE is an evidence envelope of escrin's, or a bare TDX quote (version 4 or 5) or SEV-SNP report (version 2 to 5) of
any guest; as bytes, in hexadecimal or in base64 (of either alphabet, padded or not); - is standard input. Instead of a file, --task
takes the evidence of the guest that does a task, while it runs or after.

Collateral beside it is a bundle, as escrin collateral writes; or, for TDX, the JSON that dcap-qvl and its kin write; or, for SNP, a PEM
file with the certificates of the chip's key (VCEK or VLEK) and of its issuer (ASK), with AMD's revocation list in --crl. What vouches for
whom is for the trusted roots to say: a root certificate in such a file is left out.`
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
	tee        string
	collateral string
	crl        string
}

func (f *evidenceFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.task, "task", "", "take the evidence of the guest that does this `TASK`, from the job service")
	cmd.Flags().StringVar(&f.tee, "tee", "", "what a bare quote or report is of: `tdx|snp` (default: what it begins like)")
	cmd.Flags().StringVar(&f.collateral, "collateral", "", "take the vendor's endorsements from this `FILE`, not from the envelope")
	cmd.Flags().StringVar(&f.crl, "crl", "", "AMD's revocation list, DER or PEM: a `FILE`, with a --collateral of certificates in PEM")
}

// kind is the TEE that the user says it is, or zero.
func (f *evidenceFlags) kind(cmd *cobra.Command) (attest.TEE, error) {
	switch f.tee {
	case "":
		return 0, nil
	case "tdx":
		return attest.TDX, nil
	case "snp":
		return attest.SNP, nil
	}
	return 0, usageError{cmd.CommandPath(), fmt.Sprintf("--tee: %.80q is neither tdx nor snp", f.tee)}
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
	case f.crl != "" && f.collateral == "":
		return usageError{cmd.CommandPath(), "--crl goes with a --collateral of certificates in PEM"}
	}
	return nil
}
