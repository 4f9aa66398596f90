// SPDX-License-Identifier: Apache-2.0

package predict

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"github.com/escrin/escrin/attest"
)

// authenticode returns the SHA-384 of a PE32+ image as firmware measures it
// (Microsoft, "Windows Authenticode portable executable signature format"): the
// headers without checksum and certificate table entry, the sections by offset,
// and what follows them, without the certificates.
//
// The kernel is taken as it stands in its file. QEMU before 10.0 showed the
// firmware a copy with a changed setup header; 10.0 shows the file.
func authenticode(image Content) (attest.Register, error) {
	if image.Size() > maxKernel {
		return attest.Register{}, fmt.Errorf("parse kernel: %d bytes, at most %d allowed", image.Size(), maxKernel)
	}
	head := make([]byte, min(image.Size(), maxPEHeaders))
	if n, err := image.ReadAt(head, 0); n < len(head) {
		return attest.Register{}, fmt.Errorf("read kernel: %w", err)
	}
	pe, err := parsePE(head, int(image.Size()))
	if err != nil {
		return attest.Register{}, fmt.Errorf("parse kernel: %w", err)
	}
	parts := []extent{{0, int64(pe.checksum)}, {int64(pe.checksum + 4), int64(pe.certificates)}, {int64(pe.certificates + 8), int64(pe.headers)}}
	hashed := pe.headers
	for _, s := range pe.sections {
		parts = append(parts, extent{int64(s.offset), int64(s.offset + s.size)})
		hashed += s.size
	}
	if end := int(image.Size()) - pe.certificateSize; end > hashed {
		parts = append(parts, extent{int64(hashed), int64(end)})
	}
	sum, err := digest(image, parts...)
	if err != nil {
		return attest.Register{}, fmt.Errorf("read kernel: %w", err)
	}
	return sum, nil
}

// peImage is where the parts of a PE32+ image are, as offsets into the file.
type peImage struct {
	checksum        int         // of the 4-byte checksum
	certificates    int         // of the 8-byte certificate table entry
	certificateSize int         // of the certificates at the end of the file
	headers         int         // end of the headers
	sections        []peSection // with data, by offset, disjoint
}

type peSection struct{ offset, size int }

// Limits of a kernel image.
const (
	maxKernel     = 256 << 20
	maxPEHeaders  = 1 << 20 // bytes; DOS stub and section table included
	maxPESections = 96
)

// parsePE reads the headers, which image begins with, of a file of size bytes.
func parsePE(image []byte, size int) (peImage, error) {
	const (
		coff        = 24  // signature and file header
		directories = 112 // offset of the data directories in the optional header
		certificate = directories + 4*8
	)
	if len(image) < 0x40 || string(image[:2]) != "MZ" {
		return peImage{}, errors.New("not an EFI application: no MZ signature")
	}
	at := int(binary.LittleEndian.Uint32(image[0x3c:]))
	if at > len(image)-coff-certificate-8 || string(image[at:at+4]) != "PE\x00\x00" {
		return peImage{}, errors.New("not an EFI application: no PE signature")
	}
	optional := at + coff
	optionalSize := int(binary.LittleEndian.Uint16(image[at+20:]))
	if binary.LittleEndian.Uint16(image[optional:]) != 0x20b || binary.LittleEndian.Uint32(image[optional+108:]) < 5 || optionalSize < certificate+8 {
		return peImage{}, errors.New("not a PE32+ image with a certificate table entry")
	}
	pe := peImage{
		checksum:        optional + 64,
		certificates:    optional + certificate,
		certificateSize: int(binary.LittleEndian.Uint32(image[optional+certificate+4:])),
		headers:         int(binary.LittleEndian.Uint32(image[optional+60:])),
	}
	certificateAt := int(binary.LittleEndian.Uint32(image[optional+certificate:]))
	if pe.certificateSize > 0 && certificateAt+pe.certificateSize != size {
		return peImage{}, errors.New("certificates are not at the end of the file")
	}
	n := int(binary.LittleEndian.Uint16(image[at+6:]))
	return pe, pe.readSections(image, size, optional+optionalSize, n)
}

func (pe *peImage) readSections(image []byte, size, table, n int) error {
	const entry = 40
	if n > maxPESections || table+n*entry > pe.headers || pe.headers > len(image) || pe.headers > size-pe.certificateSize {
		return errors.New("section table does not fit into the headers")
	}
	for i := range n {
		header := image[table+i*entry:]
		s := peSection{
			size:   int(binary.LittleEndian.Uint32(header[16:])),
			offset: int(binary.LittleEndian.Uint32(header[20:])),
		}
		if s.size > 0 {
			pe.sections = append(pe.sections, s)
		}
	}
	slices.SortFunc(pe.sections, func(a, b peSection) int { return cmp.Compare(a.offset, b.offset) })
	end := pe.headers
	for _, s := range pe.sections {
		if s.offset < end || s.offset+s.size > size-pe.certificateSize {
			return errors.New("sections overlap or lie outside the file")
		}
		end = s.offset + s.size
	}
	return nil
}
