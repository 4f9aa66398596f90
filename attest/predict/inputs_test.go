// SPDX-License-Identifier: Apache-2.0

package predict

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/escrin/escrin/attest"
)

// guestInputs returns the firmware and the kernel that scripts/setup.sh unpacks,
// as file names.
func guestInputs(t testing.TB) (firmware, kernel string) {
	t.Helper()
	cache := os.Getenv("ESCRIN_CACHE")
	if cache == "" {
		dir, err := os.UserCacheDir()
		if err != nil {
			t.Fatal(err)
		}
		cache = filepath.Join(dir, "escrin")
	}
	root := filepath.Join(cache, "guest-inputs")
	kernels, err := filepath.Glob(filepath.Join(root, "kernel/root/boot/vmlinuz-*"))
	if err != nil || len(kernels) == 0 {
		t.Fatalf("no kernel under %s: run scripts/setup.sh", root)
	}
	return filepath.Join(root, "ovmf/root/usr/share/ovmf/OVMF.fd"), kernels[0]
}

// realLaunch is a launch of the real firmware and kernel.
func realLaunch(t testing.TB) Launch {
	t.Helper()
	firmware, kernel := guestInputs(t)
	l := Launch{
		Initrd:  []byte("initrd"),
		Cmdline: "console=ttyS0",
		Shape:   attest.Shape{VCPUs: 1, MemoryMiB: 1024},
		QEMU:    QEMU10_0,
	}
	var err error
	if l.Firmware, err = os.ReadFile(firmware); err != nil {
		t.Fatalf("%v: run scripts/setup.sh", err)
	}
	if l.Kernel, err = os.ReadFile(kernel); err != nil {
		t.Fatal(err)
	}
	return l
}
