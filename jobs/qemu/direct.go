// SPDX-License-Identifier: Apache-2.0

package qemu

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/klauspost/compress/zstd"
	"golang.org/x/sys/unix"
)

// ErrNotDirect says that a kernel cannot be started without firmware.
var ErrNotDirect = errors.New("the kernel has no image in it that starts without firmware")

// Bounds of a kernel in bytes: the bzImage, and the ELF image in it.
const (
	maxKernel = 256 << 20
	maxImage  = 512 << 20
)

// Offsets of a bzImage (Documentation/arch/x86/boot.rst of the kernel).
const (
	sectorSize       = 512
	setupSectors     = 0x1f1 // 1 byte
	headerMagic      = 0x202 // "HdrS"
	protocolVersion  = 0x206 // 2 bytes
	payloadOffset    = 0x248 // 4 bytes, from the end of the setup code
	payloadLength    = 0x24c // 4 bytes
	headerEnd        = 0x250
	firstWithPayload = 0x208 // version of the protocol
)

// DirectImage returns the ELF image in a bzImage, which is the kernel that the bzImage's own code would unpack. The error is
// ErrNotDirect if there is none that QEMU can start at a PVH entry.
func DirectImage(bzImage []byte) ([]byte, error) {
	packed, err := payload(bzImage)
	if err != nil {
		return nil, err
	}
	reader, err := zstd.NewReader(bytes.NewReader(packed), zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxImage))
	if err != nil {
		return nil, err
	}
	defer reader.Close()
	image, err := io.ReadAll(io.LimitReader(reader, maxImage+1))
	if err != nil || len(image) > maxImage {
		return nil, ErrNotDirect
	}
	if !hasPVHEntry(image) {
		return nil, ErrNotDirect
	}
	return image, nil
}

// payload is the Zstandard frame in a bzImage.
func payload(bzImage []byte) ([]byte, error) {
	if len(bzImage) < headerEnd || string(bzImage[headerMagic:headerMagic+4]) != "HdrS" ||
		binary.LittleEndian.Uint16(bzImage[protocolVersion:]) < firstWithPayload {
		return nil, ErrNotDirect
	}
	sectors := uint64(bzImage[setupSectors])
	if sectors == 0 {
		sectors = 4
	}
	start := (sectors+1)*sectorSize + uint64(binary.LittleEndian.Uint32(bzImage[payloadOffset:]))
	end := start + uint64(binary.LittleEndian.Uint32(bzImage[payloadLength:]))
	const size = 4 // of the unpacked image, after the frame
	if end > uint64(len(bzImage)) || end < start+size {
		return nil, ErrNotDirect
	}
	return bzImage[start : end-size], nil
}

// xenNote is the type of the note that names the entry: XEN_ELFNOTE_PHYS32_ENTRY.
const xenNote = 18

// hasPVHEntry says whether an ELF image has a note of Xen with the entry that QEMU looks for.
func hasPVHEntry(image []byte) bool {
	file, err := elf.NewFile(bytes.NewReader(image))
	if err != nil || file.Class != elf.ELFCLASS64 || file.Machine != elf.EM_X86_64 {
		return false
	}
	for _, p := range file.Progs {
		if p.Type != elf.PT_NOTE || p.Off > uint64(len(image)) || p.Filesz > uint64(len(image))-p.Off {
			continue
		}
		if noteIn(image[p.Off : p.Off+p.Filesz]) {
			return true
		}
	}
	return false
}

// noteIn looks for the note among others.
func noteIn(notes []byte) bool {
	for len(notes) >= 12 {
		name := uint64(binary.LittleEndian.Uint32(notes))
		size := uint64(binary.LittleEndian.Uint32(notes[4:]))
		kind := binary.LittleEndian.Uint32(notes[8:])
		notes = notes[12:]
		whole := (name+3)&^3 + (size+3)&^3
		if whole > uint64(len(notes)) {
			return false
		}
		if kind == xenNote && string(notes[:name]) == "Xen\x00" {
			return true
		}
		notes = notes[whole:]
	}
	return false
}

// openDirect returns the ELF image in the kernel at path as an unnamed file in memory. The bytes are those that were measured,
// and nothing is left behind.
func openDirect(path string) (*os.File, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	bzImage, err := io.ReadAll(io.LimitReader(file, maxKernel))
	if err != nil {
		return nil, err
	}
	image, err := DirectImage(bzImage)
	if err != nil {
		return nil, err
	}
	fd, err := unix.MemfdCreate("kernel", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("make file in memory: %w", err)
	}
	memory := os.NewFile(uintptr(fd), "kernel")
	if _, err := memory.Write(image); err != nil {
		return nil, errors.Join(err, memory.Close())
	}
	return memory, nil
}
