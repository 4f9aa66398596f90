// SPDX-License-Identifier: Apache-2.0

package boottest

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/escrin/escrin/guestagent/config"
	"github.com/escrin/escrin/guestagent/hostlink"
	"github.com/escrin/escrin/guestagent/hosttest"
	"github.com/escrin/escrin/guestagent/task"
)

func newHost(t *testing.T) *hosttest.Host {
	t.Helper()
	h, err := hosttest.New(map[string][]byte{"bid.json": []byte(`{"bid":42}`)})
	check(t, err)
	return h
}

// finish boots the machine and returns what the submitter gets.
func finish(t *testing.T, m vm) (uint32, task.Output, console) {
	t.Helper()
	h := newHost(t)
	console := boot(t, h, m)
	heard := h.Heard()
	for _, s := range heard.Steps {
		t.Logf("%6d ms  %s", s.Milliseconds, s.Step)
	}
	if heard.Result == nil {
		t.Fatalf("no result; failure %q\n%s", heard.Failure, console)
	}
	result, err := task.ParseReport(heard.Result.Report)
	check(t, err)
	out, err := h.OpenOutput(result.OutputDigest)
	check(t, err)
	return result.ExitStatus, out, console
}

func TestBootRunsTheWorkload(t *testing.T) {
	script := `cat; echo; echo $GREETING; id -u; pwd; cat /input/bid.json > /output/copy; wc -c < /big; echo oops >&2; exit 7`
	status, out, console := finish(t, vm{disk: makeDisk(t, shellWorkload(script))})
	if status != 7 {
		t.Errorf("exit status %d, want 7", status)
	}
	if want := "{\"bid\":42}\nhello\n1000\n/work\n1048576\n"; string(out.Stdout) != want {
		t.Errorf("stdout %q, want %q", out.Stdout, want)
	}
	if string(out.Stderr) != "oops\n" {
		t.Errorf("stderr %q", out.Stderr)
	}
	if len(out.Files) != 1 || out.Files[0].Name != "copy" || string(out.Files[0].Data) != `{"bid":42}` {
		t.Errorf("files %+v", out.Files)
	}
	if strings.Contains(string(console), "bid") || strings.Contains(string(console), "oops") {
		t.Errorf("AG-08: the console shows the workload's words:\n%s", console)
	}
}

// TestAG04HostileWorkloadIsContained runs as root in the container and tries what an escape begins with.
// Each line of the script prints its name if it succeeds.
func TestAG04HostileWorkloadIsContained(t *testing.T) {
	script := `
try() { name=$1; shift; "$@" >/dev/null 2>&1 && echo "$name"; }
try mount mount -t tmpfs none /tmp
try remount mount -o remount,rw /input
try input sh -c 'echo x > /input/bid.json'
try unshare unshare -U true
try network sh -c 'ls /sys/class/net | grep -v lo'
try kcore sh -c 'test $(head -c 1 /proc/kcore | wc -c) = 1'
try kmsg head -c 1 /dev/kmsg
try cmdline grep -q escrin /proc/cmdline
try sysctl sh -c 'echo 0 > /proc/sys/kernel/modules_disabled'
try sysrq sh -c 'echo b > /proc/sysrq-trigger'
try cgroup sh -c 'echo max > /sys/fs/cgroup/pids.max'
try disk sh -c 'ls /dev | grep -E "vda|dm-|vport|mem|port|tdx"'
try mknod mknod /tmp/disk b 254 0
try chroot-out chroot /proc/1/root test -e /runtime
try agent sh -c 'ps | grep -v grep | grep -q "/init"'
try modules sh -c 'test -s /proc/modules'
try firmware sh -c 'ls /sys/firmware | grep .'
try fds sh -c 'ls /proc/self/fd | grep -E "^([3-9]|[1-9][0-9])$" | grep -v 3'
echo done; cat /proc/sys/kernel/modules_disabled; touch /etc-writable && echo writable
exit 300`
	workload := shellWorkload(script)
	workload.Process.User = config.User{}
	status, out, _ := finish(t, vm{disk: makeDisk(t, workload)})
	if want := "done\n1\nwritable\n"; string(out.Stdout) != want {
		t.Errorf("stdout:\n%s\nstderr:\n%s", out.Stdout, out.Stderr)
	}
	if status != 300&255 {
		t.Errorf("status %d", status)
	}
}

