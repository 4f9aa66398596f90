// SPDX-License-Identifier: Apache-2.0

// Command escrin-keyholder is one holder of the threshold key network.
//
//	escrin-keyholder init --dir D [--listen ADDR]
//	escrin-keyholder run --dir D --config FILE
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/escrin/escrin/keyholder/config"
	"github.com/escrin/escrin/keyholder/keystore"
)

const usage = `usage:
  escrin-keyholder init --dir D [--listen ADDR]    create the holder's identity; prints it as JSON
  escrin-keyholder run --dir D --config FILE       take part in the ceremony, then serve
`

const (
	exitError = 1
	exitUsage = 2
)

var errUsage = errors.New("wrong usage")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := command(ctx, os.Args[1:], os.Stdout, os.Stderr)
	switch {
	case err == nil || errors.Is(err, flag.ErrHelp):
	case errors.Is(err, errUsage):
		fmt.Fprint(os.Stderr, usage)
		os.Exit(exitUsage)
	default:
		fmt.Fprintf(os.Stderr, "escrin-keyholder: %v\n", err)
		os.Exit(exitError)
	}
}

func command(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	if len(args) == 0 {
		return errUsage
	}
	flags := flag.NewFlagSet(args[0], flag.ContinueOnError)
	flags.SetOutput(stderr)
	dir := flags.String("dir", "", "directory of the holder's secrets and state")
	listen, file := new(string), new(string)
	switch args[0] {
	case "init":
		listen = flags.String("listen", "", "host:port at which others will reach the holder; only printed")
	case "run":
		file = flags.String("config", "", "configuration file (JSON)")
	default:
		return errUsage
	}
	if err := flags.Parse(args[1:]); err != nil {
		return errors.Join(errUsage, err)
	}
	if *dir == "" || flags.NArg() != 0 || (args[0] == "run" && *file == "") {
		return errUsage
	}
	if args[0] == "init" {
		return initialise(*dir, *listen, stdout)
	}
	return runNode(ctx, *dir, *file, slog.New(slog.NewJSONHandler(stderr, nil)))
}

// initialise creates the identity, or finds it, and prints its public half.
func initialise(dir, listen string, stdout io.Writer) error {
	key, err := keystore.Init(dir)
	if err != nil {
		return err
	}
	return json.NewEncoder(stdout).Encode(struct {
		PublicKey config.PublicKey `json:"publicKey"`
		Listen    string           `json:"listen,omitempty"`
	}{config.PublicKey(key), listen})
}
