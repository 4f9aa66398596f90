// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/guestagent/hostlink"
	"github.com/escrin/escrin/guestagent/hostlink/hostend"
	"github.com/escrin/escrin/guestagent/hosttest"
	"github.com/escrin/escrin/imagebuild/initrd"
	"github.com/escrin/escrin/jobs/qemu"
)

// guest measures the agent: its size, the memory that it has in a job, what a wiped machine saves, and how fast the host link is.
func (b *bench) guest() error {
	if err := b.agentSize(); err != nil {
		return err
	}
	emulator, err := qemu.Find(b.ctx)
	if err != nil {
		return err
	}
	if err := b.agentMemory(emulator); err != nil {
		return err
	}
	if err := b.warmTasks(emulator); err != nil {
		return err
	}
	return b.linkSpeed(emulator)
}

func (b *bench) agentSize() error {
	size, err := b.contentOf("init")
	if err == nil {
		figure("guest.agent", float64(size), "bytes")
	}
	return err
}

// contentOf is the size of a file of the guest base's initrd.
func (b *bench) contentOf(name string) (int64, error) {
	raw, err := os.ReadFile(filepath.Join(b.bin, "guest-base", "base.json"))
	if err != nil {
		return 0, fmt.Errorf("%w (run `make build`)", err)
	}
	var base struct {
		Contents map[string]struct {
			Size int64 `json:"size"`
		} `json:"contents"`
	}
	err = json.Unmarshal(raw, &base)
	return base.Contents[name].Size, err
}

// agentMemory prints the most that the shipped agent has resident at any time from the workload's start to its sealed output,
// in a whole job.
func (b *bench) agentMemory(emulator qemu.Binary) error {
	linger, err := b.compileC("linger")
	if err != nil {
		return err
	}
	disk, err := b.diskWith(linger, smallEnclave, 1)
	if err != nil {
		return err
	}
	m := (&booting{bench: b}).machine(disk)
	if m.Initrd, err = b.watchedInitrd(); err != nil {
		return err
	}
	host, err := hosttest.New(map[string][]byte{"input": bytes.Repeat([]byte("input\n"), 10_000)})
	if err != nil {
		return err
	}
	console, err := b.runGuest(emulator, m, func(ctx context.Context, p *qemu.Process) error {
		return hostend.Serve(ctx, p.Link(), host)
	})
	if err != nil {
		return err
	}
	heard := host.Heard()
	if heard.Result == nil {
		return fmt.Errorf("the job has no result; failure %q:\n%s", heard.Failure, console)
	}
	resident, err := mostResident(console, heard.Steps)
	if err == nil {
		figure("guest.agent_rss", float64(resident), "bytes")
	}
	return err
}

var sample = regexp.MustCompile(`watch: (\d+) ms (\d+) kB`)

// mostResident looks at the samples from the workload's start to its sealed output.
func mostResident(console []byte, steps []hostlink.StepReport) (most int64, err error) {
	at := map[hostlink.Step]uint64{}
	for _, s := range steps {
		at[s.Step] = s.Milliseconds
	}
	samples := 0
	for _, match := range sample.FindAllSubmatch(console, -1) {
		when, _ := strconv.ParseUint(string(match[1]), 10, 64)
		kilobytes, _ := strconv.ParseInt(string(match[2]), 10, 64)
		if when >= at[hostlink.StepWorkload] && when <= at[hostlink.StepSealed] {
			most, samples = max(most, kilobytes<<10), samples+1
		}
	}
	if samples < 10 {
		return 0, fmt.Errorf("only %d samples while the workload ran:\n%s", samples, console)
	}
	return most, nil
}

// watchedInitrd is the guest base's, with the agent under another name and watchinit in its place.
func (b *bench) watchedInitrd() (string, error) {
	packed, err := os.ReadFile(filepath.Join(b.bin, "guest-base/initrd"))
	if err != nil {
		return "", err
	}
	archive, err := initrd.Unpack(packed, 1<<30)
	if err != nil {
		return "", err
	}
	agent, err := archived(archive, "init")
	if err != nil {
		return "", err
	}
	return b.initrdWith("watchinit", initrd.Entry{Name: "agent", Mode: 0o500, Data: agent})
}

// archived returns a file of an archive that package initrd wrote: names and contents begin at multiples of four.
func archived(archive []byte, wanted string) ([]byte, error) {
	const header, sizeAt, nameAt = 110, 54, 94
	for len(archive) >= header {
		size, err := strconv.ParseUint(string(archive[sizeAt:sizeAt+8]), 16, 32)
		if err != nil {
			return nil, err
		}
		length, err := strconv.ParseUint(string(archive[nameAt:nameAt+8]), 16, 32)
		if err != nil {
			return nil, err
		}
		begin := (header + length + 3) &^ 3
		end := begin + size
		if uint64(len(archive)) < end {
			break
		}
		if string(archive[header:header+length-1]) == wanted {
			return archive[begin:end], nil
		}
		archive = archive[min(uint64(len(archive)), (end+3)&^3):]
	}
	return nil, fmt.Errorf("the initrd has no %s", wanted)
}

// initrdWith is the guest base's, with a program of this folder in the agent's place and more besides.
func (b *bench) initrdWith(name string, more ...initrd.Entry) (string, error) {
	program := filepath.Join(b.dir, name)
	build := exec.CommandContext(b.ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", program, "./scripts/bench/"+name)
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build %s: %w\n%s", name, err, out)
	}
	init, err := os.ReadFile(program)
	if err != nil {
		return "", err
	}
	base, err := os.ReadFile(filepath.Join(b.bin, "guest-base/initrd"))
	if err != nil {
		return "", fmt.Errorf("%w (run `make build`)", err)
	}
	out := bytes.NewBuffer(append(base, make([]byte, -len(base)&3)...))
	if err := initrd.Write(out, append(more, initrd.Entry{Name: "init", Mode: 0o700, Data: init})); err != nil {
		return "", err
	}
	path := filepath.Join(b.dir, name+".initrd")
	return path, os.WriteFile(path, out.Bytes(), 0o600)
}

// runGuest runs a machine until it has powered itself off, and returns what it wrote to its serial line.
func (b *bench) runGuest(emulator qemu.Binary, m qemu.Machine, serve func(context.Context, *qemu.Process) error) ([]byte, error) {
	ctx, cancel := context.WithTimeout(b.ctx, bootLimit)
	defer cancel()
	var console bytes.Buffer
	p, err := emulator.Start(m, &console)
	if err != nil {
		return nil, err
	}
	defer p.Stop()
	stop := context.AfterFunc(ctx, p.Stop)
	defer stop()
	served := make(chan error, 1)
	go func() { served <- serve(ctx, p) }()
	err = errors.Join(p.Wait(), <-served, ctx.Err())
	if err != nil {
		err = fmt.Errorf("%w; the serial line says %s", err, console.Bytes())
	}
	return console.Bytes(), err
}

// linkMachine has two ports on one device.
func (b *bench) linkMachine(ram string) qemu.Machine {
	base := filepath.Join(b.bin, "guest-base")
	return qemu.Machine{
		Kernel: filepath.Join(base, "kernel"), Firmware: filepath.Join(base, "firmware"), Initrd: ram, Cmdline: quietLine,
		Shape: attest.Shape{VCPUs: 1, MemoryMiB: 1024}, Accelerator: qemu.TCG, Direct: true, Network: true,
	}
}
