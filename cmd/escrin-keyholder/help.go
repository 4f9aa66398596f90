// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"io"
	"strings"
)

const about = `escrin-keyholder is one holder of a threshold key network: it keeps a share of
a key that nobody has, and uses it for those whom the chain permits.
`

// help prints what all commands are, or what one is.
func help(args []string, stdout io.Writer) error {
	if len(args) > 0 {
		v, ok := verbNamed(args[0])
		if !ok {
			return fmt.Errorf("%w: there is no command %q", errUsage, args[0])
		}
		return v.help(stdout)
	}
	var b strings.Builder
	b.WriteString(about + "\nUsage:\n  escrin-keyholder COMMAND [flags]\n\nCommands:\n")
	for _, v := range verbs() {
		fmt.Fprintf(&b, "  %-12s %s\n", v.name, v.short)
	}
	b.WriteString("\nescrin-keyholder COMMAND --help tells more about a command.\n")
	_, err := io.WriteString(stdout, b.String())
	return err
}

func (v verb) usage() string {
	s := "escrin-keyholder " + v.name
	if len(v.flags) > 0 {
		s += " [flags]"
	}
	if v.args != "" {
		s += " " + v.args
	}
	return s
}

func (v verb) help(stdout io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s.\n\nUsage:\n  %s\n", v.short, v.usage())
	if v.long != "" {
		b.WriteString("\n" + v.long)
	}
	if len(v.flags) > 0 {
		b.WriteString("\nFlags:\n")
	}
	width := 0
	for _, o := range v.options() {
		width = max(width, len(o.usage()))
	}
	for _, o := range v.options() {
		fmt.Fprintf(&b, "  %-*s  %s\n", width, o.usage(), o.use)
	}
	_, err := io.WriteString(stdout, b.String())
	return err
}

func (o option) usage() string { return strings.TrimSpace("--" + o.name + " " + o.value) }

func runVersion(_ context.Context, c *call) error {
	_, err := fmt.Fprintln(c.stdout, version())
	return err
}
