// SPDX-License-Identifier: Apache-2.0

package machine

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestOnlyTheMonitorIsCalmed: one thread's timers become lax, and not those of the thread whose children the workload is.
func TestOnlyTheMonitorIsCalmed(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("needs root, to change another thread")
	}
	if err := calmMonitor(); err != nil {
		t.Fatal(err)
	}
	threads, err := filepath.Glob("/proc/self/task/*")
	if err != nil {
		t.Fatal(err)
	}
	lax := 0
	for _, thread := range threads {
		slack, err := os.ReadFile("/proc/" + filepath.Base(thread) + "/timerslack_ns")
		if err == nil && strings.TrimSpace(string(slack)) == "1000000" {
			lax++
			if state, err := os.ReadFile(thread + "/syscall"); err != nil || !watches(string(state)) {
				t.Errorf("thread %s is at %q, %v: not where the runtime's monitor is", filepath.Base(thread), state, err)
			}
		}
	}
	if lax != 1 {
		t.Errorf("%d of %d threads are lax", lax, len(threads))
	}
}

// watches says whether a thread sleeps as the monitor does: for a time, or, when nothing happens, until it is woken.
func watches(state string) bool {
	number, _, _ := strings.Cut(state, " ")
	return number == "35" || number == "202" || strings.HasPrefix(state, "running") // nanosleep, futex
}
