// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// reading reads one byte. Masked files are empty.
func reading(name string) func() error {
	return func() error {
		fd, err := unix.Open(name, unix.O_RDONLY|unix.O_NONBLOCK, 0)
		if err != nil {
			return err
		}
		defer unix.Close(fd)
		n, err := unix.Read(fd, make([]byte, 1))
		if err == nil && n == 0 {
			return errors.New("empty")
		}
		return err
	}
}

// writing writes a text.
func writing(name, text string) func() error {
	return func() error {
		fd, err := unix.Open(name, unix.O_WRONLY, 0)
		if err != nil {
			return err
		}
		defer unix.Close(fd)
		_, err = unix.Write(fd, []byte(text))
		return err
	}
}

// rewriting writes back what a setting holds, which changes nothing.
func rewriting(name string) func() error {
	return func() error {
		value, err := os.ReadFile(name)
		if err != nil {
			value = []byte("0")
		}
		return writing(name, strings.TrimSpace(string(value)))()
	}
}

// listing finds an entry in a directory.
func listing(pattern string) func() error {
	return func() error {
		found, err := filepath.Glob(pattern)
		if err == nil && len(found) == 0 {
			return unix.ENOENT
		}
		return err
	}
}

// files are what tells of the kernel, of the machine, and of the agent.
func files() []probe {
	var list []probe
	for _, name := range strings.Fields(`kcore kmsg kallsyms keys key-users timer_list iomem ioports cmdline slabinfo vmallocinfo pagetypeinfo
		mtrr interrupts buddyinfo zoneinfo bus/pci/devices bus/input/devices acpi/wakeup dynamic_debug/control kpagecount kpageflags kpagecgroup`) {
		list = append(list, probe{"AG-06", "read /proc/" + name, reading("/proc/" + name)})
	}
	for _, name := range strings.Fields(`mem port kmem kmsg console vda dm-0 mapper/control vport1p1 vport0p1 hvc0 ttyS0 tty0 tdx_guest sev-guest kvm
		vsock fuse net/tun loop-control loop0 cpu/0/msr cpu/0/cpuid nvram rtc0 hpet hwrng userfaultfd snapshot cpu_dma_latency vga_arbiter`) {
		list = append(list, probe{"MB-19", "read /dev/" + name, reading("/dev/" + name)})
	}
	for _, name := range []string{
		"/sys/kernel/vmcoreinfo", "/sys/kernel/notes", "/sys/kernel/boot_params/data", "/sys/kernel/btf/vmlinux", "/sys/kernel/security/lockdown",
		"/sys/kernel/debug/sched/debug", "/sys/kernel/tracing/trace", "/sys/kernel/mm/transparent_hugepage/enabled", "/sys/kernel/uevent_seqnum", "/sys/kernel/fscaps",
		"/sys/firmware/acpi/tables/DSDT", "/sys/firmware/acpi/tables/FACP", "/sys/firmware/dmi/tables/DMI", "/sys/firmware/memmap/0/start", "/sys/firmware/acpi/interrupts/sci",
		"/sys/class/dmi/id/product_name", "/sys/class/dmi/id/sys_vendor", "/sys/devices/virtual/dmi/id/bios_version", "/sys/devices/virtual/dmi/id/product_serial",
		"/sys/bus/pci/devices/0000:00:00.0/config", "/sys/bus/pci/devices/0000:00:00.0/vendor", "/sys/devices/pci0000:00/0000:00:00.0/config", "/sys/devices/pci0000:00/0000:00:1f.0/device",
		"/sys/block/vda/size", "/sys/block/dm-0/dm/name", "/sys/devices/virtual/block/dm-0/dm/uuid", "/sys/class/block/vda/dev", "/sys/dev/block/254:0/size",
		"/sys/class/virtio-ports/vport1p1/name", "/sys/class/virtio-ports/vport0p1/name", "/sys/bus/virtio/devices/virtio0/features", "/sys/class/tty/ttyS0/port", "/sys/module/kernel/parameters/panic", "/sys/module/printk/parameters/time",
		"/sys/power/state", "/sys/devices/LNXSYSTM:00/modalias", "/sys/devices/pnp0/uevent", "/sys/devices/platform/uevent", "/sys/hypervisor/type",
		"/sys/devices/system/memory/block_size_bytes", "/sys/devices/rtc_cmos/rtc/rtc0/time", "/sys/class/rtc/rtc0/time",
	} {
		list = append(list, probe{"AG-06", "read " + name, reading(name)})
	}
	for _, pattern := range []string{"/sys/kernel/config/*", "/sys/firmware/qemu_fw_cfg/*", "/sys/firmware/efi/*", "/sys/module/*", "/sys/kernel/*", "/sys/firmware/*", "/sys/bus/*", "/sys/block/*", "/sys/dev/*", "/sys/devices/pci*/*"} {
		list = append(list, probe{"MB-02", "list " + pattern, listing(pattern)})
	}
	return list
}

