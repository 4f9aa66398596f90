// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/enclaver"
	"github.com/escrin/escrin/guestagent/config"
	"github.com/escrin/escrin/guestagent/hostlink/hostend"
	"github.com/escrin/escrin/guestagent/task/readback"
	"github.com/escrin/escrin/guestagent/trialhost"
	"github.com/escrin/escrin/jobs/guestnet"
	"github.com/escrin/escrin/jobs/outcome"
	"github.com/escrin/escrin/jobs/qemu"
)

// enclaveRun are the flags of `run`.
type enclaveRun struct {
	inputs []string
	output string
	limit  time.Duration
	memory uint32 // MiB, 0 for any
	vcpus  uint32 // likewise
	guest  guestNetworkFlags
}

// newRunCommand tries an enclave.
func newRunCommand() *cobra.Command {
	var flags enclaveRun
	cmd := withReference("run REF", "Boot an enclave on this machine to try it; nothing is confidential",
		func(cmd *cobra.Command, ref enclaver.Reference) error { return flags.run(cmd, ref) })
	cmd.Long = `Boot an enclave on this machine and run its workload once, to try it before it is published.

The machine, the guest and the disk are those of a job. There is no chain, no key and no evidence: the guest is told
so when it boots, gets its inputs in the clear, and nothing in it is confidential.

The workload is connected with this terminal: its window, its keys and ^C. Where standard input or output is no
terminal, or with --json, it gets pipes, and the first ^C goes to it as an interrupt; the second ends the machine. In a
terminal ^] three times ends it. With exactly one --input that is not a secret, that is its standard input, as in
a job. The command ends with the workload's exit status; if there was none, with 1.`
	cmd.Example = "  escrin run localhost:5000/auction --input bids.json\n  escrin run localhost:5000/shell"
	f := cmd.Flags()
	f.StringArrayVar(&flags.inputs, "input", nil, "give the workload this `FILE` (or NAME=FILE) in /input, or as the secret of that name; repeatable")
	f.StringVarP(&flags.output, "output", "o", "", "write stdout, stderr and output/ into this `DIR`ectory")
	f.DurationVar(&flags.limit, "limit", 0, "end the machine after this time (default: never)")
	f.Uint32Var(&flags.memory, "memory", 0, "boot the measured machine with this many `MIB` of memory (default: the first)")
	flags.guest.add(cmd)
	f.Uint32Var(&flags.vcpus, "vcpus", 0, "boot the measured machine with this `NUMBER` of processors (default: the first)")
	return cmd
}

func (flags enclaveRun) run(cmd *cobra.Command, ref enclaver.Reference) error {
	inputs := make(map[string][]byte)
	for _, text := range flags.inputs {
		in, err := parseInput(cmd, text)
		if err != nil {
			return err
		}
		if inputs[in.name], err = in.read(cmd); err != nil {
			return err
		}
	}
	steps := newProgress(cmd)
	defer steps.done()
	boot, err := prepare(cmd, ref, steps)
	if err != nil {
		return err
	}
	plain, err := plainInputs(boot.Config, inputs)
	if err != nil {
		return err
	}
	machine, err := flags.machine(boot)
	if err != nil {
		return err
	}
	notes := steps.beside(cmd.ErrOrStderr())
	fmt.Fprintln(notes, "escrin: this is a trial: no chain, no keys, no evidence; nothing in it is confidential")
	s, err := newSession(cmd, inputs, plain != 1, boot.Config.Main().StopSignal, steps)
	if err != nil {
		return err
	}
	network, err := flags.guest.open(notes, boot.Config.Network)
	if err != nil {
		return err
	}
	machine.Network = network != nil
	console, err := s.serve(flags.limit, machine, network)
	if err != nil {
		return err
	}
	return flags.show(cmd, s, console)
}

// plainInputs counts the inputs that are not secrets, and requires that each secret is there.
func plainInputs(c config.Config, inputs map[string][]byte) (int, error) {
	count := len(inputs)
	for _, name := range c.SecretNames() {
		if _, given := inputs[name]; !given {
			return 0, withHint(fmt.Errorf("the enclave wants a secret %q", name), "give one to try with: --input %s=FILE", name)
		}
		count--
	}
	return count, nil
}

