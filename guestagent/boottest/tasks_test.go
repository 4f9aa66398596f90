// SPDX-License-Identifier: Apache-2.0

package boottest

import (
	"context"
	"net"
	"slices"
	"strings"
	"testing"

	"github.com/escrin/escrin/guestagent/config"
	"github.com/escrin/escrin/guestagent/hostlink"
	"github.com/escrin/escrin/guestagent/hostlink/hostend"
	"github.com/escrin/escrin/guestagent/hosttest"
	"github.com/escrin/escrin/guestagent/task"
	"github.com/escrin/escrin/guestagent/task/readback"
)

// bootThrough runs a machine that has the tasks of these hosts, one after the other.
func bootThrough(t *testing.T, m vm, hosts []*hosttest.Host) console {
	t.Helper()
	rest := hosts[1:]
	return bootWith(t, m, func(ctx context.Context, conn net.Conn) error {
		return hostend.ServeJobs(ctx, conn, hosts[0], func(context.Context) (hostend.Handler, error) {
			if len(rest) == 0 {
				return nil, hostend.ErrNoJob
			}
			next := rest[0]
			rest = rest[1:]
			return next, nil
		})
	})
}

// leaving is a workload that has every kind of place to leave something at.
func leaving(t *testing.T) (config.Config, program) {
	t.Helper()
	c, probe := hostile(t, "leave")
	c.Tasks.PerBoot = 3
	main := &c.Containers[0]
	main.Volumes = []config.Volume{{Path: "/data", SizeMiB: 8}, {Path: "/kept", SizeMiB: 8, Disk: true}, {Path: "/ram", SizeMiB: 2}}
	main.Secrets = []config.Secret{{Name: "token", Path: "/etc/token"}}
	c.Bounds.ScratchMedium, c.Bounds.ScratchMiB = config.ScratchDisk, 24
	return c, probe
}

// TestAG04NothingIsLeftForTheNextTask: root in a container leaves a mark in each file and directory, in memory, queues, sockets
// and processes. The same look that finds it in its own task finds nothing in the next.
func TestAG04NothingIsLeftForTheNextTask(t *testing.T) { onBothKernels(t, nothingIsLeft) }

func nothingIsLeft(t *testing.T, kernel string) {
	c, probe := leaving(t)
	var hosts []*hosttest.Host
	for range 3 {
		h := newHostWith(t, map[string][]byte{"word": []byte("a word of this task")})
		check(t, h.AddSecret("token", task.Secret{Version: 1}, []byte("a secret of this task")))
		hosts = append(hosts, h)
	}
	console := bootThrough(t, vm{kernel: kernel, disk: makeDisk(t, c, probe)}, hosts)
	silent(t, hosts[0], console)
	for i, h := range hosts {
		heard := h.Heard()
		for _, s := range heard.Steps {
			t.Logf("task %d: %6d ms  %s", i, s.Milliseconds, s.Step)
		}
		if heard.Result == nil {
			t.Fatalf("task %d: no result; failure %q\n%s", i, heard.Failure, console)
		}
		fresh(t, heard)
		_, results, err := readback.ParseReport(heard.Result.Report)
		check(t, err)
		out, err := h.OpenOutput(results[0].OutputDigest)
		check(t, err)
		lines := strings.Split(strings.TrimSpace(string(out.Stdout)), "\n")
		if strings.Contains(string(out.Stdout), "before") || lines[len(lines)-1] != "== end" {
			t.Errorf("task %d found\n%s\n%s", i, out.Stdout, out.Stderr)
		}
		leftIn(t, lines)
	}
}

// TestAG04FilesOfTheKernelAreNoLetterbox: root in a container gives all that the kernel has once for all tasks, in /proc, /sys and behind
// descriptors, another owner, mode and time. Nothing of it is there for the next task, and no entry of /proc and /sys even for the container beside.
// What can be changed, as the control of the look, is the container's own, and two files that are reset between tasks.
func TestAG04FilesOfTheKernelAreNoLetterbox(t *testing.T) { onBothKernels(t, noLetterbox) }

