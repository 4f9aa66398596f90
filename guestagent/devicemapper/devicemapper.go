// SPDX-License-Identifier: Apache-2.0

// Package devicemapper opens devices of the kernel's device mapper by ioctl, without udev and without a superblock: every
// parameter comes from the caller. It follows the kernel's Documentation/admin-guide/device-mapper
// and include/uapi/linux/dm-ioctl.h (interface 4.0).
package devicemapper

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// BlockSize is the size in bytes of all blocks.
const BlockSize = 4096

const (
	sectorsPerBlock = BlockSize / 512
	controlPath     = "/dev/mapper/control"
)

// target is the one line of a device's table.
type target struct {
	kind       string
	blocks     uint64
	parameters string
}

// activate makes a device of one target and returns its node.
func activate(name string, flags uint32, t target) (string, error) {
	control, err := os.OpenFile(controlPath, os.O_RDWR, 0)
	if err != nil {
		return "", err
	}
	defer control.Close()
	created, err := command(control, cmdCreate, header(name, 0), nil)
	if err != nil {
		return "", fmt.Errorf("create device %s: %w", name, err)
	}
	if _, err := command(control, cmdLoad, header(name, flags), t.encode()); err != nil {
		return "", fmt.Errorf("load table of %s: %w", name, err)
	}
	if _, err := command(control, cmdSuspend, header(name, 0), nil); err != nil {
		return "", fmt.Errorf("resume device %s: %w", name, err)
	}
	return fmt.Sprintf("/dev/dm-%d", unix.Minor(created.Dev)), nil
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
	flagReadOnly = 1       // DM_READONLY_FLAG
	flagSecret   = 1 << 15 // DM_SECURE_DATA_FLAG: the kernel wipes its copy of the table
	cmdCreate    = 3       // DM_DEV_CREATE
	cmdSuspend   = 6       // DM_DEV_SUSPEND; without the suspend flag it resumes
	cmdLoad      = 9       // DM_TABLE_LOAD
)

func header(name string, flags uint32) ioctlHeader {
	h := ioctlHeader{Version: [3]uint32{4, 0, 0}, DataStart: headerSize, Flags: flags}
	copy(h.Name[:len(h.Name)-1], name)
	return h
}

// encode is the one target of a table, padded to 8 bytes.
func (t target) encode() []byte {
	params := append([]byte(t.parameters), 0)
	params = append(params, make([]byte, -len(params)&7)...)
	spec := targetSpec{Length: t.blocks * sectorsPerBlock}
	spec.Next = uint32(binary.Size(spec) + len(params))
	copy(spec.TargetType[:], t.kind)
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
