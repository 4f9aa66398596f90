// SPDX-License-Identifier: Apache-2.0

package gateway

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Confine takes from the whole process what it does not need any more: files, programs, other users, every kind of socket
// but TCP over IPv4. It refuses a process that has root's rights to lose.
func Confine() error {
	if os.Getuid() == 0 || os.Geteuid() == 0 {
		return errors.New("confine: the gateway does not run as root")
	}
	if err := unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0); err != nil {
		return fmt.Errorf("confine: %w", err)
	}
	runtime.LockOSThread() // the filter is put on all threads from this one, which must have no_new_privs
	defer runtime.UnlockOSThread()
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("confine: %w", err)
	}
	filter := systemCalls()
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	thread, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_TSYNC, uintptr(unsafe.Pointer(&program)))
	if errno != 0 {
		return fmt.Errorf("confine: %w", errno)
	}
	if thread != 0 {
		return fmt.Errorf("confine: thread %d has a filter of its own", thread)
	}
	return nil
}

// allowed are the system calls of a Go program that has its files open: memory, threads, time, randomness, and connections.
func allowed() []uint32 {
	return []uint32{
		unix.SYS_BRK, unix.SYS_MMAP, unix.SYS_MUNMAP, unix.SYS_MPROTECT, unix.SYS_MADVISE, unix.SYS_MINCORE,
		unix.SYS_CLONE, unix.SYS_EXIT, unix.SYS_EXIT_GROUP, unix.SYS_FUTEX, unix.SYS_GETPID, unix.SYS_GETTID, unix.SYS_TGKILL,
		unix.SYS_SCHED_YIELD, unix.SYS_SCHED_GETAFFINITY, unix.SYS_NANOSLEEP, unix.SYS_CLOCK_GETTIME, unix.SYS_RESTART_SYSCALL,
		unix.SYS_RT_SIGACTION, unix.SYS_RT_SIGPROCMASK, unix.SYS_RT_SIGRETURN, unix.SYS_SIGALTSTACK, unix.SYS_GETRANDOM,
		unix.SYS_EPOLL_CREATE1, unix.SYS_EPOLL_CTL, unix.SYS_EPOLL_WAIT, unix.SYS_EPOLL_PWAIT, unix.SYS_EVENTFD2,
		unix.SYS_READ, unix.SYS_WRITE, unix.SYS_CLOSE, unix.SYS_FCNTL, unix.SYS_CONNECT, unix.SYS_ACCEPT4, unix.SYS_SHUTDOWN,
		unix.SYS_GETSOCKNAME, unix.SYS_GETPEERNAME, unix.SYS_SETSOCKOPT, unix.SYS_GETSOCKOPT,
	}
}

// Offsets in struct seccomp_data.
const (
	numberOffset       = 0
	archOffset         = 4
	firstOperandOffset = 16
)

const x32Bit = 1 << 30 // of a system call's number: the other ABI

// systemCalls is the filter: calls of another ABI kill the process, those that are not allowed fail.
func systemCalls() []unix.SockFilter {
	statement := func(code uint16, k uint32) unix.SockFilter { return unix.SockFilter{Code: code, K: k} }
	load := func(offset uint32) unix.SockFilter { return statement(unix.BPF_LD|unix.BPF_W|unix.BPF_ABS, offset) }
	yield := func(action uint32) unix.SockFilter { return statement(unix.BPF_RET|unix.BPF_K, action) }
	// unless skips the next statement unless the accumulator is k.
	unless := func(k uint32) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, Jf: 1, K: k}
	}
	const allow, kill, fail = unix.SECCOMP_RET_ALLOW, unix.SECCOMP_RET_KILL_PROCESS, unix.SECCOMP_RET_ERRNO | uint32(unix.EPERM)
	filter := []unix.SockFilter{
		load(archOffset),
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, Jt: 1, K: unix.AUDIT_ARCH_X86_64}, yield(kill),
		load(numberOffset),
		{Code: unix.BPF_JMP | unix.BPF_JGE | unix.BPF_K, Jf: 1, K: x32Bit}, yield(kill),
	}
	for _, call := range allowed() {
		filter = append(filter, unless(call), yield(allow))
	}
	return append(filter,
		unless(unix.SYS_SOCKET), unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JA, K: 1}, yield(fail),
		load(firstOperandOffset), unless(unix.AF_INET), yield(allow), yield(fail))
}
