// SPDX-License-Identifier: Apache-2.0

// Command guestbase builds the guest base that every enclave shares: kernel, initrd and firmware, and
// base.json which says what they are made of. The same inputs give the same bytes, on any machine, in
// any directory, on any day. Inputs are what scripts/setup.sh unpacked, this module, and the module of
// the container runtime beside this file.
//
//	go run ./scripts/guestbase -o DIR
package main

import (
	"errors"
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
	inputs, err := findInputs(filepath.Join(cache, "guest-inputs"))
	if err != nil {
		return fmt.Errorf("%w\nhint: run scripts/setup.sh", err)
	}
	work, err := os.MkdirTemp("", "guestbase-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	base, err := assemble(inputs, filepath.Join(cache, "guest-base"), work)
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

// inputs are the files of other projects that go into the base.
type inputs struct {
	release  string // of the kernel, such as 6.12.95-cloud-amd64
	kernel   string
	modules  string // directory of the kernel's modules
	firmware string
	seccomp  string // prefix of libseccomp
}

func findInputs(root string) (inputs, error) {
	in := inputs{
		firmware: filepath.Join(root, "ovmf/root/usr/share/ovmf/OVMF.fd"),
		seccomp:  filepath.Join(root, "libseccomp/root/usr"),
	}
	kernels, err := filepath.Glob(filepath.Join(root, "kernel/root/boot/vmlinuz-*"))
	if err != nil {
		return inputs{}, err
	}
	if len(kernels) != 1 {
		return inputs{}, fmt.Errorf("find kernel: %d files match vmlinuz-* in %s, want 1", len(kernels), root)
	}
	in.kernel = kernels[0]
	in.release = filepath.Base(in.kernel)[len("vmlinuz-"):]
	in.modules = filepath.Join(root, "kernel/root/lib/modules", in.release, "kernel")
	for _, path := range []string{in.modules, in.firmware, filepath.Join(in.seccomp, "include/seccomp.h")} {
		if _, err := os.Stat(path); err != nil {
			return inputs{}, errors.New("find inputs: no " + path)
		}
	}
	return in, nil
}
