// SPDX-License-Identifier: Apache-2.0

package boottest

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/escrin/escrin/guestagent/config"
	"github.com/escrin/escrin/guestagent/workload/seccomp"
	"github.com/escrin/escrin/imagebuild/initrd"
)

var update = flag.Bool("update", false, "write what the probes found to testdata")

// probeProgram builds the hostile workload once per test run.
var probeProgram = sync.OnceValues(func() ([]byte, error) {
	path := filepath.Join(scratch, "probe")
	cmd := exec.Command("go", "build", "-ldflags=-s -w", "-o", path, "./testdata/probe")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH=amd64")
	if report, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("build probe: %w\n%s", err, report)
	}
	return os.ReadFile(path)
})

// hostile is a workload that runs the probe with these arguments, as root.
func hostile(t *testing.T, args ...string) (config.Config, program) {
	t.Helper()
	content, err := probeProgram()
	check(t, err)
	c := shellWorkload("")
	main := &c.Containers[0].Process
	main.Args, main.User = append([]string{"/probe"}, args...), config.User{}
	return c, program{name: "probe", content: content}
}

// controlLine has no word of ours that protects anything; the modules that watch over calls are those of the guest, but for lockdown.
const controlLine = "console=ttyS0 quiet panic=-1 cryptomgr.notests=1 no_timer_check lsm=yama"

// probeArchive is an initrd with the probe as its /init.
func probeArchive(t *testing.T) []byte {
	t.Helper()
	content, err := probeProgram()
	check(t, err)
	var archive bytes.Buffer
	entries := []initrd.Entry{{Name: "init", Mode: 0o755, Data: content}}
	for _, dir := range []string{"dev", "proc", "sys", "tmp"} {
		entries = append(entries, initrd.Entry{Name: dir, Mode: os.ModeDir | 0o755})
	}
	check(t, initrd.Write(&archive, entries))
	return archive.Bytes()
}

// sections splits what the probe prints at its headings.
func sections(t *testing.T, said string) map[string]map[string]string {
	t.Helper()
	if !strings.Contains(said, "\n== end\n") {
		t.Fatalf("the probe did not come to its end:\n%s", said)
	}
	found := map[string]map[string]string{}
	var now map[string]string
	for line := range strings.Lines(said) {
		line = strings.TrimRight(line, "\r\n")
		if name, ok := strings.CutPrefix(line, "== "); ok {
			now = map[string]string{}
			found[name] = now
			continue
		}
		if at := strings.LastIndexByte(line, '\t'); at > 0 && now != nil {
			now[line[:at]] = line[at+1:]
		}
	}
	return found
}

// refusal are the outcomes by which a kernel, or what is missing, says no. An error of a later check is not among them: the
// attempt would have got as far as that.
var refusal = strings.Fields("EPERM EACCES ENOENT EROFS ENOSYS EAFNOSUPPORT EPROTONOSUPPORT ESOCKTNOSUPPORT ENOPKG ENETUNREACH ESRCH ENOEXEC ENODEV ENXIO EBUSY " +
	"401 empty none nobody inside killed bad-system-call no-core not-root")

// refusesOtherwise are probes whose refusal has a word of its own.
var refusesOtherwise = map[string]string{
	"AG-04\tclear no_new_privs": "EINVAL",
	"MB-20\tvsyscall":           "unexpected fault address 0xffffffffff600400",
}

// harmless are probes that may succeed.
var harmless = map[string]bool{
	"AG-04\tsocket udp-lite": true, "AG-04\tsocket mptcp": true, // in a network without a way out
}

func refused(name, outcome string) bool {
	return slices.Contains(refusal, strings.ReplaceAll(outcome, " ", "-")) || refusesOtherwise[name] == outcome ||
		outcome == "unexpected fault address 0x0" // an instruction's
}

// TestAG04AG05AG06MB19MB20WorkloadIsRefused has the probe try everything twice, as root and as a user, and make each system call
// once. The control shows that a probe can succeed: on the distribution's kernel, for the small one has little that could.
func TestAG04AG05AG06MB19MB20WorkloadIsRefused(t *testing.T) {
	onBothKernels(t, workloadIsRefused)
}

func workloadIsRefused(t *testing.T, kernel string) {
	c, p := hostile(t, "all")
	_, out := finish(t, vm{kernel: kernel, disk: makeDisk(t, c, p), patience: 10 * time.Minute})
	if *update {
		check(t, os.WriteFile("testdata/probes-"+kernel+".txt", out.Stdout, 0o600))
	}
	inside, outside := sections(t, string(out.Stdout)), sections(t, bare(t, vm{kernel: kernel, patience: 10 * time.Minute}))
	if proven := denied(t, inside, outside["root"]); proven < 150 && kernel == debianKernel {
		t.Errorf("%d probes come further in the control, want 150", proven)
	}
	if core := outside["root"]["AG-07\tcore file of a crash"]; core != "done" && kernel == debianKernel {
		t.Errorf("AG-07: the control, which can, leaves no core file: %q", core)
	}
	swept(t, inside["sweep"], outside["sweep"])
	standing(t, inside["state"])
}

