// SPDX-License-Identifier: Apache-2.0

package predict

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"

	"github.com/escrin/escrin/attest"
)

// VMM is a virtual machine monitor, as far as launch digests tell them apart. The
// zero value is unknown.
type VMM string

// The VMMs whose launch digests are known.
const (
	QEMU VMM = "qemu"
	EC2  VMM = "ec2"
	GCE  VMM = "gce"
)

// ParseVMM returns the VMM of that name. Another name is an error.
func ParseVMM(name string) (VMM, error) {
	switch v := VMM(name); v {
	case QEMU, EC2, GCE:
		return v, nil
	}
	return "", fmt.Errorf("parse VMM: measurements are not known for %q, only for qemu, ec2, gce", name)
}

// GuestFeatures is the SEV_FEATURES field of a processor's initial state. Only
// the values below are known; zero is not.
type GuestFeatures uint64

// The features that Linux hosts have turned on.
const (
	FeaturesSNP          GuestFeatures = 0x01 // SNP alone: Linux 6.11 and later with QEMU
	FeaturesSNPDebugSwap GuestFeatures = 0x21 // and debug registers swapped for the guest
)

// CPU is a processor model by the name that QEMU has for it, without its
// version. The zero value is unknown.
type CPU string

// The processor models whose signature is known.
const (
	EPYC      CPU = "EPYC"
	EPYCRome  CPU = "EPYC-Rome"
	EPYCMilan CPU = "EPYC-Milan"
	EPYCGenoa CPU = "EPYC-Genoa"
	EPYCTurin CPU = "EPYC-Turin"
)

// ParseCPU returns the model of that name, such as "EPYC-Milan". Versions of a
// model ("EPYC-v4") have its signature, and are refused like any other name.
func ParseCPU(name string) (CPU, error) {
	c := CPU(name)
	_, err := c.Signature()
	if err != nil {
		return "", err
	}
	return c, nil
}

// Signature returns what CPUID leaf 1 has in EAX: family, model and stepping.
func (c CPU) Signature() (uint32, error) {
	switch c {
	case EPYC:
		return 0x00800f12, nil // 23, 1, 2
	case EPYCRome:
		return 0x00830f10, nil // 23, 49, 0
	case EPYCMilan:
		return 0x00a00f11, nil // 25, 1, 1
	case EPYCGenoa:
		return 0x00a10f10, nil // 25, 17, 0
	case EPYCTurin:
		return 0x00b00f00, nil // 26, 0, 0
	}
	return 0, fmt.Errorf("measurements are not known for the processor model %q", string(c))
}

// SNPMachine is what the launch digest depends on besides files, command line and
// number of processors. Memory and devices do not count. The zero value is refused.
type SNPMachine struct {
	VMM      VMM
	CPU      CPU
	Features GuestFeatures
}

func (m SNPMachine) check() error {
	if _, err := ParseVMM(string(m.VMM)); err != nil {
		return err
	}
	if m.Features != FeaturesSNP && m.Features != FeaturesSNPDebugSwap {
		return fmt.Errorf("measurements are not known for guest features %#x", uint64(m.Features))
	}
	_, err := m.CPU.Signature()
	return err
}

// MaxVCPUs is the largest number of processors of an SEV-SNP guest.
const MaxVCPUs = 4096

// SNPLaunch is everything that the launch digest of an SEV-SNP guest depends on.
type SNPLaunch struct {
	Firmware []byte // OVMF with SEV metadata and a page for kernel hashes, whole file
	Kernel   []byte // as it stands in the file
	Initrd   []byte
	Cmdline  string // printable ASCII
	VCPUs    uint32 // 1 to MaxVCPUs
	Machine  SNPMachine
}

// SNP returns the launch digest of an SEV-SNP guest started from l. Whatever is
// not known is an error, and so is firmware without a page for kernel hashes: the
// kernel would run unmeasured.
func SNP(l SNPLaunch) (attest.Register, error) {
	files, err := MeasureSNPFiles(l.Firmware, bytes.NewReader(l.Kernel), bytes.NewReader(l.Initrd))
	if err != nil {
		return attest.Register{}, err
	}
	return files.SNP(l.Cmdline, l.VCPUs, l.Machine)
}

// SNPFiles is what firmware, kernel and initrd contribute to launch digests. It is
// taken once, and serves any number of command lines and machines. The zero value
// predicts nothing.
type SNPFiles struct {
	measured bool
	chain    snpChain // after the firmware's own pages
	firmware snpFirmware
	kernel   [sha256.Size]byte
	initrd   [sha256.Size]byte
}

// MeasureSNPFiles reads firmware, kernel and initrd once. It holds a few hundred
// kilobytes of the latter two in memory at a time. Firmware without a page for
// kernel hashes is an error.
func MeasureSNPFiles(fw []byte, kernel, initrd Content) (SNPFiles, error) {
	f, err := measureSNPFiles(fw, kernel, initrd)
	if err != nil {
		return SNPFiles{}, fmt.Errorf("predict launch digest: %w", err)
	}
	return f, nil
}

