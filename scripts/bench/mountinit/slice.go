// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	sectorsPerBlock = 8
	headerSize      = 312
	readOnly        = 1
	deviceCreate    = 3
	deviceResume    = 6
	tableLoad       = 9
)

// deviceHeader is struct dm_ioctl of include/uapi/linux/dm-ioctl.h.
type deviceHeader struct {
	Version                          [3]uint32
	DataSize, DataStart, TargetCount uint32
	OpenCount                        int32
	Flags, EventNr, Padding          uint32
	Dev                              uint64
	Name                             [128]byte
	UUID                             [129]byte
	Data                             [7]byte
}

// openSlice makes a linear device of some blocks of another.
func openSlice(name, device string, at, blocks uint64) (string, error) {
	control, err := os.OpenFile("/dev/mapper/control", os.O_RDWR, 0)
	if err != nil {
		return "", err
	}
	defer control.Close()
	number, err := command(control, deviceCreate, name, 0, nil)
	if err != nil {
		return "", err
	}
	if _, err := command(control, tableLoad, name, readOnly, linear(device, at*sectorsPerBlock, blocks*sectorsPerBlock)); err != nil {
		return "", err
	}
	_, err = command(control, deviceResume, name, 0, nil)
	return fmt.Sprintf("/dev/dm-%d", unix.Minor(number)), err
}

// linear is struct dm_target_spec and its parameters.
func linear(device string, start, length uint64) []byte {
	parameters := fmt.Appendf(nil, "%s %d\x00", device, start)
	parameters = append(parameters, make([]byte, -len(parameters)&7)...)
	var b bytes.Buffer
	binary.Write(&b, binary.NativeEndian, struct {
		Start, Length uint64
		Status        int32
		Next          uint32
		Type          [16]byte
	}{Length: length, Next: uint32(40 + len(parameters)), Type: [16]byte([]byte("linear\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"))})
	b.Write(parameters)
	return b.Bytes()
}

func command(control *os.File, nr uintptr, name string, flags uint32, target []byte) (device uint64, err error) {
	h := deviceHeader{Version: [3]uint32{4, 0, 0}, DataSize: uint32(headerSize + len(target)), DataStart: headerSize, Flags: flags}
	if target != nil {
		h.TargetCount = 1
	}
	copy(h.Name[:], name)
	var b bytes.Buffer
	binary.Write(&b, binary.NativeEndian, h)
	b.Write(target)
	buffer := b.Bytes()
	request := uintptr(3<<30|headerSize<<16|0xfd<<8) | nr
	if _, _, errno := unix.Syscall(unix.SYS_IOCTL, control.Fd(), request, uintptr(unsafe.Pointer(&buffer[0]))); errno != 0 {
		return 0, errno
	}
	err = binary.Read(bytes.NewReader(buffer), binary.NativeEndian, &h)
	return h.Dev, err
}
