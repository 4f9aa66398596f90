// SPDX-License-Identifier: Apache-2.0

// Command probe is a hostile workload. It tries what it must not be able to do, and prints what came of it: the tests of
// boottest hold that against what they expect. As PID 1 of the same kernel without the agent, it is its own control.
package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// done is the outcome of a probe that got what it wanted.
const done = "done"

func main() {
	runtime.LockOSThread()
	if os.Getpid() == 1 && len(os.Args) == 1 {
		control()
		return
	}
	commands := map[string]func([]string){
		"all": all, "denied": denied, "sweep": sweep, "state": state, "instruction": instruction, "families": families,
		"canary": canary, "starve": starve, "beside": beside, "self": self, "grasp": grasp, "report": report, "crash": crash, "burn": burn, "leave": leave, "change": change, "crowd": crowd, "linger": func([]string) { time.Sleep(time.Hour) }, "hang": func([]string) { select {} },
	}
	if len(os.Args) < 2 || commands[os.Args[1]] == nil {
		fmt.Println("unknown command", os.Args)
		os.Exit(2)
	}
	commands[os.Args[1]](os.Args[2:])
}

// control is a machine without the agent: all file systems of the kernel, and nothing locked.
func control() {
	for _, m := range [][2]string{{"proc", "/proc"}, {"sysfs", "/sys"}, {"devtmpfs", "/dev"}, {"tmpfs", "/tmp"}, {"cgroup2", "/sys/fs/cgroup"},
		{"debugfs", "/sys/kernel/debug"}, {"securityfs", "/sys/kernel/security"}, {"configfs", "/sys/kernel/config"}} {
		_ = unix.Mkdir(m[1], 0o755)
		_ = unix.Mount(m[0], m[1], m[0], 0, "")
	}
	console, err := os.OpenFile("/dev/ttyS0", os.O_RDWR, 0)
	if err == nil {
		_ = unix.Dup3(int(console.Fd()), 1, 0)
		_ = unix.Dup3(int(console.Fd()), 2, 0)
	}
	raw(1)
	if line, _ := os.ReadFile("/proc/cmdline"); strings.Contains(string(line), "probe.devices") {
		fmt.Println("== devices")
		devices()
	} else {
		run("root", 0, "denied")
		run("sweep", 0, "sweep")
	}
	fmt.Println("== end")
	unix.Sync()
	_ = unix.Reboot(unix.LINUX_REBOOT_CMD_POWER_OFF)
}

// raw has a terminal pass lines on as they are.
func raw(fd int) {
	if t, err := unix.IoctlGetTermios(fd, unix.TCGETS); err == nil {
		t.Oflag &^= unix.OPOST
		_ = unix.IoctlSetTermios(fd, unix.TCSETS, t)
	}
}

// all is the whole of one boot.
func all([]string) {
	run("root", 0, "denied")
	run("user", 1000, "denied")
	run("sweep", 0, "sweep")
	run("state", 0, "state")
	run("userstate", 1000, "state")
	fmt.Println("== end")
}

// run runs a command of this program as a user, under a heading.
func run(heading string, uid uint32, args ...string) {
	fmt.Println("==", heading)
	cmd := exec.Command("/proc/self/exe", args...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uid, Gid: uid}}
	if err := cmd.Run(); err != nil {
		fmt.Println("!!", heading, err)
	}
}

// probe is one attempt at something that is forbidden.
type probe struct {
	id, name string // threat, and what is tried
	try      func() error
}

// denied tries every probe, each on a thread of its own that is then thrown away.
func denied([]string) {
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for _, p := range probes() {
		fmt.Fprintf(out, "%s\t%s\t%s\n", p.id, p.name, attempt(p.try))
		out.Flush()
	}
}

func attempt(try func() error) string {
	result := make(chan error, 1)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
		result <- try()
	}()
	select {
	case err := <-result:
		return outcome(err)
	case <-time.After(time.Minute): // an emulator that shares its processors reads all of /proc in half of one
		return "hangs"
	}
}

