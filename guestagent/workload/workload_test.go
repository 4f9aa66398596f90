// SPDX-License-Identifier: Apache-2.0

package workload

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/escrin/escrin/guestagent/config"
	"github.com/escrin/escrin/guestagent/workload/oci"
)

func shell(script string) config.Container {
	return config.Container{
		Process: config.Process{Args: []string{"/bin/sh", "-c", script}, Env: []string{"A=1"}, Cwd: "/w", User: config.User{UID: 5, GID: 6}},
		IO:      config.IO{Input: config.InputPath, Output: config.OutputPath}, Volumes: []config.Volume{{Path: "/data", SizeMiB: 8}},
	}
}

func paths() Paths {
	return Paths{Root: "/run/root", Input: "/run/input", Output: "/run/output", Volumes: []string{"/run/volumes/0/root"}, Secrets: "/run/secrets", Agent: "/run/agent/socket"}
}

// TestAG04SpecGrantsLittle lists what an escape from a container begins with.
func TestAG04SpecGrantsLittle(t *testing.T) {
	for _, readOnly := range []bool{false, true} {
		c := shell("true")
		c.ReadOnlyRoot = readOnly
		s := Spec(c, config.DefaultBounds(), paths(), 1<<29)
		if !s.Process.NoNewPrivileges || s.Process.Terminal {
			t.Error("privileges or terminal")
		}
		want := oci.Mount{Destination: rootItself, Type: "bind", Source: "/run/root", Options: []string{"bind", "nosuid", "nodev", "remount"}}
		if readOnly {
			want.Options = append(want.Options, "ro")
		}
		if !reflect.DeepEqual(s.Mounts[0], want) {
			t.Errorf("root %+v", s.Mounts[0])
		}
		if len(s.Annotations) != 1 || s.Annotations[seccompAnnotation] == "" { // another annotation has crun run the workload by another handler
			t.Errorf("annotations %q", s.Annotations)
		}
		if list := s.Process.Capabilities.Effective; len(list) != 0 {
			t.Errorf("capabilities %q of a user that is not root", list)
		}
		for _, c := range []string{"CAP_SYS_ADMIN", "CAP_SYS_PTRACE", "CAP_SYS_MODULE", "CAP_MKNOD", "CAP_NET_RAW", "CAP_NET_ADMIN", "CAP_BPF", "CAP_DAC_READ_SEARCH"} {
			if slices.Contains(s.Process.Capabilities.Bounding, c) {
				t.Errorf("%s is granted", c)
			}
		}
		var kinds []string
		for _, n := range s.Linux.Namespaces {
			kinds = append(kinds, string(n.Type))
			if n.Path != "" {
				t.Errorf("namespace %s is shared", n.Type)
			}
		}
		slices.Sort(kinds)
		if got := strings.Join(kinds, " "); got != "cgroup ipc mount network pid uts" {
			t.Errorf("namespaces %s", got)
		}
		if s.Linux.Resources.Devices[0].Allow {
			t.Error("devices are granted")
		}
		if s.Linux.Resources.Pids.Limit != 1024 || *s.Linux.Resources.Memory.Limit != 1<<29 || *s.Linux.Resources.Memory.Swap != 1<<29 {
			t.Error("bounds are not applied")
		}
	}
}

// TestAG01MainContainerAloneHasTheAgentsSocket: nothing of the interface is in the others.
func TestAG01MainContainerAloneHasTheAgentsSocket(t *testing.T) {
	of := func(source string) func(oci.Mount) bool {
		return func(m oci.Mount) bool { return m.Source == source }
	}
	main := shell("true")
	beside := main
	beside.IO = config.IO{}
	for _, source := range []string{paths().Agent, paths().Input, paths().Output} {
		if !slices.ContainsFunc(Spec(main, config.DefaultBounds(), paths(), 1).Mounts, of(source)) {
			t.Errorf("the main container has no %s", source)
		}
		if slices.ContainsFunc(Spec(beside, config.DefaultBounds(), paths(), 1).Mounts, of(source)) {
			t.Errorf("a container beside it has %s", source)
		}
	}
}

func TestAG06HostPathsAreOnlyThoseOfTheInterface(t *testing.T) {
	for _, m := range Spec(shell("true"), config.DefaultBounds(), paths(), 1).Mounts[1:] {
		if m.Type == "bind" && m.Source != "/run/input" && m.Source != "/run/output" && m.Source != "/run/volumes/0/root" && m.Source != "/run/agent/socket" {
			t.Errorf("%s is bound to %s", m.Source, m.Destination)
		}
		if m.Destination == config.InputPath && !slices.Contains(m.Options, "ro") {
			t.Error("the input is writable")
		}
		if !slices.Contains(m.Options, "nosuid") {
			t.Errorf("%s honours set-user-id", m.Destination)
		}
	}
}

// fakeRuntime is a script in place of the runtime; $last is where it puts its pid file.
func fakeRuntime(t *testing.T, script string) Container {
	t.Helper()
	dir := t.TempDir()
	program := filepath.Join(dir, "runtime")
	head := "#!/bin/sh\npid=$9\n"
	if err := os.WriteFile(program, []byte(head+script), 0o700); err != nil {
		t.Fatal(err)
	}
	return Container{Runtime: program, State: filepath.Join(dir, "state"), Spec: Spec(shell("true"), config.DefaultBounds(), paths(), 1)}
}

// said is what was heard of a workload.
type said struct {
	mu             sync.Mutex
	stdout, stderr []byte
}

