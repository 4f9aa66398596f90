// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/escrin/escrin/attest/describe"
)

func newEvidenceShowCommand() *cobra.Command {
	var from evidenceFlags
	cmd := &cobra.Command{
		Use:   "show [FILE]",
		Short: "Print every field of evidence, and what it means",
		Long: `Print every field of evidence, and what it means. Nothing is verified: all of it can be forged, and
"escrin evidence verify" says whether it is. FILE may also be a bundle of collateral. The exit status is 0 if all of it could
be read.

With --json each field is one member of "fields", under a name that does not change.`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error { return showEvidence(cmd, &from, args) },
	}
	from.add(cmd)
	return cmd
}

func showEvidence(cmd *cobra.Command, from *evidenceFlags, args []string) error {
	p, err := from.present(cmd, args)
	if err != nil {
		return err
	}
	d := p.describe()
	if wantJSON(cmd) {
		err = printPlainJSON(cmd.OutOrStdout(), shownEvidence{Verified: false, Form: p.form, Encoding: p.encoding, TEE: p.evidence.TEE.String(),
			Fields: fieldsOf(d), Problems: d.Problems()})
	} else {
		err = printDescription(cmd.OutOrStdout(), d)
	}
	if problems := d.Problems(); err == nil && len(problems) > 0 {
		err = errors.New("a part cannot be read: " + strings.Join(problems, "; "))
	}
	return err
}

func (p presented) describe() describe.Description {
	e := p.evidence
	switch p.form {
	case formEnvelope:
		return describe.Envelope(e)
	case formBundle:
		return describe.Collateral(e.TEE, e.Collateral)
	}
	return describe.Signed(e.TEE, e.Signed, e.Collateral)
}

// shownEvidence is evidence for --json.
type shownEvidence struct {
	Verified bool                  `json:"verified"` // false: nobody has looked whether any of it is true
	Form     string                `json:"form"`     // envelope, signed (a bare quote or report) or collateral
	Encoding string                `json:"encoding"` // bytes, hex or base64
	TEE      string                `json:"tee"`
	Fields   map[string]shownField `json:"fields"` // by SECTION.FIELD
	Problems []string              `json:"problems,omitempty"`
}

type shownField struct {
	Value   string `json:"value"`
	Meaning string `json:"meaning,omitempty"`
}

func fieldsOf(d describe.Description) map[string]shownField {
	fields := map[string]shownField{}
	for _, s := range d {
		for _, f := range s.Fields {
			fields[s.Name+"."+f.Name] = shownField{f.Value, f.Meaning}
		}
	}
	return fields
}

// printPlainJSON is printJSON in ASCII: text of others is all there, and cannot draw on a terminal.
func printPlainJSON[T any](w io.Writer, value T) error {
	var document bytes.Buffer
	if err := printJSON(&document, value); err != nil {
		return err
	}
	var plain strings.Builder
	for _, r := range document.String() { // what is not ASCII stands in strings only
		if r < 0x7f {
			plain.WriteRune(r)
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(&plain, `\u%04x`, unit)
		}
	}
	_, err := io.WriteString(w, plain.String())
	return err
}

// printDescription is `show` for people. No text of the evidence reaches the terminal as it is.
func printDescription(w io.Writer, d describe.Description) error {
	var out strings.Builder
	fmt.Fprintln(&out, "Nothing below is verified: it is what the evidence says of itself, and can be forged.")
	for _, s := range d {
		fmt.Fprintf(&out, "\n%s\n", oneLine(s.Title))
		width := 0
		for _, f := range s.Fields {
			width = max(width, utf8.RuneCountInString(f.Name))
		}
		for _, f := range s.Fields {
			printField(&out, f, width)
		}
		if s.Problem != "" {
			fmt.Fprintf(&out, "  cannot be read: %s\n", oneLine(s.Problem))
		}
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// printField writes a short value and its meaning in one line, and a long value above its meaning.
func printField(out io.Writer, f describe.Field, width int) {
	const short, long, start = 24, 600, 64
	name, value, meaning := oneLine(f.Name), oneLine(f.Value), oneLine(f.Meaning)
	if n := utf8.RuneCountInString(value); n > long {
		value = fmt.Sprintf("%.*s… (%d characters; all of them with --json)", start, value, n)
	}
	switch {
	case meaning == "":
		fmt.Fprintf(out, "  %-*s  %s\n", width, name, value)
	case utf8.RuneCountInString(value) <= short:
		fmt.Fprintf(out, "  %-*s  %-*s  %s\n", width, name, short, value, meaning)
	default:
		fmt.Fprintf(out, "  %-*s  %s\n  %-*s  %-*s  %s\n", width, name, value, width, "", short, "", meaning)
	}
}