// settings are the kernel's, and the files that steer it.
func settings() []probe {
	var list []probe
	for _, name := range strings.Fields(`kernel/modules_disabled kernel/core_pattern kernel/modprobe kernel/randomize_va_space kernel/kptr_restrict
		kernel/dmesg_restrict kernel/perf_event_paranoid kernel/yama/ptrace_scope kernel/unprivileged_bpf_disabled kernel/io_uring_disabled kernel/sysrq
		kernel/printk kernel/panic kernel/panic_on_oops kernel/poweroff_cmd kernel/threads-max kernel/pid_max kernel/kexec_load_disabled
		kernel/hostname kernel/domainname kernel/ctrl-alt-del kernel/core_uses_pid kernel/core_pipe_limit kernel/shmmax kernel/msgmax kernel/numa_balancing
		user/max_user_namespaces user/max_mnt_namespaces vm/overcommit_memory vm/panic_on_oom vm/mmap_min_addr vm/unprivileged_userfaultfd vm/swappiness
		vm/max_map_count vm/oom_kill_allocating_task vm/min_free_kbytes fs/protected_symlinks fs/protected_hardlinks fs/protected_fifos fs/protected_regular
		fs/suid_dumpable fs/file-max fs/nr_open fs/pipe-max-size fs/mount-max fs/inotify/max_user_watches fs/aio-max-nr
		net/core/somaxconn net/ipv4/ip_forward net/ipv4/ping_group_range net/ipv4/ip_unprivileged_port_start dev/tty/ldisc_autoload debug/exception-trace`) {
		list = append(list, probe{"AG-04", "write /proc/sys/" + name, rewriting("/proc/sys/" + name)})
	}
	for _, w := range [][3]string{
		{"MB-17", "/proc/sysrq-trigger", "h"}, {"AG-04", "/proc/irq/default_smp_affinity", "1"},
		{"AG-04", "/sys/power/state", "bad"}, {"AG-04", "/sys/kernel/mm/ksm/run", "0"}, {"AG-04", "/sys/module/printk/parameters/time", "Y"},
		{"AG-04", "/sys/fs/cgroup/cgroup.procs", "0"}, {"AG-11", "/sys/fs/cgroup/memory.max", "max"}, {"AG-11", "/sys/fs/cgroup/pids.max", "max"},
		{"AG-11", "/sys/fs/cgroup/cgroup.subtree_control", "+pids"}, {"AG-11", "/sys/fs/cgroup/cpu.weight", "10000"}, {"AG-11", "/sys/fs/cgroup/cgroup.freeze", "0"},
		{"MB-18", "/sys/bus/pci/rescan", "1"}, {"MB-18", "/sys/bus/pci/drivers_autoprobe", "1"}, {"MB-18", "/sys/bus/pci/drivers/virtio-pci/new_id", "ffff fffe"},
		{"MB-18", "/sys/devices/system/cpu/cpu0/uevent", "add"}, {"AG-04", "/sys/kernel/uevent_helper", ""}, {"MB-19", "/sys/kernel/security/lockdown", "none"},
		{"AG-04", "/sys/block/vda/queue/read_ahead_kb", "128"}, {"AG-04", "/sys/class/tty/ttyS0/uevent", "add"}, {"AG-04", "/proc/self/timens_offsets", "monotonic 1 0"},
	} {
		list = append(list, probe{w[0], "write " + w[1], writing(w[1], w[2])})
	}
	return append(list,
		probe{"AG-04", "make a cgroup", func() error {
			return undo(unix.Mkdir("/sys/fs/cgroup/probe", 0o755), func() { _ = unix.Rmdir("/sys/fs/cgroup/probe") })
		}},
		probe{"AG-03", "make a report", func() error {
			const entry = "/sys/kernel/config/tsm/report/probe"
			return undo(unix.Mkdir(entry, 0o755), func() { _ = unix.Rmdir(entry) })
		}},
	)
}

// undo takes back what succeeded.
func undo(err error, back func()) error {
	if err == nil {
		back()
	}
	return err
}

// escapes are the conditions of known escapes.
func escapes() []probe {
	return []probe{
		{"AG-04", "a descriptor beside the three (CVE-2024-21626)", foreignDescriptor},
		{"AG-04", "a working directory outside (CVE-2024-21626)", func() error {
			name, err := os.Readlink("/proc/self/cwd")
			if err == nil && (strings.HasPrefix(name, "(unreachable)") || strings.HasPrefix(name, "/run")) {
				return nil
			}
			return errors.New("inside")
		}},
		{"AG-04", "the agent's files through the first process", listing("/proc/1/root/runtime")},
		{"AG-04", "the agent's modules", listing("/modules*")},
		{"AG-04", "the agent among the processes", processNamed("init")},
		{"AG-04", "leave the root", leaveRoot},
		{"AG-04", "write the input", func() error { return os.WriteFile("/input/probe", nil, 0o600) }},
		{"AG-14", "replace an input", func() error { return os.Rename("/input", "/input-old") }},
		{"AG-14", "link over the output", func() error { return os.Remove("/output") }},
		{"AG-04", "execute from the output", executeFrom("/output")},
		{"AG-04", "execute from shared memory", executeFrom("/dev/shm")},
		{"AG-04", "remove /proc", func() error { return os.Rename("/proc", "/proc-old") }},
		{"AG-06", "a kernel address in a readable file", kernelAddress},
		{"AG-06", "the measured command line in a readable file", agentWords},
	}
}