// prepare gets the enclave, from the local store or its registry, and lays out its disk in the user's cache.
func prepare(cmd *cobra.Command, ref enclaver.Reference, steps *progress) (enclaver.Boot, error) {
	defer frugal()()
	e, forget, err := obtain(cmd, ref, false, steps)
	if err != nil {
		return enclaver.Boot{}, err
	}
	defer forget()
	cache, err := userCache()
	if err != nil {
		return enclaver.Boot{}, err
	}
	steps.step("lay out the disk")
	return e.Assemble(cmd.Context(), filepath.Join(cache, "disks"))
}

func userCache() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find cache directory: %w", err)
	}
	return filepath.Join(cache, "escrin"), nil
}

// machine is the first measured one that the flags allow.
func (flags enclaveRun) machine(boot enclaver.Boot) (qemu.Machine, error) {
	shapes := make([]string, len(boot.Measurements))
	for i, m := range boot.Measurements {
		shapes[i] = m.Shape.String()
	}
	at := slices.IndexFunc(boot.Measurements, func(m attest.Measurement) bool {
		return (flags.memory == 0 || m.Shape.MemoryMiB == flags.memory) && (flags.vcpus == 0 || m.Shape.VCPUs == flags.vcpus)
	})
	if at < 0 {
		return qemu.Machine{}, withHint(errors.New("the enclave is not measured for such a machine"), "it is measured for %s", strings.Join(shapes, "; "))
	}
	return qemu.Machine{
		Firmware: boot.Firmware, Kernel: boot.Kernel, Initrd: boot.Initrd, Disk: boot.Disk, Scratch: boot.Scratch,
		Cmdline: boot.Cmdline, Shape: boot.Measurements[at].Shape, Direct: true,
	}, nil
}

// serve boots the machine and is its host until it has powered itself off. It returns what the serial line said last.
func (s *session) serve(limit time.Duration, machine qemu.Machine, network *guestnet.Host) (string, error) {
	ctx, end := s.listen(limit)
	defer end()
	emulator, err := qemu.Find(ctx)
	if err != nil {
		return "", err
	}
	cache, err := userCache()
	if err != nil {
		return "", err
	}
	machine.Accelerator, _ = emulator.ChooseAccelerator(ctx, machine, cache)
	s.steps.step(fmt.Sprintf("boot %s under %s", machine.Shape, machine.Accelerator))
	console := qemu.NewConsole(nil, 0)
	process, err := emulator.Start(machine, console)
	if err != nil {
		return "", err
	}
	defer process.Stop()
	if network != nil {
		go network.Serve(ctx, process.Network())
	}
	served := hostend.ServeTrial(ctx, process.Link(), s.host)
	if ctx.Err() != nil {
		return "", fmt.Errorf("run the machine: %w", context.Cause(ctx))
	}
	process.Stop()
	if served != nil {
		return "", fmt.Errorf("serve the guest: %w", served)
	}
	return console.Tail(), nil
}

// show prints what the workload left beside what it said, and ends with its exit status.
func (flags enclaveRun) show(cmd *cobra.Command, s *session, console string) error {
	status, files, err := s.host.Result()
	if none := new(trialhost.NoResultError); errors.As(err, &none) {
		return withHint(err, "its last words: %s", oneLine(console))
	}
	if err != nil {
		return err
	}
	out := readback.Output{Stdout: s.stdout.kept, Stderr: s.stderr.kept, Files: files}
	if err := flags.print(cmd, status, out); err != nil {
		return err
	}
	if status != 0 {
		return exitStatus(status)
	}
	return nil
}

// runDescription is what a workload left, for --json.
type runDescription struct {
	ExitStatus uint32            `json:"exitStatus"`
	Stdout     string            `json:"stdout"`
	Stderr     string            `json:"stderr"`
	Files      []fileDescription `json:"files"`
}

func (flags enclaveRun) print(cmd *cobra.Command, status uint32, out readback.Output) error {
	if flags.output != "" {
		if err := outcome.WriteTo(flags.output, out); err != nil {
			return err
		}
	}
	if wantJSON(cmd) {
		return printJSON(cmd.OutOrStdout(), runDescription{status, string(out.Stdout), string(out.Stderr), describeFiles(out, flags.output == "")})
	}
	for _, f := range regularFiles(out) {
		fmt.Fprintf(cmd.ErrOrStderr(), "output/%s (%s)\n", oneLine(f.Name), byteSize(int64(len(f.Data))))
	}
	return nil
}
