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

	"github.com/escrin/escrin/imagebuild/initrd"
)

// ErrNotDirect says that a kernel cannot be started without firmware.
var ErrNotDirect = errors.New("the kernel has no image in it that starts without firmware")

// Bounds of a kernel or initrd in bytes: the file, and what is unpacked of it.
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
	bzImage, err := read(path)
	if err != nil {
		return nil, err
	}
	image, err := DirectImage(bzImage)
	if err != nil {
		return nil, err
	}
	return inMemory("kernel", image)
}

// openUnpacked returns what the kernel would unpack of the initrd at path, as an unnamed file in memory: an emulated processor takes a
// tenth of a second for it. An initrd that is not packed as escrin's are is nil: the kernel is given the file itself.
func openUnpacked(path string) (*os.File, error) {
	packed, err := read(path)
	if errors.Is(err, ErrNotDirect) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	plain, err := initrd.Unpack(packed, maxImage)
	if err != nil {
		return nil, nil
	}
	return inMemory("initrd", plain)
}

// read reads a file that is to be started from. The error is ErrNotDirect if it is too long for that.
func read(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	content, err := io.ReadAll(io.LimitReader(file, maxKernel+1))
	if len(content) > maxKernel {
		return nil, ErrNotDirect
	}
	return content, err
}

// inMemory is an unnamed file with this content.
func inMemory(name string, content []byte) (*os.File, error) {
	fd, err := unix.MemfdCreate(name, unix.MFD_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("make file in memory: %w", err)
	}
	memory := os.NewFile(uintptr(fd), name)
	if _, err := memory.Write(content); err != nil {
		return nil, errors.Join(err, memory.Close())
	}
	return memory, nil
}
