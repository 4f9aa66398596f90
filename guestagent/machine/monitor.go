// SPDX-License-Identifier: Apache-2.0

package machine

import (
	"math"
	"os"
	"strconv"
)

// calmMonitor lets the thread that watches the others for Go's runtime sleep up to a millisecond longer than it asks for. While anything
// happens it asks for 20 µs, and each of its sleeps is a timer of the machine's: a confidential one is left for that, and an emulated one waits
// for its emulator, a thousand times in a boot. What it does late is to notice that another thread waits for the kernel.
func calmMonitor() error {
	threads, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return err
	}
	monitor := math.MaxInt // the runtime starts it before any other
	for _, thread := range threads {
		if id, err := strconv.Atoi(thread.Name()); err == nil && id != os.Getpid() {
			monitor = min(monitor, id)
		}
	}
	return os.WriteFile("/proc/"+strconv.Itoa(monitor)+"/timerslack_ns", []byte("1000000"), 0)
}
