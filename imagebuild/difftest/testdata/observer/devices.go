// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/binary"
	"os"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// partition is struct blkpg_partition of include/uapi/linux/blkpg.h.
type partition struct {
	start, length int64 // in bytes
	number        int32
	names         [2][64]byte
}

// addPartition makes a part of the disk a partition.
func addPartition(number int, offset, size uint64) error {
	return changePartition(unix.BLKPG_ADD_PARTITION, partition{start: int64(offset), length: int64(size), number: int32(number)})
}

func deletePartition(number int) error {
	return changePartition(unix.BLKPG_DEL_PARTITION, partition{number: int32(number)})
}

func changePartition(operation int32, p partition) error {
	device, err := os.Open(whole)
	if err != nil {
		return err
	}
	defer device.Close()
	argument := unix.BlkpgIoctlArg{Op: operation, Datalen: int32(unsafe.Sizeof(p)), Data: (*byte)(unsafe.Pointer(&p))}
	_, _, errno := unix.Syscall(unix.SYS_IOCTL, device.Fd(), unix.BLKPG, uintptr(unsafe.Pointer(&argument)))
	runtime.KeepAlive(&p)
	if errno != 0 {
		return errno
	}
	return nil
}

// removeDevice removes a device of the device mapper: DM_DEV_REMOVE of include/uapi/linux/dm-ioctl.h.
func removeDevice(name string) error {
	control, err := os.OpenFile("/dev/mapper/control", os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer control.Close()
	const size, request = 312, 3<<30 | 312<<16 | 0xfd<<8 | 4
	var b bytes.Buffer
	_ = binary.Write(&b, binary.NativeEndian, [5]uint32{4, 0, 0, size, size}) // a bytes.Buffer takes everything
	header := append(b.Bytes(), make([]byte, size-b.Len())...)
	copy(header[48:], name)
	if _, _, errno := unix.Syscall(unix.SYS_IOCTL, control.Fd(), request, uintptr(unsafe.Pointer(&header[0]))); errno != 0 {
		return errno
	}
	return nil
}