// outcome is the kernel's error by name.
func outcome(err error) string {
	if err == nil {
		return done
	}
	var errno syscall.Errno
	if asErrno(err, &errno) {
		if name := unix.ErrnoName(errno); name != "" {
			return name
		}
	}
	return strings.ReplaceAll(strings.TrimSpace(err.Error()), "\t", " ")
}

func asErrno(err error, to *syscall.Errno) bool {
	for err != nil {
		if e, ok := err.(syscall.Errno); ok {
			*to = e
			return e != 0
		}
		u, ok := err.(interface{ Unwrap() error })
		if !ok {
			return false
		}
		err = u.Unwrap()
	}
	return false
}

// call makes a system call and returns its error alone.
func call(nr uintptr, args ...uintptr) error {
	var a [6]uintptr
	copy(a[:], args)
	_, _, errno := unix.RawSyscall6(nr, a[0], a[1], a[2], a[3], a[4], a[5])
	if errno != 0 {
		return errno
	}
	return nil
}

// families asks the kernel for sockets of families, plainly and with a bit set above the 32 bits that the kernel reads.
func families([]string) {
	for _, family := range []uintptr{unix.AF_INET, unix.AF_UNIX, unix.AF_PACKET, unix.AF_ALG, unix.AF_VSOCK, unix.AF_XDP} {
		_, _, plain := unix.RawSyscall(unix.SYS_SOCKET, family, unix.SOCK_DGRAM, 0)
		_, _, high := unix.RawSyscall(unix.SYS_SOCKET, family|1<<32, unix.SOCK_DGRAM, 0)
		fmt.Println(family, unix.ErrnoName(plain), unix.ErrnoName(high))
	}
}

// sweep makes every system call once with arguments that mean nothing, and prints what it answers. A line is begun before the
// call, so that one that does not return is seen.
func sweep([]string) {
	for nr := range 471 {
		fmt.Printf("%d\t", nr)
		if why := notSwept(nr); why != "" {
			fmt.Println(why)
			continue
		}
		const nothing = ^uintptr(0)
		result := make(chan syscall.Errno, 1)
		go func() {
			runtime.LockOSThread()
			_, _, errno := unix.Syscall6(uintptr(nr), nothing, nothing, nothing, nothing, nothing, nothing)
			result <- errno
		}()
		select {
		case errno := <-result:
			fmt.Println(outcome(orNil(errno)))
		case <-time.After(10 * time.Second):
			fmt.Println("waits")
		}
	}
}

func orNil(e syscall.Errno) error {
	if e == 0 {
		return nil
	}
	return e
}

// notSwept says why a call is left out: it would end the sweep, or take the process apart.
func notSwept(nr int) string {
	switch nr {
	case unix.SYS_EXIT, unix.SYS_EXIT_GROUP:
		return "ends"
	case unix.SYS_RT_SIGRETURN, unix.SYS_VFORK, unix.SYS_FORK, 335: // uretprobe
		return "breaks"
	case unix.SYS_PAUSE:
		return "waits"
	}
	return ""
}

// self is what a program says that stands in for the loader of the container runtime (CVE-2019-5736).
// The runtime is busy while it waits for the container; what matters is that it is a sealed copy of itself in memory, or on a
// file system that lets nobody write.
func self([]string) {
	const program = "/proc/self/exe"
	sealed := outcome(unix.Faccessat2(unix.AT_FDCWD, program, unix.W_OK, unix.AT_EACCESS))
	if file, err := os.Open(program); err == nil {
		if seals, err := unix.FcntlInt(file.Fd(), unix.F_GET_SEALS, 0); err == nil && seals&unix.F_SEAL_WRITE != 0 {
			sealed = "sealed"
		}
	}
	fmt.Println("the runtime ran the workload's loader:", outcome(openForWriting(program)), sealed)
}

func openForWriting(path string) error {
	fd, err := unix.Open(path, unix.O_WRONLY, 0)
	if err == nil {
		unix.Close(fd)
	}
	return err
}

func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		fmt.Println("not a number:", s)
		os.Exit(2)
	}
	return n
}
