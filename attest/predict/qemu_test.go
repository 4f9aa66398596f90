// SPDX-License-Identifier: Apache-2.0

package predict

import (
	"bufio"
	"bytes"
	"crypto/sha512"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"math/bits"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/escrin/escrin/attest"
)

// readACPI starts QEMU with escrin's machine, waits until the kernel has been
// started (and stopped, for it has no file system), and reads the blobs by QEMU's
// test protocol: by then they are as the firmware saw them.
func readACPI(t *testing.T, shape attest.Shape) acpiBlobs {
	t.Helper()
	vm := startQEMU(t, shape)
	defer vm.stop()
	watchdog := time.AfterFunc(10*time.Minute, func() { vm.qemu.Process.Kill() })
	defer watchdog.Stop()
	waitFor(t, vm.console, "Kernel panic")
	return vm.acpi(t)
}

// probeACPI reads the blobs from a machine that never ran: what the firmware would
// set up is set up by QEMU's test protocol.
func probeACPI(t *testing.T, shape attest.Shape) acpiBlobs {
	t.Helper()
	vm := startQEMU(t, shape, "-S")
	defer vm.stop()
	for _, r := range firmwareSetup() {
		vm.ask(t, fmt.Sprintf("outl 0xcf8 %#x", 1<<31|r.device<<11|r.function<<8|r.register))
		vm.ask(t, fmt.Sprintf("outl 0xcfc %#x", r.value))
	}
	return vm.acpi(t)
}

type pciRegister struct{ device, function, register, value uint32 }

// firmwareSetup is what the firmware leaves in the configuration of PCI devices
// on any shape, as far as ACPI tables depend on it.
func firmwareSetup() []pciRegister {
	return []pciRegister{
		{0x00, 0, 0x60, 0xe0000001}, {0x00, 0, 0x04, 7}, // host bridge: PCIEXBAR
		{0x01, 0, 0x10, 0x60c1}, {0x01, 0, 0x14, 0x80002000}, {0x01, 0, 0x20, 0x0c}, {0x01, 0, 0x24, 0xc0}, {0x01, 0, 0x04, 0x407},
		{0x02, 0, 0x10, 0x6001}, {0x02, 0, 0x14, 0x80001000}, {0x02, 0, 0x20, 0x400c}, {0x02, 0, 0x24, 0xc0}, {0x02, 0, 0x04, 7},
		{0x1f, 0, 0x40, 0x601}, {0x1f, 0, 0x44, 0x80}, {0x1f, 0, 0x04, 7}, {0x1f, 0, 0xf0, 0xfed1c001}, // ISA bridge: PMBASE, RCBA
		{0x1f, 2, 0x20, 0x6101}, {0x1f, 2, 0x24, 0x80000000}, {0x1f, 2, 0x04, 7},
		{0x1f, 3, 0x20, 0x6081}, {0x1f, 3, 0x04, 7},
	}
}

// guest is a QEMU with its test protocol.
type guest struct {
	*fwCfg
	qemu    *exec.Cmd
	console io.Reader
}

func startQEMU(t *testing.T, shape attest.Shape, more ...string) *guest {
	t.Helper()
	dir := t.TempDir()
	listener, err := net.Listen("unix", filepath.Join(dir, "qtest"))
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	qemu := exec.Command("qemu-system-x86_64", append(machine(t, dir, shape), more...)...)
	console, err := qemu.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := qemu.Start(); err != nil {
		t.Fatalf("%v: run scripts/setup.sh", err)
	}
	link, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	return &guest{newFWCfg(link), qemu, console}
}

func (g *guest) stop() {
	g.link.Close()
	g.qemu.Process.Kill()
	g.qemu.Wait()
}

// acpi reads the blobs.
func (g *guest) acpi(t *testing.T) acpiBlobs {
	t.Helper()
	files := g.directory(t)
	digest := func(name string) attest.Register { return sha512.Sum384(files.read(t, name)) }
	return acpiBlobs{digest("etc/table-loader"), digest("etc/acpi/rsdp"), digest("etc/acpi/tables")}
}

