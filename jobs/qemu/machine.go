// SPDX-License-Identifier: Apache-2.0

// Package qemu runs one guest on one QEMU process: a typed machine becomes an argument vector, and a process that
// cannot outlive the one that started it.
//
// The machine is minimal and fixed, because its devices are part of what is measured (attest/predict): no network
// card, no display, no monitor, no shared folder; one disk that is never written to, one virtio-serial port to the runner, one
// serial line that is only read. Nothing a user can choose reaches the command line but file names and the
// measured kernel command line, and QEMU runs under its own seccomp filter. A guest with a network has a second port on
// the same virtio-serial device, which no table of the firmware shows.
package qemu

import (
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/escrin/escrin/attest"
)

// Accelerator executes the guest's instructions. The zero value is invalid.
type Accelerator uint8

// The accelerators.
const (
	TCG Accelerator = iota + 1 // emulation: works everywhere
	KVM                        // hardware virtualisation: only where TryKVM proved it
)

// String is the accelerator's name for -accel.
func (a Accelerator) String() string {
	switch a {
	case TCG:
		return "tcg"
	case KVM:
		return "kvm"
	}
	return "invalid"
}

// processor is the model for -cpu: all that there is, but where it is emulated, string instructions that only claim to be fast. Kernel and
// libraries would copy and clear all memory with them, and the emulator does them a byte at a time.
func (a Accelerator) processor() string {
	if a == TCG {
		return "max,-erms,-fsrm,-fzrm,-fsrs"
	}
	return "max"
}

// Machine describes a guest. All fields but Disk are required; paths are absolute.
type Machine struct {
	Firmware    string // OVMF image
	Kernel      string // bzImage
	Initrd      string // may be empty only for the trial boot
	Disk        string // raw image, never written to; empty for no disk
	Scratch     bool   // what the guest writes to the disk is there until it ends, in a file without a name beside the disk
	Cmdline     string // kernel command line, printable ASCII, at most 2047 bytes
	Shape       attest.Shape
	Accelerator Accelerator
	Network     bool // has a port for the workload's network (guestagent/uplink)

	// Direct starts the kernel without the firmware, where the kernel can: the ELF image that is in the bzImage, at its PVH
	// entry, with the initrd as the kernel would unpack it. What runs is what was measured but for the firmware, which is not
	// there; only a simulated machine may do so.
	Direct bool
}

// Bounds of a machine. The kernel's own limit for its command line is COMMAND_LINE_SIZE, 2048 with the NUL.
const (
	maxCmdline   = 2047
	maxVCPUs     = 64
	minMemoryMiB = 128
	maxMemoryMiB = 1 << 20
	maxPath      = 4095
)

// Descriptors of sockets in the QEMU process: exec.Cmd's ExtraFiles in their order.
const (
	linkFD    = 3
	networkFD = 4
)

// kernelFD is the descriptor of the ELF image of a machine that starts directly: after the sockets.
func (m Machine) kernelFD() int {
	if m.Network {
		return networkFD + 1
	}
	return linkFD + 1
}

// descriptor is the path by which QEMU opens one of its own.
func descriptor(fd int) string { return fmt.Sprintf("/dev/fd/%d", fd) }

// start says what the machine starts with.
func (m Machine) start() []string {
	if m.Direct {
		return []string{"-kernel", descriptor(m.kernelFD())}
	}
	return []string{"-bios", m.Firmware, "-kernel", m.Kernel}
}

// Args returns QEMU's arguments (without the program's name), or an error that names what is wrong with the
// machine.
func (m Machine) Args() ([]string, error) {
	if err := m.validate(); err != nil {
		return nil, fmt.Errorf("machine: %w", err)
	}
	args := []string{
		"-machine", "q35",
		"-accel", m.Accelerator.String(),
		"-cpu", m.Accelerator.processor(),
		"-smp", strconv.FormatUint(uint64(m.Shape.VCPUs), 10),
		"-m", strconv.FormatUint(uint64(m.Shape.MemoryMiB), 10),
		"-nodefaults", "-no-user-config", "-no-reboot",
		"-display", "none",
		"-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny",
	}
	args = append(args, m.start()...)
	if m.Initrd != "" {
		args = append(args, "-initrd", m.Initrd)
	}
	args = append(args,
		"-append", m.Cmdline,
		"-chardev", "stdio,id=console,signal=off",
		"-serial", "chardev:console",
		"-device", "virtio-serial-pci",
		"-chardev", fmt.Sprintf("socket,id=link,fd=%d", linkFD),
		"-device", "virtserialport,chardev=link,name=org.escrin.link",
	)
	if m.Network {
		args = append(args,
			"-chardev", fmt.Sprintf("socket,id=network,fd=%d", networkFD),
			"-device", "virtserialport,chardev=network,name=org.escrin.network",
		)
	}
	if m.Disk != "" {
		access := "readonly=on"
		if m.Scratch {
			access = "snapshot=on" // QEMU keeps what is written elsewhere
		}
		args = append(args,
			"-drive", "if=none,id=disk,"+access+",format=raw,file="+escape(m.Disk),
			"-device", "virtio-blk-pci,drive=disk",
		)
	}
	return args, nil
}

// escape writes a value for QEMU's key=value syntax, in which a comma is written twice (JS-03).
func escape(value string) string { return strings.ReplaceAll(value, ",", ",,") }

func (m Machine) validate() error {
	errs := []error{
		checkPath("firmware", m.Firmware),
		checkPath("kernel", m.Kernel),
		checkCmdline(m.Cmdline),
	}
	if m.Initrd != "" {
		errs = append(errs, checkPath("initrd", m.Initrd))
	}
	if m.Disk != "" {
		errs = append(errs, checkPath("disk", m.Disk))
	}
	if m.Shape.VCPUs == 0 || m.Shape.VCPUs > maxVCPUs {
		errs = append(errs, fmt.Errorf("%d vCPUs are not in 1…%d", m.Shape.VCPUs, maxVCPUs))
	}
	if m.Shape.MemoryMiB < minMemoryMiB || m.Shape.MemoryMiB > maxMemoryMiB {
		errs = append(errs, fmt.Errorf("%d MiB of memory are not in %d…%d", m.Shape.MemoryMiB, minMemoryMiB, maxMemoryMiB))
	}
	if m.Accelerator != TCG && m.Accelerator != KVM {
		errs = append(errs, errors.New("no accelerator is chosen"))
	}
	return errors.Join(errs...)
}

// checkPath accepts absolute, clean paths without control characters. Being absolute, none can be taken for an
// option or for one of QEMU's protocol prefixes.
func checkPath(what, path string) error {
	switch {
	case !filepath.IsAbs(path) || filepath.Clean(path) != path:
		return fmt.Errorf("%s: %.200q is not an absolute clean path", what, path)
	case len(path) > maxPath:
		return fmt.Errorf("%s: path is longer than %d bytes", what, maxPath)
	case strings.ContainsFunc(path, isControl):
		return fmt.Errorf("%s: %.200q has a control character", what, path)
	}
	return nil
}

// checkCmdline accepts what can be measured without doubt: printable ASCII.
func checkCmdline(cmdline string) error {
	switch {
	case cmdline == "":
		return errors.New("command line is empty")
	case len(cmdline) > maxCmdline:
		return fmt.Errorf("command line is longer than %d bytes", maxCmdline)
	case strings.ContainsFunc(cmdline, func(r rune) bool { return r < ' ' || r > '~' }):
		return errors.New("command line is not printable ASCII")
	}
	return nil
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }
