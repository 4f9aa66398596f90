// SPDX-License-Identifier: Apache-2.0

package metrics

import (
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// Process adds what can be said of any process: when it started, memory, open
// files and goroutines.
func (r *Registry) Process(started time.Time) {
	r.Gauge("process_start_time_seconds", "When the process started, in seconds since the epoch.", func() float64 {
		return float64(started.UnixMilli()) / 1000
	})
	r.Gauge("process_resident_memory_bytes", "Memory in use, as the kernel counts it.", resident)
	r.Gauge("process_open_fds", "Open file descriptors.", func() float64 {
		entries, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			return 0
		}
		return float64(len(entries))
	})
	r.Gauge("go_goroutines", "Goroutines.", func() float64 { return float64(runtime.NumGoroutine()) })
}

// resident reads /proc/self/statm; zero where there is none.
func resident() float64 {
	b, err := os.ReadFile("/proc/self/statm")
	fields := strings.Fields(string(b))
	if err != nil || len(fields) < 2 {
		return 0
	}
	pages, err := strconv.ParseUint(fields[1], 10, 64)
	if err != nil {
		return 0
	}
	return float64(pages) * float64(os.Getpagesize())
}
