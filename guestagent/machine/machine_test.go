// SPDX-License-Identifier: Apache-2.0

package machine

import (
	"errors"
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
	got, err := memoryMiB("MemFree: 1 kB\nMemTotal:        1014220 kB\n")
	if err != nil || got != 990 {
		t.Errorf("%d, %v", got, err)
	}
	for _, text := range []string{"", "MemTotal: x kB\n", "MemTotal: 1\n", "MemTotal: 99999999999999999999 kB\n"} {
		if _, err := memoryMiB(text); err == nil {
			t.Errorf("%q was accepted", text)
		}
	}
}
