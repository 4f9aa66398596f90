// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"slices"
	"text/tabwriter"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/spf13/cobra"

	"github.com/escrin/escrin/contracts/deploy"
	"github.com/escrin/escrin/jobs/network"
)

func newContractsCheckCommand() *cobra.Command {
	var f contractsCheck
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Say whether a chain has the contracts of this version, and the precompiles that they need",
		Long: `Say whether a chain has the contracts of this version, and the precompiles that they need.

With a network file it looks where the file says, and takes the claim window and bond from the task hub that is there and
the governor from the platform registry; otherwise where the contracts would be with --group-key, --claim-window, --claim-bond
and --governor. The exit status is 0 only if all of them, or those that --only names, are there, byte for byte: what could not
be checked, because something is not known that its address depends on, counts as not there.`,
		Example: `  escrin contracts check --only IdentityRegistry,TaskHub,CertificatePermitter,PlatformRegistry
  escrin contracts check --rpc https://rpc.example --group-key 0xb1f2…`,
		Args: exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error { return f.check(cmd) },
	}
	f.addTerms(cmd)
	f.addChain(cmd)
	cmd.Flags().StringSliceVar(&f.only, "only", nil, "these `CONTRACTS`, by name; not all")
	return cmd
}

// contractsCheck are the flags of `contracts check`.
type contractsCheck struct {
	deployment
	only []string
}

// contractsReport is what `contracts check` finds.
type contractsReport struct {
	Contracts   []checkedContract   `json:"contracts"`
	NotChecked  []uncheckedContract `json:"notChecked"`
	Precompiles []checkedPrecompile `json:"precompiles"`
	OK          bool                `json:"ok"`
}

type checkedContract struct {
	Name     deploy.Name    `json:"name"`
	Address  common.Address `json:"address"`
	State    deploy.State   `json:"state"`
	Expected common.Address `json:"expected"` // where this version would have it
}

type uncheckedContract struct {
	Name  deploy.Name `json:"name"`
	Lacks string      `json:"lacks"` // what its address depends on and was not given
}

type checkedPrecompile struct {
	Precompile string `json:"precompile"`
	Answers    bool   `json:"answers"` // as it should
	Needed     bool   `json:"needed"`  // by some contract that was checked
}

func (f *contractsCheck) check(cmd *cobra.Command) error {
	n, err := f.load(cmd, f.rpc == "")
	if err != nil {
		return err
	}
	terms, err := f.terms(cmd, n)
	if err != nil {
		return err
	}
	client, err := f.connect(cmd, n)
	if err != nil {
		return err
	}
	defer client.Close()
	only, err := namesOf(cmd, f.only)
	if err != nil {
		return err
	}
	if terms, err = f.readTerms(cmd, client, terms, n.Contracts); err != nil {
		return err
	}
	findings, err := deploy.Inspect(cmd.Context(), client, terms, namedBy(n))
	if err != nil {
		return err
	}
	wanted := func(name deploy.Name) bool { return len(only) == 0 || slices.Contains(only, name) }
	findings = slices.DeleteFunc(findings, func(c deploy.Finding) bool { return !wanted(c.Name) })
	report, err := describeFindings(cmd, client, findings)
	if err != nil {
		return err
	}
	all, err := terms.Contracts()
	if err != nil {
		return err
	}
	for _, c := range all {
		if c.Lacks != "" && wanted(c.Name) {
			report.NotChecked, report.OK = append(report.NotChecked, uncheckedContract{c.Name, c.Lacks}), false
		}
	}
	return report.print(cmd)
}

// readTerms completes the terms with what the contracts of a network file say of themselves. One that does not is another
// contract, which is found out later.
func (f *contractsCheck) readTerms(cmd *cobra.Command, client *ethclient.Client, terms deploy.Terms, at network.Contracts) (deploy.Terms, error) {
	var silent *deploy.NodeError
	if at.TaskHub != (common.Address{}) {
		read, err := terms.ReadTerms(cmd.Context(), client, at.TaskHub)
		if errors.As(err, &silent) {
			return terms, err
		}
		if err == nil {
			terms = read
		}
	}
	if at.Platforms != (common.Address{}) && f.governor == "" {
		read, err := terms.ReadGovernor(cmd.Context(), client, at.Platforms)
		if errors.As(err, &silent) {
			return terms, err
		}
		if err == nil {
			terms = read
		}
	}
	return terms, nil
}

// namedBy are the addresses that a network file has.
func namedBy(n network.Network) map[deploy.Name]common.Address {
	if n.Contracts == (network.Contracts{}) {
		return nil
	}
	return map[deploy.Name]common.Address{
		deploy.IdentityRegistry:     n.Contracts.Registry,
		deploy.TaskHub:              n.Contracts.TaskHub,
		deploy.CertificatePermitter: n.Contracts.Permitter,
		deploy.PlatformRegistry:     n.Contracts.Platforms,
		deploy.KeyNetwork:           n.Contracts.KeyNetwork,
		deploy.Anchors:              n.Contracts.Anchors,
	}
}

func describeFindings(cmd *cobra.Command, client *ethclient.Client, findings []deploy.Finding) (contractsReport, error) {
	missing, err := deploy.MissingPrecompiles(cmd.Context(), client, deploy.Precompiles())
	if err != nil {
		return contractsReport{}, &deploy.NodeError{Doing: "check precompiles", Cause: err}
	}
	r := contractsReport{OK: true, NotChecked: []uncheckedContract{}}
	var needed []deploy.Precompile
	for _, c := range findings {
		r.Contracts = append(r.Contracts, checkedContract{c.Name, c.At, c.State, c.Address})
		r.OK = r.OK && c.State == deploy.Same
		needed = append(needed, c.Needs...)
	}
	for _, p := range deploy.Precompiles() {
		c := checkedPrecompile{p.String(), !slices.Contains(missing, p), slices.Contains(needed, p)}
		r.Precompiles = append(r.Precompiles, c)
		r.OK = r.OK && (c.Answers || !c.Needed)
	}
	return r, nil
}

// print writes the report, and ends with an error if something is wrong.
func (r contractsReport) print(cmd *cobra.Command) error {
	var err error
	if !r.OK {
		err = withHint(errors.New("the chain has not all that this version needs"), "`escrin contracts deploy` adds what is absent")
	}
	if !r.OK && len(r.NotChecked) > 0 {
		err = withHint(errors.New("not all was checked, or not all is what this version needs"),
			"give what the addresses depend on (--group-key, --governor, --tdx-root), or name with --only what is needed; `escrin contracts deploy` adds what is absent")
	}
	if wantJSON(cmd) {
		return errors.Join(printJSON(cmd.OutOrStdout(), r), err)
	}
	w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
	for _, c := range r.Contracts {
		verdict := map[deploy.State]string{
			deploy.Same: "this version's, byte for byte", deploy.Absent: "absent", deploy.Other: "not this version's",
		}[c.State]
		if c.State != deploy.Same && c.Expected != c.Address {
			verdict += "; that would be at " + c.Expected.Hex()
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", c.Name, c.Address, verdict)
	}
	for _, c := range r.NotChecked {
		fmt.Fprintf(w, "%s\tdepends on %s\tnot checked\n", c.Name, c.Lacks)
	}
	w.Flush()
	fmt.Fprintln(cmd.OutOrStdout())
	for _, p := range r.Precompiles {
		verdict := "answers as it should"
		if !p.Answers {
			verdict = "is missing or wrong"
			if !p.Needed {
				verdict += ", and not needed here"
			}
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%-36s  %s\n", p.Precompile, verdict)
	}
	return err
}
