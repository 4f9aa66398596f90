// SPDX-License-Identifier: Apache-2.0

// Command guestbase builds the guest base that every enclave shares: kernel, initrd and firmware, and base.json which
// says what they are made of. The same commit gives the same bytes, on any machine, for any user, in any directory, on
// any day: inputs are the packages that pins.lock names by digest, which scripts/setup.sh fetched, and this module,
// built with the Go toolchain that go.mod names. No compiler of the machine's takes part.
//
//	go run ./scripts/guestbase [-kernel small|debian] -o DIR
//
// The small kernel is built for guests from the distribution's source package (scripts/guestkernel), once for each set of
// inputs; debian is the distribution's own cloud kernel with the modules that a guest needs. The container runtime is built likewise (scripts/guestruntime). With -kernel-only, the kernel is
// built into the cache and nothing else is done.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	out := flag.String("o", "guest-base", "directory to write kernel, initrd, firmware and base.json to")
	kernel := flag.String("kernel", string(small), "small or debian")
	kernelOnly := flag.Bool("kernel-only", false, "see that the cache has the kernel")
	cache := flag.String("cache", defaultCache(), "cache directory of scripts/setup.sh")
	flag.Parse()
	if flag.NArg() != 0 || variant(*kernel) != small && variant(*kernel) != debian {
		flag.Usage()
		os.Exit(2)
	}
	if *kernelOnly {
		*out = ""
	}
	if err := run(*cache, variant(*kernel), *out); err != nil {
		fmt.Fprintln(os.Stderr, "guestbase:", err)
		os.Exit(1)
	}
}

// run writes the base to out, or with no out sees that its kernel is there.
func run(cache string, kernel variant, out string) error {
	in, err := loadInputs(cache, kernel, os.Getenv(unpinnedVariable) == "1")
	if err != nil {
		return fmt.Errorf("%w\nhint: run scripts/setup.sh", err)
	}
	if !in.pinned {
		fmt.Fprintln(os.Stderr, "guestbase: "+unpinnedVariable+"=1: this is NOT the pinned guest base; its measurements are others")
	}
	if out == "" {
		_, _, err := in.kernel()
		return err
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
