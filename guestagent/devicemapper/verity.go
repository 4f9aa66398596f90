// SPDX-License-Identifier: Apache-2.0

// Package devicemapper opens dm-verity devices by ioctl, without udev and without a superblock: every
// parameter comes from the caller. It follows the kernel's Documentation/admin-guide/device-mapper/verity.rst
// and include/uapi/linux/dm-ioctl.h (interface 4.0).
package devicemapper

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// BlockSize is the size in bytes of data and hash blocks.
const BlockSize = 4096

const sectorsPerBlock = BlockSize / 512

// Verity is a dm-verity device of hash type 1 with SHA-256, data and hash tree on one disk.
type Verity struct {
	Disk             string // device node that holds data (from block 0) and hash tree
	DataBlocks       uint64
	HashOffsetBlocks uint64 // first block of the hash tree
	Salt             [32]byte
	RootHash         [32]byte
}

// Open activates v read-only under name and returns its device node. A block that does not match the
// tree, or cannot be read, panics the kernel: whoever serves the disk must not choose what a reader sees,
// and an I/O error is a choice too.
func Open(name string, v Verity) (string, error) {
	control, err := os.OpenFile("/dev/mapper/control", os.O_RDWR, 0)
	if err != nil {
		return "", err
	}
	defer control.Close()
	created, err := command(control, cmdCreate, header(name, 0), nil)
	if err != nil {
		return "", fmt.Errorf("create device: %w", err)
	}
	if _, err := command(control, cmdLoad, header(name, flagReadOnly), v.target()); err != nil {
		return "", fmt.Errorf("load table: %w", err)
	}
	if _, err := command(control, cmdSuspend, header(name, 0), nil); err != nil {
		return "", fmt.Errorf("resume device: %w", err)
	}
	return fmt.Sprintf("/dev/dm-%d", unix.Minor(created.Dev)), nil
}

// table returns the parameters of the target, as in the kernel's documentation.
func (v Verity) table() string {
	return fmt.Sprintf("1 %s %s %d %d %d %d sha256 %s %s 2 panic_on_corruption panic_on_error",
		v.Disk, v.Disk, BlockSize, BlockSize, v.DataBlocks, v.HashOffsetBlocks,
		hex.EncodeToString(v.RootHash[:]), hex.EncodeToString(v.Salt[:]))
}

// ioctlHeader is struct dm_ioctl.
type ioctlHeader struct {
	Version     [3]uint32
	DataSize    uint32
	DataStart   uint32
	TargetCount uint32
	OpenCount   int32
	Flags       uint32
	EventNr     uint32
	Padding     uint32
	Dev         uint64
	Name        [128]byte
	UUID        [129]byte
	Data        [7]byte
}

// targetSpec is struct dm_target_spec.
type targetSpec struct {
	SectorStart uint64
	Length      uint64
	Status      int32
	Next        uint32
	TargetType  [16]byte
}

const (
	headerSize   = 312
	flagReadOnly = 1 // DM_READONLY_FLAG
	cmdCreate    = 3 // DM_DEV_CREATE
	cmdSuspend   = 6 // DM_DEV_SUSPEND; without the suspend flag it resumes
	cmdLoad      = 9 // DM_TABLE_LOAD
)

func header(name string, flags uint32) ioctlHeader {
	h := ioctlHeader{Version: [3]uint32{4, 0, 0}, DataStart: headerSize, Flags: flags}
	copy(h.Name[:len(h.Name)-1], name)
	return h
}

// target encodes the one target of the table, padded to 8 bytes.
func (v Verity) target() []byte {
	params := append([]byte(v.table()), 0)
	params = append(params, make([]byte, -len(params)&7)...)
	spec := targetSpec{Length: v.DataBlocks * sectorsPerBlock}
	spec.Next = uint32(binary.Size(spec) + len(params))
	copy(spec.TargetType[:], "verity")
	var b bytes.Buffer
	_ = binary.Write(&b, binary.NativeEndian, spec) // a bytes.Buffer takes everything
	b.Write(params)
	return b.Bytes()
}

// command does one ioctl and returns the header that the kernel wrote back.
func command(control *os.File, nr uintptr, h ioctlHeader, targets []byte) (ioctlHeader, error) {
	if strings.IndexByte(string(h.Name[:]), 0) < 1 {
		return h, errors.New("device name is empty")
	}
	h.DataSize = uint32(headerSize + len(targets))
	if targets != nil {
		h.TargetCount = 1
	}
	var b bytes.Buffer
	_ = binary.Write(&b, binary.NativeEndian, h)
	b.Write(targets)
	buf := b.Bytes()
	request := uintptr(3<<30|headerSize<<16|0xfd<<8) | nr // _IOWR(0xfd, nr, struct dm_ioctl)
	if _, _, errno := unix.Syscall(unix.SYS_IOCTL, control.Fd(), request, uintptr(unsafe.Pointer(&buf[0]))); errno != 0 {
		return h, errno
	}
	err := binary.Read(bytes.NewReader(buf), binary.NativeEndian, &h)
	return h, err
}
