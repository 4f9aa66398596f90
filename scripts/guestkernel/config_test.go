// SPDX-License-Identifier: Apache-2.0

package guestkernel

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// never lists what no guest's kernel has, whoever asks: ways in, ways to look in, and ways for memory to get out.
func never() []string {
	return []string{
		"MODULES", "MODULE_SIG", "BPF_SYSCALL", "BPF_JIT", "USERFAULTFD", "IO_URING", "KEYS", "USER_NS", // ways in for programs
		"CRYPTO_USER_API", "CRYPTO_USER_API_HASH", "CRYPTO_USER_API_SKCIPHER", "CRYPTO_USER_API_AEAD", "CRYPTO_USER_API_RNG",
		"IA32_EMULATION", "X86_X32_ABI", "COMPAT", "MODIFY_LDT_SYSCALL", "X86_IOPL_IOPERM", "BINFMT_MISC", "LEGACY_VSYSCALL_XONLY",
		"NETFILTER", "PACKET", "WIRELESS", "BT", "SCTP", "FUSE_FS", "NFS_FS", "9P_FS", "VIRTIO_FS", "BLK_DEV_LOOP",
		"KEXEC", "KEXEC_FILE", "CRASH_DUMP", "PROC_VMCORE", "HIBERNATION", "SUSPEND", "PM", "SWAP", "ZSWAP", "KSM", // ways for memory to get out
		"COREDUMP", "ELF_CORE", "DEVMEM", "DEVPORT", "PROC_KCORE", "DEBUG_FS", "KALLSYMS", "KPROBES", "UPROBES", "FTRACE", "TRACING",
		"PROFILING", "MAGIC_SYSRQ", "PROC_PAGE_MONITOR", "CROSS_MEMORY_ATTACH", "CHECKPOINT_RESTORE", "KCMP", "PSTORE", "IKCONFIG",
		"X86_MSR", "X86_CPUID", "VIRTIO_BALLOON", "VIRTIO_MEM", "VIRTIO_IOMMU", "VIRTIO_MMIO", "VIRTIO_NET", "NETDEVICES", "VSOCKETS", "X86_PM_TIMER", "VIRTIO_INPUT", "VIRTIO_PCI_LEGACY", // ways in for the host
		"HW_RANDOM", "FW_CFG_SYSFS", "DMI", "DMI_SYSFS", "EFIVAR_FS", "EFI_VARS_PSTORE", "FIRMWARE_MEMMAP", "FW_LOADER", "ACPI_TABLE_UPGRADE",
		"ACPI_CUSTOM_METHOD", "ACPI_DEBUGGER", "ACPI_CONFIGFS", "ISO9660_FS", "VFAT_FS", "MSDOS_PARTITION", "EFI_PARTITION", "SCSI", "ATA", "USB",
		"INPUT", "VT", "HOTPLUG_PCI", "MEMORY_HOTPLUG", "CPU_FREQ", "WATCHDOG", "CMDLINE_BOOL", "DM_INIT", "IP_PNP",
	}
}

// whole is a configuration that has what options and implied say.
func whole(t testing.TB) map[string]string {
	t.Helper()
	chosen, err := parseOptions(options)
	if err != nil {
		t.Fatal(err)
	}
	brought, err := parseImplied(implied)
	if err != nil {
		t.Fatal(err)
	}
	all := maps.Clone(brought)
	for name, value := range chosen {
		if value != off {
			all[name] = value
		}
	}
	return all
}

func text(config map[string]string) []byte {
	var b strings.Builder
	fmt.Fprintln(&b, "# a comment\n# CONFIG_MODULES is not set")
	for _, name := range slices.Sorted(maps.Keys(config)) {
		fmt.Fprintf(&b, "CONFIG_%s=%s\n", name, config[name])
	}
	return []byte(b.String())
}

// TestMB17NothingMayBeAddedToTheKernel: of each configuration that is not the committed one, the check says so.
func TestMB17NothingMayBeAddedToTheKernel(t *testing.T) {
	good := whole(t)
	if err := checkConfig(text(good)); err != nil {
		t.Fatal(err)
	}
	chosen, _ := parseOptions(options)
	brought, _ := parseImplied(implied)
	check := func(config map[string]string) error { return compare(chosen, brought, config) }
	for _, name := range never() {
		if value, ok := good[name]; ok {
			t.Errorf("%s=%s is in the lists", name, value)
			continue
		}
		more := maps.Clone(good)
		more[name] = "y"
		if err := check(more); err == nil {
			t.Errorf("%s passes", name)
		}
	}
	for name := range good {
		less, other := maps.Clone(good), maps.Clone(good)
		delete(less, name)
		other[name] = `"another"`
		if check(less) == nil || check(other) == nil {
			t.Errorf("%s may be absent, or have another value", name)
		}
	}
}

// TestMB17WhatTheKernelIsFor names the options that the guest's promises rest on; a line that is deleted by mistake is noticed.
func TestMB17WhatTheKernelIsFor(t *testing.T) {
	have := whole(t)
	for _, name := range []string{
		"INTEL_TDX_GUEST", "AMD_MEM_ENCRYPT", "SEV_GUEST", "TDX_GUEST_DRIVER", "TSM_REPORTS", "UNACCEPTED_MEMORY", "SWIOTLB", "EFI_STUB", "PVH",
		"VIRTIO_BLK", "VIRTIO_CONSOLE", "EROFS_FS", "OVERLAY_FS", "DM_VERITY", "DM_CRYPT", "DM_INTEGRITY", "EXT4_FS",
		"MEMCG", "CGROUP_PIDS", "CGROUP_SCHED", "BLK_CGROUP", "SECCOMP_FILTER", "LOCK_DOWN_KERNEL_FORCE_CONFIDENTIALITY", "SECURITY_YAMA",
		"RANDOMIZE_BASE", "STRICT_KERNEL_RWX", "STACKPROTECTOR_STRONG", "FORTIFY_SOURCE", "HARDENED_USERCOPY", "INIT_ON_ALLOC_DEFAULT_ON",
		"INIT_STACK_ALL_ZERO", "VMAP_STACK", "CPU_MITIGATIONS", "PANIC_ON_OOPS",
	} {
		if have[name] != "y" {
			t.Errorf("%s is %q", name, have[name])
		}
	}
}

func TestListsAreReadStrictly(t *testing.T) {
	for _, text := range []string{"CONFIG_A=y", "CONFIG_A=y # ", "CONFIG_A # why", "A=y # why", "CONFIG_A=y # why\nCONFIG_A=y # why"} {
		if _, err := parseOptions(text); err == nil {
			t.Errorf("options %q are read", text)
		}
	}
	for _, text := range []string{"A", "#\nA", "# why\nA\nA", "# why\nA\nA=2"} {
		if _, err := parseImplied(text); err == nil {
			t.Errorf("implied %q is read", text)
		}
	}
}
