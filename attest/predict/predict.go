// SPDX-License-Identifier: Apache-2.0

// Package predict computes the launch registers of a virtual machine before it
// is started, from everything that goes into them.
package predict

import (
	"errors"
	"fmt"

	"github.com/escrin/escrin/attest"
)

// QEMUVersion is a series of QEMU releases that build the same virtual hardware.
// The zero value is unknown.
type QEMUVersion string

// QEMU10_0 is QEMU 10.0.x.
const QEMU10_0 QEMUVersion = "10.0"

// ParseQEMUVersion returns the series of a release such as "10.0.2". A release
// whose virtual hardware is not known is an error.
func ParseQEMUVersion(release string) (QEMUVersion, error) {
	return "", fmt.Errorf("parse QEMU version: %q is unknown", release)
}

// Launch is everything that the launch registers depend on. The devices are
// those of escrin's machine (SPEC.md §4) and cannot be chosen.
type Launch struct {
	Firmware []byte // OVMF with TDX metadata, whole file
	Kernel   []byte // bzImage as it stands in the file
	Initrd   []byte
	Cmdline  string // without what the firmware adds to it
	Shape    attest.Shape
	QEMU     QEMUVersion
}

// TDX returns the registers that a TDX guest started from l reports. A QEMU
// version, shape or firmware that is not known is an error.
func TDX(l Launch) (attest.Registers, error) {
	return attest.Registers{}, errors.New("predict TDX registers: not built yet")
}
