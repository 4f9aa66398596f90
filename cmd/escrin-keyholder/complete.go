// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"io"
	"strings"
)

const completionLong = `For bash:   source <(escrin-keyholder completion bash)
For zsh:    source <(escrin-keyholder completion zsh)
For fish:   escrin-keyholder completion fish | source
`

func runCompletion(_ context.Context, c *call) error {
	var script string
	switch c.rest[0] {
	case "bash":
		script = bashCompletion()
	case "zsh":
		script = "autoload -U +X bashcompinit && bashcompinit\n" + bashCompletion()
	case "fish":
		script = fishCompletion()
	default:
		return fmt.Errorf("%w: completion: there is none for %q", errUsage, c.rest[0])
	}
	_, err := io.WriteString(c.stdout, script)
	return err
}

func bashCompletion() string {
	var b strings.Builder
	b.WriteString("_escrin_keyholder() {\n\tlocal words=\n\tcase \"${COMP_WORDS[1]}\" in\n")
	var names []string
	for _, v := range verbs() {
		names = append(names, v.name)
		words := []string{"--help"}
		for _, o := range v.options() {
			words = append(words, "--"+o.name)
		}
		if v.args != "" {
			words = append(words, strings.ReplaceAll(v.args, "|", " "))
		}
		fmt.Fprintf(&b, "\t%s) words=%q ;;\n", v.name, strings.Join(words, " "))
	}
	b.WriteString("\tesac\n\tif [ \"$COMP_CWORD\" = 1 ]; then words=\"" + strings.Join(names, " ") + " help\"; fi\n")
	b.WriteString("\tCOMPREPLY=($(compgen -W \"$words\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n}\n")
	b.WriteString("complete -o default -F _escrin_keyholder escrin-keyholder\n")
	return b.String()
}

func fishCompletion() string {
	var b strings.Builder
	for _, v := range verbs() {
		fmt.Fprintf(&b, "complete -c escrin-keyholder -n __fish_use_subcommand -f -a %s -d '%s'\n", v.name, quote(v.short))
		for _, o := range v.options() {
			value := ""
			if o.value != "" {
				value = " -r"
			}
			fmt.Fprintf(&b, "complete -c escrin-keyholder -n '__fish_seen_subcommand_from %s' -l %s%s -d '%s'\n", v.name, o.name, value, quote(o.use))
		}
	}
	return b.String()
}

// quote makes text fit between the shell's single quotes.
func quote(text string) string { return strings.ReplaceAll(text, "'", `\'`) }

// runMan prints the manual page in the language of man(7).
func runMan(_ context.Context, c *call) error {
	var b strings.Builder
	b.WriteString(".TH ESCRIN-KEYHOLDER 1 1970-01-01 escrin escrin\n.SH NAME\nescrin-keyholder \\- one holder of a threshold key network\n")
	b.WriteString(".SH SYNOPSIS\n.B escrin-keyholder\n.I COMMAND\n[flags]\n.SH DESCRIPTION\n" + roff(about) + ".SH COMMANDS\n")
	for _, v := range verbs() {
		fmt.Fprintf(&b, ".SS %s\n%s.\n", roff(v.usage()), roff(v.short))
		if v.long != "" {
			b.WriteString(".PP\n.nf\n" + roff(v.long) + ".fi\n")
		}
		for _, o := range v.options() {
			fmt.Fprintf(&b, ".TP\n.B %s\n%s\n", roff(strings.TrimSpace("--"+o.name+" "+o.value)), roff(o.use))
		}
	}
	b.WriteString(".SH EXIT STATUS\n0 when the command did what it says, 1 when it could not, 2 when it was called wrongly.\n")
	_, err := io.WriteString(c.stdout, b.String())
	return err
}

// roff keeps text from being read as commands.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(text)
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
			lines[i] = `\&` + line
		}
	}
	return strings.Join(lines, "\n")
}
