// SPDX-License-Identifier: Apache-2.0

// Command escrin turns OCI images into enclaves, names them on an EVM chain, and runs jobs in them.
//
// Results go to standard output, everything else (progress, errors, hints) to standard error. The exit
// status is 0 when the command did what it says, 1 when it could not, 2 when it was called wrongly.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/spf13/cobra"
)

// Exit statuses of the command.
const (
	exitOK    = 0
	exitError = 1
	exitUsage = 2
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run is main with its surroundings as arguments, and returns the exit status.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // whoever does not want to wait for a command to end well interrupts it again
	root := newRootCommand()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	cmd, err := root.ExecuteContextC(ctx)
	if err != nil && ctx.Err() != nil && errors.Is(err, context.Canceled) {
		err = errors.New("interrupted")
	}
	asJSON, _ := root.PersistentFlags().GetBool("json") // false if the command line was not understood so far
	return report(stderr, err, func(hint string) string { return about(cmd, hint) }, asJSON)
}

// newRootCommand is the whole command tree.
func newRootCommand() *cobra.Command {
	root := group("escrin", "Private off-chain computation for smart contracts",
		newEnclaveCommand(),
		newPushCommand(),
		newPullCommand(),
		newInspectCommand(),
		newVerifyCommand(),
		newDiffCommand(),
		newRunCommand(),
		newSchemaCommand(),
		newStoreCommand(),
		newDevCommand(),
		newIdentityCommand(),
		newReleaseCommand(),
		newPlatformsCommand(),
		newJobCommand(),
		newSecretCommand(),
		newConfigCommand(),
		newConnectCommand(),
		newEvidenceCommand(),
		newCollateralCommand(),
		newContractsCommand(),
		newKeynetCommand(),
		newS4Command(),
		newServeCommand(),
		newManCommand(),
	)
	root.SilenceErrors = true
	root.SilenceUsage = true
	root.Version = version()
	addCompletion(root)
	root.PersistentFlags().Bool("json", false, "print the result, or the error, as JSON")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usageError{cmd.CommandPath(), err.Error()}
	})
	return root
}

// version is what the Go toolchain wrote into the program: a tag, or a commit's time and digest.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "unknown"
}

// addCompletion adds cobra's completion command, and makes it refuse shells that it does not know, and arguments, as other commands do.
func addCompletion(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	for _, cmd := range root.Commands() {
		if cmd.Name() == "completion" {
			cmd.Args, cmd.RunE = cobra.ArbitraryArgs, helpOrUnknown
			for _, shell := range cmd.Commands() {
				shell.Args = exactly()
			}
		}
	}
}

// group is a command that only holds others: without a known sub-command it is a usage error.
func group(use, short string, commands ...*cobra.Command) *cobra.Command {
	cmd := &cobra.Command{
		Use:   use,
		Short: short,
		Args:  cobra.ArbitraryArgs,
		RunE:  helpOrUnknown,
	}
	cmd.AddCommand(commands...)
	return cmd
}

func helpOrUnknown(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return cmd.Help()
	}
	return unknownCommand(cmd, args[0])
}

func unknownCommand(cmd *cobra.Command, name string) error {
	cmd.SuggestionsMinimumDistance = 2
	message := fmt.Sprintf("unknown command %q", name)
	if near := cmd.SuggestionsFor(name); len(near) > 0 {
		message += fmt.Sprintf("; did you mean %q?", near[0])
	}
	return usageError{cmd.CommandPath(), message}
}

// exactly accepts as many arguments as there are names, and says which one is missing.
func exactly(names ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) < len(names) {
			return usageError{cmd.CommandPath(), "missing argument " + names[len(args)]}
		}
		if len(args) > len(names) {
			return usageError{cmd.CommandPath(), fmt.Sprintf("unexpected argument %q", args[len(names)])}
		}
		return nil
	}
}
