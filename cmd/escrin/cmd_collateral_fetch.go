// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/endorse"
	"github.com/escrin/escrin/attest/snp"
	"github.com/escrin/escrin/attest/tdx"
)

// maxVLEK bounds the file with a cloud provider's certificate, in bytes.
const maxVLEK = 4 << 10

// fetchOptions are the flags of `escrin collateral fetch`.
type fetchOptions struct {
	collateralFlags
	quote  string
	output string
	vlek   string
	number uint32
}

func newCollateralFetchCommand() *cobra.Command {
	var o fetchOptions
	cmd := &cobra.Command{
		Use:   "fetch --quote FILE -o FILE",
		Short: "Get the collateral for a quote or report",
		Long: `Get the collateral for a TDX quote or a SEV-SNP report, or for that in an envelope of evidence, and write it as one file. With
it the evidence can be verified without a network. Everything is checked under the roots given before it is kept or written. What is in
the cache is used while it is fresh. AMD's service takes one request in ten seconds: a chip that is new to the cache takes half a minute.`,
		Example: "  escrin collateral fetch --quote quote.bin --roots intel.pem -o collateral.bin",
		Args:    exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			switch {
			case o.quote == "":
				return usageError{cmd.CommandPath(), "--quote is missing: a quote, report or envelope of evidence"}
			case o.output == "":
				return usageError{cmd.CommandPath(), "-o is missing: where to write the collateral"}
			}
			return fetchCollateral(cmd, o)
		},
	}
	o.add(cmd)
	flags := cmd.Flags()
	flags.StringVar(&o.quote, "quote", "", "quote, report or envelope, as bytes, in hexadecimal or in base64: a `FILE`, or - (required)")
	flags.StringVarP(&o.output, "output", "o", "", "`FILE` to write the collateral to, or - (required)")
	flags.StringVar(&o.vlek, "vlek", "", "`FILE` with the certificate (DER) of the cloud provider's key that signed the report")
	flags.Uint32Var(&o.number, "tcb-evaluation", 0, "demand at least this TCB evaluation data `NUMBER` from Intel")
	return cmd
}

// fetchedReport is what `collateral fetch` prints with --json.
type fetchedReport struct {
	File string `json:"file"`
	Size int    `json:"size"`
	endorse.Summary
}

func fetchCollateral(cmd *cobra.Command, o fetchOptions) error {
	source := evidenceFlags{}
	evidence, err := source.present(cmd, []string{o.quote})
	if err != nil {
		return err
	}
	p := newProgress(cmd)
	defer p.done()
	fetcher, err := o.fetcher(cmd, func(line string) { p.step(line) })
	if err != nil {
		return explainCollateral(err)
	}
	p.step("getting the collateral for a guest of " + technology(evidence.evidence.TEE))
	defer fetcher.Close()
	bundle, err := o.bundle(cmd.Context(), fetcher, evidence.evidence)
	if err != nil {
		return explainCollateral(err)
	}
	summary, err := endorse.Summarise(bundle)
	if err != nil {
		return err
	}
	p.done()
	if o.output == "-" {
		_, err := cmd.OutOrStdout().Write(bundle)
		return err
	}
	if err := os.WriteFile(o.output, bundle, 0o644); err != nil {
		return fmt.Errorf("write collateral: %w", err)
	}
	if wantJSON(cmd) {
		return printJSON(cmd.OutOrStdout(), fetchedReport{o.output, len(bundle), summary})
	}
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s: %s, valid until %s\n", o.output, byteSize(int64(len(bundle))), summary.Until.Format(time.RFC3339))
	return err
}

// technology is what the vendor calls the TEE.
func technology(t attest.TEE) string {
	if t == attest.SNP {
		return "SEV-SNP"
	}
	return "TDX"
}

// bundle gets the collateral, encoded, for what the hardware signed.
func (o fetchOptions) bundle(ctx context.Context, f *endorse.Fetcher, e attest.Evidence) ([]byte, error) {
	switch {
	case len(e.Signed) == 0:
		return nil, errors.New("there is no quote or report, only collateral")
	case e.TEE == attest.TDX && o.vlek == "":
		quote, err := tdx.ParseQuote(e.Signed)
		if err != nil {
			return nil, err
		}
		b, err := f.TDX(ctx, quote, o.number)
		if err != nil {
			return nil, err
		}
		return b.Marshal()
	case e.TEE == attest.SNP && o.number == 0:
		return o.bundleSNP(ctx, f, e.Signed)
	}
	return nil, errors.New("--vlek is for reports of SEV-SNP alone, --tcb-evaluation for quotes of TDX alone")
}

func (o fetchOptions) bundleSNP(ctx context.Context, f *endorse.Fetcher, raw []byte) ([]byte, error) {
	report, err := snp.Parse(raw)
	if err != nil {
		return nil, err
	}
	var vlek []byte
	if o.vlek != "" {
		if vlek, err = readBounded(o.vlek, maxVLEK); err != nil {
			return nil, fmt.Errorf("read certificate: %w", err)
		}
	}
	b, err := f.SNP(ctx, report, vlek)
	if err != nil {
		return nil, err
	}
	return b.Marshal()
}
