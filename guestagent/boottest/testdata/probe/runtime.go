// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// grasp looks for the runtime that started this process, and for the agent that started that, in the places where others were
// found (CVE-2019-5736, CVE-2024-21626), and tries what could be done to it. This program itself, and a child, are the control.
func grasp([]string) {
	fmt.Println("parent", os.Getppid())
	child := exec.Command("/proc/self/exe", "linger")
	if err := child.Start(); err != nil {
		fmt.Println("child", err)
		return
	}
	defer child.Process.Kill()
	var mine int
	for pid := 1; pid <= 1<<16; pid++ {
		switch program, err := os.Readlink(fmt.Sprintf("/proc/%d/exe", pid)); {
		case err == nil && program == "/probe":
			mine++
		case err == nil || unix.Kill(pid, 0) != unix.ESRCH:
			fmt.Println("process", pid, program)
		}
	}
	fmt.Println("processes of its own", mine > 1)
	for _, pid := range []int{0, os.Getppid(), child.Process.Pid} {
		fmt.Println("trace", pid == child.Process.Pid, outcome(call(unix.SYS_PTRACE, 0x4206, uintptr(pid), 0, 0)))
		_, err := unix.ProcessVMWritev(pid, nil, nil, 0)
		fmt.Println("write memory", pid == child.Process.Pid, outcome(err))
	}
	fmt.Println("write its own program", outcome(openForWriting("/proc/self/exe")))
	for _, path := range []string{"/runtime", "/init", "/proc/1/root/runtime", "/proc/1/cwd/../runtime", "/proc/self/root/../runtime", "/proc/self/fd/../../../runtime"} {
		if err := openForWriting(path); err != unix.ENOENT {
			fmt.Println(path, outcome(err))
		}
		if _, err := os.ReadFile(path); !os.IsNotExist(err) {
			fmt.Println(path, "can be read")
		}
	}
	inherited()
}

// inherited prints what a process has open, mapped or in its environment that neither it nor the interface of a workload brought.
func inherited() {
	known := []string{"/probe", "/", "/work", "/dev/null", "pipe:[", "/run/input/", "anon_inode:[event", "anon_inode:[pidfd", "/proc/", "/sys/fs/cgroup/cpu.max"}
	for _, pattern := range []string{"/proc/1/fd/*", "/proc/self/fd/*", "/proc/1/map_files/*", "/proc/1/cwd", "/proc/1/root"} {
		links, _ := filepath.Glob(pattern)
		for _, link := range links {
			target, err := os.Readlink(link)
			own := func(name string) bool { return target == name || len(name) > 5 && strings.HasPrefix(target, name) }
			if err == nil && !slices.ContainsFunc(known, own) {
				fmt.Println(link, target)
			}
		}
	}
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); !slices.Contains([]string{"PATH", "GREETING", "HOME", "HOSTNAME", "ESCRIN_CAPABILITY"}, name) {
			fmt.Println("variable", name)
		}
	}
	fmt.Println("== end")
}
