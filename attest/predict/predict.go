// SPDX-License-Identifier: Apache-2.0

// Package predict computes the launch registers of a TDX guest and the launch
// digest of an SEV-SNP guest before it is started, from everything that goes into
// them (SPEC.md §5, §5a), and makes the ID blocks by which an author signs a launch
// digest (§5b).
//
// What registers depend on is written down nowhere in one place. The events of a
// TDX guest here are those of edk2-stable202502's OvmfPkgX64 and were compared,
// digest by digest, with the event log that this firmware wrote under QEMU 10.0;
// the log is in testdata. Whatever is not known to come out right is refused.
package predict

import (
	"bytes"
	"crypto/sha512"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/escrin/escrin/attest"
)

// QEMUVersion is a series of QEMU releases that build the same virtual hardware.
// The zero value is unknown.
type QEMUVersion string

// The series whose virtual hardware is known.
const (
	QEMU10_0 QEMUVersion = "10.0"
	QEMU11_1 QEMUVersion = "11.1"
)

// ParseQEMUVersion returns the series of a release such as "10.0.2". A release
// whose virtual hardware is not known is an error.
func ParseQEMUVersion(release string) (QEMUVersion, error) {
	for _, series := range []QEMUVersion{QEMU10_0, QEMU11_1} {
		patch, ok := strings.CutPrefix(release, string(series)+".")
		if n, err := strconv.ParseUint(patch, 10, 16); ok && err == nil && strconv.FormatUint(n, 10) == patch {
			return series, nil
		}
	}
	return "", fmt.Errorf("parse QEMU version: measurements are not known for QEMU %q, only for %s and %s", release, QEMU10_0, QEMU11_1)
}

// MaxCmdline is the longest kernel command line, in bytes: what the kernel takes,
// less what the firmware appends.
const MaxCmdline = 2047 - len(initrdArgument)

// initrdArgument is what the firmware appends to the command line.
const initrdArgument = " initrd=initrd"

// Launch is everything that the launch registers depend on. The devices are
// those of escrin's machine (SPEC.md §5) and cannot be chosen.
type Launch struct {
	Firmware []byte // OVMF with TDX metadata, whole file
	Kernel   []byte // bzImage as it stands in the file
	Initrd   []byte
	Cmdline  string // printable ASCII, without what the firmware appends
	Shape    attest.Shape
	QEMU     QEMUVersion
}

// Event is one extension of a run-time register during launch.
type Event struct {
	RTMR   int // 0, 1 or 2
	Name   string
	Digest attest.Register // SHA-384 of what was measured
}

// TDX returns the registers that a TDX guest started from l reports. A QEMU
// version, shape or firmware that is not known is an error.
func TDX(l Launch) (attest.Registers, error) {
	files, err := l.measure()
	if err != nil {
		return attest.Registers{}, err
	}
	return files.TDX(l.Cmdline, l.Shape, l.QEMU)
}

// Events returns the extensions of RTMR0 to RTMR2 in the order of each register,
// for comparison with an event log. It refuses what [TDX] refuses.
func Events(l Launch) ([]Event, error) {
	files, err := l.measure()
	if err != nil {
		return nil, err
	}
	return files.Events(l.Cmdline, l.Shape, l.QEMU)
}

func (l Launch) measure() (Files, error) {
	return MeasureFiles(l.Firmware, bytes.NewReader(l.Kernel), bytes.NewReader(l.Initrd))
}

// TDX returns the registers that a TDX guest started from these files reports.
func (f Files) TDX(cmdline string, shape attest.Shape, qemu QEMUVersion) (attest.Registers, error) {
	events, err := f.Events(cmdline, shape, qemu)
	if err != nil {
		return attest.Registers{}, err
	}
	var rtmr [3]attest.Register
	for _, e := range events {
		r := &rtmr[e.RTMR]
		*r = sha512.Sum384(append(r[:], e.Digest[:]...))
	}
	return attest.Registers{MRTD: f.mrtd, RTMR0: rtmr[0], RTMR1: rtmr[1], RTMR2: rtmr[2]}, nil
}

// Events returns the extensions of RTMR0 to RTMR2 in the order of each register.
func (f Files) Events(cmdline string, shape attest.Shape, qemu QEMUVersion) ([]Event, error) {
	if !f.measured {
		return nil, errors.New("predict registers: no files were measured")
	}
	hardware, err := f.hardwareEvents(shape, qemu)
	if err != nil {
		return nil, fmt.Errorf("predict registers: %w", err)
	}
	software, err := f.softwareEvents(cmdline)
	if err != nil {
		return nil, fmt.Errorf("predict registers: %w", err)
	}
	return append(hardware, software...), nil
}

// hardwareEvents are RTMR0: virtual hardware and firmware configuration.
func (f Files) hardwareEvents(shape attest.Shape, qemu QEMUVersion) ([]Event, error) {
	acpi, err := lookupACPI(qemu, shape)
	if err != nil {
		return nil, err
	}
	hob, err := f.sections.handoff(uint64(shape.MemoryMiB) << 20)
	if err != nil {
		return nil, err
	}
	return []Event{
		measure(0, "TD HOB", hob),
		{0, "configuration firmware volume", f.configuration},
		measure(0, "SecureBoot", emptyVariable(globalVariable(), "SecureBoot")),
		measure(0, "PK", emptyVariable(globalVariable(), "PK")),
		measure(0, "KEK", emptyVariable(globalVariable(), "KEK")),
		measure(0, "db", emptyVariable(imageSecurity(), "db")),
		measure(0, "dbx", emptyVariable(imageSecurity(), "dbx")),
		measure(0, "separator", separator()),
		{0, "ACPI loader", acpi.loader},
		{0, "ACPI RSDP", acpi.rsdp},
		{0, "ACPI tables", acpi.tables},
		measure(0, "BootOrder", []byte{0, 0}),
		measure(0, "Boot0000", bootOption()),
	}, nil
}

// softwareEvents are RTMR1, the kernel, and RTMR2, its command line and initrd.
func (f Files) softwareEvents(cmdline string) ([]Event, error) {
	if err := checkCmdline(cmdline); err != nil {
		return nil, err
	}
	return []Event{
		{1, "kernel", f.kernel},
		measure(1, "calling application", []byte("Calling EFI Application from Boot Option")),
		measure(1, "separator", separator()),
		measure(1, "exit boot services", []byte("Exit Boot Services Invocation")),
		measure(1, "boot services exited", []byte("Exit Boot Services Returned with Success")),
		measure(2, "command line", utf16z(cmdline+initrdArgument)),
		{2, "initrd", f.initrd},
	}, nil
}

func measure(rtmr int, name string, data []byte) Event {
	return Event{rtmr, name, sha512.Sum384(data)}
}