// machine is the command line of SPEC.md §5.
func machine(t *testing.T, dir string, shape attest.Shape) []string {
	t.Helper()
	firmware, kernel := guestInputs(t)
	disk := filepath.Join(dir, "disk")
	if err := os.WriteFile(disk, make([]byte, 1<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	return []string{
		"-machine", "q35", "-accel", "tcg", "-cpu", "max",
		"-smp", fmt.Sprint(shape.VCPUs), "-m", fmt.Sprint(shape.MemoryMiB),
		"-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
		"-bios", firmware, "-kernel", kernel, "-append", "console=ttyS0 quiet panic=0",
		"-chardev", "stdio,id=console,signal=off", "-serial", "chardev:console",
		"-device", "virtio-serial-pci", "-chardev", "null,id=link", "-device", "virtserialport,chardev=link,name=org.escrin.link",
		"-drive", "if=none,id=disk,readonly=on,format=raw,file=" + disk, "-device", "virtio-blk-pci,drive=disk",
		"-qtest", "unix:" + filepath.Join(dir, "qtest"), "-qtest-log", "none",
	}
}

func waitFor(t *testing.T, console io.Reader, text string) {
	t.Helper()
	var seen bytes.Buffer
	lines := bufio.NewScanner(console)
	for lines.Scan() {
		if strings.Contains(lines.Text(), text) {
			return
		}
		seen.WriteString(lines.Text() + "\n")
	}
	t.Fatalf("QEMU ended before the kernel said %q:\n%s", text, seen.String())
}

// fwCfg reads QEMU's firmware configuration device through its test protocol.
type fwCfg struct {
	link  net.Conn
	lines *bufio.Reader
	files map[string]file
}

type file struct {
	size     uint32
	selector uint16
}

func newFWCfg(link net.Conn) *fwCfg {
	return &fwCfg{link: link, lines: bufio.NewReader(link), files: make(map[string]file)}
}

// ask sends one command and returns what follows OK.
func (f *fwCfg) ask(t *testing.T, command string) string {
	t.Helper()
	if _, err := fmt.Fprintln(f.link, command); err != nil {
		t.Fatal(err)
	}
	for {
		line, err := f.lines.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		if rest, ok := strings.CutPrefix(strings.TrimSpace(line), "OK"); ok {
			return strings.TrimSpace(rest)
		}
		if !strings.HasPrefix(line, "IRQ") {
			t.Fatalf("%s: %s", command, line)
		}
	}
}

// item reads the first n bytes of an item: the device writes them into memory of
// the guest, which no longer runs.
func (f *fwCfg) item(t *testing.T, selector uint16, n int) []byte {
	t.Helper()
	const request, buffer = 0x01000000, 0x02000000
	const selectItem, read = 8, 2
	var access [16]byte
	binary.BigEndian.PutUint32(access[0:], uint32(selector)<<16|selectItem|read)
	binary.BigEndian.PutUint32(access[4:], uint32(n))
	binary.BigEndian.PutUint64(access[8:], buffer)
	f.ask(t, fmt.Sprintf("write %#x %d %#x", request, len(access), access))
	f.ask(t, "outl 0x514 0")
	f.ask(t, fmt.Sprintf("outl 0x518 %#x", bits.ReverseBytes32(request)))
	out, err := hex.DecodeString(strings.TrimPrefix(f.ask(t, fmt.Sprintf("read %#x %d", buffer, n)), "0x"))
	if err != nil || len(out) != n {
		t.Fatalf("item %#x: %d bytes, %v", selector, len(out), err)
	}
	return out
}

// directory reads the list of files.
func (f *fwCfg) directory(t *testing.T) *fwCfg {
	t.Helper()
	const selector, entry = 0x19, 64
	n := int(binary.BigEndian.Uint32(f.item(t, selector, 4)))
	list := f.item(t, selector, 4+n*entry)[4:]
	for ; len(list) > 0; list = list[entry:] {
		name := string(bytes.TrimRight(list[8:entry], "\x00"))
		f.files[name] = file{binary.BigEndian.Uint32(list), binary.BigEndian.Uint16(list[4:])}
	}
	return f
}

func (f *fwCfg) read(t *testing.T, name string) []byte {
	t.Helper()
	found, ok := f.files[name]
	if !ok {
		t.Fatalf("QEMU has no file %q", name)
	}
	return f.item(t, found.selector, int(found.size))
}
