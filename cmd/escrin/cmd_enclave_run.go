// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/escrin/escrin/enclaver"
	"github.com/escrin/escrin/guestagent/hostlink"
	"github.com/escrin/escrin/guestagent/hosttest"
	"github.com/escrin/escrin/guestagent/task"
	"github.com/escrin/escrin/jobs/outcome"
	"github.com/escrin/escrin/jobs/qemu"
)

// enclaveRun are the flags of `run`.
type enclaveRun struct {
	inputs []string
	output string
	limit  time.Duration
}

// newRunCommand boots an enclave without a chain.
func newRunCommand() *cobra.Command {
	var flags enclaveRun
	cmd := withReference("run REF", "Boot an enclave on this machine, without chain and keys",
		func(cmd *cobra.Command, ref enclaver.Reference) error { return flags.run(cmd, ref) })
	cmd.Long = `Boot an enclave on this machine and run its workload once, without chain and keys.

The machine, the guest and the disk are the real ones; the chain, the key network and the quote are played by this
command for this one run, so that an image can be tried before it is published. It proves nothing to anybody. The
command ends with the workload's exit status; if there was none, with 1.`
	cmd.Example = "  escrin run localhost:5000/auction --input bids.json"
	cmd.Flags().StringArrayVar(&flags.inputs, "input", nil, "give the workload this `FILE` (or NAME=FILE) in /input; repeatable")
	cmd.Flags().StringVarP(&flags.output, "output", "o", "", "write stdout, stderr and output/ into this `DIR`ectory")
	cmd.Flags().DurationVar(&flags.limit, "limit", 10*time.Minute, "end the machine after this time")
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
	host, err := hosttest.New(inputs)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(cmd.Context(), flags.limit)
	defer cancel()
	console, err := serveMachine(ctx, boot, host, steps)
	steps.done()
	if err != nil {
		return err
	}
	return flags.show(cmd, host, console)
}

// prepare gets the enclave, from the local store or its registry, and lays out its disk in the user's cache.
func prepare(cmd *cobra.Command, ref enclaver.Reference, steps *progress) (enclaver.Boot, error) {
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

// serveMachine boots the machine and plays its host until it has powered itself off. It returns what the
// serial line said last.
func serveMachine(ctx context.Context, boot enclaver.Boot, host *hosttest.Host, steps *progress) (string, error) {
	emulator, err := qemu.Find(ctx)
	if err != nil {
		return "", err
	}
	cache, err := userCache()
	if err != nil {
		return "", err
	}
	machine := qemu.Machine{
		Firmware: boot.Firmware, Kernel: boot.Kernel, Initrd: boot.Initrd, Disk: boot.Disk,
		Cmdline: boot.Cmdline, Shape: enclaver.Shapes()[0],
	}
	machine.Accelerator, _ = emulator.ChooseAccelerator(ctx, machine, cache)
	steps.step(fmt.Sprintf("boot %s under %s", machine.Shape, machine.Accelerator))
	console := qemu.NewConsole(nil, 0)
	process, err := emulator.Start(machine, console)
	if err != nil {
		return "", err
	}
	defer process.Stop()
	served := hostlink.Serve(ctx, process.Link(), teller{host, steps})
	if ctx.Err() != nil {
		return "", fmt.Errorf("run the machine: %w", context.Cause(ctx))
	}
	process.Stop()
	if served != nil {
		return "", fmt.Errorf("serve the guest: %w", served)
	}
	return console.Tail(), nil
}

// teller shows the guest's steps as they come.
type teller struct {
	*hosttest.Host
	steps *progress
}

// Step implements hostlink.Handler.
func (t teller) Step(ctx context.Context, report hostlink.StepReport) error {
	t.steps.step(fmt.Sprintf("guest: %s", report.Step))
	return t.Host.Step(ctx, report)
}

// show prints what the workload left and ends with its exit status.
func (flags enclaveRun) show(cmd *cobra.Command, host *hosttest.Host, console string) error {
	heard := host.Heard()
	if heard.Result == nil {
		return withHint(fmt.Errorf("the guest ended without a result (failure %q)", heard.Failure),
			"its last words: %s", oneLine(console))
	}
	report, err := task.ParseReport(heard.Result.Report)
	if err != nil {
		return err
	}
	opened, err := host.OpenOutput(report.OutputDigest)
	if err != nil {
		return err
	}
	out := outcome.Output{Stdout: opened.Stdout, Stderr: opened.Stderr}
	for _, f := range opened.Files {
		if !f.Dir {
			out.Files = append(out.Files, outcome.File{Name: f.Name, Mode: modeOf(f), Data: f.Data})
		}
	}
	if err := flags.print(cmd, report.ExitStatus, out); err != nil {
		return err
	}
	if report.ExitStatus != 0 {
		return exitStatus(report.ExitStatus)
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

func (flags enclaveRun) print(cmd *cobra.Command, status uint32, out outcome.Output) error {
	if flags.output != "" {
		if err := out.WriteTo(flags.output); err != nil {
			return err
		}
	}
	if wantJSON(cmd) {
		return printJSON(cmd.OutOrStdout(), runDescription{status, string(out.Stdout), string(out.Stderr), describeFiles(out, flags.output == "")})
	}
	notes := cmd.ErrOrStderr()
	show(cmd.OutOrStdout(), notes, "stdout", out.Stdout)
	show(notes, notes, "stderr", out.Stderr)
	for _, f := range out.Files {
		fmt.Fprintf(notes, "output/%s (%s)\n", oneLine(f.Name), byteSize(int64(len(f.Data))))
	}
	return nil
}

func modeOf(f task.OutputFile) fs.FileMode {
	if f.Executable {
		return 0o755
	}
	return 0o644
}
