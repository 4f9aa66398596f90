// SPDX-License-Identifier: Apache-2.0

// Command escrin-devnet is the local network behind `escrin dev`: an EVM chain, an OCI registry and a simulated TEE, in
// one process, with their state in one directory. Nothing in it is for production.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
)

const usage = `usage: escrin-devnet run --dir DIR [flags]

Runs a chain, a registry and a simulated TEE until it is told to stop (SIGINT, SIGTERM).
When all serve, it writes DIR/devnet.json: endpoints and funded accounts.

`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	options, err := parse(os.Args[1:], os.Stderr)
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "escrin-devnet: %v\n", err)
		os.Exit(2)
	}
	if err := run(ctx, options, os.Stderr); err != nil {
		fmt.Fprintf(os.Stderr, "escrin-devnet: %v\n", err)
		os.Exit(1)
	}
}

// options are the command line's.
type options struct {
	dir       string
	http      string
	ws        string
	registry  string
	teeSocket string
	snp       bool
	period    time.Duration
}

func parse(args []string, output io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("escrin-devnet run", flag.ContinueOnError)
	flags.SetOutput(output)
	flags.Usage = func() {
		fmt.Fprint(output, usage)
		flags.PrintDefaults()
	}
	flags.StringVar(&o.dir, "dir", "", "directory of all state; made if it is missing")
	flags.StringVar(&o.http, "http", "127.0.0.1:8545", "address of the chain's JSON-RPC over HTTP")
	flags.StringVar(&o.ws, "ws", "127.0.0.1:8546", "address of the chain's JSON-RPC over WebSocket")
	flags.StringVar(&o.registry, "registry", "127.0.0.1:5000", "address of the registry")
	flags.StringVar(&o.teeSocket, "tee-socket", "", "path of the simulated TEE's socket (default DIR/tee.sock)")
	flags.BoolVar(&o.snp, "snp", false, "simulate an SEV-SNP machine beside the TDX one; makes keys for some seconds at first start")
	flags.DurationVar(&o.period, "period", 3*time.Second, "time between blocks without transactions")
	if len(args) == 0 || args[0] != "run" {
		flags.Usage()
		if len(args) == 1 && (args[0] == "-h" || args[0] == "--help") {
			return o, flag.ErrHelp
		}
		return o, errors.New("the command is run")
	}
	if err := flags.Parse(args[1:]); err != nil {
		return o, err
	}
	if flags.NArg() > 0 {
		return o, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	if o.dir == "" {
		return o, errors.New("--dir is needed: the directory of all state")
	}
	return o, nil
}
