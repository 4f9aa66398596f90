// SPDX-License-Identifier: Apache-2.0

package workload

import (
	"math"
	"strings"

	"github.com/opencontainers/runtime-spec/specs-go"
	"golang.org/x/sys/unix"
)

// newNamespace are the flags of clone that make namespaces: CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET.
const newNamespace = unix.CLONE_NEWNS | unix.CLONE_NEWCGROUP | unix.CLONE_NEWUTS | unix.CLONE_NEWIPC |
	unix.CLONE_NEWUSER | unix.CLONE_NEWPID | unix.CLONE_NEWNET

// seccomp allows the calls that programs of an image have a use for. To all others the kernel answers as if it did not have
// them, and to those that programs know to be a privilege as to one that lacks it. It is the second layer: behind it
// stand absent capabilities, locked modules, disabled user namespaces and io_uring. A process that calls by another ABI
// (32 bit, x32) is killed.
func seccomp() *specs.LinuxSeccomp {
	absent := uint(unix.ENOSYS)
	rules := []specs.LinuxSyscall{
		{Names: strings.Fields(allowedCalls), Action: specs.ActAllow},
		refuse(unix.EPERM, strings.Fields(refusedCalls)),
		// With clone3, which absent here, the flags would be out of reach of a filter.
		{Names: []string{"clone"}, Action: specs.ActAllow, Args: []specs.LinuxSeccompArg{masked(0, newNamespace, 0)}},
	}
	for family := range uint64(unix.AF_MAX) {
		switch family {
		case unix.AF_UNIX, unix.AF_INET, unix.AF_INET6:
			rules = append(rules, specs.LinuxSyscall{Names: []string{"socket"}, Action: specs.ActAllow, Args: []specs.LinuxSeccompArg{whole(0, family)}})
		case unix.AF_NETLINK: // to learn of interfaces; its other protocols are doors to the rest of the kernel
			rules = append(rules, specs.LinuxSyscall{Names: []string{"socket"}, Action: specs.ActAllow,
				Args: []specs.LinuxSeccompArg{whole(0, family), whole(2, unix.NETLINK_ROUTE)}})
			for protocol := uint64(1); protocol <= unix.NETLINK_SMC; protocol++ {
				rules = append(rules, refuse(unix.EPROTONOSUPPORT, []string{"socket"}, whole(0, family), whole(2, protocol)))
			}
		default:
			rules = append(rules, refuse(unix.EAFNOSUPPORT, []string{"socket"}, whole(0, family)))
		}
	}
	return &specs.LinuxSeccomp{
		DefaultAction: specs.ActErrno, DefaultErrnoRet: &absent,
		Architectures: []specs.Arch{specs.ArchX86_64},
		Syscalls:      rules,
	}
}

func refuse(why unix.Errno, names []string, when ...specs.LinuxSeccompArg) specs.LinuxSyscall {
	errno := uint(why)
	return specs.LinuxSyscall{Names: names, Action: specs.ActErrno, ErrnoRet: &errno, Args: when}
}

// whole compares an argument of 32 bits: the kernel reads no more of it, and so must the comparison.
func whole(index uint, value uint64) specs.LinuxSeccompArg {
	return masked(index, math.MaxUint32, value)
}

func masked(index uint, mask, value uint64) specs.LinuxSeccompArg {
	return specs.LinuxSeccompArg{Index: index, Op: specs.OpMaskedEqual, Value: mask, ValueTwo: value}
}

// allowedCalls need no privilege, or act on what belongs to the container.
const allowedCalls = `
	accept accept4 access adjtimex alarm arch_prctl bind brk cachestat capget capset chdir chmod chown chroot
	clock_getres clock_gettime clock_nanosleep close close_range connect copy_file_range creat dup dup2 dup3
	epoll_create epoll_create1 epoll_ctl epoll_pwait epoll_pwait2 epoll_wait eventfd eventfd2 execve execveat exit exit_group
	faccessat faccessat2 fadvise64 fallocate fchdir fchmod fchmodat fchmodat2 fchown fchownat fcntl fdatasync
	fgetxattr flistxattr flock fork fremovexattr fsetxattr fstat fstatfs fsync ftruncate futex futex_requeue futex_wait
	futex_waitv futex_wake futimesat get_robust_list getcpu getcwd getdents getdents64 getegid geteuid getgid getgroups
	getitimer getpeername getpgid getpgrp getpid getppid getpriority getrandom getresgid getresuid getrlimit getrusage
	getsid getsockname getsockopt gettid gettimeofday getuid getxattr inotify_add_watch inotify_init inotify_init1
	inotify_rm_watch io_cancel io_destroy io_getevents io_pgetevents io_setup io_submit ioctl ioprio_get ioprio_set kill
	landlock_add_rule landlock_create_ruleset landlock_restrict_self lchown lgetxattr link linkat listen listxattr
	llistxattr lremovexattr lseek lsetxattr lstat madvise membarrier memfd_create memfd_secret mincore mkdir mkdirat
	mknod mknodat mlock mlock2 mlockall mmap mprotect mq_getsetattr mq_notify mq_open mq_timedreceive mq_timedsend
	mq_unlink mremap mseal msgctl msgget msgrcv msgsnd msync munlock munlockall munmap nanosleep newfstatat open openat
	openat2 pause pidfd_open pidfd_send_signal pipe pipe2 pkey_alloc pkey_free pkey_mprotect poll ppoll prctl pread64
	preadv preadv2 prlimit64 process_mrelease pselect6 pwrite64 pwritev pwritev2 read readahead readlink readlinkat readv
	recvfrom recvmmsg recvmsg remap_file_pages removexattr rename renameat renameat2 restart_syscall rmdir rseq
	rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait rt_tgsigqueueinfo
	sched_get_priority_max sched_get_priority_min sched_getaffinity sched_getattr sched_getparam sched_getscheduler
	sched_rr_get_interval sched_setaffinity sched_setattr sched_setparam sched_setscheduler sched_yield seccomp select
	semctl semget semop semtimedop sendfile sendmmsg sendmsg sendto set_robust_list set_tid_address setfsgid setfsuid
	setgid setgroups setitimer setpgid setpriority setregid setresgid setresuid setreuid setrlimit setsid setsockopt
	setuid setxattr shmat shmctl shmdt shmget shutdown sigaltstack signalfd signalfd4 socketpair splice stat statfs statx
	symlink symlinkat sync sync_file_range syncfs sysinfo tee tgkill time timer_create timer_delete timer_getoverrun
	timer_gettime timer_settime timerfd_create timerfd_gettime timerfd_settime times tkill truncate umask uname unlink
	unlinkat utime utimensat utimes vfork vmsplice wait4 waitid write writev`

// refusedCalls are what programs try to see whether they may.
const refusedCalls = `
	acct add_key bpf clock_adjtime clock_settime delete_module fanotify_init finit_module fsconfig fsmount fsopen fspick
	get_mempolicy init_module io_uring_enter io_uring_register io_uring_setup ioperm iopl kcmp kexec_file_load kexec_load
	keyctl mbind migrate_pages mount mount_setattr move_mount move_pages name_to_handle_at open_by_handle_at open_tree
	perf_event_open personality pidfd_getfd pivot_root process_vm_readv process_vm_writev ptrace quotactl quotactl_fd reboot
	request_key set_mempolicy set_mempolicy_home_node setdomainname sethostname setns settimeofday swapoff swapon syslog
	umount2 unshare userfaultfd vhangup`
