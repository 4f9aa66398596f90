// SPDX-License-Identifier: Apache-2.0

// Package seccomp makes the filter of a workload's system calls, when the agent is built: the container runtime would make it of the
// same lists in each guest anew, which takes an emulated guest a tenth of a second. No guest has this package, but what it made.
//
// The filter allows the calls that programs of an image have a use for. To all others the kernel answers as if it did not have
// them, and to those that programs know to be a privilege as to one that lacks it. It is the second layer: behind it
// stand absent capabilities, locked modules, disabled user namespaces and io_uring. A process that calls by another ABI
// (32 bit, x32) is killed.
package seccomp

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// newNamespace are the flags of clone that make namespaces. With clone3, which is absent here, they would be out of reach of a
// filter.
const newNamespace = unix.CLONE_NEWNS | unix.CLONE_NEWCGROUP | unix.CLONE_NEWUTS | unix.CLONE_NEWIPC |
	unix.CLONE_NEWUSER | unix.CLONE_NEWPID | unix.CLONE_NEWNET

// callsByX32 are the numbers from which on a call is one of the x32 ABI.
const callsByX32 = 1 << 30

// Filter returns the filter as the kernel takes it, for the calls of these numbers by name. The error names a call without a number, or
// in two lists.
func Filter(numbers map[string]uint32) ([]byte, error) {
	what := map[uint32]program{}
	add := func(names string, p program) error {
		for _, name := range strings.Fields(names) {
			number, ok := numbers[name]
			if _, twice := what[number]; !ok || twice {
				return fmt.Errorf("%s has no number, or is there twice", name)
			}
			what[number] = p
		}
		return nil
	}
	for _, list := range []struct {
		names string
		do    program
	}{{Allowed, allow()}, {Refused, refuse(unix.EPERM)}, {"clone", clone()}, {"socket", socket()}} {
		if err := add(list.names, list.do); err != nil {
			return nil, err
		}
	}
	what[callsByX32] = kill()
	whole := slices.Concat(program{load(offsetArch), {jumpEqual, 1, 0, unix.AUDIT_ARCH_X86_64}}, kill(), program{load(offsetNumber)}, choose(spans(what)))
	for len(whole)%3 != 0 { // in base64, bytes in threes need no padding, which the runtime does not know
		whole = append(whole, kill()...)
	}
	return whole.encode(), nil
}

// span is what happens from a number on, to the next span's.
type span struct {
	from uint32
	do   program
}

// spans orders what happens by number. Numbers that what does not have answer ENOSYS; those after the last are like it.
func spans(what map[uint32]program) []span {
	absent := refuse(unix.ENOSYS)
	list := []span{{0, absent}}
	put := func(s span) {
		if last := &list[len(list)-1]; last.from == s.from {
			last.do = s.do
		} else if !slices.Equal(last.do, s.do) {
			list = append(list, s)
		}
	}
	for number := uint32(0); number <= maxNumber(what)+1; number++ {
		if do, ok := what[number]; ok {
			put(span{number, do})
		} else {
			put(span{number, absent})
		}
	}
	return append(list, span{callsByX32, what[callsByX32]})
}

// maxNumber is the highest number of a call of this ABI.
func maxNumber(what map[uint32]program) (most uint32) {
	for number := range what {
		if number < callsByX32 {
			most = max(most, number)
		}
	}
	return most
}

// Allowed are calls that need no privilege, or act on what belongs to the container.
const Allowed = `
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

// Refused are calls that programs try to see whether they may. They answer EPERM.
const Refused = `
	acct add_key bpf clock_adjtime clock_settime delete_module fanotify_init finit_module fsconfig fsmount fsopen fspick
	get_mempolicy init_module io_uring_enter io_uring_register io_uring_setup ioperm iopl kcmp kexec_file_load kexec_load
	keyctl mbind migrate_pages mount mount_setattr move_mount move_pages name_to_handle_at open_by_handle_at open_tree
	perf_event_open personality pidfd_getfd pivot_root process_vm_readv process_vm_writev ptrace quotactl quotactl_fd reboot
	request_key set_mempolicy set_mempolicy_home_node setdomainname sethostname setns settimeofday swapoff swapon syslog
	umount2 unshare userfaultfd vhangup`