// foreignDescriptor looks for an open file that this program was given: those of the Go runtime are its own.
func foreignDescriptor() error {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return err
	}
	for _, e := range entries {
		target, err := os.Readlink("/proc/self/fd/" + e.Name())
		own := strings.HasPrefix(target, "anon_inode:") || strings.HasPrefix(target, "pipe:") || strings.HasPrefix(target, "/proc/") || strings.HasSuffix(target, "/cpu.max") || target == "/dev/null"
		if err == nil && len(e.Name()) == 1 && e.Name() <= "2" {
			continue
		}
		if err == nil && !own {
			return nil
		}
	}
	return errors.New("none")
}

func processNamed(name string) func() error {
	return func() error {
		names, err := filepath.Glob("/proc/[0-9]*/comm")
		for _, n := range names {
			if b, _ := os.ReadFile(n); strings.TrimSpace(string(b)) == name {
				return nil
			}
		}
		if err == nil {
			err = unix.ESRCH
		}
		return err
	}
}

// leaveRoot climbs out of a second root, as one may who is root: what it finds is still the container.
func leaveRoot() error {
	fd, err := unix.Open("/", unix.O_RDONLY|unix.O_DIRECTORY, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	for range 64 {
		up, err := unix.Openat(fd, "..", unix.O_RDONLY|unix.O_DIRECTORY, 0)
		if err != nil {
			return err
		}
		unix.Close(fd)
		fd = up
	}
	if unix.Faccessat(fd, "init", unix.F_OK, 0) == nil {
		return nil
	}
	return unix.ENOENT
}

func executeFrom(dir string) func() error {
	return func() error {
		_ = unix.Mkdir(dir, 0o755)
		name := fmt.Sprintf("%s/program-%d", dir, os.Getuid())
		if err := os.WriteFile(name, []byte("#!/proc/self/exe report\n"), 0o755); err != nil {
			return err
		}
		defer os.Remove(name)
		_ = unix.Chmod(name, 0o755)
		err := unix.Faccessat2(unix.AT_FDCWD, name, unix.X_OK, 0)
		return err
	}
}

// kernelAddress walks all that can be read in /proc and /sys.
func kernelAddress() error {
	return walk(func(name string, content []byte) bool {
		for i := 0; i+16 <= len(content); i++ {
			if bytes.HasPrefix(content[i:], []byte("ffff")) && isHex(content[i:i+16]) && !bytes.HasPrefix(content[i:], []byte("ffffffffffff")) &&
				(i == 0 || !isHex(content[i-1:i])) && (i+16 == len(content) || !isHex(content[i+16:i+17])) {
				return true
			}
		}
		return false
	})
}

func isHex(b []byte) bool {
	for _, c := range b {
		if !(c >= '0' && c <= '9' || c >= 'a' && c <= 'f') {
			return false
		}
	}
	return true
}

func agentWords() error {
	return walk(func(_ string, content []byte) bool { return bytes.Contains(content, []byte("escrin.config=")) })
}

// walk reads the beginning of each readable file of /proc and /sys but for what belongs to processes: those are this
// program's own.
func walk(bad func(name string, content []byte) bool) error {
	found := ""
	for _, top := range []string{"/proc", "/sys"} {
		_ = filepath.WalkDir(top, func(name string, d os.DirEntry, err error) error {
			if err != nil || found != "" {
				return nil
			}
			if d.IsDir() && top == "/proc" && strings.Count(name, "/") == 2 && d.Name()[0] >= '0' && d.Name()[0] <= '9' {
				return filepath.SkipDir
			}
			if !d.Type().IsRegular() || strings.Contains(name, "/proc/sys/") && strings.HasPrefix(d.Name(), "stat_refresh") || d.Name() == "kmsg" || d.Name() == "trace_pipe" || d.Name() == "pagemap" || d.Name() == "mem" {
				return nil
			}
			if content := start(name); bad(name, content) {
				found = name
			}
			return nil
		})
	}
	if found == "" {
		return errors.New("none")
	}
	fmt.Println("##", found)
	return nil
}

// start is the first 64 KiB of a file.
func start(name string) []byte {
	fd, err := unix.Open(name, unix.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil
	}
	file := os.NewFile(uintptr(fd), name)
	defer file.Close()
	_ = file.SetReadDeadline(deadline())
	content, _ := io.ReadAll(io.LimitReader(file, 64<<10))
	return content
}
