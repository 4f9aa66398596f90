// SPDX-License-Identifier: Apache-2.0

package machine

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/escrin/escrin/guestagent/config"
	"github.com/escrin/escrin/guestagent/workload/oci"
)

// Folders of the initrd that hold kernel modules, in load order by name.
const (
	requiredModules = "/modules"
	tdxModules      = "/modules-tdx"
	scratchModules  = "/modules-scratch"
)

// loadModules loads what the initrd brings for this machine. Module loading is locked afterwards, in
// setKernelParameters.
func loadModules() error {
	if err := loadFolder(requiredModules); err != nil {
		return err
	}
	tdx, err := cpuHas("tdx_guest")
	if err == nil && tdx {
		err = loadFolder(tdxModules)
	}
	if err == nil && wantsScratch() {
		err = loadFolder(scratchModules)
	}
	return err
}

// wantsScratch says whether the measured config asks for a scratch disk. One that cannot be read is OpenDisk's to refuse.
func wantsScratch() bool {
	if _, err := os.Stat(scratchModules); err != nil {
		return false // they are not modules of this kernel
	}
	disk, err := openDisk()
	if err != nil {
		return false
	}
	defer disk.Close()
	c, _, err := measuredConfig(disk)
	return err == nil && c.Bounds.ScratchMedium == config.ScratchDisk
}

func loadFolder(folder string) error {
	modules, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, module := range modules {
		if err := loadModule(folder + "/" + module.Name()); err != nil {
			return fmt.Errorf("%s: %w", module.Name(), err)
		}
	}
	return err
}

// loadModule loads one module; the kernel checks its signature.
func loadModule(path string) error {
	parameters := ""
	if strings.HasSuffix(path, "-brd.ko") {
		parameters = "rd_nr=1 rd_size=33554432" // KiB, as the small kernel has it
	}
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	return unix.FinitModule(int(file.Fd()), parameters, 0)
}

// parameter is a file below /proc/sys and what the agent writes to it.
type parameter struct {
	name, value string
	left        func() bool // says that the kernel was built without what the parameter is for; nil if each kernel has it
}

func parameters() []parameter {
	return []parameter{
		{"kernel/modules_disabled", "1", noFile("/proc/modules")},
		{"kernel/kexec_load_disabled", "1", noFile("/sys/kernel/kexec_loaded")},
		{"kernel/core_pattern", "|/bin/false", noFile("/proc/self/coredump_filter")},
		{"kernel/dmesg_restrict", "1", nil},
		{"kernel/kptr_restrict", "2", nil},
		{"kernel/perf_event_paranoid", "3", nil},
		{"kernel/yama/ptrace_scope", "3", nil},
		{"kernel/unprivileged_bpf_disabled", "1", noCall(unix.SYS_BPF)},
		{"kernel/io_uring_disabled", "2", noCall(unix.SYS_IO_URING_SETUP)},
		{"kernel/sysrq", "0", noFile("/proc/sysrq-trigger")},
		{"kernel/printk", "0 0 0 0", nil}, // at 0 not even a panic prints: it would show the workload's registers
		{"user/max_user_namespaces", "0", noFile("/proc/self/ns/user")},
		{"vm/unprivileged_userfaultfd", "0", noCall(unix.SYS_USERFAULTFD)},
		{"vm/overcommit_memory", "0", nil},
		{"fs/protected_symlinks", "1", nil},
		{"fs/protected_hardlinks", "1", nil},
		{"fs/protected_fifos", "2", nil},
		{"fs/protected_regular", "2", nil},
		{"fs/suid_dumpable", "0", nil},
		{"dev/tty/ldisc_autoload", "0", nil},
		{"net/core/bpf_jit_harden", "2", noFile("/proc/sys/net/core/bpf_jit_enable")}, // of filters that a socket may have
	}
}

// setKernelParameters writes all parameters in order. One that is absent is an error, unless another sign than its absence
// shows that there is nothing to be set.
func setKernelParameters() error {
	for _, p := range parameters() {
		err := os.WriteFile("/proc/sys/"+p.name, []byte(p.value), 0)
		if errors.Is(err, fs.ErrNotExist) && p.left != nil && p.left() {
			continue
		}
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	return nil
}

// noFile says that there is no such file, and nothing else went wrong.
func noFile(path string) func() bool {
	return func() bool {
		_, err := os.Stat(path)
		return errors.Is(err, fs.ErrNotExist)
	}
}

// noCall says that the kernel does not know a system call. Arguments of all ones are an error to each that is asked for.
func noCall(number uintptr) func() bool {
	return func() bool {
		_, _, err := unix.Syscall(number, ^uintptr(0), ^uintptr(0), ^uintptr(0))
		return err == unix.ENOSYS
	}
}

// forKernel takes the filter of devices out of a container's configuration where the kernel has no BPF, which is the only one
// there is. That the workload cannot make a device, and that no other is mounted, must do there.
func forKernel(spec oci.Spec) oci.Spec {
	if noCall(unix.SYS_BPF)() {
		spec.Linux.Resources.Devices = nil
	}
	return spec
}

// keepEntries has a container only read what the kernel has one of in /proc for all. Its root could else give an entry another owner and
// mode: a message to the next task, and no entry any more to other users, there and in the containers beside it. Links lead to a process's own.
func keepEntries(linux *oci.Linux) error {
	entries, err := os.ReadDir("/proc")
	for _, e := range entries {
		path, process := "/proc/"+e.Name(), e.Name()[0] <= '9'
		if !process && e.Type() != fs.ModeSymlink && !slices.Contains(slices.Concat(linux.MaskedPaths, linux.ReadonlyPaths), path) {
			linux.ReadonlyPaths = append(linux.ReadonlyPaths, path)
		}
	}
	return err
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
		fields := strings.Fields(line)
		if len(fields) == 0 || fields[0] != "flags" {
			continue
		}
		seen = true
		if !slices.Contains(fields[1:], flag) {
			return false
		}
	}
	return seen
}

// memoryMiB is the machine's memory, without what the kernel keeps for itself.
func memoryMiB() (uint32, error) {
	var info unix.Sysinfo_t
	err := unix.Sysinfo(&info)
	return uint32(info.Totalram * uint64(info.Unit) >> 20), err
}
