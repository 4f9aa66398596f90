// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// probes are all attempts. What succeeds in the control does no harm there.
func probes() []probe {
	return join(files(), settings(), kernelCalls(), fileSystems(), namespaces(), nodes(), network(), processes(), machineCode(), escapes())
}

func join(lists ...[]probe) []probe {
	var all []probe
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}

// path is a C string.
func path(s string) uintptr {
	b, err := unix.BytePtrFromString(s)
	if err != nil {
		panic(err)
	}
	kept = append(kept, b)
	return uintptr(unsafe.Pointer(b))
}

func ptr(b []byte) unsafe.Pointer { return unsafe.Pointer(&b[0]) }

// kept holds what calls point at.
var kept []*byte

// space is a page that calls may read and write.
var space [4096]byte

func scratch() uintptr { return uintptr(unsafe.Pointer(&space[0])) }

func calling(nr uintptr, args ...uintptr) func() error {
	return func() error { return call(nr, args...) }
}

// kernelCalls are system calls that steer the kernel. Where the control has no error "done", it has one of a later check.
func kernelCalls() []probe {
	const none = ^uintptr(0)
	return append(clocks(), []probe{
		{"MB-16", "swapon", calling(unix.SYS_SWAPON, path("/nothing"), 0)},
		{"MB-16", "swapoff", calling(unix.SYS_SWAPOFF, path("/nothing"))},
		{"MB-16", "kexec_load", calling(unix.SYS_KEXEC_LOAD, 0, 0, 0, 0)},
		{"MB-16", "kexec_file_load", calling(unix.SYS_KEXEC_FILE_LOAD, none, none, 0, 0, 0)},
		{"MB-16", "acct", calling(unix.SYS_ACCT, path("/nothing"))},
		{"MB-18", "init_module", calling(unix.SYS_INIT_MODULE, scratch(), 64, path(""))},
		{"MB-18", "finit_module", calling(unix.SYS_FINIT_MODULE, none, path(""), 0)},
		{"MB-18", "delete_module", calling(unix.SYS_DELETE_MODULE, path("nothing"), 0)},
		{"MB-19", "iopl", calling(unix.SYS_IOPL, 3)},
		{"MB-19", "ioperm", calling(unix.SYS_IOPERM, 0x80, 1, 1)},
		{"MB-19", "syslog read", calling(unix.SYS_SYSLOG, 3, scratch(), 4096)},
		{"MB-19", "syslog console on", calling(unix.SYS_SYSLOG, 7, 0, 0)},
		{"AG-12", "reboot", calling(unix.SYS_REBOOT, unix.LINUX_REBOOT_MAGIC1, unix.LINUX_REBOOT_MAGIC2, unix.LINUX_REBOOT_CMD_CAD_OFF)},
		{"AG-05", "bpf map", func() error {
			clear(space[:])
			copy(space[:], []byte{2, 0, 0, 0, 4, 0, 0, 0, 4, 0, 0, 0, 1}) // array of one
			return call(unix.SYS_BPF, 0, scratch(), 72)
		}},
		{"AG-05", "bpf program", calling(unix.SYS_BPF, 5, scratch(), 72)},
		{"AG-05", "userfaultfd", calling(unix.SYS_USERFAULTFD, 0)},
		{"AG-05", "userfaultfd user mode", calling(unix.SYS_USERFAULTFD, 1)},
		{"AG-05", "io_uring_setup", func() error { clear(space[:]); return call(unix.SYS_IO_URING_SETUP, 1, scratch()) }},
		{"AG-05", "io_uring_enter", calling(unix.SYS_IO_URING_ENTER, none, 0, 0, 0, 0, 0)},
		{"AG-05", "io_uring_register", calling(unix.SYS_IO_URING_REGISTER, none, 0, 0, 0)},
		{"AG-05", "keyctl", calling(unix.SYS_KEYCTL, 0, ^uintptr(2), 1)},
		{"AG-05", "add_key", calling(unix.SYS_ADD_KEY, path("user"), path("x"), scratch(), 1, ^uintptr(1))},
		{"AG-05", "request_key", calling(unix.SYS_REQUEST_KEY, path("user"), path("x"), 0, ^uintptr(1))},
		{"AG-05", "perf_event_open", func() error {
			clear(space[:])
			*(*uint32)(unsafe.Pointer(&space[0])) = 1 // software
			*(*uint32)(unsafe.Pointer(&space[4])) = 112
			return call(unix.SYS_PERF_EVENT_OPEN, scratch(), 0, none, none, 0)
		}},
		{"AG-05", "modify_ldt", calling(unix.SYS_MODIFY_LDT, 0, scratch(), 64)},
		{"AG-04", "name_to_handle_at", func() error {
			clear(space[:])
			*(*uint32)(unsafe.Pointer(&space[0])) = 128
			return call(unix.SYS_NAME_TO_HANDLE_AT, ^uintptr(99), path("/proc"), scratch(), scratch()+2048, 0)
		}},
		{"AG-04", "open_by_handle_at", calling(unix.SYS_OPEN_BY_HANDLE_AT, none, scratch(), 0)},
		{"AG-04", "fanotify_init", calling(unix.SYS_FANOTIFY_INIT, 0, 0)},
		{"AG-04", "quotactl", calling(unix.SYS_QUOTACTL, 0x80000100, 0, 0, 0)},
		{"AG-04", "quotactl_fd", calling(unix.SYS_QUOTACTL_FD, 0, 0x80000100, 0, 0)},
		{"AG-04", "vhangup", calling(unix.SYS_VHANGUP)},
		{"AG-04", "sethostname", calling(unix.SYS_SETHOSTNAME, path("x"), 1)},
		{"AG-04", "setdomainname", calling(unix.SYS_SETDOMAINNAME, path("x"), 1)},
		{"AG-04", "personality", calling(unix.SYS_PERSONALITY, 0x0040000)}, // no randomisation
		{"AG-04", "kcmp", func() error { return call(unix.SYS_KCMP, uintptr(os.Getpid()), uintptr(os.Getpid()), 1, 0, 0) }},
		{"AG-04", "pidfd_getfd", func() error {
			fd, err := unix.PidfdOpen(os.Getpid(), 0)
			if err != nil {
				return err
			}
			return call(unix.SYS_PIDFD_GETFD, uintptr(fd), 1, 0)
		}},
		{"AG-05", "get_mempolicy", calling(unix.SYS_GET_MEMPOLICY, scratch(), 0, 0, 0, 0)},
		{"AG-05", "set_mempolicy", calling(unix.SYS_SET_MEMPOLICY, 0, 0, 0)},
		{"AG-05", "mbind", calling(unix.SYS_MBIND, 0, 0, 0, 0, 0, 0)},
		{"AG-05", "migrate_pages", func() error { return call(unix.SYS_MIGRATE_PAGES, 0, 0, 0, 0) }},
		{"AG-05", "move_pages", calling(unix.SYS_MOVE_PAGES, 0, 0, 0, 0, 0, 0)},
		{"AG-05", "lsm_list_modules", func() error {
			*(*uint32)(unsafe.Pointer(&space[0])) = 4096
			return call(461, scratch()+8, scratch(), 0)
		}},
	}...)
}

