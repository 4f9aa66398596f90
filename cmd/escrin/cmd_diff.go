// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/escrin/escrin/enclaver"
)

// maxShownDifferences bounds what `diff` prints for people.
const maxShownDifferences = 100

// newDiffCommand compares two enclaves.
func newDiffCommand() *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use:   "diff A B",
		Short: "Say what differs between two enclaves, down to the layer, the variable and the file",
		Long: `Say what differs between two enclaves: what of their images, specs and guest bases, down to the layer, the environment
variable and the file, with what A has and what B has. The command ends with status 1 if anything does.

Enclaves that are not in the local store are pulled.`,
		Example: "  escrin diff localhost:5000/auction:v1 localhost:5000/auction:v2",
		Args:    exactly("A", "B"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var pair [2]enclaver.Reference
			for i, text := range args {
				ref, err := enclaver.ParseReference(text)
				if err != nil {
					return usageError{cmd.CommandPath(), err.Error()}
				}
				pair[i] = ref
			}
			return runDiff(cmd, pair, all)
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, fmt.Sprintf("print all differences, not only the first %d", maxShownDifferences))
	addStoreFlag(cmd)
	return cmd
}

func runDiff(cmd *cobra.Command, pair [2]enclaver.Reference, all bool) error {
	defer frugal()()
	steps := newProgress(cmd)
	defer steps.done()
	var enclaves [2]*enclaver.Enclave
	for i, ref := range pair {
		e, forget, err := obtain(cmd, ref, false, steps)
		if err != nil {
			return err
		}
		defer forget()
		enclaves[i] = e
	}
	differences, err := enclaver.Diff(cmd.Context(), enclaves[0], enclaves[1], steps.tell)
	if err != nil {
		return err
	}
	steps.done()
	if err := printDifferences(cmd, differences, all); err != nil {
		return err
	}
	if len(differences) > 0 {
		return exitStatus(exitError)
	}
	return nil
}

func printDifferences(cmd *cobra.Command, differences []enclaver.Difference, all bool) error {
	if wantJSON(cmd) {
		if differences == nil {
			differences = []enclaver.Difference{}
		}
		return printJSON(cmd.OutOrStdout(), differences)
	}
	shown := differences
	if !all && len(shown) > maxShownDifferences {
		shown = shown[:maxShownDifferences]
	}
	w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
	for _, d := range shown {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", d.Kind, oneLine(d.Name), orNone(d.A), orNone(d.B))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if left := len(differences) - len(shown); left > 0 {
		fmt.Fprintf(cmd.ErrOrStderr(), "%d more: see --all\n", left)
	}
	return nil
}

func orNone(value string) string {
	if value == "" {
		return "–"
	}
	return oneLine(value)
}
