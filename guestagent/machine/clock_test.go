// SPDX-License-Identifier: Apache-2.0

package machine

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestMB21OnlyTheProcessorsClock: a clock of the host's is refused, whether the kernel starts with it or goes over to it, and so is
// one that stays early for ever.
func TestMB21OnlyTheProcessorsClock(t *testing.T) {
	for _, host := range []string{"hpet", "acpi_pm", "kvm-clock", "refined-jiffies", "jiffies", "tsc_early", "tsc-earlyish", "tsc hpet", ""} {
		if err := settleClock(t.Context(), counting(t, host)); err == nil || !strings.Contains(err.Error(), "counts time by") {
			t.Errorf("%q: %v", host, err)
		}
	}
	if err := settleClock(t.Context(), filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no clock source: %v", err)
	}
	if err := settleClock(t.Context(), counting(t, "tsc")); err != nil {
		t.Error(err)
	}
	for last, fine := range map[string]bool{"tsc": true, "hpet": false, "acpi_pm": false, "tsc-early": false} {
		synctest.Test(t, func(t *testing.T) {
			path, next := counting(t, "tsc-early"), counting(t, last)
			time.AfterFunc(time.Second, func() {
				if err := os.Rename(next, path); err != nil { // at once, as a kernel changes it
					t.Error(err)
				}
			})
			ctx, cancel := context.WithTimeout(t.Context(), clockWithin)
			defer cancel()
			start := time.Now()
			if err := settleClock(ctx, path); (err == nil) != fine {
				t.Errorf("early, then %q: %v", last, err)
			}
			if waited := time.Since(start); waited < time.Second || waited > clockWithin {
				t.Errorf("early, then %q: waited %v", last, waited)
			}
		})
	}
}

// counting is a kernel's word for the clock that it counts by.
func counting(t *testing.T, source string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "current_clocksource")
	if err := os.WriteFile(path, []byte(source+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