func (s *said) hear(stream Stream, piece []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if stream == Stdout {
		s.stdout = append(s.stdout, piece...)
	} else {
		s.stderr = append(s.stderr, piece...)
	}
}

func TestRunTellsAndReturnsTheStatus(t *testing.T) {
	c := fakeRuntime(t, "/bin/cat; echo out; echo err >&2; echo $$ >$pid; exit 37")
	c.Stdin = filepath.Join(t.TempDir(), "stdin")
	if err := os.WriteFile(c.Stdin, []byte("in\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var heard said
	status, err := c.Run(t.Context(), heard.hear)
	if err != nil || status != 37 || string(heard.stdout) != "in\nout\n" || string(heard.stderr) != "err\n" {
		t.Errorf("status %d, %v, heard %q and %q", status, err, heard.stdout, heard.stderr)
	}
	document, err := os.ReadFile(filepath.Join(c.State, "bundle", "config.json"))
	var spec oci.Spec
	if err != nil || json.Unmarshal(document, &spec) != nil || spec.Process.Args[2] != "true" {
		t.Errorf("bundle: %v %s", err, document)
	}
}

func TestARuntimeThatDoesNotEndIsNoOutcome(t *testing.T) {
	missing := fakeRuntime(t, "")
	missing.Runtime += "-missing"
	for name, c := range map[string]Container{"killed": fakeRuntime(t, "kill -9 $$"), "missing": missing} {
		if _, err := c.Run(t.Context(), new(said).hear); !errors.Is(err, ErrRuntime) {
			t.Errorf("%s: error is %v", name, err)
		}
	}
}

// TestRefusedContainersAreOutcomes: what crun 1.21 says where it does not get as far as the workload. A
// workload that says the same has a status of its own.
func TestRefusedContainersAreOutcomes(t *testing.T) {
	for words, want := range map[string]uint32{
		"executable file `/bin/sh` not found: No such file or directory":              ExitNotFound,
		"executable file `/bin/sh` not found in $PATH: No such file or directory":     ExitNotFound,
		"the path `/bin/sh` exists but it is not executable: Operation not permitted": ExitNotExecutable,
		"the path `/bin/sh` is not a regular file: Operation not permitted":           ExitNotExecutable,
		"the path `other` is not a regular file: Operation not permitted":             ExitContainerUnfit,
		"mount `proc` to `proc`: Operation not permitted":                             ExitContainerUnfit,
		"error: executable file `/bin/sh` not found: No such file or directory":       ExitContainerUnfit,
		"": ExitContainerUnfit,
	} {
		var heard said
		status, err := fakeRuntime(t, "echo '"+words+"' >&2; exit 1").Run(t.Context(), heard.hear)
		if err != nil || status != want || string(heard.stderr) != words+"\n" {
			t.Errorf("%q: status %d, stderr %q, %v", words, status, heard.stderr, err)
		}
		status, err = fakeRuntime(t, "echo $$ >$pid; echo '"+words+"' >&2; exit 1").Run(t.Context(), heard.hear)
		if err != nil || status != 1 {
			t.Errorf("%q from a workload: status %d, %v", words, status, err)
		}
	}
}

// TestEntrypointsThatTheKernelRefuses have the statuses of docker run, though the container was there already. What a workload says later, or with
// another status, is its own.
func TestEntrypointsThatTheKernelRefuses(t *testing.T) {
	const refuses = "exec container process `/x`: "
	for script, want := range map[string]uint32{
		"echo '" + refuses + "Permission denied' >&2; exit 1":                                                  ExitNotExecutable,
		"echo '" + refuses + "Exec format error' >&2; exit 1":                                                  ExitNotProgram,
		"echo 'exec container process (missing dynamic library?) `/x`: No such file or directory' >&2; exit 1": ExitNotProgram,
		"echo '" + refuses + "Exec format error' >&2; exit 2":                                                  2,
		"echo started >&2; echo '" + refuses + "Exec format error' >&2; exit 1":                                1,
		"echo '" + refuses + "Exec format error'; exit 1":                                                      1,
	} {
		status, err := fakeRuntime(t, "echo $$ >$pid; "+script).Run(t.Context(), new(said).hear)
		if err != nil || status != want {
			t.Errorf("%q: status %d, %v", script, status, err)
		}
	}
}

// TestLimitsOfUsersAreNone: what bounds processes counts those of the task, whoever their user is. The kernel's own bound of a user follows from the
// machine's memory.
func TestLimitsOfUsersAreNone(t *testing.T) {
	var limits []string
	for _, l := range Spec(config.Container{}, config.Bounds{MaxProcesses: 5}, Paths{}, 0).Process.Rlimits {
		limits = append(limits, fmt.Sprint(l.Type, " ", l.Soft, " ", l.Hard))
	}
	if want := []string{"RLIMIT_CORE 0 0", "RLIMIT_NOFILE 1024 65536", "RLIMIT_NPROC 4194304 4194304"}; !slices.Equal(limits, want) {
		t.Errorf("%q", limits)
	}
}

// TestAG05NoContainerIsWithoutAFilter: one that the runtime did not find would be none.
func TestAG05NoContainerIsWithoutAFilter(t *testing.T) {
	spec := Spec(config.Container{}, config.Bounds{}, Paths{}, 0)
	filter, err := base64.StdEncoding.DecodeString(spec.Annotations["run.oci.seccomp_bpf_data"])
	if err != nil || len(filter) < 1000 {
		t.Errorf("a filter of %d bytes, %v", len(filter), err)
	}
}