func noLetterbox(t *testing.T, kernel string) {
	run, probe := hostile(t, "change")
	main := run.Main()
	beside := main
	beside.Name, beside.IO, beside.Completes = "beside", config.IO{}, true
	run.Containers, run.Tasks.PerBoot = []config.Container{beside, main}, 3
	hosts := []*hosttest.Host{newHost(t), newHost(t), newHost(t)}
	console := bootThrough(t, vm{kernel: kernel, disk: makeDisk(t, run, probe)}, hosts)
	for i, h := range hosts {
		heard := h.Heard()
		if heard.Result == nil {
			t.Fatalf("task %d: no result; failure %q\n%s", i, heard.Failure, console)
		}
		_, results, err := readback.ParseReport(heard.Result.Report)
		check(t, err)
		out, err := h.OpenOutput(results[0].OutputDigest)
		check(t, err)
		said := string(out.Stdout) + string(out.Stderr)
		for _, must := range []string{"after /proc\n", "after /dev/null\n", "after descriptor event\n"} {
			if strings.Count(said, must) != 2 {
				t.Errorf("task %d: the control did not say %q twice:\n%s", i, must, said)
			}
		}
		for _, never := range []string{"beside: before ", " /proc/", " /sys", "before /dev", "namespace", "refused"} {
			if strings.Contains(said, never) {
				t.Errorf("task %d said %q:\n%s", i, never, said)
			}
		}
		if strings.Count(said, "== end\n") != 2 {
			t.Errorf("task %d did not come to its end:\n%s", i, said)
		}
	}
}

// TestAG04KernelWipesWhatItFrees: with several tasks in a boot. The agent refuses a line that forgets it, and one that is not quiet, by
// which the kernel says what it does.
func TestAG04KernelWipesWhatItFrees(t *testing.T) {
	t.Parallel()
	c := shellWorkload("echo ran")
	c.Tasks.PerBoot = 2
	d := makeDisk(t, c)
	for line, said := range map[string]string{
		strings.Replace(d.cmdline, " quiet", "", 1):          "heap alloc:on, heap free:on",
		strings.Replace(d.cmdline, " init_on_free=1", "", 1): "",
	} {
		h := newHost(t)
		console := boot(t, h, vm{disk: d, cmdline: line})
		if heard := h.Heard(); line == d.cmdline || heard.Failure != hostlink.FailDisk || !strings.Contains(string(console), said) {
			t.Errorf("%q: %+v\n%s", line, heard, console)
		}
	}
}

// leftIn requires that the control found the mark in enough places, and of each kind.
func leftIn(t *testing.T, lines []string) {
	t.Helper()
	const enough = 35
	if len(lines) < enough {
		t.Errorf("the control found %d places:\n%s", len(lines), strings.Join(lines, "\n"))
	}
	for _, place := range []string{"/.", "/data/.", "/kept/.", "/ram/.", "/output/.", "/dev/shm/.", "/tmp/.", "/bin/busybox", "/etc/hosts", "a process", "/proc/net/unix", "port ", "shared memory "} {
		if !slices.ContainsFunc(lines, func(line string) bool { return strings.HasPrefix(line, "after "+place) }) {
			t.Errorf("the control did not find %s:\n%s", place, strings.Join(lines, "\n"))
		}
	}
}

// TestAG08TasksOfSeveralContainersAreReadAlong: two tasks of one machine, each of two containers, have each a log of their own: what its owner
// reads along is what the result has, in the same places, and nothing of the other's.
func TestAG08TasksOfSeveralContainersAreReadAlong(t *testing.T) {
	t.Parallel()
	run := several([]string{"beside", "main"}, "cat /data/mark /data/seed; echo hello; while :; do sleep 1; done", "echo main >&2; cat; echo left > /data/mark; sleep 8; echo end >&2")
	for i := range run.Containers {
		run.Containers[i].Volumes = []config.Volume{{Path: "/data", SizeMiB: 8, Name: "data"}}
	}
	run.Tasks.PerBoot, run.Logs.Live = 2, true
	words := []string{"first words\n", "second words\n"}
	hosts := []*hosttest.Host{newHostWith(t, map[string][]byte{"word": []byte(words[0])}), newHostWith(t, map[string][]byte{"word": []byte(words[1])})}
	console := bootThrough(t, vm{disk: makeDisk(t, run)}, hosts)
	silent(t, hosts[0], console)
	for i, h := range hosts {
		heard := h.Heard()
		if heard.Result == nil {
			t.Fatalf("task %d: no result; failure %q\n%s", i, heard.Failure, console)
		}
		fresh(t, heard)
		_, results, err := readback.ParseReport(heard.Result.Report)
		check(t, err)
		out, err := h.OpenOutput(results[0].OutputDigest)
		check(t, err)
		stdout, stderr, err := h.OpenLogs()
		check(t, err)
		if stdout != words[i] || string(out.Stdout) != words[i] {
			t.Errorf("task %d: told %q, the result has %q, want %q", i, stdout, out.Stdout, words[i])
		}
		if !strings.HasPrefix(string(out.Stderr), stderr) || !strings.Contains(stderr, "beside: hello\n") || !strings.Contains(stderr, "main\n") {
			t.Errorf("task %d: told %q, the result has %q", i, stderr, out.Stderr)
		}
		if strings.Contains(string(out.Stderr), "left") || !strings.HasSuffix(string(out.Stderr), "end\n") {
			t.Errorf("task %d: standard error %q", i, out.Stderr)
		}
	}
}
