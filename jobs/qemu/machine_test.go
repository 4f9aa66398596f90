// SPDX-License-Identifier: Apache-2.0

package qemu

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/escrin/escrin/attest"
)

func testMachine() Machine {
	return Machine{
		Firmware:    "/base/firmware",
		Kernel:      "/base/kernel",
		Initrd:      "/base/initrd",
		Disk:        "/enclave/disk",
		Cmdline:     "console=ttyS0 quiet panic=-1 escrin.config=00,1,2",
		Shape:       attest.Shape{VCPUs: 2, MemoryMiB: 2048},
		Accelerator: TCG,
	}
}

// TestJS08ArgumentsGolden pins the whole command line: a device more or less is another measurement and another
// attack surface.
func TestJS08ArgumentsGolden(t *testing.T) {
	want := []string{
		"-machine", "q35", "-accel", "tcg", "-cpu", "max,-erms,-fsrm,-fzrm,-fsrs", "-smp", "2", "-m", "2048",
		"-nodefaults", "-no-user-config", "-no-reboot", "-display", "none",
		"-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny",
		"-bios", "/base/firmware", "-kernel", "/base/kernel", "-initrd", "/base/initrd",
		"-append", "console=ttyS0 quiet panic=-1 escrin.config=00,1,2",
		"-chardev", "stdio,id=console,signal=off", "-serial", "chardev:console",
		"-device", "virtio-serial-pci",
		"-chardev", "socket,id=link,fd=3",
		"-device", "virtserialport,chardev=link,name=org.escrin.link",
		"-drive", "if=none,id=disk,readonly=on,format=raw,file=/enclave/disk",
		"-device", "virtio-blk-pci,drive=disk",
	}
	got, err := testMachine().Args()
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got, want) {
		t.Errorf("arguments differ\n got %q\nwant %q", got, want)
	}
}

// TestAcceleratedProcessorsLackNothing: what is spared an emulator is fast on a processor.
func TestAcceleratedProcessorsLackNothing(t *testing.T) {
	m := testMachine()
	emulated, err := m.Args()
	if err != nil {
		t.Fatal(err)
	}
	m.Accelerator = KVM
	got, err := m.Args()
	if err != nil {
		t.Fatal(err)
	}
	want := slices.Clone(emulated)
	want[slices.Index(want, "-accel")+1], want[slices.Index(want, "-cpu")+1] = "kvm", "max"
	if !slices.Equal(got, want) {
		t.Errorf("arguments %q, want %q", got, want)
	}
}

// TestMB12ScratchAddsNoDevice: what a guest writes to the disk is not kept, for all machines of the enclave share it.
func TestMB12ScratchAddsNoDevice(t *testing.T) {
	without, err := testMachine().Args()
	if err != nil {
		t.Fatal(err)
	}
	m := testMachine()
	m.Scratch = true
	got, err := m.Args()
	if err != nil || len(got) != len(without) || !slices.Contains(got, "if=none,id=disk,snapshot=on,format=raw,file=/enclave/disk") {
		t.Errorf("%q, %v", got, err)
	}
}

// TestJS08NetworkAddsOnePort: no card, no other device.
func TestJS08NetworkAddsOnePort(t *testing.T) {
	without, err := testMachine().Args()
	if err != nil {
		t.Fatal(err)
	}
	m := testMachine()
	m.Network = true
	got, err := m.Args()
	if err != nil {
		t.Fatal(err)
	}
	at := slices.Index(got, "socket,id=network,fd=4") - 1
	if at < 0 || !slices.Equal(got[at:at+4], []string{"-chardev", "socket,id=network,fd=4", "-device", "virtserialport,chardev=network,name=org.escrin.network"}) ||
		!slices.Equal(slices.Delete(got, at, at+4), without) {
		t.Errorf("arguments %q", got)
	}
}

// TestJS08DirectStart: the firmware and the kernel's file give way to one descriptor, and nothing else changes.
func TestJS08DirectStart(t *testing.T) {
	for network, fd := range map[bool]string{false: "/dev/fd/4", true: "/dev/fd/5"} {
		m := testMachine()
		m.Direct, m.Network = true, network
		direct, err := m.Args()
		if err != nil {
			t.Fatal(err)
		}
		m.Direct = false
		with, err := m.Args()
		if err != nil {
			t.Fatal(err)
		}
		at := slices.Index(with, "-bios")
		if want := slices.Concat(with[:at], []string{"-kernel", fd}, with[at+4:]); !slices.Equal(direct, want) {
			t.Errorf("network %t:\n got %q\nwant %q", network, direct, want)
		}
	}
}

