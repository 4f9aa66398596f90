// SPDX-License-Identifier: Apache-2.0

// Command escrin-keyholder is one holder of the threshold key network.
//
// Results go to standard output, everything else to standard error. The exit
// status is 0 when the command did what it says, 1 when it could not, 2 when it
// was called wrongly.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
)

const (
	exitOK    = 0
	exitError = 1
	exitUsage = 2
)

var errUsage = errors.New("wrong usage")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), endings()...)
	err := protectMemory()
	if err == nil {
		err = command(ctx, os.Args[1:], os.Stdout, os.Stderr)
	}
	code := report(os.Stderr, err, os.Args[1:])
	stop()
	os.Exit(code)
}

// endings are the signals by which a command is told to end. That its terminal is gone is one of them, unless the command was
// started so as to outlast it.
func endings() []os.Signal {
	of := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		of = append(of, syscall.SIGHUP)
	}
	return of
}

// report tells of an error and returns the exit status.
func report(stderr io.Writer, err error, args []string) int {
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errUsage):
		about := ""
		if len(args) > 0 {
			if v, ok := verbNamed(args[0]); ok {
				about = " " + v.name
			}
		}
		fmt.Fprintf(stderr, "escrin-keyholder: %v\nTry escrin-keyholder%s --help\n", err, about)
		return exitUsage
	default:
		fmt.Fprintf(stderr, "escrin-keyholder: %v\n", err)
		return exitError
	}
}

// command runs one command line.
func command(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	if len(args) == 0 {
		return fmt.Errorf("%w: no command", errUsage)
	}
	switch args[0] {
	case "--help", "-help", "-h", "help":
		return help(args[1:], stdout)
	case "--version", "-version":
		args = []string{"version"}
	}
	v, ok := verbNamed(args[0])
	if !ok {
		return fmt.Errorf("%w: there is no command %q", errUsage, args[0])
	}
	c := call{stdout: stdout, stderr: stderr}
	flags := v.flagSet(&c)
	switch err := flags.Parse(args[1:]); {
	case errors.Is(err, flag.ErrHelp):
		return v.help(stdout)
	case err != nil:
		return fmt.Errorf("%w: %s: %w", errUsage, v.name, err)
	}
	if err := v.check(&c, flags); err != nil {
		return fmt.Errorf("%w: %s: %w", errUsage, v.name, err)
	}
	return v.run(ctx, &c)
}

// version is what the Go toolchain wrote into the program: a tag, or a commit's
// time and digest.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "unknown"
}
