// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"os"

	"github.com/ethereum/go-ethereum/common"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/escrin/escrin/jobs/durable"
	"github.com/escrin/escrin/keyholder/keyname"
)

// encryptInput are the flags of `job encrypt`.
type encryptInput struct {
	identity, task, enclave, input, out string
}

func newJobEncryptCommand() *cobra.Command {
	var flags encryptInput
	cmd := &cobra.Command{
		Use:   "encrypt --identity IDENTITY --task TASK --input FILE [-o FILE]",
		Short: "Encrypt an input to one task, for somebody else to submit",
		Long: `Encrypt an input to one task of an identity, for somebody else to submit.

Only the enclave that the identity's policy names now can open it, only for this task, and only after it has proved
what it is to enough keyholders. Who submits the task cannot read it. If the policy names an author, it is the release to which the
policy's locator leads now; --enclave insists on one.`,
		Example: "  escrin job encrypt --identity $IDENTITY --task $TASK --input bid.json -o bid.sealed",
		Args:    exactly(),
		RunE:    func(cmd *cobra.Command, _ []string) error { return flags.run(cmd) },
	}
	addIdentityFlag(cmd, &flags.identity)
	cmd.Flags().StringVar(&flags.task, "task", "", "the `TASK`, as printed by \"escrin job prepare\"")
	addPinFlag(cmd, &flags.enclave)
	cmd.Flags().StringVar(&flags.input, "input", "", "the `FILE` to encrypt; - is standard input")
	cmd.Flags().StringVarP(&flags.out, "output", "o", "", "the encrypted `FILE`; - is standard output (default: the input's name and .sealed)")
	return cmd
}

func (flags encryptInput) run(cmd *cobra.Command) error {
	identity, err := requireHash32(cmd, "identity", flags.identity)
	if err != nil {
		return err
	}
	task, err := requireHash32(cmd, "task", flags.task)
	if err != nil {
		return err
	}
	pin, err := parsePin(cmd, flags.enclave)
	if err != nil {
		return err
	}
	in, err := flags.source(cmd)
	if err != nil {
		return err
	}
	plain, err := in.read(cmd)
	if err != nil {
		return err
	}
	if _, already := isSealed(plain); already {
		return withHint(fmt.Errorf("cannot encrypt %s: it is encrypted already", in.path), "submit it as it is")
	}
	n, c, err := loadAndConnect(cmd)
	if err != nil {
		return err
	}
	defer c.Close()
	d, err := sealingFor(cmd, c, identity, pin)
	if err != nil {
		return err
	}
	name := keyname.ForTask(n.Chain.ID, n.Contracts.Registry, identity, task, d.MeasurementRoot)
	sealed, err := in.seal(n, name, plain)
	if err != nil {
		return err
	}
	return flags.write(cmd, sealed, d)
}

// source is the file to encrypt. Its name plays no part: the one who submits chooses it.
func (flags encryptInput) source(cmd *cobra.Command) (inputFile, error) {
	if flags.input == "" {
		return inputFile{}, usageError{cmd.CommandPath(), "missing --input FILE"}
	}
	if flags.input == "-" && flags.out == "" {
		return inputFile{}, usageError{cmd.CommandPath(), "standard input needs a place to go: -o FILE"}
	}
	return inputFile{name: flags.input, path: flags.input}, nil
}

func (flags encryptInput) write(cmd *cobra.Command, sealed []byte, d identityDescription) error {
	if flags.out == "-" {
		if file, ok := cmd.OutOrStdout().(*os.File); ok && term.IsTerminal(int(file.Fd())) {
			return withHint(errTerminal, "name a file with -o FILE")
		}
		_, err := cmd.OutOrStdout().Write(sealed)
		return err
	}
	path := flags.out
	if path == "" {
		path = flags.input + ".sealed"
	}
	if err := durable.WriteFile(path, sealed, 0o644); err != nil {
		return err
	}
	if wantJSON(cmd) {
		return printJSON(cmd.OutOrStdout(), encryptedInput{path, len(sealed), d.MeasurementRoot})
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "%s: %s, to be opened by %s alone\n", path, byteSize(int64(len(sealed))), oneLine(d.Enclave))
	return nil
}

// encryptedInput is what was written, for --json.
type encryptedInput struct {
	File            string      `json:"file"`
	Size            int         `json:"size"`
	MeasurementRoot common.Hash `json:"measurementRoot"`
}
