// SPDX-License-Identifier: Apache-2.0

package boottest

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/guestagent/config"
	"github.com/escrin/escrin/guestagent/hostlink"
	"github.com/escrin/escrin/guestagent/hosttest"
	"github.com/escrin/escrin/guestagent/task"
	"github.com/escrin/escrin/guestagent/task/readback"
)

func newHost(t *testing.T) *hosttest.Host {
	t.Helper()
	return newHostWith(t, map[string][]byte{"bid.json": []byte(`{"bid":42}`)})
}

func newHostWith(t *testing.T, inputs map[string][]byte) *hosttest.Host {
	t.Helper()
	h, err := hosttest.New(inputs)
	check(t, err)
	return h
}

// finish boots the machine, which must do it in silence, and returns what the submitter gets.
func finish(t *testing.T, m vm) (uint32, readback.Output) {
	t.Helper()
	return finishWith(t, newHost(t), m)
}

// finishWith is finish with a host that has other inputs.
func finishWith(t *testing.T, h *hosttest.Host, m vm) (uint32, readback.Output) {
	t.Helper()
	console := boot(t, h, m)
	heard := h.Heard()
	for _, s := range heard.Steps {
		t.Logf("%6d ms  %s", s.Milliseconds, s.Step)
	}
	if heard.Result == nil {
		t.Fatalf("no result; failure %q\n%s", heard.Failure, console)
	}
	fresh(t, heard)
	_, results, err := readback.ParseReport(heard.Result.Report)
	check(t, err)
	out, err := h.OpenOutput(results[0].OutputDigest)
	check(t, err)
	var public [32]byte
	for _, f := range out.Files {
		if f.Name == "public" {
			copy(public[:], f.Data)
		}
	}
	if results[0].PublicOutput != public {
		t.Errorf("public word %q, the workload left %q", results[0].PublicOutput, public)
	}
	silent(t, h, console)
	return results[0].ExitStatus, out
}

// seenKeys are the requesters and channel keys of all boots of this test run.
var seenKeys sync.Map

// fresh requires keys that no other boot had (MB-22).
func fresh(t *testing.T, heard hosttest.Heard) {
	t.Helper()
	evidence, err := attest.ParseEvidence(heard.Evidence)
	check(t, err)
	for _, key := range []string{string(evidence.ChannelKey), string(evidence.Binding.Requester[:])} {
		if _, seen := seenKeys.LoadOrStore(key, true); seen || key == "" {
			t.Errorf("MB-22: two boots have the key %x", key)
		}
	}
}

func TestBootRunsTheWorkload(t *testing.T) {
	onBothKernels(t, bootRunsTheWorkload)
}

func bootRunsTheWorkload(t *testing.T, kernel string) {
	script := `cat; echo; echo $GREETING; id -u; pwd; cat /input/bid.json > /output/copy; printf %032d 42 > /output/public; wc -c < /big; echo oops >&2; exit 7`
	status, out := finish(t, vm{kernel: kernel, disk: makeDisk(t, shellWorkload(script)), firmware: true})
	if status != 7 {
		t.Errorf("exit status %d, want 7", status)
	}
	if want := "{\"bid\":42}\nhello\n1000\n/work\n1048576\n"; string(out.Stdout) != want {
		t.Errorf("stdout %q, want %q", out.Stdout, want)
	}
	if string(out.Stderr) != "oops\n" {
		t.Errorf("stderr %q", out.Stderr)
	}
	if len(out.Files) != 2 || out.Files[0].Name != "copy" || string(out.Files[0].Data) != `{"bid":42}` || len(out.Files[1].Data) != 32 {
		t.Errorf("files %+v", out.Files)
	}
}

// silent requires that from the agent's start on the serial line holds nothing but the firmware's clearing of a
// screen: no word of the workload, of the agent or of the kernel. Before, the kernel may find fault with the machine.
func silent(t *testing.T, h *hosttest.Host, c console) {
	t.Helper()
	silentAfter(t, h.Heard().Steps[1].Milliseconds, c)
}

