// SPDX-License-Identifier: Apache-2.0

package predict

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/escrin/escrin/attest"
)

// tinyFirmware is an image with one measured page, a variable store and a TD HOB
// section, and nothing else.
func tinyFirmware() []byte {
	entry := func(offset, length uint32, address, size uint64, kind, attributes uint32) (e []byte) {
		e = binary.LittleEndian.AppendUint32(e, offset)
		e = binary.LittleEndian.AppendUint32(e, length)
		e = binary.LittleEndian.AppendUint64(e, address)
		e = binary.LittleEndian.AppendUint64(e, size)
		e = binary.LittleEndian.AppendUint32(e, kind)
		return binary.LittleEndian.AppendUint32(e, attributes)
	}
	image := bytes.Repeat([]byte{0xf4}, 2*pageSize)
	at := len(image)
	image = append(image, "TDVF"...)
	image = binary.LittleEndian.AppendUint32(image, 16+3*32)
	image = binary.LittleEndian.AppendUint32(image, 1)
	image = binary.LittleEndian.AppendUint32(image, 3)
	image = append(image, entry(pageSize, pageSize, 0xfffff000, pageSize, 0, attributeExtend)...)
	image = append(image, entry(0, pageSize, 0xffffe000, pageSize, 1, 0)...)
	image = append(image, entry(0, 0, 0x809000, pageSize, 2, 0)...)
	table := len(image)
	image = append(image, 0, 0, 0, 0) // offset of the metadata from the end, below
	image = append(image, 22, 0)
	image = append(image, 0x35, 0x65, 0x7a, 0xe4, 0x4a, 0x98, 0x98, 0x47, 0x86, 0x5e, 0x46, 0x85, 0xa7, 0xbf, 0x8e, 0xc2)
	image = append(image, 22+18, 0)
	image = append(image, 0xde, 0x82, 0xb5, 0x96, 0xb2, 0x1f, 0xf7, 0x45, 0xba, 0xea, 0xa3, 0x66, 0xc5, 0x5a, 0x08, 0x2d)
	image = append(image, make([]byte, 32)...)
	binary.LittleEndian.PutUint32(image[table:], uint32(len(image)-at))
	return image
}

func TestTinyFirmware(t *testing.T) {
	image := tinyFirmware()
	fw, err := parseFirmware(image)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 2 * pageSize {
		other := bytes.Clone(image)
		other[i] ^= 1
		changed, err := parseFirmware(other)
		if err != nil {
			t.Fatal(err)
		}
		if measured := i >= pageSize; measured == (changed.mrtd() == fw.mrtd()) || measured != bytes.Equal(changed.configuration(), fw.configuration()) {
			t.Fatalf("byte %d is measured in the wrong place", i)
		}
	}
	for n := range image {
		if _, err := parseFirmware(image[:n]); err == nil {
			t.Fatalf("accepted the first %d bytes", n)
		}
	}
}

func FuzzFirmware(f *testing.F) {
	f.Add(tinyFirmware())
	f.Fuzz(func(t *testing.T, image []byte) {
		fw, err := parseFirmware(image)
		if err != nil {
			return
		}
		if fw.mrtd() == (attest.Register{}) {
			t.Fatal("MRTD is zero")
		}
		if _, err := fw.handoff(1 << 30); err == nil && len(fw.configuration()) > len(image) {
			t.Fatal("configuration volume is larger than the file")
		}
	})
}

// tinyKernel is a PE32+ image with two sections, a gap and certificates.
func tinyKernel() []byte {
	const headers = 0x200
	image := make([]byte, headers+0x30)
	copy(image, "MZ")
	binary.LittleEndian.PutUint32(image[0x3c:], 0x40)
	copy(image[0x40:], "PE\x00\x00")
	binary.LittleEndian.PutUint16(image[0x46:], 2)   // sections
	binary.LittleEndian.PutUint16(image[0x54:], 160) // size of the optional header
	optional := image[0x58:]
	binary.LittleEndian.PutUint16(optional, 0x20b)
	binary.LittleEndian.PutUint32(optional[60:], headers)
	binary.LittleEndian.PutUint32(optional[108:], 6)
	binary.LittleEndian.PutUint32(optional[144:], headers+0x28) // certificates
	binary.LittleEndian.PutUint32(optional[148:], 8)
	sections := optional[160:]
	binary.LittleEndian.PutUint32(sections[16:], 0x10)
	binary.LittleEndian.PutUint32(sections[20:], headers+0x10)
	binary.LittleEndian.PutUint32(sections[40+16:], 0x10)
	binary.LittleEndian.PutUint32(sections[40+20:], headers)
	return image
}

// Every byte of an image counts but checksum, certificate table entry and
// certificates.
func TestAuthenticodeCoversTheImage(t *testing.T) {
	image := tinyKernel()
	want, err := authenticode(bytes.NewReader(image))
	if err != nil {
		t.Fatal(err)
	}
	for i := range image {
		other := bytes.Clone(image)
		other[i] ^= 1
		got, err := authenticode(bytes.NewReader(other))
		left := i >= 0x58+64 && i < 0x58+68 || i >= 0x58+144 && i < 0x58+152 || i >= 0x228
		if err == nil && left != (got == want) {
			t.Errorf("byte %#x: digest changed: %v", i, got != want)
		}
	}
	for n := range image {
		if _, err := authenticode(bytes.NewReader(image[:n])); err == nil {
			t.Fatalf("accepted the first %d bytes", n)
		}
	}
}

func FuzzAuthenticode(f *testing.F) {
	f.Add(tinyKernel())
	f.Fuzz(func(t *testing.T, image []byte) {
		if digest, err := authenticode(bytes.NewReader(image)); (err != nil) != (digest == attest.Register{}) {
			t.Fatal("digest and error do not fit")
		}
	})
}
