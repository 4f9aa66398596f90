// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/escrin/escrin/jobs/qemu"
)

// blocks counts the blocks of code that QEMU translates up to the workload's first output, ours and the yardstick's. An emulated boot
// is mostly that, for little of its code runs often; and unlike time it does not depend on what else the machine is doing.
func (b *bench) blocks() error {
	w, err := b.newBooting()
	if err != nil {
		return err
	}
	counts := filepath.Join(b.dir, "blocks")
	if w.qemu, err = b.countingQEMU(counts); err != nil {
		return err
	}
	var translated [2]uint64
	for i, boot := range []func(bootingDisk) error{w.untilOutput, w.untilCOutput} {
		for range repetitions {
			if err := boot(w.small); err != nil {
				return err
			}
			raw, err := os.ReadFile(counts)
			if err != nil || len(raw) != 8 {
				return fmt.Errorf("QEMU counted nothing: %d bytes, %w", len(raw), err)
			}
			if n := binary.NativeEndian.Uint64(raw); translated[i] == 0 || n < translated[i] {
				translated[i] = n
			}
		}
	}
	compared("boot.output_blocks", float64(translated[0]), "blocks", fmt.Sprintf("%.3f", float64(translated[0])/float64(translated[1])),
		fmt.Sprintf("the same kernel and disk with a static init in C (%d blocks)", translated[1]))
	return nil
}

// countingQEMU is the emulator with a plugin that counts into a file.
func (b *bench) countingQEMU(counts string) (qemu.Binary, error) {
	const name = "qemu-system-x86_64"
	real, err := exec.LookPath(name)
	if err != nil {
		return qemu.Binary{}, err
	}
	plugin, dir := filepath.Join(b.dir, "blocks.so"), filepath.Join(b.dir, "counting")
	if report, err := exec.CommandContext(b.ctx, "cc", "-shared", "-fPIC", "-O2", "-o", plugin, "scripts/bench/bootinit/blocks.c").CombinedOutput(); err != nil {
		return qemu.Binary{}, fmt.Errorf("compile blocks.c with the machine's C compiler: %w\n%s", err, report)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return qemu.Binary{}, err
	}
	script := fmt.Sprintf("#!/bin/sh\n[ \"$1\" = --version ] && exec %s --version\nexec %s \"$@\" -plugin %s,out=%s\n", real, real, plugin, counts)
	if err := os.WriteFile(filepath.Join(dir, name), []byte(script), 0o700); err != nil {
		return qemu.Binary{}, err
	}
	before := os.Getenv("PATH")
	defer os.Setenv("PATH", before)
	if err := os.Setenv("PATH", dir+":"+before); err != nil {
		return qemu.Binary{}, err
	}
	return qemu.Find(b.ctx)
}
