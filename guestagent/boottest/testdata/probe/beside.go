// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// gatewayID is the user as which the gateway runs.
const gatewayID = 65533

// beside tries what a workload might do to the gateway, with which it shares a network and nothing else. The arguments are an
// address and a port at which the gateway listens.
func beside(args []string) {
	at := unix.SockaddrInet4{Port: number(args[1]), Addr: netip.MustParseAddr(args[0]).As4()}
	fmt.Println("connect", outcome(connect(at)))
	if os.Getuid() == 0 { // as the gateway's user: what it may do to itself
		_ = unix.Setgroups(nil)
		_ = unix.Setresgid(gatewayID, gatewayID, gatewayID)
		fmt.Println("become", outcome(unix.Setresuid(gatewayID, gatewayID, gatewayID)))
	}
	fmt.Println("take its port", outcome(take(at, 0)))
	fmt.Println("share its port", outcome(take(at, unix.SO_REUSEPORT)))
	fmt.Println("reuse its port", outcome(take(at, unix.SO_REUSEADDR)))
	other := at
	other.Port++
	fmt.Println("another port", outcome(connect(other)))
	fmt.Println("processes", seen())
	fmt.Println("signal all", outcome(unix.Kill(-1, 0)))
	for pid := 2; pid < 400; pid++ {
		if pid != os.Getpid() && unix.Kill(pid, unix.SIGKILL) == nil && !mine(pid) {
			fmt.Println("killed", pid)
		}
	}
	abstract := 0
	if sockets, err := os.ReadFile("/proc/net/unix"); err == nil {
		abstract = strings.Count(string(sockets), "@")
	}
	fmt.Println("abstract sockets", abstract)
	_, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW, unix.NETLINK_SOCK_DIAG)
	fmt.Println("diagnose sockets", outcome(err))
	_, err = unix.Socket(unix.AF_INET, unix.SOCK_RAW, unix.IPPROTO_TCP)
	fmt.Println("raw socket", outcome(err))
	_, err = unix.Socket(unix.AF_PACKET, unix.SOCK_RAW, 0)
	fmt.Println("packet socket", outcome(err))
	fmt.Println("connect again", outcome(connect(at)))
}

func connect(at unix.SockaddrInet4) error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	return unix.Connect(fd, &at)
}

// take listens where the gateway does.
func take(at unix.SockaddrInet4, option int) error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	if option != 0 {
		if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, option, 1); err != nil {
			return err
		}
	}
	err = unix.Bind(fd, &at)
	if err == nil {
		err = unix.Listen(fd, 1)
	}
	return err
}

// seen are the processes that this one sees, by name.
func seen() string {
	names, _ := filepath.Glob("/proc/[0-9]*/comm")
	var all []string
	for _, name := range names {
		comm, _ := os.ReadFile(name)
		all = append(all, strings.TrimSpace(string(comm)))
	}
	return strings.Join(all, " ")
}

// mine says whether a process is a thread of this one.
func mine(pid int) bool {
	_, err := os.Stat("/proc/self/task/" + strconv.Itoa(pid))
	return err == nil
}
