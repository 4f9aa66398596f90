// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/guestagent/hostlink"
	"github.com/escrin/escrin/guestagent/hostlink/hostend"
	"github.com/escrin/escrin/guestagent/trialhost"
	"github.com/escrin/escrin/imagebuild/initrd"
	"github.com/escrin/escrin/jobs/qemu"
)

const (
	quietLine    = "console=ttyS0 quiet panic=-1"
	reachedInit  = "process 1"
	firstOutput  = "first output"
	bootLimit    = 5 * time.Minute
	smallEnclave = 64 << 20   // bytes
	largeEnclave = 1024 << 20 // bytes
)

// booting boots machines of one kind.
type booting struct {
	*bench
	qemu   qemu.Binary
	debian string // folder of the guest base with the distribution's kernel
	init   string // initrd with the yardstick
	small  bootingDisk

	firmware bool // machines start by the measured firmware, as a TDX host starts them
}

// boots measures how long guests take to start. The yardsticks are compiled with the machine's C compiler.
func (b *bench) boots() error {
	w, err := b.newBooting()
	if err != nil {
		return err
	}
	if err := w.firstProcess(); err != nil {
		return err
	}
	err = versusBest(bootRepetitions, "boot.output_vs_c_init",
		contender{name: "escrin", run: func() error { return w.untilOutput(w.small) }},
		contender{name: "the same kernel and disk with a static init in C", run: func() error { return w.untilCOutput(w.small) }})
	if err != nil {
		return err
	}
	measured := *w
	measured.firmware = true
	err = versusBest(bootRepetitions, "boot.output_firmware",
		contender{name: "escrin", run: func() error { return measured.untilOutput(w.small) }},
		contender{name: "a static init in C, both through the firmware", run: func() error { return measured.untilCOutput(w.small) }})
	if err != nil {
		return err
	}
	large, err := b.bootDisk(largeEnclave)
	if err != nil {
		return err
	}
	defer os.Remove(large.path)
	return versusBest(bootRepetitions, "boot.size_independence",
		contender{name: "1 GiB", run: func() error { return w.untilOutput(large) }},
		contender{name: "an enclave of 64 MiB", run: func() error { return w.untilOutput(w.small) }})
}

// bootClean boots as many guests as the figure asks for, one after the other, and counts those that reach the workload.
func (b *bench) bootClean() error {
	const boots = 200
	w, err := b.newBooting()
	if err != nil {
		return err
	}
	clean := 0
	for i := range boots {
		if err := w.untilOutput(w.small); err != nil {
			fmt.Fprintf(os.Stderr, "bench: boot %d: %v\n", i+1, err)
			continue
		}
		clean++
	}
	compared("boot.clean", float64(clean), "boots", fmt.Sprintf("%.3f", float64(clean)/boots), fmt.Sprintf("%d boots", boots))
	return nil
}

func (b *bench) newBooting() (*booting, error) {
	emulator, err := qemu.Find(b.ctx)
	if err != nil {
		return nil, err
	}
	w := &booting{bench: b, qemu: emulator, debian: filepath.Join(b.dir, "guest-base-debian"), init: filepath.Join(b.dir, "boot.initrd")}
	base := exec.CommandContext(b.ctx, "go", "run", "./scripts/guestbase", "-kernel", "debian", "-o", w.debian)
	if out, err := base.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("make guest base: %w\n%s", err, out)
	}
	program, err := b.compileC("init")
	if err != nil {
		return nil, err
	}
	var archive bytes.Buffer
	if err := initrd.Write(&archive, []initrd.Entry{{Name: "init", Mode: 0o700, Data: program}}); err != nil {
		return nil, err
	}
	if w.small, err = b.bootDisk(smallEnclave); err != nil {
		return nil, err
	}
	return w, os.WriteFile(w.init, archive.Bytes(), 0o600)
}

// compileC returns a static program of the folder bootinit.
func (b *bench) compileC(name string) ([]byte, error) {
	out := filepath.Join(b.dir, "boot."+name)
	if report, err := exec.CommandContext(b.ctx, "cc", "-static", "-O2", "-s", "-o", out, "scripts/bench/bootinit/"+name+".c").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("compile %s.c with the machine's C compiler: %w\n%s", name, err, report)
	}
	return os.ReadFile(out)
}

