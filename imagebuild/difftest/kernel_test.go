// SPDX-License-Identifier: Apache-2.0

package difftest

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/escrin/escrin/imagebuild/difftest/listing"
)

// kernel mounts file systems that lie in one file with this machine's kernel.
type kernel struct {
	file    *os.File
	control *os.File
	at      string
}

// newKernel tells why this machine cannot mount, if it cannot. What it mounts is seen by the calling goroutine only.
func newKernel(t *testing.T, file *os.File) (kernel, error) {
	if known, err := os.ReadFile("/proc/filesystems"); err != nil || !strings.Contains(string(known), "\terofs\n") {
		return kernel{}, errors.New("this machine's kernel has no EROFS (or has not loaded it)")
	}
	control, err := os.OpenFile("/dev/loop-control", os.O_RDWR, 0)
	if err != nil {
		return kernel{}, fmt.Errorf("this machine has no loop devices for us: %w", err)
	}
	t.Cleanup(func() { control.Close() })
	runtime.LockOSThread() // for good: the thread ends with the goroutine, and the mounts with the thread
	if err := unix.Unshare(unix.CLONE_NEWNS); err != nil {
		return kernel{}, fmt.Errorf("this machine gives us no mounts of our own: %w", err)
	}
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return kernel{}, fmt.Errorf("this machine gives us no mounts of our own: %w", err)
	}
	return kernel{file, control, t.TempDir()}, nil
}

// list mounts the size bytes at offset and lists them.
func (k kernel) list(offset, size int64) ([]listing.Entry, error) {
	device, err := k.loop(offset, size)
	if err != nil {
		return nil, fmt.Errorf("attach loop device: %w", err)
	}
	defer device.Close() // and with the last use, the device is free again
	if err := unix.Mount(device.Name(), k.at, "erofs", unix.MS_RDONLY|unix.MS_NODEV|unix.MS_NOSUID, ""); err != nil {
		return nil, fmt.Errorf("mount: %w", err)
	}
	entries, err := listing.Directory(k.at)
	return entries, errors.Join(err, unix.Unmount(k.at, unix.MNT_DETACH)) // whoever looks at all mounts may keep it for a moment
}

// loop makes a part of the file a block device.
func (k kernel) loop(offset, size int64) (*os.File, error) {
	for {
		number, err := unix.IoctlRetInt(int(k.control.Fd()), unix.LOOP_CTL_GET_FREE)
		if err != nil {
			return nil, err
		}
		device, err := os.OpenFile(fmt.Sprintf("/dev/loop%d", number), os.O_RDWR, 0)
		if err != nil {
			return nil, err
		}
		config := unix.LoopConfig{Fd: uint32(k.file.Fd()), Size: 4096}
		config.Info = unix.LoopInfo64{Offset: uint64(offset), Sizelimit: uint64(size), Flags: unix.LO_FLAGS_READ_ONLY | unix.LO_FLAGS_AUTOCLEAR}
		err = unix.IoctlLoopConfigure(int(device.Fd()), &config)
		if err == nil {
			return device, nil
		}
		device.Close()
		if !errors.Is(err, unix.EBUSY) { // somebody else was faster
			return nil, err
		}
	}
}
