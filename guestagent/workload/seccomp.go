// SPDX-License-Identifier: Apache-2.0

package workload

import (
	"math"

	"github.com/opencontainers/runtime-spec/specs-go"
	"golang.org/x/sys/unix"
)

// seccomp refuses what a container without privileges has no use for and what widens the kernel's
// surface. It is the second layer: behind it stand absent capabilities, locked modules, disabled user
// namespaces and io_uring. A list of refusals is complete because the kernel is part of the measurement.
// A process that calls by another ABI (32 bit, x32) is killed.
func seccomp() *specs.LinuxSeccomp {
	permission, family := uint(unix.EPERM), uint(unix.EAFNOSUPPORT)
	rules := []specs.LinuxSyscall{{Names: refusedCalls(), Action: specs.ActErrno, ErrnoRet: &permission}}
	for _, f := range []uint64{unix.AF_ALG, unix.AF_VSOCK, unix.AF_PACKET, unix.AF_XDP} {
		// The kernel reads 32 bits of the argument, and so must the comparison.
		is := specs.LinuxSeccompArg{Index: 0, Op: specs.OpMaskedEqual, Value: math.MaxUint32, ValueTwo: f}
		rules = append(rules, specs.LinuxSyscall{
			Names: []string{"socket", "socketpair"}, Action: specs.ActErrno, ErrnoRet: &family,
			Args: []specs.LinuxSeccompArg{is},
		})
	}
	return &specs.LinuxSeccomp{
		DefaultAction: specs.ActAllow,
		Architectures: []specs.Arch{specs.ArchX86_64},
		Syscalls:      rules,
	}
}

func refusedCalls() []string {
	return []string{
		"acct", "add_key", "bpf", "clock_adjtime", "clock_settime", "create_module", "delete_module",
		"fanotify_init", "finit_module", "fsconfig", "fsmount", "fsopen", "fspick", "get_kernel_syms",
		"init_module", "io_uring_enter", "io_uring_register", "io_uring_setup", "ioperm", "iopl", "kcmp",
		"kexec_file_load", "kexec_load", "keyctl", "lookup_dcookie", "mount", "mount_setattr", "move_mount",
		"move_pages", "name_to_handle_at", "nfsservctl", "open_by_handle_at", "open_tree",
		"perf_event_open", "personality", "pidfd_getfd", "pivot_root", "process_vm_readv", "process_vm_writev",
		"ptrace", "query_module", "quotactl", "quotactl_fd", "reboot", "request_key", "setdomainname",
		"sethostname", "setns", "settimeofday", "swapoff", "swapon", "syslog", "umount2", "unshare",
		"uselib", "userfaultfd", "ustat", "vhangup",
	}
}
