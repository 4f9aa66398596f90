// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/escrin/escrin/jobs/api"
	"github.com/escrin/escrin/jobs/network"
	"github.com/escrin/escrin/jobs/runner"
)

// guestBase prints what every guest loads before its own disk.
func (b *bench) guestBase() error {
	var total int64
	for _, name := range []string{"kernel", "initrd", "firmware"} {
		info, err := os.Stat(filepath.Join(b.bin, "guest-base", name))
		if err != nil {
			return fmt.Errorf("%w (run `make build`)", err)
		}
		figure("guest."+name, float64(info.Size()), "bytes")
		if name != "firmware" {
			total += info.Size()
		}
	}
	figure("guest.kernel_initrd", float64(total), "bytes")
	firmware, err := os.Stat(filepath.Join(b.bin, "guest-base/firmware.zst"))
	if err != nil {
		return err
	}
	figure("guestbase.bytes", float64(total+firmware.Size()), "bytes")
	return nil
}

// gas prints the committed snapshot, which a test holds against the real chain.
func (b *bench) gas() error {
	raw, err := os.ReadFile(filepath.Join(b.root, "contracts/gas.tsv"))
	if err != nil {
		return err
	}
	for _, line := range strings.Split(strings.TrimSpace(string(raw)), "\n") {
		name, value, ok := strings.Cut(line, "\t")
		gas, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
		if !ok || err != nil {
			continue // the heading
		}
		figure(name, gas, "gas")
	}
	return nil
}

func (b *bench) startNetwork() error {
	took, _, err := b.timed("dev", "up", "--ports", "auto")
	if err != nil {
		return err
	}
	figure("dev.up", took.Seconds(), "s")
	file, err := network.Load(filepath.Join(b.dir, "state/escrin/dev/network.json"))
	b.registry = file.Registry
	return err
}

func (b *bench) stopNetwork() error {
	took, _, err := b.timed("dev", "down")
	if err == nil {
		figure("dev.down", took.Seconds(), "s")
	}
	return err
}

// enclave wraps the auction with nothing cached, and again with everything cached.
func (b *bench) enclave() error {
	reference := b.registry + "/auction"
	for _, name := range []string{"enclave.cold", "enclave.unchanged"} {
		took, _, err := b.timed("enclave", b.image, "-t", reference)
		if err != nil {
			return err
		}
		figure(name, took.Seconds(), "s")
	}
	size, err := treeSize(filepath.Join(b.dir, "data/escrin/store/blobs"))
	if err != nil {
		return err
	}
	figure("enclave.bytes", float64(size), "bytes")
	took, _, err := b.timed("push", reference)
	if err == nil {
		figure("push.cold", took.Seconds(), "s")
	}
	return err
}

func treeSize(dir string) (total int64, err error) {
	err = filepath.WalkDir(dir, func(_ string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			total += info.Size()
		}
		return err
	})
	return total, err
}

// job runs one auction and prints when each step was reached, in seconds since QEMU was started.
func (b *bench) job() error {
	identity, err := b.escrin("identity", "create", "--enclave", b.registry+"/auction", "--quiet")
	if err != nil {
		return err
	}
	task, err := b.finish(identity, filepath.Join(b.root, "examples/auction/bids/alice.json"))
	if err != nil {
		return err
	}
	last := task.Attempts[len(task.Attempts)-1]
	for _, step := range last.Steps {
		if step.Name == runner.StepEnclave || step.Name == runner.StepBoot {
			continue // what came before QEMU, and its start
		}
		figure("boot."+step.Name, float64(step.MS)/1000, "s")
	}
	return nil
}

// finish submits a task, waits for its result and returns it.
func (b *bench) finish(identity, input string) (api.Task, error) {
	id, err := b.escrin("job", "submit", "--identity", identity, "--input", input, "--quiet")
	if err != nil {
		return api.Task{}, err
	}
	if _, err := b.escrin("job", "status", "--watch", id); err != nil {
		return api.Task{}, err
	}
	raw, err := b.escrin("job", "status", id, "--json")
	if err != nil {
		return api.Task{}, err
	}
	var task api.Task
	if err := json.Unmarshal([]byte(raw), &task); err != nil {
		return api.Task{}, err
	}
	if task.State != api.StateAccepted || len(task.Attempts) == 0 {
		return api.Task{}, fmt.Errorf("task %s is %s: %s", id, task.State, task.Message)
	}
	b.task = id
	return task, nil
}

var available = regexp.MustCompile(`MemTotal: +(\d+) kB[\s\S]*MemAvailable: +(\d+) kB`)

// memory runs a workload that prints what the guest has left: everything else is kernel, agent and runtime.
func (b *bench) memory() error {
	image, err := b.busybox()
	if err != nil {
		return err
	}
	reference := b.registry + "/memory"
	if _, err := b.escrin("enclave", image, "-t", reference, "--push"); err != nil {
		return err
	}
	identity, err := b.escrin("identity", "create", "--enclave", reference, "--quiet")
	if err != nil {
		return err
	}
	script := filepath.Join(b.dir, "script")
	if err := os.WriteFile(script, []byte("while read line; do echo $line; done </proc/meminfo\n"), 0o600); err != nil {
		return err
	}
	if _, err := b.finish(identity, script); err != nil {
		return err
	}
	out, err := b.escrin("job", "result", b.task)
	if err != nil {
		return err
	}
	match := available.FindStringSubmatch(out)
	if match == nil {
		return errors.New("the workload did not print its memory")
	}
	total, _ := strconv.ParseFloat(match[1], 64)
	left, _ := strconv.ParseFloat(match[2], 64)
	figure("guest.memory_used", (total-left)*1024, "bytes")
	figure("guest.memory_unusable", 1024*1024*1024-total*1024, "bytes")
	return nil
}

// demo runs the demonstration with everything built: on a network that does not exist yet, and again on the same one.
func (b *bench) demo() error {
	for _, name := range []string{"demo.first_network", "demo.again"} {
		started := time.Now()
		cmd := exec.CommandContext(b.ctx, "make", "demo")
		cmd.Dir, cmd.Env = b.root, b.env()
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("make demo: %w\n%s", err, out)
		}
		figure(name, time.Since(started).Seconds(), "s")
	}
	return nil
}