// silentAfter is silent for an agent that started at this time.
func silentAfter(t *testing.T, agent uint64, c console) {
	t.Helper()
	screen, stamp := regexp.MustCompile("\x1b\\[[0-9;=]*[A-Za-z]"), regexp.MustCompile(`^\[ *([0-9]+)\.([0-9]{3})`)
	for line := range strings.Lines(screen.ReplaceAllString(string(c), "")) {
		if at := stamp.FindStringSubmatch(line); at != nil {
			ms, err := strconv.ParseUint(at[1]+at[2], 10, 64)
			check(t, err)
			if ms < agent {
				continue
			}
		}
		if line = strings.TrimSpace(line); line != "" {
			t.Errorf("AG-07, AG-08: the serial line says %q", line)
		}
	}
}

// TestAG04HostileWorkloadIsContained runs as root in the container and tries what an escape begins with.
// Each line of the script prints its name if it succeeds, or if the image lacks what it needs. Those that look for
// something have a control, which finds something harmless in the same way.
func TestAG04HostileWorkloadIsContained(t *testing.T) {
	t.Parallel()
	script := `
try() { name=$1; shift; said=$("$@" 2>&1) && echo "$name"; case $said in *"not found"*) echo "$name: $said";; esac; }
try +absent sh -c 'no-such-applet | grep .'
try +network sh -c 'ls /sys/class/net | grep lo'
try +read sh -c 'test $(head -c 1 /proc/self/stat | wc -c) = 1'
try +scheduled sh -c 'read stat < /proc/self/stat; set -- $stat; test "${19} ${41}" = "0 0"'
try +cmdline grep -q sh /proc/self/cmdline
try +disk sh -c 'ls /dev | grep -E "null|zero"'
try +chroot chroot /proc/self/root test -e /bin/busybox
try +agent sh -c 'ps | grep -q "[/]bin/sh"'
try +firmware sh -c 'ls /sys/class | grep .'
try +fds sh -c 'exec 5</dev/null; ls /proc/self/fd | grep -E "^([3-9]|[1-9][0-9])$" | grep -v 3'
try +write sh -c 'echo x > /tmp/file'
try +sysctl sh -c 'test -e /proc/sys/kernel/dmesg_restrict'
try mount mount -t tmpfs none /tmp
try remount mount -o remount,rw /input
try input sh -c 'echo x > /input/bid.json'
try unshare unshare -U true
try network sh -c 'ls /sys/class/net | grep -v lo'
try kcore sh -c 'test $(head -c 1 /proc/kcore | wc -c) = 1'
try kmsg head -c 1 /dev/kmsg
try cmdline grep -q escrin /proc/cmdline
try sysctl sh -c 'echo 0 > /proc/sys/kernel/dmesg_restrict'
try sysrq sh -c 'echo b > /proc/sysrq-trigger'
try cgroup sh -c 'echo max > /sys/fs/cgroup/pids.max'
try disk sh -c 'ls /dev | grep -E "vda|dm-|vport|mem|port|tdx"'
try mknod mknod /tmp/disk b 254 0
try chroot-out chroot /proc/1/root test -e /runtime
try agent sh -c 'ps | grep -q "[/]init"'
try modules sh -c 'test -s /proc/modules'
try firmware sh -c 'ls /sys/firmware | grep .'
try fds sh -c 'ls /proc/self/fd | grep -E "^([3-9]|[1-9][0-9])$" | grep -v 3'
echo done; cat /proc/sys/kernel/dmesg_restrict; touch /etc-writable && echo writable
exit 300`
	workload := shellWorkload(script)
	workload.Containers[0].Process.User = config.User{}
	onBothKernels(t, func(t *testing.T, kernel string) {
		contained(t, vm{kernel: kernel, disk: makeDisk(t, workload)})
	})
}

// contained requires that of what an escape begins with only the controls succeeded.
func contained(t *testing.T, m vm) {
	t.Helper()
	status, out := finish(t, m)
	want := "+absent: sh: no-such-applet: not found\n+network\n+read\n+scheduled\n+cmdline\n+disk\n+chroot\n+agent\n+firmware\n+fds\n+write\n+sysctl\ndone\n1\nwritable\n"
	if string(out.Stdout) != want {
		t.Errorf("stdout:\n%s\nstderr:\n%s", out.Stdout, out.Stderr)
	}
	if status != 300&255 {
		t.Errorf("status %d", status)
	}
}

