// SPDX-License-Identifier: Apache-2.0

package qemu

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/escrin/escrin/attest"
)

// inputs finds the kernel and the firmware that scripts/setup.sh unpacks.
func inputs(t *testing.T) (kernel, firmware string) {
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
	kernels, _ := filepath.Glob(filepath.Join(root, "kernel/root/boot/vmlinuz-*"))
	if len(kernels) == 0 {
		t.Fatalf("no kernel under %s: run scripts/setup.sh", root)
	}
	return kernels[0], filepath.Join(root, "ovmf/root/usr/share/ovmf/OVMF.fd")
}

func bareMachine(t *testing.T) Machine {
	kernel, firmware := inputs(t)
	return Machine{
		Firmware: firmware, Kernel: kernel, Cmdline: trialCmdline,
		Shape: attest.Shape{VCPUs: 1, MemoryMiB: 512}, Accelerator: TCG,
	}
}

// TestBootToTheTrialsProof boots a real kernel through the real firmware and hears the words that a trial boot
// waits for; panic=-1 then ends QEMU by itself.
func TestBootToTheTrialsProof(t *testing.T) {
	b, err := Find(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	console := NewConsole(nil, 0)
	p, err := b.Start(bareMachine(t), console)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Stop()
	if err := p.Wait(); err != nil {
		t.Fatalf("%v\n%s", err, console.Tail())
	}
	if !strings.Contains(console.Tail(), trialProof) {
		t.Errorf("the kernel did not say %q:\n%s", trialProof, console.Tail())
	}
}

// TestDirectBootToTheTrialsProof boots the same kernel without the firmware.
func TestDirectBootToTheTrialsProof(t *testing.T) {
	b, err := Find(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	m := bareMachine(t)
	m.Direct = true
	console := NewConsole(nil, 0)
	p, err := b.Start(m, console)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Stop()
	if err := p.Wait(); err != nil {
		t.Fatalf("%v\n%s", err, console.Tail())
	}
	if said := console.Tail(); !strings.Contains(said, trialProof) || strings.Contains(said, "EFI") {
		t.Errorf("the kernel said\n%s", said)
	}
}

func TestStopEndsAGuestThatRuns(t *testing.T) {
	b, err := Find(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p, err := b.Start(bareMachine(t), NewConsole(nil, 0))
	if err != nil {
		t.Fatal(err)
	}
	p.Stop()
	p.Stop()
	if p.Wait() == nil {
		t.Error("a killed guest counts as one that powered itself off")
	}
}

func TestQEMUsOwnComplaintIsInTheError(t *testing.T) {
	b, err := Find(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	m := bareMachine(t)
	m.Disk = filepath.Join(t.TempDir(), "missing,disk")
	p, err := b.Start(m, NewConsole(nil, 0))
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Wait(); err == nil || !strings.Contains(err.Error(), "missing,disk") {
		t.Errorf("error is %v", err)
	}
}

func TestAcceleratorVerdictIsKept(t *testing.T) {
	dir := t.TempDir()
	writeVerdict(filepath.Join(dir, "kvm.json"), verdict{Release: "10.0.2", BootID: bootID(), Reason: "because"})
	if v, ok := readVerdict(filepath.Join(dir, "kvm.json"), "10.0.2"); !ok || v.Works || v.Reason != "because" {
		t.Errorf("verdict is %+v, %v", v, ok)
	}
	if _, ok := readVerdict(filepath.Join(dir, "kvm.json"), "10.0.3"); ok {
		t.Error("the verdict of another QEMU was used")
	}
}

// TestGuestDiesWithItsParent kills a process that runs a guest with SIGKILL, as the kernel's out-of-memory killer
// would, and waits until the guest is gone.
func TestGuestDiesWithItsParent(t *testing.T) {
	if os.Getenv("ESCRIN_TEST_PARENT") == "1" {
		beParent(t)
		return
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestGuestDiesWithItsParent$")
	cmd.Env = append(os.Environ(), "ESCRIN_TEST_PARENT=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait()
	defer cmd.Process.Kill()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		t.Fatal(err)
	}
	cmd.Process.Kill()
	cmd.Wait()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for alive(pid) {
		select {
		case <-ctx.Done():
			t.Fatalf("QEMU %d outlived its parent", pid)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func beParent(t *testing.T) {
	b, err := Find(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p, err := b.Start(bareMachine(t), NewConsole(nil, 0))
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println(p.cmd.Process.Pid)
	p.Wait()
}

// alive says whether pid runs; a zombie that nobody has reaped yet does not.
func alive(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	return !strings.HasPrefix(rest, "Z")
}

// TestTrialBootDecides runs a real trial on this machine, whatever its KVM is worth, and asks again: the second
// answer is the kept one.
func TestTrialBootDecides(t *testing.T) {
	b, err := Find(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	first, reason := b.ChooseAccelerator(t.Context(), bareMachine(t), dir)
	t.Logf("%s: %s", first, reason)
	second, again := b.ChooseAccelerator(t.Context(), Machine{}, dir)
	if first != second || reason != again || reason == "" {
		t.Errorf("first %s (%s), then %s (%s)", first, reason, second, again)
	}
}
