// SPDX-License-Identifier: Apache-2.0

// Command guestbase builds the guest base that every enclave shares: kernel, initrd and firmware, and base.json which
// says what they are made of. The same commit gives the same bytes, on any machine, for any user, in any directory, on
// any day: inputs are the packages that pins.lock names by digest, which scripts/setup.sh fetched, and this module,
// built with the Go toolchain that go.mod names. No other compiler takes part.
//
//	go run ./scripts/guestbase -o DIR
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	out := flag.String("o", "guest-base", "directory to write kernel, initrd, firmware and base.json to")
	cache := flag.String("cache", defaultCache(), "cache directory of scripts/setup.sh")
	flag.Parse()
	if flag.NArg() != 0 {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(*cache, *out); err != nil {
		fmt.Fprintln(os.Stderr, "guestbase:", err)
		os.Exit(1)
	}
}

func run(cache, out string) error {
	in, err := loadInputs(filepath.Join(cache, "guest-inputs"), os.Getenv(unpinnedVariable) == "1")
	if err != nil {
		return fmt.Errorf("%w\nhint: run scripts/setup.sh", err)
	}
	if !in.pinned {
		fmt.Fprintln(os.Stderr, "guestbase: "+unpinnedVariable+"=1: this is NOT the pinned guest base; its measurements are others")
	}
	work, err := os.MkdirTemp("", "guestbase-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	base, err := assemble(in, work)
	if err != nil {
		return err
	}
	return base.write(out)
}

// defaultCache is where scripts/setup.sh puts its downloads.
func defaultCache() string {
	if dir := os.Getenv("ESCRIN_CACHE"); dir != "" {
		return dir
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return ".cache/escrin"
	}
	return filepath.Join(dir, "escrin")
}
