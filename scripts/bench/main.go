// SPDX-License-Identifier: Apache-2.0

// Command bench measures escrin on this machine and prints one line per figure, tab-separated:
//
//	name  value  unit  ratio  against
//
// A ratio is the value divided by that of the yardstick named in the last column, measured in the same run; "-" where
// there is none. Machines are noisy: compare lines of one run, not of two. With arguments, only the parts of these names
// are measured: verify, measure, base, gas, keynet, release, layers, enclaves, pushes, mounting, boot, boots, blocks, guest, runtimes, network, dkg, enclave, job, memory, demo.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"syscall"
)

func main() {
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE) // also of a connection that the other end has closed
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// onRequest is the part that is measured only when it is named: it takes a quarter of an hour.
const onRequest = "boots"

// run measures the named parts, or all of them but onRequest.
func run(ctx context.Context, only []string) error {
	bench, err := newBench(ctx)
	if err != nil {
		return err
	}
	defer bench.close()
	type step struct {
		name    string
		measure func() error
	}
	steps := []step{
		{"verify", bench.verify},
		{"measure", bench.measure},
		{"base", bench.guestBase},
		{"gas", bench.gas},
		{"keynet", bench.keynetKyber},
		{"release", bench.releases},
		{"layers", bench.layers},
		{"enclaves", bench.enclaves},
		{"pushes", bench.pushes},
		{"mounting", bench.mounting},
		{"boot", bench.boots},
		{"boots", bench.bootClean},
		{"blocks", bench.blocks},
		{"guest", bench.guest},
		{"runtimes", bench.runtimes},
		{"network", bench.startNetwork},
		{"dkg", bench.keynetMade},
		{"enclave", bench.enclave},
		{"job", bench.job},
		{"memory", bench.memory},
		{"network", bench.stopNetwork},
		{"demo", bench.demo},
	}
	for _, name := range only {
		if !slices.ContainsFunc(steps, func(s step) bool { return s.name == name }) {
			return fmt.Errorf("there is no part %q", name)
		}
	}
	for _, s := range steps {
		if len(only) > 0 && !slices.Contains(only, s.name) || len(only) == 0 && s.name == onRequest {
			continue
		}
		fmt.Fprintf(os.Stderr, "bench: %s\n", s.name)
		if err := s.measure(); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		if unheard != nil {
			return unheard
		}
	}
	return nil
}

// unheard is why what was printed came to nobody.
var unheard error

// figure prints one line for which there is no yardstick.
func figure(name string, value float64, unit string) { compared(name, value, unit, "-", "-") }

// compared prints one line.
func compared(name string, value float64, unit, ratio, against string) {
	number := fmt.Sprintf("%.2f", value)
	if value == float64(int64(value)) {
		number = fmt.Sprintf("%d", int64(value))
	}
	if _, err := fmt.Printf("%s\t%s\t%s\t%s\t%s\n", name, number, unit, ratio, against); err != nil {
		unheard = err
	}
}