// TestAG11MemoryHogAndForkBombEnd: the agent still reports.
func TestAG11MemoryHogAndForkBombEnd(t *testing.T) {
	t.Parallel()
	workload := shellWorkload(`echo start; tail /dev/zero; echo "tail $?"; head -c 500000000 /dev/zero > /output/x; echo "head $?"; rm /output/x
i=0; while [ $i -lt 200 ]; do sleep 1000 & i=$((i+1)); done; echo never`)
	workload.Bounds.MaxProcesses = 16
	status, out := finish(t, vm{disk: makeDisk(t, workload), patience: 10 * time.Minute})
	if status == 0 || string(out.Stdout) != "start\ntail 137\nhead 1\n" {
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
	t.Parallel()
	d := makeDisk(t, shellWorkload("true"))
	refuse(t, vm{disk: d, cmdline: d.cmdline + " systemd.debug_shell", firmware: true}, hostlink.FailDisk)
}

func TestMB22MachineWithoutRandomNumbersIsRefused(t *testing.T) {
	t.Parallel()
	refuse(t, vm{disk: makeDisk(t, shellWorkload("true")), cpu: "max,-rdrand"}, hostlink.FailSetup)
}

func TestMB07SmallMachineIsRefused(t *testing.T) {
	t.Parallel()
	refuse(t, vm{disk: makeDisk(t, shellWorkload("true")), memory: 640}, hostlink.FailDisk)
}

func TestMB12SecondDiskIsRefused(t *testing.T) {
	t.Parallel()
	d := makeDisk(t, shellWorkload("true"))
	refuse(t, vm{disk: d, extra: []string{
		"-drive", "if=none,id=more,readonly=on,format=raw,file=" + d.path, "-device", "virtio-blk-pci,drive=more",
	}}, hostlink.FailDisk)
}

// TestAG04SocketFamilies: what the filter refuses, it refuses in every spelling.
func TestAG04SocketFamilies(t *testing.T) {
	t.Parallel()
	c, p := hostile(t, "families")
	_, out := finish(t, vm{disk: makeDisk(t, c, p)})
	const refused = " EAFNOSUPPORT EAFNOSUPPORT\n"
	if want := "2  \n1  \n17" + refused + "38" + refused + "40" + refused + "44" + refused; string(out.Stdout) != want {
		t.Errorf("stdout:\n%s\nstderr: %s", out.Stdout, out.Stderr)
	}
}

// TestEntrypointsThatDoNotRun have a result with the exit status that docker run has, and a line that says why. TestTrialsEntrypointThatDoesNotRun
// has the one that names a path that is not there.
func TestEntrypointsThatDoNotRun(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]struct {
		status uint32
		said   string
	}{
		"absent":      {127, "executable file `absent` not found in $PATH: No such file or directory"},
		"/data/seed":  {126, "the path `/data/seed` exists but it is not executable"},
		"/no-program": {255, "exec container process `/no-program`: Exec format error"},
		"/no-shell":   {255, "exec container process (missing dynamic library?) `/no-shell`: No such file or directory"},
	} {
		workload := shellWorkload("")
		workload.Containers[0].Process.Args = []string{name}
		status, out := finish(t, vm{disk: makeDisk(t, workload,
			program{name: "no-program", content: []byte("text")}, program{name: "no-shell", content: []byte("#!/missing\n")})})
		if status != want.status || !strings.Contains(string(out.Stderr), want.said) || len(out.Stdout) > 0 {
			t.Errorf("%s: status %d, stdout %q, stderr %q", name, status, out.Stdout, out.Stderr)
		}
	}
}

// TestAG11SparseOutputIsAResult: a file of 1 TiB costs its maker nothing.
func TestAG11SparseOutputIsAResult(t *testing.T) {
	t.Parallel()
	workload := shellWorkload(`echo kept; dd of=/output/sparse bs=1M seek=1048576 count=0 && test -s /output/sparse && echo made`)
	status, out := finish(t, vm{disk: makeDisk(t, workload)})
	if status != task.ExitOutputUnfit || string(out.Stdout) != "kept\nmade\n" || len(out.Files) != 0 {
		t.Errorf("status %d, stdout %q, %d files", status, out.Stdout, len(out.Files))
	}
	if !strings.Contains(string(out.Stderr), "the workload ended with exit status 0") {
		t.Errorf("stderr %q", out.Stderr)
	}
}