func measureSNPFiles(image []byte, kernel, initrd Content) (SNPFiles, error) {
	f, err := measureSNPFirmware(image)
	if err != nil {
		return SNPFiles{}, err
	}
	if f.firmware.hashes < 0 {
		return SNPFiles{}, errors.New("firmware has no page for kernel hashes: the kernel would not be measured")
	}
	if f.kernel, err = sum256(kernel, maxKernel); err != nil {
		return SNPFiles{}, fmt.Errorf("read kernel: %w", err)
	}
	if f.initrd, err = sum256(initrd, maxInitrd); err != nil {
		return SNPFiles{}, fmt.Errorf("read initrd: %w", err)
	}
	f.measured = true
	return f, nil
}

// measureSNPFirmware takes the firmware's own part. What it returns predicts
// nothing yet.
func measureSNPFirmware(image []byte) (f SNPFiles, err error) {
	if f.firmware, err = parseSNPFirmware(image); err != nil {
		return SNPFiles{}, err
	}
	f.chain.extendAll(4<<30-uint64(len(image)), image)
	return f, nil
}

// sum256 returns the SHA-256 of a file of 1 to limit bytes.
func sum256(content Content, limit int64) ([sha256.Size]byte, error) {
	size := content.Size()
	if size <= 0 || size > limit {
		return [sha256.Size]byte{}, fmt.Errorf("%d bytes, want 1 to %d", size, limit)
	}
	h := sha256.New()
	if err := copyExtent(h, content, extent{0, size}, make([]byte, copyBuffer)); err != nil {
		return [sha256.Size]byte{}, err
	}
	return [sha256.Size]byte(h.Sum(nil)), nil
}

// SNP returns the launch digest of a guest started from these files.
func (f SNPFiles) SNP(cmdline string, vcpus uint32, m SNPMachine) (attest.Register, error) {
	family, err := f.Family(cmdline, m)
	if err != nil {
		return attest.Register{}, err
	}
	return family.Digest(vcpus)
}

// SNPFamily is the launch digests of guests that differ in their number of
// processors only. The zero value has none.
type SNPFamily struct {
	One  attest.Register // launch digest with one processor
	Page attest.Register // SHA-384 of the initial state of each further one
}

// Digest returns the launch digest with 1 to MaxVCPUs processors.
func (s SNPFamily) Digest(vcpus uint32) (attest.Register, error) {
	if s == (SNPFamily{}) || vcpus == 0 || vcpus > MaxVCPUs {
		return attest.Register{}, fmt.Errorf("predict launch digest: not known for %d processors", vcpus)
	}
	chain := snpChain(s.One)
	for range vcpus - 1 {
		chain.extendProcessor(s.Page)
	}
	return attest.Register(chain), nil
}

// Family returns the launch digests of these files, this command line and machine.
func (f SNPFiles) Family(cmdline string, m SNPMachine) (SNPFamily, error) {
	if !f.measured {
		return SNPFamily{}, errors.New("predict launch digest: no files were measured")
	}
	if err := checkCmdline(cmdline); err != nil {
		return SNPFamily{}, fmt.Errorf("predict launch digest: %w", err)
	}
	hashes := kernelHashes{cmdline: sha256.Sum256(append([]byte(cmdline), 0)), initrd: f.initrd, kernel: f.kernel}
	s, err := f.family(hashes.page(f.firmware.hashes), m)
	if err != nil {
		return SNPFamily{}, fmt.Errorf("predict launch digest: %w", err)
	}
	return s, nil
}

// family continues the chain with the sections and the first processor. Without
// hashes their page is zero.
func (f SNPFiles) family(hashes []byte, m SNPMachine) (SNPFamily, error) {
	if err := m.check(); err != nil {
		return SNPFamily{}, err
	}
	signature, err := m.CPU.Signature()
	if err != nil {
		return SNPFamily{}, err
	}
	chain, last := f.chain, []snpSection(nil)
	for _, s := range f.firmware.sections {
		if s.kind == snpCPUID && m.VMM == EC2 {
			last = append(last, s) // it comes behind all others there
			continue
		}
		chain.extendSection(s, m.VMM, hashes)
	}
	for _, s := range last {
		chain.extendSection(s, m.VMM, hashes)
	}
	chain.extendProcessor(m.processor(resetVector, signature))
	return SNPFamily{One: attest.Register(chain), Page: m.processor(f.firmware.reset, signature)}, nil
}

// checkCmdline asks for a command line that firmware and kernel take whole.
func checkCmdline(cmdline string) error {
	if len(cmdline) == 0 || len(cmdline) > MaxCmdline {
		return fmt.Errorf("command line of %d bytes, want 1 to %d", len(cmdline), MaxCmdline)
	}
	if strings.ContainsFunc(cmdline, func(r rune) bool { return r < ' ' || r > '~' }) {
		return errors.New("command line is not printable ASCII")
	}
	return nil
}