// clocks are the ways to set the time.
func clocks() []probe {
	timespec := func() uintptr {
		t := (*unix.Timespec)(unsafe.Pointer(&space[0]))
		_ = unix.ClockGettime(unix.CLOCK_REALTIME, t)
		return scratch()
	}
	return []probe{
		{"MB-21", "clock_settime", func() error { return call(unix.SYS_CLOCK_SETTIME, 0, timespec()) }},
		{"MB-21", "settimeofday", func() error {
			tv := (*unix.Timeval)(unsafe.Pointer(&space[0]))
			_ = unix.Gettimeofday(tv)
			return call(unix.SYS_SETTIMEOFDAY, scratch(), 0)
		}},
		{"MB-21", "adjtimex", func() error {
			clear(space[:])
			(*unix.Timex)(unsafe.Pointer(&space[0])).Modes = 0x4000 // tick
			(*unix.Timex)(unsafe.Pointer(&space[0])).Tick = 10000
			return call(unix.SYS_ADJTIMEX, scratch())
		}},
		{"MB-21", "clock_adjtime", func() error {
			clear(space[:])
			(*unix.Timex)(unsafe.Pointer(&space[0])).Modes = 0x4000
			(*unix.Timex)(unsafe.Pointer(&space[0])).Tick = 10000
			return call(unix.SYS_CLOCK_ADJTIME, 0, scratch())
		}},
	}
}

