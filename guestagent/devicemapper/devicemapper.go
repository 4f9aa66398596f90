// SPDX-License-Identifier: Apache-2.0

// Package devicemapper opens devices of the kernel's device mapper by ioctl, without udev and without a superblock: every
// parameter comes from the caller. It follows the kernel's Documentation/admin-guide/device-mapper
// and include/uapi/linux/dm-ioctl.h (interface 4.0).
package devicemapper

import (
	"errors"
	"fmt"
	"unsafe"

	"golang.org/x/sys/unix"
)

// BlockSize is the size in bytes of all blocks.
const BlockSize = 4096

const sectorsPerBlock = BlockSize / 512

// openControl opens the device that takes the commands.
func openControl() (int, error) {
	return unix.Open("/dev/mapper/control", unix.O_RDWR|unix.O_CLOEXEC, 0)
}

// target is the one line of a device's table.
type target struct {
	kind       string
	blocks     uint64
	parameters string
}

// activate makes a device of one target and returns its node.
func activate(name string, flags uint32, t target) (string, error) {
	control, err := openControl()
	if err != nil {
		return "", err
	}
	defer unix.Close(control)
	created, err := command(control, unix.DM_DEV_CREATE, header(name, 0), nil)
	if err != nil {
		return "", fmt.Errorf("create device %s: %w", name, err)
	}
	if _, err := command(control, unix.DM_TABLE_LOAD, header(name, flags), t.encode()); err != nil {
		return "", fmt.Errorf("load table of %s: %w", name, err)
	}
	if _, err := command(control, unix.DM_DEV_SUSPEND, header(name, 0), nil); err != nil {
		return "", fmt.Errorf("resume device %s: %w", name, err)
	}
	return fmt.Sprintf("/dev/dm-%d", unix.Minor(created.Dev)), nil
}

const (
	headerSize   = unix.SizeofDmIoctl
	flagReadOnly = unix.DM_READONLY_FLAG
	flagSecret   = unix.DM_SECURE_DATA_FLAG // the kernel wipes its copy of the table
)

func header(name string, flags uint32) unix.DmIoctl {
	h := unix.DmIoctl{Version: [3]uint32{4, 0, 0}, Data_start: headerSize, Flags: flags}
	copy(h.Name[:len(h.Name)-1], name)
	return h
}

// encode is the one target of a table, padded to 8 bytes.
func (t target) encode() []byte {
	params := append([]byte(t.parameters), 0)
	params = append(params, make([]byte, -len(params)&7)...)
	spec := unix.DmTargetSpec{Length: t.blocks * sectorsPerBlock}
	spec.Next = uint32(len(inMemory(&spec)) + len(params))
	copy(spec.Target_type[:], t.kind)
	return append(inMemory(&spec), params...)
}

// command does one ioctl and returns the header that the kernel wrote back. Without the suspend flag, DM_DEV_SUSPEND resumes.
func command(control int, request uintptr, h unix.DmIoctl, targets []byte) (unix.DmIoctl, error) {
	if h.Name[0] == 0 {
		return h, errors.New("device name is empty")
	}
	h.Data_size = uint32(headerSize + len(targets))
	if targets != nil {
		h.Target_count = 1
	}
	buf := append(inMemory(&h), targets...)
	if _, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(control), request, uintptr(unsafe.Pointer(&buf[0]))); errno != 0 {
		return h, errno
	}
	copy(inMemory(&h), buf)
	return h, nil
}

// inMemory is a structure of the kernel's as it lies in memory.
func inMemory[T unix.DmIoctl | unix.DmTargetSpec](v *T) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(v)), unsafe.Sizeof(*v))
}
