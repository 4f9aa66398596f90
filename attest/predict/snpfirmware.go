// SPDX-License-Identifier: Apache-2.0

package predict

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// snpKind is what the VMM does with a range of memory that the firmware names.
type snpKind uint32

// The kinds that OVMF knows (OvmfPkg, "OvmfSevMetadata").
const (
	snpMemory       snpKind = 1 // accepted for the firmware, all zero
	snpSecrets      snpKind = 2 // filled by the security processor
	snpCPUID        snpKind = 3 // checked by the security processor
	snpCallingArea  snpKind = 4 // of a service module, all zero
	snpKernelHashes snpKind = 0x10
)

// snpSection is one range of guest memory at launch, whole pages below 4 GiB.
type snpSection struct {
	address uint64
	size    uint64 // in bytes
	kind    snpKind
}

// snpFirmware is what a firmware tells the VMM of an SEV-SNP guest.
type snpFirmware struct {
	sections []snpSection // in the order in which they are measured
	reset    uint32       // where all processors but the first start
	hashes   int          // offset of the table of hashes in its page; -1: none
}

// parseSNPFirmware reads the SEV metadata of an OVMF image.
func parseSNPFirmware(image []byte) (snpFirmware, error) {
	fw, err := readSNPFirmware(image)
	if err != nil {
		return snpFirmware{}, fmt.Errorf("parse firmware: %w", err)
	}
	return fw, nil
}

func readSNPFirmware(image []byte) (snpFirmware, error) {
	if len(image) > maxFirmware || len(image)%pageSize != 0 {
		return snpFirmware{}, fmt.Errorf("%d bytes, want whole pages of at most %d", len(image), maxFirmware)
	}
	table, err := parseTable(image)
	if err != nil {
		return snpFirmware{}, err
	}
	fw := snpFirmware{hashes: -1}
	if fw.sections, err = snpSections(image, table); err != nil {
		return snpFirmware{}, err
	}
	// 00f771de-1a7e-4fcb-890e-68c77e2fb44e
	reset, ok := table.find(guid{0xde, 0x71, 0xf7, 0x00, 0x7e, 0x1a, 0xcb, 0x4f, 0x89, 0x0e, 0x68, 0xc7, 0x7e, 0x2f, 0xb4, 0x4e})
	if !ok || len(reset) != 4 {
		return snpFirmware{}, errors.New("no SEV-ES reset block")
	}
	fw.reset = binary.LittleEndian.Uint32(reset)
	return fw, fw.placeHashes(table)
}

// snpSections reads the SEV metadata.
func snpSections(image []byte, table guidTable) ([]snpSection, error) {
	const header, entry = 16, 12
	// dc886566-984a-4798-a75e-5585a7bf67cc
	metadata, err := table.metadata(image, guid{0x66, 0x65, 0x88, 0xdc, 0x4a, 0x98, 0x98, 0x47, 0xa7, 0x5e, 0x55, 0x85, 0xa7, 0xbf, 0x67, 0xcc})
	if errors.Is(err, errNoMetadata) {
		return nil, errors.New("no SEV metadata: this firmware cannot run in an SEV-SNP guest")
	}
	if err != nil {
		return nil, err
	}
	if len(metadata) < header || string(metadata[:4]) != "ASEV" || binary.LittleEndian.Uint32(metadata[8:]) != 1 {
		return nil, errors.New("SEV metadata is malformed")
	}
	n := binary.LittleEndian.Uint32(metadata[12:])
	if n > maxSections || binary.LittleEndian.Uint32(metadata[4:]) != header+n*entry || len(metadata) < header+int(n)*entry {
		return nil, fmt.Errorf("%d sections do not fit", n)
	}
	sections := make([]snpSection, n)
	for i := range sections {
		at := metadata[header+i*entry:]
		sections[i] = snpSection{
			address: uint64(binary.LittleEndian.Uint32(at)),
			size:    uint64(binary.LittleEndian.Uint32(at[4:])),
			kind:    snpKind(binary.LittleEndian.Uint32(at[8:])),
		}
	}
	return sections, checkSNPSections(sections, 4<<30-uint64(len(image)))
}

// checkSNPSections asks for disjoint ranges below the firmware, and for one page
// of each of the kinds that the launch needs.
func checkSNPSections(sections []snpSection, end uint64) error {
	pages := map[snpKind]int{}
	for i, s := range sections {
		switch {
		case s.size == 0 || s.size > maxFirmware || s.address%pageSize != 0 || s.size%pageSize != 0 || s.address+s.size > end:
			return fmt.Errorf("section %d: %d bytes at %#x", i, s.size, s.address)
		case s.kind != snpMemory && s.kind != snpSecrets && s.kind != snpCPUID && s.kind != snpCallingArea && s.kind != snpKernelHashes:
			return fmt.Errorf("section %d: kind %#x is unknown", i, uint32(s.kind))
		case s.kind != snpMemory:
			pages[s.kind] += int(s.size / pageSize)
		}
		for _, o := range sections[:i] {
			if s.address < o.address+o.size && o.address < s.address+s.size {
				return fmt.Errorf("section %d overlaps another", i)
			}
		}
	}
	if pages[snpSecrets] != 1 || pages[snpCPUID] != 1 || pages[snpKernelHashes] > 1 || pages[snpCallingArea] > 1 {
		return errors.New("want one page for secrets, one for CPUID and at most one for kernel hashes and one for a calling area")
	}
	return nil
}

// placeHashes finds where in its page the table of kernel hashes goes.
func (fw *snpFirmware) placeHashes(table guidTable) error {
	i := slices.IndexFunc(fw.sections, func(s snpSection) bool { return s.kind == snpKernelHashes })
	if i < 0 {
		return nil
	}
	// 7255371f-3a3b-4b04-927b-1da6efa8d454
	entry, ok := table.find(guid{0x1f, 0x37, 0x55, 0x72, 0x3b, 0x3a, 0x04, 0x4b, 0x92, 0x7b, 0x1d, 0xa6, 0xef, 0xa8, 0xd4, 0x54})
	if !ok || len(entry) != 8 {
		return errors.New("a page for kernel hashes, but no place in it")
	}
	at, size := uint64(binary.LittleEndian.Uint32(entry)), uint64(binary.LittleEndian.Uint32(entry[4:]))
	page := fw.sections[i].address
	if at < page || size < hashTableSize || at+size > page+pageSize {
		return fmt.Errorf("%d bytes for kernel hashes at %#x, outside their page", size, at)
	}
	fw.hashes = int(at - page)
	return nil
}