// denied requires that all probes are refused, and counts those that the control shows to be able to come further.
func denied(t *testing.T, inside map[string]map[string]string, outside map[string]string) (proven int) {
	t.Helper()
	for name, outcome := range inside["root"] {
		user := inside["user"][name]
		if !harmless[name] && !(refused(name, outcome) && refused(name, user)) {
			t.Errorf("%s: %q as root, %q as a user; the control %q", name, outcome, user, outside[name])
		}
		if !harmless[name] && outcome != outside[name] {
			proven++
		}
	}
	t.Logf("%d probes, of which %d come further in the control", len(inside["root"]), proven)
	if len(inside["root"]) < 400 || len(inside["user"]) != len(inside["root"]) {
		t.Errorf("%d probes as root, %d as a user", len(inside["root"]), len(inside["user"]))
	}
	return proven
}

// swept compares what each system call answers with the lists of the filter.
func swept(t *testing.T, inside, outside map[string]string) {
	t.Helper()
	allowed, refusedCalls := map[string]bool{}, map[string]bool{}
	for _, name := range strings.Fields(seccomp.Allowed) {
		allowed[name] = true
	}
	for _, name := range strings.Fields(seccomp.Refused) {
		refusedCalls[name] = true
	}
	names := callNames(t)
	for number := range 471 {
		key := fmt.Sprint(number)
		name, got := names[key], inside[key]
		want := "ENOSYS"
		switch {
		case name == "kill": // to all processes: there may be none
			want = got
		case allowed[name]:
			want = outside[key]
		case refusedCalls[name]:
			want = "EPERM"
		case name == "socket": // of a family that there is not
			want = "EAFNOSUPPORT"
		case got == "breaks": // left out
			want = got
		}
		if got != want {
			t.Errorf("AG-05: system call %d (%s) answers %q, want %q", number, name, got, want)
		}
	}
}

// callNames are the names of the system calls by number, from the table of golang.org/x/sys.
func callNames(t *testing.T) map[string]string {
	t.Helper()
	dir, err := exec.Command("go", "list", "-f", "{{.Dir}}", "golang.org/x/sys/unix").Output()
	check(t, err)
	table, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), "zsysnum_linux_amd64.go"))
	check(t, err)
	names := map[string]string{}
	for _, m := range regexp.MustCompile(`SYS_(\w+)\s+= (\d+)`).FindAllStringSubmatch(string(table), -1) {
		names[m[2]] = strings.ToLower(m[1])
	}
	if len(names) < 350 {
		t.Fatalf("%d names of system calls", len(names))
	}
	return names
}

// standing checks what a root user in the workload is, and what the kernel was told.
func standing(t *testing.T, state map[string]string) {
	t.Helper()
	for name, want := range map[string]string{
		"/proc/sys/kernel/randomize_va_space": "2", "/proc/sys/kernel/yama/ptrace_scope": "3", "/proc/sys/kernel/kptr_restrict": "2",
		"/proc/sys/kernel/dmesg_restrict": "1", "/proc/sys/kernel/panic_on_oops": "1", "/proc/sys/kernel/panic": "-1",
		"/proc/sys/fs/protected_fifos": "2", "/proc/sys/fs/protected_regular": "2", "/proc/sys/fs/protected_symlinks": "1",
		"/proc/sys/fs/protected_hardlinks": "1", "/proc/sys/fs/suid_dumpable": "0",
		"/sys/devices/system/clocksource/clocksource0/current_clocksource": "tsc",
		"/sys/fs/cgroup/memory.swap.max":                                   "0", "/sys/fs/cgroup/pids.max": "1024", "/sys/fs/cgroup/cpu.weight": "100",
	} {
		if got, there := state[name]; got != want && (there || !strings.HasPrefix(name, "/sys/fs/cgroup/memory.swap")) {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	for name, value := range state { // MB-23: nothing was switched off; what the emulated processor cannot do is known
		weakness, ok := strings.CutPrefix(name, "/sys/devices/system/cpu/vulnerabilities/")
		if ok && strings.HasPrefix(value, "Vulnerable") && weakness != "spec_store_bypass" {
			t.Errorf("MB-23: %s: %s", weakness, value)
		}
	}
}
