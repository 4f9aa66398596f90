// SPDX-License-Identifier: Apache-2.0

package devicemapper

import (
	"path/filepath"

	"golang.org/x/sys/unix"
)

// RemoveAll removes each device that nobody uses, with its keys, and says how many are left.
func RemoveAll() (left int, err error) {
	control, err := openControl()
	if err != nil {
		return 0, err
	}
	defer unix.Close(control)
	if _, err := command(control, unix.DM_REMOVE_ALL, header("all", 0), nil); err != nil {
		return 0, err
	}
	devices, err := filepath.Glob("/sys/block/dm-*")
	return len(devices), err
}