// TestAG11ForkBombAndMemoryHogEnd: the agent still reports.
func TestAG11ForkBombAndMemoryHogEnd(t *testing.T) {
	workload := shellWorkload(`i=0; while [ $i -lt 200 ]; do sleep 1000 & i=$((i+1)); done; wait -n; echo never`)
	workload.Bounds.MaxProcesses = 16
	status, out, _ := finish(t, vm{disk: makeDisk(t, workload)})
	if status == 0 || strings.Contains(string(out.Stdout), "never") {
		t.Errorf("status %d, stdout %q", status, out.Stdout)
	}
	hog := shellWorkload(`echo start; tail /dev/zero; echo "tail $?"; head -c 500000000 /dev/zero > /output/x; echo "head $?"; exit 3`)
	status, out, _ = finish(t, vm{disk: makeDisk(t, hog)})
	if status != 3 || string(out.Stdout) != "start\ntail 137\nhead 1\n" {
		t.Errorf("status %d, stdout %q, stderr %q", status, out.Stdout, out.Stderr)
	}
}

// refuse boots a machine that must not get as far as keys, and returns its console.
func refuse(t *testing.T, m vm, want hostlink.Failure) console {
	t.Helper()
	h := newHost(t)
	console := boot(t, h, m)
	heard := h.Heard()
	reached := func(s hostlink.StepReport) bool { return s.Step == hostlink.StepKeys }
	if heard.Result != nil || heard.Evidence != nil || slices.ContainsFunc(heard.Steps, reached) {
		t.Errorf("the guest went on: %+v", heard)
	}
	if heard.Failure != want {
		t.Errorf("failure %q, want %q\n%s", heard.Failure, want, console)
	}
	if strings.Contains(string(console), "# ") || strings.Contains(string(console), "login:") {
		t.Errorf("MB-17: a prompt:\n%s", console)
	}
	return console
}

func TestMB03OtherCommandLineIsRefused(t *testing.T) {
	d := makeDisk(t, shellWorkload("true"))
	refuse(t, vm{disk: d, cmdline: d.cmdline + " systemd.debug_shell"}, hostlink.FailDisk)
}

func TestMB22MachineWithoutRandomNumbersIsRefused(t *testing.T) {
	refuse(t, vm{disk: makeDisk(t, shellWorkload("true")), cpu: "max,-rdrand"}, hostlink.FailSetup)
}

func TestMB07SmallMachineIsRefused(t *testing.T) {
	refuse(t, vm{disk: makeDisk(t, shellWorkload("true")), memory: 640}, hostlink.FailDisk)
}

func TestMB12SecondDiskIsRefused(t *testing.T) {
	d := makeDisk(t, shellWorkload("true"))
	refuse(t, vm{disk: d, extra: []string{
		"-drive", "if=none,id=more,readonly=on,format=raw,file=" + d.path, "-device", "virtio-blk-pci,drive=more",
	}}, hostlink.FailDisk)
}

func TestMB11OtherConfigIsRefused(t *testing.T) {
	d := makeDisk(t, shellWorkload("true"))
	replaceOnDisk(t, d, `"network":"none"`, `"network":"nond"`)
	refuse(t, vm{disk: d}, hostlink.FailDisk)
}

// TestMB11CorruptBlockStopsTheMachine flips one byte of a file that the workload reads: the kernel panics
// and the machine ends without a result.
func TestMB11CorruptBlockStopsTheMachine(t *testing.T) {
	d := makeDisk(t, shellWorkload("cat /big > /dev/null; echo survived"))
	replaceOnDisk(t, d, "escrin!\nescrin!\n", "escrin!\nEscrin!\n")
	h := newHost(t)
	console := boot(t, h, vm{disk: d})
	if heard := h.Heard(); heard.Result != nil {
		t.Errorf("the guest reported a result\n%s", console)
	}
}

// replaceOnDisk changes the first occurrence of a text on the disk.
func replaceOnDisk(t *testing.T, d disk, from, to string) {
	t.Helper()
	content, err := os.ReadFile(d.path)
	check(t, err)
	at := bytes.Index(content, []byte(from))
	if at < 0 {
		t.Fatalf("%q is not on the disk", from)
	}
	copy(content[at:], to)
	check(t, os.WriteFile(d.path, content, 0o600))
}

// TestReadOnlyRootAndVolumes runs on the larger shape, with what an image may declare beside a command.
func TestReadOnlyRootAndVolumes(t *testing.T) {
	workload := shellWorkload(`cat /data/seed; echo x > /data/new && echo volume; echo x > /tmp/x || echo read-only; id -G; nproc; test -e /etc/absent || exit 4`)
	workload.ReadOnlyRoot = true
	workload.Volumes = []string{"/data", "/made/for/it"}
	workload.Process.User = config.User{UID: 0, GID: 7, AdditionalGIDs: []uint32{8, 9}}
	status, out, _ := finish(t, vm{disk: makeDisk(t, workload), vcpus: 2, memory: 2048})
	if want := "seed\nvolume\nread-only\n7 8 9\n2\n"; string(out.Stdout) != want || status != 4 {
		t.Errorf("status %d, stdout %q, want %q; stderr %q", status, out.Stdout, want, out.Stderr)
	}
}
