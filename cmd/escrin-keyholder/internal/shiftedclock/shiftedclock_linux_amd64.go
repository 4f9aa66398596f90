// SPDX-License-Identifier: Apache-2.0

//go:build linux && amd64

// Package shiftedclock gives a process of a test another time of day. Only tests
// import it. Go programs ask the kernel's vDSO, through a pointer in the runtime;
// Set puts a function there that asks it, too, and adds to the answer.
package shiftedclock

// Set makes this process's clock run ahead by so many seconds, or behind. It is
// called once, before anything else runs.
func Set(seconds int64)
