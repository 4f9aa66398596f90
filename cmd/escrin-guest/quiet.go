// SPDX-License-Identifier: Apache-2.0

package main

import (
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// quiet keeps all but the last words from the console: what the Go runtime says of a panic may have parts of inputs in it. It returns the
// console. Where nothing can be redirected, nothing is said.
func quiet() io.Writer {
	stderr := int(os.Stderr.Fd())
	console, err := unix.FcntlInt(uintptr(stderr), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return io.Discard
	}
	nowhere, err := unix.MemfdCreate("nowhere", unix.MFD_CLOEXEC)
	if err != nil || unix.Dup3(nowhere, stderr, 0) != nil {
		_ = unix.Close(stderr)
	}
	return os.NewFile(uintptr(console), "console")
}
