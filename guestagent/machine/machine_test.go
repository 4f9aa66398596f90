// SPDX-License-Identifier: Apache-2.0

package machine

import (
	"errors"
	"fmt"
	"os"
	"testing"
)

func TestNothingIsTouchedOutsideAGuest(t *testing.T) {
	if err := (Machine{}).LockDown(); !errors.Is(err, ErrNotInit) {
		t.Errorf("error is %v", err)
	}
	Machine{}.PowerOff()
}

// TestMB22EveryProcessorNeedsTheInstruction reads texts of /proc/cpuinfo.
func TestMB22EveryProcessorNeedsTheInstruction(t *testing.T) {
	const with, without = "processor\t: 0\nflags\t\t: fpu rdrand sse\n", "processor\t: 1\nflags\t\t: fpu rdrandx sse\n"
	for text, want := range map[string]bool{
		"": false, "processor : 0\n": false, with: true, without: false, with + without: false, with + with: true,
		"flags : rdrand": true, "bugs : rdrand\n": false, "vmx flags : rdrand\n": false,
	} {
		if got := everyCPUHas(text, "rdrand"); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestMB07MemoryIsRead(t *testing.T) {
	info, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		t.Fatal(err)
	}
	var kib uint32
	if _, err := fmt.Sscanf(string(info), "MemTotal: %d kB", &kib); err != nil {
		t.Fatal(err)
	}
	if got, err := memoryMiB(); err != nil || got != kib>>10 {
		t.Errorf("%d MiB of %d KiB, %v", got, kib, err)
	}
}