// TestJS03Injection tries to smuggle options through every field that holds text.
func TestJS03Injection(t *testing.T) {
	for name, change := range map[string]func(*Machine){
		"zero machine":             func(m *Machine) { *m = Machine{} },
		"zero accelerator":         func(m *Machine) { m.Accelerator = 0 },
		"unknown accelerator":      func(m *Machine) { m.Accelerator = 9 },
		"option as firmware":       func(m *Machine) { m.Firmware = "-readconfig" },
		"relative kernel":          func(m *Machine) { m.Kernel = "kernel" },
		"kernel of a protocol":     func(m *Machine) { m.Kernel = "http://127.0.0.1/k" },
		"initrd with parent":       func(m *Machine) { m.Initrd = "/base/../etc/shadow" },
		"disk of a protocol":       func(m *Machine) { m.Disk = "nbd:127.0.0.1:1" },
		"disk as json":             func(m *Machine) { m.Disk = `json:{"driver":"file"}` },
		"disk with newline":        func(m *Machine) { m.Disk = "/a\n/b" },
		"disk with nul":            func(m *Machine) { m.Disk = "/a\x00b" },
		"disk with escape":         func(m *Machine) { m.Disk = "/a\x1b[0m" },
		"path too long":            func(m *Machine) { m.Disk = "/" + strings.Repeat("a", 4096) },
		"empty command line":       func(m *Machine) { m.Cmdline = "" },
		"command line of lines":    func(m *Machine) { m.Cmdline = "a\nb" },
		"command line with nul":    func(m *Machine) { m.Cmdline = "a\x00b" },
		"command line beyond":      func(m *Machine) { m.Cmdline = "é" },
		"command line too long":    func(m *Machine) { m.Cmdline = strings.Repeat("a", 2048) },
		"no processor":             func(m *Machine) { m.Shape.VCPUs = 0 },
		"too many processors":      func(m *Machine) { m.Shape.VCPUs = 65 },
		"too little memory":        func(m *Machine) { m.Shape.MemoryMiB = 127 },
		"more memory than a host":  func(m *Machine) { m.Shape.MemoryMiB = 1<<20 + 1 },
		"memory that wraps around": func(m *Machine) { m.Shape.MemoryMiB = 1<<32 - 1 },
	} {
		m := testMachine()
		change(&m)
		if args, err := m.Args(); err == nil {
			t.Errorf("%s: accepted as %q", name, args)
		}
	}
}

// TestJS03CommasAreEscaped keeps a comma in a file name from starting a new option.
func TestJS03CommasAreEscaped(t *testing.T) {
	m := testMachine()
	m.Disk = "/a,readonly=off,b=c"
	args, err := m.Args()
	if err != nil {
		t.Fatal(err)
	}
	want := "if=none,id=disk,readonly=on,format=raw,file=/a,,readonly=off,,b=c"
	if !slices.Contains(args, want) {
		t.Errorf("no argument is %q in %q", want, args)
	}
}

// TestJS03PathsNeverChangeTheShape: whatever the disk's path, the vector has the same options in the same places,
// and undoing QEMU's escape gives the path back.
func TestJS03PathsNeverChangeTheShape(t *testing.T) {
	base, err := testMachine().Args()
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		m := testMachine()
		m.Disk = "/" + rapid.StringMatching(`[ -~]{0,40}`).Draw(t, "path")
		args, err := m.Args()
		if err != nil {
			return
		}
		if len(args) != len(base) {
			t.Fatalf("%d arguments, want %d", len(args), len(base))
		}
		for i := range args {
			if args[i] == base[i] {
				continue
			}
			file, ok := strings.CutPrefix(args[i], "if=none,id=disk,readonly=on,format=raw,file=")
			if !ok || strings.ReplaceAll(file, ",,", ",") != m.Disk {
				t.Fatalf("argument %d is %q", i, args[i])
			}
			if strings.Contains(strings.ReplaceAll(file, ",,", ""), ",") {
				t.Fatalf("a bare comma in %q", file)
			}
		}
	})
}

func TestParseVersion(t *testing.T) {
	for out, want := range map[string]string{
		"QEMU emulator version 10.0.2 (Debian 1:10.0.2+ds-2+deb13u1~bpo12+1)\nCopyright": "10.0.2",
		"QEMU emulator version 11.1.0":                       "11.1.0",
		"QEMU emulator version 7.2.19 (Debian 1:7.2+dfsg-7)": "",
		"QEMU emulator version 9.2.4":                        "",
		"QEMU emulator version 10":                           "",
		"qemu-img version 10.0.2":                            "",
		"":                                                   "",
	} {
		got, err := parseVersion(out)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("parseVersion(%.40q) = %q, %v, want %q", out, got, err, want)
		}
	}
}

func TestConsoleIsBounded(t *testing.T) {
	var kept strings.Builder
	c := NewConsole(&kept, 10)
	for range 1000 {
		if n, err := c.Write([]byte("0123456")); n != 7 || err != nil {
			t.Fatalf("write: %d, %v", n, err)
		}
	}
	c.Write([]byte("the \x1b[31mend"))
	if kept.String() != "0123456012" {
		t.Errorf("kept %q", kept.String())
	}
	if tail := c.Tail(); len(tail) != tailSize || !strings.HasSuffix(tail, "the  [31mend") {
		t.Errorf("tail of %d bytes ends in %q", len(tail), tail[len(tail)-12:])
	}
}
