// SPDX-License-Identifier: Apache-2.0

package machine

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// TestWhatIsNotListedIsUnmounted: a mount is known by its path alone, whatever it says of its source and type.
func TestWhatIsNotListedIsUnmounted(t *testing.T) {
	const mounts = `1 0 0:2 / / ro - rootfs rootfs rw
22 1 0:21 / /proc rw - proc proc rw
23 1 0:21 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw
24 1 0:22 / /run rw - tmpfs tmpfs rw
25 24 253:0 / /run/containers/0/lower ro - erofs /dev/dm-0 ro
26 24 0:30 / /run/containers/0/root rw - overlay /proc rw
27 24 0:31 / /run/proc rw - tmpfs / rw
28 22 0:31 / /proc/sys rw - tmpfs /proc rw
`
	want := []string{"/run/containers/0/lower", "/run/containers/0/root", "/run/proc", "/proc/sys"}
	if got := surplus(mounts); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// TestAProcessCannotNameItselfTheKernels: its name may have what would be the end of it.
func TestAProcessCannotNameItselfTheKernels(t *testing.T) {
	for stat, want := range map[string]int{
		"77 (kworker/0:1) I 2 0 0":  2,
		"77 (a) S 2 (b) S 40 0 0":   40,
		"77 (a) S 2) S 40 0 0":      40,
		"77 (a\n) S 2 \n) S 40 0 0": 40,
		"77 (a)":                    0,
		"":                          0,
	} {
		if got := parentOf(stat); got != want {
			t.Errorf("%q: parent %d, want %d", stat, got, want)
		}
	}
	if ofKernel(os.Getpid()) {
		t.Error("this test is said to be a thread of the kernel")
	}
}

func TestDirectoriesComeBeforeTheirOwn(t *testing.T) {
	top := t.TempDir()
	for _, dir := range []string{"a/b/c", "d"} {
		if err := os.MkdirAll(filepath.Join(top, dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(top, "a", "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := directoriesIn(top)
	if err != nil || len(got) != 5 {
		t.Fatalf("%q, %v", got, err)
	}
	for _, dir := range slices.Backward(got) {
		if dir == filepath.Join(top, "a") {
			_ = os.Remove(filepath.Join(dir, "file"))
		}
		if err := os.Remove(dir); err != nil {
			t.Error(err)
		}
	}
}

// TestWipeIsForInitAlone: elsewhere nothing is touched.
func TestWipeIsForInitAlone(t *testing.T) {
	if err := (Machine{}).Wipe(); err == nil {
		t.Error("a process that is not PID 1 wiped its machine")
	}
}