// processes are what one process can do to others, and to its own standing.
func processes() []probe {
	parent := func() int { return os.Getppid() }
	return append([]probe{
		{"AG-04", "ptrace seize the parent", func() error { return call(unix.SYS_PTRACE, 0x4206, uintptr(parent()), 0, 0) }},
		{"AG-04", "ptrace a child", child(func(pid int) error { return call(unix.SYS_PTRACE, 0x4206, uintptr(pid), 0, 0) })},
		{"AG-04", "process_vm_readv a child", child(func(pid int) error {
			iov := []unix.Iovec{{Base: &space[0], Len: 1}}
			return call(unix.SYS_PROCESS_VM_READV, uintptr(pid), uintptr(unsafe.Pointer(&iov[0])), 1, uintptr(unsafe.Pointer(&iov[0])), 1, 0)
		})},
		{"AG-04", "process_vm_writev a child", child(func(pid int) error {
			iov := []unix.Iovec{{Base: &space[0], Len: 1}}
			return call(unix.SYS_PROCESS_VM_WRITEV, uintptr(pid), uintptr(unsafe.Pointer(&iov[0])), 1, uintptr(unsafe.Pointer(&iov[0])), 1, 0)
		})},
		{"AG-04", "memory of a child", child(func(pid int) error {
			fd, err := unix.Open(fmt.Sprintf("/proc/%d/mem", pid), unix.O_RDWR, 0)
			if err != nil {
				return err
			}
			_, err = unix.Pread(fd, make([]byte, 1), int64(uintptr(unsafe.Pointer(&space[0]))))
			return err
		})},
		{"AG-11", "oom_score_adj -1000", writing("/proc/self/oom_score_adj", "-1000")},
		{"AG-11", "oom_score_adj of the first process", writing("/proc/1/oom_score_adj", "-500")},
		{"AG-11", "real-time scheduling", func() error {
			clear(space[:])
			space[0] = 1
			return call(unix.SYS_SCHED_SETSCHEDULER, 0, 1, scratch())
		}},
		{"AG-11", "sched_setattr deadline", func() error {
			return unix.SchedSetAttr(0, &unix.SchedAttr{Size: 48, Policy: unix.SCHED_DEADLINE, Runtime: 1e7, Deadline: 3e7, Period: 3e7}, 0)
		}},
		{"AG-11", "priority -20", func() error { return unix.Setpriority(unix.PRIO_PROCESS, 0, -20) }},
		{"AG-11", "ioprio real-time", calling(unix.SYS_IOPRIO_SET, 1, 0, 1<<13)},
		{"AG-11", "raise open files", raise(unix.RLIMIT_NOFILE, 1<<20)},
		{"AG-07", "raise core size", raise(unix.RLIMIT_CORE, 1<<20)},
		{"AG-11", "lock all memory", func() error {
			if err := raise(unix.RLIMIT_MEMLOCK, ^uint64(0))(); err != nil {
				return err
			}
			return nil
		}},
		{"AG-07", "core file of a crash", coreFile},
	}, standing()...)
}

// standing is what a process may be, and what its files may carry.
func standing() []probe {
	return []probe{
		{"AG-04", "regain capabilities", regain},
		{"AG-04", "ambient capability", func() error {
			return unix.Prctl(unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_RAISE, unix.CAP_SYS_ADMIN, 0, 0)
		}},
		{"AG-04", "clear no_new_privs", func() error {
			if v, err := unix.PrctlRetInt(unix.PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0); err != nil || v == 0 {
				return err
			}
			return unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0)
		}},
		{"AG-04", "set-user-id program", setUserID},
		{"AG-04", "file capability", func() error {
			file, err := made("/tmp/capable")
			if err != nil {
				return err
			}
			caps := make([]byte, 20)
			caps[3], caps[4] = 2, 1
			return unix.Setxattr(file, "security.capability", caps, 0)
		}},
		{"AG-04", "trusted attribute", func() error {
			file, err := made("/tmp/trusted")
			if err != nil {
				return err
			}
			return unix.Setxattr(file, "trusted.overlay.opaque", []byte("y"), 0)
		}},
		{"AG-04", "immutable file", func() error {
			file, err := made("/tmp/immutable")
			if err != nil {
				return err
			}
			fd, err := unix.Open(file, unix.O_RDONLY, 0)
			if err != nil {
				return err
			}
			defer unix.Close(fd)
			return unix.IoctlSetPointerInt(fd, unix.FS_IOC_SETFLAGS, 0x10)
		}},
		{"AG-04", "signal the agent", func() error { // numbers of other namespaces mean nothing here
			for _, pid := range []int{os.Getppid(), 1} {
				if name, _ := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid)); strings.TrimSpace(string(name)) == "init" {
					return nil
				}
			}
			return unix.ESRCH
		}},
	}
}

