// SPDX-License-Identifier: Apache-2.0

// Images makes the container images of the benchmark and the tests, unless they are in the cache, and prints for each
// its name and its OCI layout directory. Without names it lists what it can make.
//
//	go run ./scripts/images [NAME...]
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"strings"

	"github.com/escrin/escrin/scripts/images/fixture"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "images:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, names []string) error {
	if len(names) == 0 {
		fmt.Println(strings.Join(fixture.Names(), "\n"))
		return nil
	}
	builder, err := fixture.NewBuilder(os.Stderr)
	if err != nil {
		return err
	}
	for _, name := range names {
		layout, err := builder.Image(ctx, name)
		if err != nil {
			return err
		}
		fmt.Printf("%s\t%s\n", name, layout)
	}
	return nil
}
