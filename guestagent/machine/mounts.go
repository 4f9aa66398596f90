// SPDX-License-Identifier: Apache-2.0

package machine

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// mount is one line of the table of mounts.
type mount struct {
	source, target, fstype string
	flags                  uintptr
	data                   string
}

const quietFlags = unix.MS_NOSUID | unix.MS_NODEV | unix.MS_NOEXEC

func (m mount) do() error {
	if err := os.MkdirAll(m.target, 0o755); err != nil {
		return err
	}
	if err := unix.Mount(m.source, m.target, m.fstype, m.flags, m.data); err != nil {
		return fmt.Errorf("mount %s: %w", m.target, err)
	}
	return nil
}

// rebindRoot makes the initrd a mount with a parent, for the container runtime's pivot_root refuses the
// kernel's own root.
func rebindRoot() error {
	if err := unix.Mount("/", "/run", "", unix.MS_BIND, ""); err != nil {
		return err
	}
	if err := unix.Chdir("/run"); err != nil {
		return err
	}
	if err := unix.Mount(".", "/", "", unix.MS_MOVE, ""); err != nil {
		return err
	}
	if err := unix.Chroot("."); err != nil {
		return err
	}
	return unix.Chdir("/")
}

// sealRoot makes the initrd read-only for good: whoever got hold of the runtime's program, as a loader in an image can
// (CVE-2019-5736), must not change what the next container is started with. The runtime knows by that that it needs no copy of itself.
func sealRoot() error {
	return unix.Mount("", "/", "", unix.MS_REMOUNT|unix.MS_BIND|unix.MS_RDONLY|unix.MS_NOSUID|unix.MS_NODEV, "")
}

func mountKernelFS() error {
	table := []mount{
		{"proc", "/proc", "proc", quietFlags, "hidepid=invisible"},
		{"sysfs", "/sys", "sysfs", quietFlags, ""},
		{"devtmpfs", "/dev", "devtmpfs", unix.MS_NOSUID | unix.MS_NOEXEC, "mode=0755"},
		{"securityfs", "/sys/kernel/security", "securityfs", quietFlags, ""},
		{"cgroup2", "/sys/fs/cgroup", "cgroup2", quietFlags, ""},
		{"tmpfs", "/run", "tmpfs", unix.MS_NOSUID | unix.MS_NODEV, "mode=0700"},
	}
	for _, m := range table {
		if err := m.do(); err != nil {
			return err
		}
	}
	return nil
}