func raise(which int, to uint64) func() error {
	return func() error { return unix.Setrlimit(which, &unix.Rlimit{Cur: to, Max: to}) }
}

// child tries something on a process that hangs.
func child(try func(pid int) error) func() error {
	return func() error {
		cmd := exec.Command("/proc/self/exe", "hang")
		if err := cmd.Start(); err != nil {
			return err
		}
		defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
		time.Sleep(50 * time.Millisecond)
		return try(cmd.Process.Pid)
	}
}

// coreFile has a child crash in a directory of its own, under the highest limit that it can get.
func coreFile() error {
	dir, err := os.MkdirTemp("/tmp", "core")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_CORE, &limit); err != nil {
		return err
	}
	_ = unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{Cur: limit.Max, Max: limit.Max})
	cmd := exec.Command("/proc/self/exe", "crash", "core")
	cmd.Dir = dir
	err = cmd.Run() // not by a signal from here: one that meets Go's runtime as it starts can leave it waiting for ever
	if cmd.ProcessState == nil {
		return err
	}
	status := cmd.ProcessState.Sys().(syscall.WaitStatus)
	if !status.Signaled() || status.Signal() != syscall.SIGSEGV {
		return errors.New("no crash")
	}
	if status.CoreDump() {
		return nil
	}
	if found, _ := filepath.Glob(dir + "/*"); len(found) > 0 {
		return nil
	}
	return errors.New("no core")
}

// regain asks for the capabilities that the bounding set has no more.
func regain() error {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	data := [2]unix.CapUserData{{Effective: ^uint32(0), Permitted: ^uint32(0)}, {Effective: 1<<9 - 1, Permitted: 1<<9 - 1}}
	return unix.Capset(&header, &data[0])
}

// setUserID runs a copy of this program as an ordinary user, with the bit that would make it root.
func setUserID() error {
	program, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		return err
	}
	file := fmt.Sprintf("/tmp/setuid-%d", os.Getuid())
	if err := os.WriteFile(file, program, 0o755); err != nil {
		return err
	}
	defer os.Remove(file)
	if err := os.Chmod(file, 0o4755|os.ModeSetuid); err != nil {
		return err
	}
	if os.Getuid() != 0 {
		_ = os.Chown(file, 0, 0)
	}
	cmd := exec.Command(file, "report", "euid")
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 1234, Gid: 1234}}
	if os.Getuid() != 0 {
		cmd.SysProcAttr = nil
	}
	out, err := cmd.Output()
	if err != nil {
		return err
	}
	if strings.TrimSpace(string(out)) == "0" {
		return nil
	}
	return errors.New("not root")
}

func report([]string) { fmt.Println(os.Geteuid()) }

// made is an empty file.
func made(name string) (string, error) {
	name = fmt.Sprintf("%s-%d", name, os.Getuid())
	return name, os.WriteFile(name, nil, 0o600)
}

func machineCode() []probe {
	var list []probe
	for _, name := range []string{"int 0x80", "vsyscall", "x32"} {
		list = append(list, probe{"MB-20", name, execute(name)})
	}
	for _, name := range []string{"in", "rdmsr", "rdpmc", "hlt", "cli"} {
		list = append(list, probe{"MB-19", "instruction " + name, execute(name)})
	}
	return append(list, probe{"MB-20", "32-bit program", program32})
}

// program32 executes a program of the 32-bit ABI that exits at once.
func program32() error {
	elf := []byte{
		0x7f, 'E', 'L', 'F', 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 3, 0, 1, 0, 0, 0, 0x54, 0x80, 0x04, 0x08, 52, 0, 0, 0,
		0, 0, 0, 0, 0, 0, 0, 0, 52, 0, 32, 0, 1, 0, 0, 0, 0, 0, 0, 0,
		1, 0, 0, 0, 0, 0, 0, 0, 0, 0x80, 0x04, 0x08, 0, 0x80, 0x04, 0x08, 0x60, 0, 0, 0, 0x60, 0, 0, 0, 5, 0, 0, 0, 0, 0x10, 0, 0,
		0x31, 0xdb, 0xb8, 1, 0, 0, 0, 0xcd, 0x80, 0, 0, 0, // exit(0)
	}
	file := fmt.Sprintf("/tmp/program32-%d", os.Getuid())
	if err := os.WriteFile(file, elf, 0o755); err != nil {
		return err
	}
	defer os.Remove(file)
	return exec.Command(file).Run()
}
