// SPDX-License-Identifier: Apache-2.0

package machine

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Folders of the initrd that hold kernel modules, in load order by name.
const (
	requiredModules = "/modules"
	tdxModules      = "/modules-tdx"
)

// loadModules loads what the initrd brings for this machine. Module loading is locked afterwards, in
// setKernelParameters.
func loadModules() error {
	if err := loadFolder(requiredModules); err != nil {
		return err
	}
	tdx, err := cpuHas("tdx_guest")
	if err != nil || !tdx {
		return err
	}
	return loadFolder(tdxModules)
}

func loadFolder(folder string) error {
	paths, err := filepath.Glob(folder + "/*.ko")
	if err != nil {
		return err
	}
	for _, path := range paths {
		if err := loadModule(path); err != nil {
			return fmt.Errorf("%s: %w", filepath.Base(path), err)
		}
	}
	return nil
}

// loadModule loads one module; the kernel checks its signature.
func loadModule(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	return unix.FinitModule(int(file.Fd()), "", 0)
}

// setKernelParameters writes the settings below in order; each must exist.
func setKernelParameters() error {
	settings := []struct{ name, value string }{
		{"kernel/modules_disabled", "1"},
		{"kernel/kexec_load_disabled", "1"},
		{"kernel/core_pattern", "|/bin/false"},
		{"kernel/dmesg_restrict", "1"},
		{"kernel/kptr_restrict", "2"},
		{"kernel/perf_event_paranoid", "3"},
		{"kernel/yama/ptrace_scope", "3"},
		{"kernel/unprivileged_bpf_disabled", "1"},
		{"kernel/io_uring_disabled", "2"},
		{"kernel/sysrq", "0"},
		{"kernel/printk", "0 0 0 0"}, // at 0 not even a panic prints: it would show the workload's registers
		{"user/max_user_namespaces", "0"},
		{"vm/unprivileged_userfaultfd", "0"},
		{"vm/overcommit_memory", "0"},
		{"fs/protected_symlinks", "1"},
		{"fs/protected_hardlinks", "1"},
		{"fs/suid_dumpable", "0"},
	}
	for _, s := range settings {
		if err := os.WriteFile("/proc/sys/"+s.name, []byte(s.value), 0); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	return nil
}

// checkLockdown requires that the kernel itself keeps its memory from root.
func checkLockdown() error {
	state, err := os.ReadFile("/sys/kernel/security/lockdown")
	if err != nil {
		return err
	}
	if !bytes.Contains(state, []byte("[confidentiality]")) {
		return fmt.Errorf("the kernel is at %q", bytes.TrimSpace(state))
	}
	return nil
}

// checkRandomness requires the processor's random number instruction, as the kernel sees it after its
// own test of it, and waits for the kernel's generator to be seeded.
func checkRandomness() error {
	rdrand, err := cpuHas("rdrand")
	if err != nil {
		return err
	}
	if !rdrand {
		return errors.New("a processor has no working RDRAND")
	}
	_, err = unix.Getrandom(make([]byte, 32), 0)
	return err
}

// cpuHas says whether the kernel uses a feature on every processor.
func cpuHas(flag string) (bool, error) {
	cpus, err := os.ReadFile("/proc/cpuinfo")
	return everyCPUHas(string(cpus), flag), err
}

// everyCPUHas says whether each processor of /proc/cpuinfo has the flag, and there is one.
func everyCPUHas(cpuinfo, flag string) bool {
	seen := false
	for line := range strings.Lines(cpuinfo) {
		key, value, _ := strings.Cut(line, ":")
		if strings.TrimSpace(key) != "flags" {
			continue
		}
		seen = true
		if !strings.Contains(" "+strings.TrimSpace(value)+" ", " "+flag+" ") {
			return false
		}
	}
	return seen
}

// memoryMiB reads the machine's memory from /proc/meminfo.
func memoryMiB(meminfo string) (uint32, error) {
	for line := range strings.Lines(meminfo) {
		fields := strings.Fields(line)
		if len(fields) == 3 && fields[0] == "MemTotal:" {
			kib, err := strconv.ParseUint(fields[1], 10, 42)
			return uint32(kib >> 10), err
		}
	}
	return 0, errors.New("no MemTotal in /proc/meminfo")
}
