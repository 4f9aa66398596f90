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

const (
	requiredModules = "/modules"     // in load order by name
	teeModules      = "/modules-tee" // likewise; absent hardware is no error
	compressed      = 4              // MODULE_INIT_COMPRESSED_FILE
)

// loadModules loads what the initrd brings. Module loading is locked afterwards, in setKernelParameters.
func loadModules() error {
	if err := loadFolder(requiredModules, nil); err != nil {
		return err
	}
	return loadFolder(teeModules, unix.ENODEV)
}

// loadFolder loads the modules of a folder in the order of their names, and bears with one errno.
func loadFolder(folder string, tolerated error) error {
	paths, err := filepath.Glob(folder + "/*.ko.xz")
	if err != nil {
		return err
	}
	for _, path := range paths {
		err := loadModule(path)
		if err != nil && (tolerated == nil || !errors.Is(err, tolerated)) {
			return fmt.Errorf("%s: %w", filepath.Base(path), err)
		}
	}
	return nil
}

func loadModule(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	err = unix.FinitModule(int(file.Fd()), "", compressed)
	if errors.Is(err, unix.EEXIST) {
		return nil
	}
	return err
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
		{"kernel/printk", "1 1 1 1"},
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
	cpus, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return err
	}
	if !everyCPUHas(string(cpus), "rdrand") {
		return errors.New("a processor has no working RDRAND")
	}
	_, err = unix.Getrandom(make([]byte, 32), 0)
	return err
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