// firstProcess compares the ways in which the two kernels come to process 1, on the same machine with the same initrd.
func (w *booting) firstProcess() error {
	reach := func(base string, start func(qemu.Machine) error) contender {
		return contender{run: func() error {
			return start(qemu.Machine{
				Kernel: filepath.Join(base, "kernel"), Firmware: filepath.Join(base, "firmware"), Initrd: w.init, Cmdline: quietLine,
				Shape: attest.Shape{VCPUs: 1, MemoryMiB: 1024}, Accelerator: qemu.TCG,
			})
		}}
	}
	direct := func(m qemu.Machine) error {
		m.Direct = true
		return w.untilSaid(m, reachedInit)
	}
	measured := func(m qemu.Machine) error { return w.untilSaid(m, reachedInit) }
	ours := filepath.Join(w.bin, "guest-base")
	took, err := compareBest(bootRepetitions, reach(ours, direct), reach(w.debian, w.asQEMUDoes), reach(w.debian, direct), reach(ours, measured), reach(w.debian, measured))
	if err != nil {
		return err
	}
	seconds("boot.pid1_vs_debian", took[0], took[1], "Debian's cloud kernel as QEMU starts a bzImage")
	seconds("boot.pid1_direct", took[0], took[2], "Debian's cloud kernel, started directly as well")
	seconds("boot.pid1_firmware", took[3], took[4], "Debian's cloud kernel, both through the firmware")
	return nil
}

// asQEMUDoes starts the bzImage with QEMU's own firmware.
func (w *booting) asQEMUDoes(m qemu.Machine) error {
	ctx, cancel := context.WithTimeout(w.ctx, bootLimit)
	defer cancel()
	heard := newWord(reachedInit)
	cmd := exec.CommandContext(ctx, "qemu-system-x86_64", "-machine", "q35", "-accel", "tcg", "-cpu", "max", "-smp", "1", "-m", "1024",
		"-nodefaults", "-no-user-config", "-no-reboot", "-display", "none", "-serial", "stdio", "-device", "virtio-serial-pci",
		"-kernel", m.Kernel, "-initrd", m.Initrd, "-append", m.Cmdline)
	cmd.Stdout = heard
	if err := cmd.Start(); err != nil {
		return err
	}
	defer cmd.Wait()
	defer cmd.Process.Kill()
	return heard.await(ctx)
}

// untilSaid boots a machine until it has written a word to its serial line.
func (w *booting) untilSaid(m qemu.Machine, word string) error {
	ctx, cancel := context.WithTimeout(w.ctx, bootLimit)
	defer cancel()
	heard := newWord(word)
	p, err := w.qemu.Start(m, heard)
	if err != nil {
		return err
	}
	defer p.Stop()
	return heard.await(ctx)
}

// machine is one that boots a disk as the runner does.
func (w *booting) machine(disk bootingDisk) qemu.Machine {
	base := filepath.Join(w.bin, "guest-base")
	return qemu.Machine{
		Kernel: filepath.Join(base, "kernel"), Firmware: filepath.Join(base, "firmware"), Initrd: filepath.Join(base, "initrd"), Disk: disk.path,
		Cmdline: disk.cmdline, Shape: attest.Shape{VCPUs: 1, MemoryMiB: 1024}, Accelerator: qemu.TCG, Direct: !w.firmware,
	}
}

// untilCOutput boots the yardstick until the workload has said its word.
func (w *booting) untilCOutput(disk bootingDisk) error {
	m := w.machine(disk)
	m.Initrd, m.Cmdline = w.init, quietLine+" "+disk.arguments
	return w.untilSaid(m, firstOutput)
}

// untilOutput boots a trial until the host has the workload's word.
func (w *booting) untilOutput(disk bootingDisk) error {
	ctx, cancel := context.WithTimeout(w.ctx, bootLimit)
	defer cancel()
	heard := newWord(firstOutput)
	host, err := trialhost.New(nil, trialhost.Streams{Stdout: heard, Stderr: heard}, func(hostlink.StepReport) {})
	if err != nil {
		return err
	}
	console := qemu.NewConsole(nil, 0)
	p, err := w.qemu.Start(w.machine(disk), console)
	if err != nil {
		return err
	}
	defer p.Stop()
	served := make(chan error, 1)
	go func() { served <- hostend.ServeTrial(ctx, p.Link(), host) }()
	err = heard.await(ctx)
	p.Stop()
	<-served // the machine is gone: it says nothing new
	if err != nil {
		return fmt.Errorf("%w; the serial line says %q", err, console.Tail())
	}
	return nil
}

// word waits for something to be written.
type word struct {
	mu    sync.Mutex
	said  strings.Builder
	want  string
	heard chan struct{}
}

func newWord(want string) *word { return &word{want: want, heard: make(chan struct{})} }

// Write implements io.Writer.
func (w *word) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	before := strings.Contains(w.said.String(), w.want)
	w.said.Write(b)
	if !before && strings.Contains(w.said.String(), w.want) {
		close(w.heard)
	}
	return len(b), nil
}

func (w *word) await(ctx context.Context) error {
	select {
	case <-w.heard:
		return nil
	case <-ctx.Done():
		w.mu.Lock()
		defer w.mu.Unlock()
		return errors.Join(ctx.Err(), fmt.Errorf("%q was never said, but %q", w.want, w.said.String()))
	}
}
