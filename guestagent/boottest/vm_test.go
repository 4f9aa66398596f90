// SPDX-License-Identifier: Apache-2.0

package boottest

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/escrin/escrin/guestagent/config"
	"github.com/escrin/escrin/guestagent/hostlink"
	"github.com/escrin/escrin/guestagent/hostlink/hostend"
	"github.com/escrin/escrin/guestagent/hosttest"
)

// scratch holds the guest bases of this test run; TestMain makes and removes it.
var scratch string

// Kernels of a guest base; the first is the default.
const (
	smallKernel  = "small"
	debianKernel = "debian"
)

// guestBases build each base once per test run.
var guestBases = map[string]func() (string, error){
	smallKernel:  sync.OnceValues(func() (string, error) { return makeGuestBase(smallKernel) }),
	debianKernel: sync.OnceValues(func() (string, error) { return makeGuestBase(debianKernel) }),
}

// onBothKernels runs a test on each kernel, side by side.
func onBothKernels(t *testing.T, test func(t *testing.T, kernel string)) {
	for _, kernel := range []string{smallKernel, debianKernel} {
		t.Run(kernel, func(t *testing.T) {
			t.Parallel()
			test(t, kernel)
		})
	}
}

func makeGuestBase(kernel string) (string, error) {
	dir := filepath.Join(scratch, kernel)
	cmd := exec.Command("go", "run", "github.com/escrin/escrin/scripts/guestbase", "-kernel", kernel, "-o", dir)
	if report, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build guest base: %w\n%s", err, report)
	}
	return dir, nil
}

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "guest-base-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	scratch = dir
	return m.Run()
}

// vm is one machine of a test; the zero value of an option is what a good host does.
type vm struct {
	disk     disk
	kernel   string   // smallKernel if empty
	cmdline  string   // instead of the disk's
	memory   int      // MiB, 1024 if 0
	cpu      string   // "max" if empty
	vcpus    int      // 1 if 0
	extra    []string // more arguments
	initrd   string   // file of the guest base, or an absolute path; "initrd" if empty
	firmware bool     // started by the measured firmware, which takes more time than QEMU's own boot program
	patience time.Duration
}

// console is what the machine wrote to its serial line.
type console string

// boot runs the machine until it has powered itself off, with h as its host.
func boot(t *testing.T, h *hosttest.Host, m vm) console {
	t.Helper()
	return bootWith(t, m, func(ctx context.Context, conn net.Conn) error { return hostend.Serve(ctx, conn, h) })
}

// bootWith is boot with whatever serves the host link.
func bootWith(t *testing.T, m vm, serve func(context.Context, net.Conn) error) console {
	t.Helper()
	if _, err := exec.LookPath("qemu-system-x86_64"); err != nil {
		t.Fatal("QEMU is not installed: run scripts/setup.sh")
	}
	base, err := guestBases[orDefault(m.kernel, smallKernel)]()
	check(t, err)
	dir := t.TempDir()
	listener, err := net.Listen("unix", filepath.Join(dir, "link"))
	check(t, err)
	defer listener.Close()
	ctx, cancel := context.WithTimeout(t.Context(), orDefault(m.patience, 3*time.Minute))
	defer cancel()
	log := filepath.Join(dir, "console")
	cmd := exec.CommandContext(ctx, "qemu-system-x86_64", m.args(base, listener.Addr().String(), log)...)
	var complaint strings.Builder
	cmd.Stderr = &complaint
	served := make(chan error, 1)
	go func() {
		conn, err := listener.Accept()
		if err == nil {
			err = serve(ctx, conn)
		}
		served <- err
	}()
	check(t, cmd.Start())
	err = cmd.Wait()
	listener.Close()
	text, _ := os.ReadFile(log)
	if err != nil {
		t.Fatalf("QEMU: %v %s\nconsole:\n%s", err, complaint.String(), text)
	}
	if err := <-served; err != nil {
		t.Errorf("Serve: %v", err)
	}
	return console(text)
}

func (m vm) args(base, link, log string) []string {
	cmdline, readOnly := orDefault(m.cmdline, m.disk.cmdline), "on"
	if m.disk.cfg.Bounds.ScratchMedium == config.ScratchDisk {
		readOnly = "off"
	}
	args := []string{
		// One thread for all processors: QEMU's aborts when one of them uses the map of memory that another changes, as it does for each device.
		"-machine", "q35", "-accel", "tcg,thread=single", "-cpu", orDefault(m.cpu, "max"),
		"-smp", fmt.Sprint(orDefault(m.vcpus, 1)), "-m", fmt.Sprint(orDefault(m.memory, 1024)),
		"-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
		"-kernel", filepath.Join(base, "kernel"), "-initrd", m.initrdPath(base),
		"-append", cmdline, "-serial", "file:" + log,
		"-device", "virtio-serial-pci", "-chardev", "socket,id=link,path=" + link,
		"-device", "virtserialport,chardev=link,name=" + hostlink.PortName,
		"-drive", fmt.Sprintf("if=none,id=disk,readonly=%s,format=raw,file=%s", readOnly, m.disk.path), "-device", "virtio-blk-pci,drive=disk",
	}
	if m.firmware {
		args = append(args, "-bios", filepath.Join(base, "firmware"))
	}
	return append(args, m.extra...)
}

func (m vm) initrdPath(base string) string {
	if filepath.IsAbs(m.initrd) {
		return m.initrd
	}
	return filepath.Join(base, orDefault(m.initrd, "initrd"))
}

func orDefault[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}

// sharedBuffer takes both streams of a workload, which come side by side.
type sharedBuffer struct {
	mu      sync.Mutex
	content bytes.Buffer // guarded by mu
}

// Write implements io.Writer.
func (b *sharedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.content.Write(p)
}

// String is what was written so far.
func (b *sharedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.content.String()
}
