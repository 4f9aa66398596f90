// SPDX-License-Identifier: Apache-2.0

package main

import (
	"regexp"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// TestFlagsNameTheirValues: in every command's help, what a flag takes has a name, and a switch takes nothing.
func TestFlagsNameTheirValues(t *testing.T) {
	kind := regexp.MustCompile(`^[a-z][A-Za-z0-9]*$`) // what the flags' package calls a value of which it knows the type alone
	var visit func(*cobra.Command)
	visit = func(cmd *cobra.Command) {
		cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
			name, _ := pflag.UnquoteUsage(f)
			if isSwitch := f.Value.Type() == "bool"; isSwitch && name != "" || !isSwitch && name != "duration" && kind.MatchString(name) {
				t.Errorf("%s: --%s %s", cmd.CommandPath(), f.Name, name)
			}
		})
		for _, sub := range cmd.Commands() {
			visit(sub)
		}
	}
	visit(newRootCommand())
}
