// SPDX-License-Identifier: Apache-2.0

package predict

import (
	"crypto/sha512"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/escrin/escrin/attest"
)

// Sizes and constants of firmware with TDX metadata (Intel, "TDX virtual
// firmware design guide", chapter 11).
const (
	maxFirmware     = 16 << 20
	maxSections     = 64
	pageSize        = 4096
	extendSize      = 256
	attributeExtend = 1
)

// sectionKind is what the VMM does with a part of the firmware.
type sectionKind uint32

const (
	configurationVolume sectionKind = 1
	handoffBlock        sectionKind = 2
	temporaryMemory     sectionKind = 3
)

// section is one range of guest memory at launch.
type section struct {
	data       []byte // from the file; shorter than size
	address    uint64 // in guest memory, page-aligned
	size       uint64 // in bytes, whole pages
	kind       sectionKind
	attributes uint32
}

// firmware is an OVMF image, as the list of its sections.
type firmware []section

// parseFirmware finds the TDX metadata by the table of GUIDs at the end of the
// file, and reads it.
func parseFirmware(image []byte) (firmware, error) {
	if len(image) > maxFirmware {
		return nil, fmt.Errorf("parse firmware: %d bytes, at most %d allowed", len(image), maxFirmware)
	}
	metadata, err := findMetadata(image)
	if err != nil {
		return nil, fmt.Errorf("parse firmware: %w", err)
	}
	const header, entry = 16, 32
	if len(metadata) < header || string(metadata[:4]) != "TDVF" || binary.LittleEndian.Uint32(metadata[8:]) != 1 {
		return nil, errors.New("parse firmware: TDX metadata is malformed")
	}
	n := binary.LittleEndian.Uint32(metadata[12:])
	if n > maxSections || len(metadata) < header+int(n)*entry {
		return nil, fmt.Errorf("parse firmware: %d sections do not fit", n)
	}
	fw := make(firmware, n)
	for i := range fw {
		if fw[i], err = parseSection(metadata[header+i*entry:][:entry], image); err != nil {
			return nil, fmt.Errorf("parse firmware: section %d: %w", i, err)
		}
	}
	return fw, fw.check()
}

// findMetadata returns the file from its TDX metadata on.
func findMetadata(image []byte) ([]byte, error) {
	table, err := parseTable(image)
	if err != nil {
		return nil, err
	}
	id := guid{0x35, 0x65, 0x7a, 0xe4, 0x4a, 0x98, 0x98, 0x47, 0x86, 0x5e, 0x46, 0x85, 0xa7, 0xbf, 0x8e, 0xc2}
	metadata, err := table.metadata(image, id)
	if errors.Is(err, errNoMetadata) {
		return nil, errors.New("no TDX metadata: this firmware cannot run in a TDX guest")
	}
	return metadata, err
}

func parseSection(entry, image []byte) (section, error) {
	offset := uint64(binary.LittleEndian.Uint32(entry))
	length := uint64(binary.LittleEndian.Uint32(entry[4:]))
	s := section{
		address:    binary.LittleEndian.Uint64(entry[8:]),
		size:       binary.LittleEndian.Uint64(entry[16:]),
		kind:       sectionKind(binary.LittleEndian.Uint32(entry[24:])),
		attributes: binary.LittleEndian.Uint32(entry[28:]),
	}
	switch {
	case offset+length > uint64(len(image)):
		return section{}, errors.New("data lies outside the file")
	case s.size == 0 || s.size > maxFirmware || s.address >= 1<<32 || length > s.size:
		return section{}, fmt.Errorf("%d bytes at %#x with %d bytes of data", s.size, s.address, length)
	case s.address%pageSize != 0 || s.size%pageSize != 0:
		return section{}, errors.New("not made of whole pages")
	case s.kind > temporaryMemory || s.attributes&^attributeExtend != 0:
		return section{}, fmt.Errorf("kind %d with attributes %#x is unknown", s.kind, s.attributes)
	case s.attributes&attributeExtend != 0 && length != s.size:
		return section{}, errors.New("measured section has no data for its end")
	}
	s.data = image[offset : offset+length]
	return s, nil
}

// check asks for exactly one section of each kind that the prediction uses.
func (fw firmware) check() error {
	for _, kind := range []sectionKind{configurationVolume, handoffBlock} {
		n := 0
		for _, s := range fw {
			if s.kind == kind {
				n++
			}
		}
		if n != 1 {
			return fmt.Errorf("parse firmware: %d sections of kind %d, want 1", n, kind)
		}
	}
	return nil
}

// find returns the only section of a kind.
func (fw firmware) find(kind sectionKind) section {
	for _, s := range fw {
		if s.kind == kind {
			return s
		}
	}
	return section{}
}

// configuration returns the configuration firmware volume: the initial variables.
func (fw firmware) configuration() []byte { return fw.find(configurationVolume).data }

// mrtd replays what the TDX module hashes while the VMM builds the guest: for
// each page its address and, if it is measured, for each 256 bytes of it their
// address and the bytes. QEMU since version 9 adds and measures page by page.
func (fw firmware) mrtd() attest.Register {
	h := sha512.New384()
	add, extend := newRecord("MEM.PAGE.ADD"), newRecord("MR.EXTEND")
	for _, s := range fw {
		for at := uint64(0); at < s.size; at += pageSize {
			h.Write(add.at(s.address + at))
			if s.attributes&attributeExtend == 0 {
				continue
			}
			for chunk := at; chunk < at+pageSize; chunk += extendSize {
				h.Write(extend.at(s.address + chunk))
				h.Write(s.data[chunk : chunk+extendSize])
			}
		}
	}
	return attest.Register(h.Sum(nil))
}

// record is the block that names an operation of the TDX module and its address.
type record [128]byte

func newRecord(name string) *record {
	var r record
	copy(r[:], name)
	return &r
}

// at returns the block with an address, until it is asked for another.
func (r *record) at(address uint64) []byte {
	binary.LittleEndian.PutUint64(r[16:], address)
	return r[:]
}
