// SPDX-License-Identifier: Apache-2.0

// Command probe asks the kernel for sockets of families, plainly and with a bit set above the 32 bits that
// the kernel reads, and prints what it got.
package main

import (
	"fmt"

	"golang.org/x/sys/unix"
)

func main() {
	for _, family := range []uintptr{unix.AF_INET, unix.AF_UNIX, unix.AF_PACKET, unix.AF_ALG, unix.AF_VSOCK, unix.AF_XDP} {
		_, _, plain := unix.RawSyscall(unix.SYS_SOCKET, family, unix.SOCK_DGRAM, 0)
		_, _, high := unix.RawSyscall(unix.SYS_SOCKET, family|1<<32, unix.SOCK_DGRAM, 0)
		fmt.Println(family, unix.ErrnoName(plain), unix.ErrnoName(high))
	}
}
