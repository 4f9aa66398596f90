// SPDX-License-Identifier: Apache-2.0

package auditlog

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// datasync makes what was written to f durable, with the file's size.
func datasync(f *os.File) error {
	for {
		err := unix.Fdatasync(int(f.Fd()))
		if !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}
