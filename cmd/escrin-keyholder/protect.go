// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"log/slog"

	"golang.org/x/sys/unix"
)

// protectMemory keeps the secrets in this process's memory from other processes of
// the same user, from core dumps and, where that is allowed, from swap. It is the
// best that can be done: the language's runtime moves and copies what it likes.
func protectMemory() error {
	if err := unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0); err != nil {
		return fmt.Errorf("refuse to be traced: %w", err)
	}
	if err := unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}); err != nil {
		return fmt.Errorf("refuse core dumps: %w", err)
	}
	return nil
}

// lockMemory locks all memory that is used from now on. With a bound on locked
// memory the process would later end for want of memory, so it is not tried then.
func lockMemory(log *slog.Logger) {
	var limit unix.Rlimit
	err := unix.Getrlimit(unix.RLIMIT_MEMLOCK, &limit)
	if err == nil && limit.Cur != unix.RLIM_INFINITY {
		log.Warn("secrets may be swapped to disk: locked memory is bounded (LimitMEMLOCK=infinity, or no swap, helps)")
		return
	}
	if err == nil {
		err = unix.Mlockall(unix.MCL_CURRENT | unix.MCL_FUTURE | unix.MCL_ONFAULT)
	}
	if err != nil {
		log.Warn("secrets may be swapped to disk: cannot lock memory", "error", err.Error())
	}
}
