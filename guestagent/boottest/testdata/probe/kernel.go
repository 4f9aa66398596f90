// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sort"
	"strings"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

func deadline() time.Time { return time.Now().Add(time.Second) }

// fileSystems are mounts, the old way and the new.
func fileSystems() []probe {
	var list []probe
	_ = os.MkdirAll("/tmp/mount", 0o777)
	for _, fs := range strings.Fields("tmpfs proc sysfs devtmpfs cgroup2 overlay securityfs debugfs tracefs bpf configfs mqueue devpts ramfs binfmt_misc hugetlbfs erofs 9p virtiofs ext4 iso9660 vfat fuse nfs efivarfs pstore selinuxfs") {
		list = append(list, probe{"MB-12", "mount " + fs, func() error {
			return undo(unix.Mount("none", "/tmp/mount", fs, 0, ""), func() { _ = unix.Unmount("/tmp/mount", unix.MNT_DETACH) })
		}})
	}
	bind := func(flags uintptr) func() error {
		return func() error {
			return undo(unix.Mount("/proc", "/tmp/mount", "", flags, ""), func() { _ = unix.Unmount("/tmp/mount", unix.MNT_DETACH) })
		}
	}
	var attr unix.MountAttr
	return append(list,
		probe{"AG-04", "mount bind", bind(unix.MS_BIND)},
		probe{"AG-04", "mount move", func() error { return unix.Mount("/tmp/mount", "/tmp/mount", "", unix.MS_MOVE, "") }},
		probe{"AG-04", "remount / writable", func() error { return unix.Mount("", "/", "", unix.MS_REMOUNT|unix.MS_BIND, "") }},
		probe{"AG-04", "remount /proc writable", func() error { return unix.Mount("", "/proc", "", unix.MS_REMOUNT|unix.MS_BIND, "") }},
		probe{"AG-04", "make / shared", func() error { return unix.Mount("", "/", "", unix.MS_PRIVATE, "") }},
		probe{"AG-04", "umount /sys lazily", func() error { return unix.Unmount("/sys/kernel/debug", unix.MNT_DETACH|unix.UMOUNT_NOFOLLOW) }},
		probe{"AG-04", "umount a masked path", func() error { return unix.Unmount("/proc/kcore", unix.MNT_EXPIRE) }},
		probe{"AG-04", "fsopen", func() error { return call(unix.SYS_FSOPEN, path("tmpfs"), 0) }},
		probe{"AG-04", "fsconfig", calling(unix.SYS_FSCONFIG, ^uintptr(0), 0, 0, 0, 0)},
		probe{"AG-04", "fsmount", calling(unix.SYS_FSMOUNT, ^uintptr(0), 0, 0)},
		probe{"AG-04", "fspick", calling(unix.SYS_FSPICK, ^uintptr(99), path("/tmp"), 0)},
		probe{"AG-04", "open_tree", calling(unix.SYS_OPEN_TREE, ^uintptr(99), path("/tmp"), unix.OPEN_TREE_CLONE)},
		probe{"AG-04", "move_mount", calling(unix.SYS_MOVE_MOUNT, ^uintptr(99), path("/nothing"), ^uintptr(99), path("/tmp"), 0)},
		probe{"AG-04", "mount_setattr", func() error {
			return call(unix.SYS_MOUNT_SETATTR, ^uintptr(99), path("/tmp"), 0, uintptr(unsafe.Pointer(&attr)), unsafe.Sizeof(attr))
		}},
		probe{"AG-04", "pivot_root", calling(unix.SYS_PIVOT_ROOT, path("/nothing"), path("/nothing"))},
	)
}

// namespaces are the ways into new ones and into others'.
func namespaces() []probe {
	var list []probe
	for _, n := range []struct {
		name string
		flag uintptr
	}{{"user", unix.CLONE_NEWUSER}, {"mnt", unix.CLONE_NEWNS}, {"pid", unix.CLONE_NEWPID}, {"net", unix.CLONE_NEWNET}, {"ipc", unix.CLONE_NEWIPC}, {"uts", unix.CLONE_NEWUTS}, {"cgroup", unix.CLONE_NEWCGROUP}, {"time", unix.CLONE_NEWTIME}} {
		list = append(list,
			probe{"AG-04", "unshare " + n.name, func() error {
				if n.flag == unix.CLONE_NEWUSER || n.flag == unix.CLONE_NEWNS { // these want a process of one thread
					return cloned(n.flag | 1<<63)
				}
				return unix.Unshare(int(n.flag))
			}},
			probe{"AG-04", "setns " + n.name, func() error {
				fd, err := unix.Open("/proc/1/ns/"+n.name, unix.O_RDONLY, 0)
				if err != nil {
					return err
				}
				defer unix.Close(fd)
				return unix.Setns(fd, int(n.flag))
			}})
		if n.flag != unix.CLONE_NEWTIME { // clone has no bit for it
			list = append(list, probe{"AG-04", "clone " + n.name, func() error { return cloned(n.flag) }})
		}
	}
	return append(list,
		probe{"AG-04", "clone3 user", func() error {
			args := [11]uint64{unix.CLONE_NEWUSER, 0, 0, 0, uint64(syscall.SIGCHLD)}
			return born(unix.SYS_CLONE3, uintptr(unsafe.Pointer(&args[0])), unsafe.Sizeof(args))
		}},
		probe{"AG-04", "setns by pidfd", func() error {
			fd, err := unix.PidfdOpen(1, 0)
			if err != nil {
				return err
			}
			return unix.Setns(fd, unix.CLONE_NEWUTS)
		}},
	)
}

// cloned starts a process in a new namespace; with the top bit set the process unshares it.
func cloned(flag uintptr) error {
	attr := &syscall.SysProcAttr{Cloneflags: flag}
	if flag>>63 == 1 {
		attr = &syscall.SysProcAttr{Unshareflags: flag &^ (1 << 63)}
	}
	cmd := exec.Command("/proc/self/exe", "report")
	cmd.SysProcAttr = attr
	return cmd.Run()
}

// born makes a process by a system call of its own; the child ends at once.
func born(nr, a, b uintptr) error {
	pid, _, errno := unix.RawSyscall6(nr, a, b, 0, 0, 0, 0)
	if errno != 0 {
		return errno
	}
	if pid == 0 {
		unix.RawSyscall(unix.SYS_EXIT_GROUP, 0, 0, 0)
	}
	_, err := unix.Wait4(int(pid), nil, 0, nil)
	return err
}

// nodes are device nodes: making them, and opening one that was made.
func nodes() []probe {
	var list []probe
	for _, n := range []struct {
		name         string
		kind         uint32
		major, minor uint32
	}{
		{"mem", unix.S_IFCHR, 1, 1}, {"port", unix.S_IFCHR, 1, 4}, {"kmsg", unix.S_IFCHR, 1, 11}, {"console", unix.S_IFCHR, 5, 1}, {"ttyS0", unix.S_IFCHR, 4, 64},
		{"vda", unix.S_IFBLK, 254, 0}, {"vda by another number", unix.S_IFBLK, 253, 0}, {"dm-0", unix.S_IFBLK, 253, 0}, {"device mapper", unix.S_IFCHR, 10, 236}, {"vport", unix.S_IFCHR, 247, 1},
		{"hvc0", unix.S_IFCHR, 229, 0}, {"loop0", unix.S_IFBLK, 7, 0}, {"loop-control", unix.S_IFCHR, 10, 237}, {"fuse", unix.S_IFCHR, 10, 229}, {"tun", unix.S_IFCHR, 10, 200},
		{"vsock", unix.S_IFCHR, 10, 121}, {"rtc", unix.S_IFCHR, 10, 135}, {"hpet", unix.S_IFCHR, 10, 228}, {"hwrng", unix.S_IFCHR, 10, 183}, {"userfaultfd", unix.S_IFCHR, 10, 126},
		{"msr", unix.S_IFCHR, 202, 0}, {"cpuid", unix.S_IFCHR, 203, 0}, {"tdx_guest", unix.S_IFCHR, 10, 125}, {"sev-guest", unix.S_IFCHR, 10, 124}, {"kvm", unix.S_IFCHR, 10, 232},
		{"watchdog", unix.S_IFCHR, 10, 130}, {"ram0", unix.S_IFBLK, 1, 0}, {"sda", unix.S_IFBLK, 8, 0},
	} {
		list = append(list, probe{"IMG-06", "mknod " + n.name, func() error {
			file := "/tmp/node"
			err := unix.Mknod(file, n.kind|0o600, int(unix.Mkdev(n.major, n.minor)))
			return undo(err, func() { _ = unix.Unlink(file) })
		}})
	}
	for _, dir := range []string{"/dev", "/dev/shm", "/output", "/run"} {
		list = append(list, probe{"IMG-06", "mknod in " + dir, func() error {
			_ = unix.Mkdir(dir, 0o755)
			file := dir + "/node"
			err := unix.Mknod(file, unix.S_IFCHR|0o600, int(unix.Mkdev(1, 11)))
			return undo(err, func() { _ = unix.Unlink(file) })
		}})
	}
	return list
}

// network are sockets of all families and kinds that lead out, and what can be done to the network that is there.
func network() []probe {
	var list []probe
	for family := uintptr(0); family <= 46; family++ {
		if family == unix.AF_UNIX || family == unix.AF_INET || family == unix.AF_INET6 || family == unix.AF_NETLINK {
			continue
		}
		list = append(list, probe{"AG-05", fmt.Sprintf("socket family %d", family), func() error {
			var err error
			for kind := uintptr(1); kind <= 5; kind++ {
				if err = closed(unix.RawSyscall(unix.SYS_SOCKET, family, kind, 0)); err == nil {
					return nil
				}
			}
			return err
		}})
	}
	for protocol := uintptr(1); protocol <= 22; protocol++ {
		list = append(list, probe{"AG-04", fmt.Sprintf("netlink protocol %d", protocol), func() error {
			return closed(unix.RawSyscall(unix.SYS_SOCKET, unix.AF_NETLINK, unix.SOCK_RAW, protocol))
		}})
	}
	for _, s := range []struct {
		name                   string
		family, kind, protocol uintptr
	}{{"raw", unix.AF_INET, unix.SOCK_RAW, 1}, {"raw of version 6", unix.AF_INET6, unix.SOCK_RAW, 58}, {"packet", unix.AF_PACKET, unix.SOCK_RAW, 0}, {"vsock", unix.AF_VSOCK, unix.SOCK_STREAM, 0},
		{"algorithms", unix.AF_ALG, unix.SOCK_SEQPACKET, 0}, {"sctp", unix.AF_INET, unix.SOCK_STREAM, 132}, {"dccp", unix.AF_INET, 6, 33}, {"udp-lite", unix.AF_INET, unix.SOCK_DGRAM, 136}, {"mptcp", unix.AF_INET, unix.SOCK_STREAM, 262}} {
		list = append(list, probe{"AG-04", "socket " + s.name, func() error { return closed(unix.RawSyscall(unix.SYS_SOCKET, s.family, s.kind, s.protocol)) }})
	}
	return append(list, inside()...)
}

const agentSocket = "/run/escrin/agent.sock"

// askAgent asks for a key, and has one if the answer is not a refusal.
func askAgent(capability string) func() error {
	return func() error {
		fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM, 0)
		if err != nil {
			return err
		}
		defer unix.Close(fd)
		if err := unix.Connect(fd, &unix.SockaddrUnix{Name: agentSocket}); err != nil {
			return err
		}
		head := "GET /v1/task HTTP/1.1\r\nHost: agent\r\n"
		if capability != "" {
			head += "Authorization: Bearer " + capability + "\r\n"
		}
		if _, err := unix.Write(fd, []byte(head+"\r\n")); err != nil {
			return err
		}
		answer := make([]byte, 64)
		n, err := unix.Read(fd, answer)
		if err != nil {
			return err
		}
		if words := strings.Fields(string(answer[:n])); len(words) > 1 && words[1] == "401" {
			return errors.New("401")
		}
		return nil
	}
}

func closed(fd, _ uintptr, errno syscall.Errno) error {
	if errno != 0 {
		return errno
	}
	return unix.Close(int(fd))
}

// inside looks for anybody else in the workload's network, and for a way out of it.
func inside() []probe {
	list := []probe{
		{"AG-01", "somebody listens", listeners},
		{"AG-01", "the agent's socket without a capability", askAgent("")},
		{"AG-01", "the agent's socket with a capability of another task", askAgent(strings.Repeat("00", 32))},
		{"AG-01", "another socket in /run", func() error {
			found, err := filepath.Glob("/run/*/*")
			for _, name := range found {
				if info, statErr := os.Stat(name); statErr == nil && info.Mode()&os.ModeSocket != 0 && name != agentSocket {
					return nil
				}
			}
			if err == nil {
				err = unix.ENOENT
			}
			return err
		}},
		{"AG-02", "an interface beside lo", func() error {
			entries, err := filepath.Glob("/sys/class/net/*")
			if dev, readErr := os.ReadFile("/proc/net/dev"); readErr == nil && bytes.Count(dev, []byte(":")) > 1 {
				return nil
			}
			if err == nil && (len(entries) == 0 || len(entries) == 1) {
				return unix.ENOENT
			}
			return err
		}},
		{"AG-04", "take an interface down", func() error {
			fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM, 0)
			if err != nil {
				return err
			}
			defer unix.Close(fd)
			request, _ := unix.NewIfreq("lo")
			request.SetUint16(unix.IFF_UP)
			return unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, request)
		}},
		{"AG-04", "make an interface", func() error {
			fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM, 0)
			if err != nil {
				return err
			}
			defer unix.Close(fd)
			bridge := path("probe0")
			return undo(call(unix.SYS_IOCTL, uintptr(fd), 0x89a0, bridge), func() { _ = call(unix.SYS_IOCTL, uintptr(fd), 0x89a1, bridge) })
		}},
		{"AG-04", "bind to a device", func() error {
			fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM, 0)
			if err != nil {
				return err
			}
			defer unix.Close(fd)
			return unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_MARK, 1)
		}},
	}
	for _, address := range [][4]byte{{169, 254, 169, 254}, {10, 0, 2, 2}, {10, 0, 2, 3}, {192, 168, 0, 1}, {198, 18, 0, 1}, {8, 8, 8, 8}, {224, 0, 0, 1}, {255, 255, 255, 255}} {
		list = append(list, probe{"AG-02", fmt.Sprintf("send to %d.%d.%d.%d", address[0], address[1], address[2], address[3]), func() error {
			fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM, 0)
			if err != nil {
				return err
			}
			defer unix.Close(fd)
			return unix.Sendto(fd, []byte("probe"), unix.MSG_DONTWAIT, &unix.SockaddrInet4{Port: 80, Addr: address})
		}})
	}
	return list
}

// listeners reads who waits for connections: nobody but what this program would have opened.
func listeners() error {
	for _, name := range []string{"tcp", "tcp6", "udp", "udp6", "unix", "raw", "packet", "netlink"} {
		content, err := os.ReadFile("/proc/net/" + name)
		if err != nil {
			continue
		}
		for i, line := range strings.Split(strings.TrimSpace(string(content)), "\n") {
			fields := strings.Fields(line)
			kernels := name == "netlink" && len(fields) > 2 && fields[2] == "0" // the kernel's own end
			if i > 0 && !kernels {
				return nil
			}
		}
	}
	return errors.New("nobody")
}

// state prints what a workload finds: its own standing, its mounts, the kernel's settings, the processor's weaknesses.
func state([]string) {
	for _, line := range interesting("/proc/self/status", "Uid", "Gid", "Groups", "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs", "Seccomp", "Speculation_Store_Bypass", "SpeculationIndirectBranch") {
		fmt.Println("status " + strings.Replace(line, " ", "\t", 1))
	}
	fmt.Println("env\t" + strings.Join(os.Environ(), " "))
	for _, pattern := range []string{"/proc/sys/kernel/*", "/proc/sys/kernel/yama/*", "/proc/sys/fs/protected_*", "/proc/sys/fs/suid_dumpable", "/proc/sys/vm/*", "/proc/sys/user/max_user_namespaces", "/sys/devices/system/cpu/vulnerabilities/*", "/sys/devices/system/clocksource/clocksource0/*", "/sys/fs/cgroup/cgroup.controllers", "/sys/fs/cgroup/*.max", "/sys/fs/cgroup/*.weight"} {
		names, _ := filepath.Glob(pattern)
		sort.Strings(names)
		for _, name := range names {
			if content, err := os.ReadFile(name); err == nil && len(content) < 200 {
				fmt.Printf("%s\t%s\n", name, strings.ReplaceAll(strings.TrimSpace(string(content)), "\n", " "))
			}
		}
	}
	mounts, _ := os.ReadFile("/proc/self/mounts")
	for _, line := range strings.Split(strings.TrimSpace(string(mounts)), "\n") {
		if f := strings.Fields(line); len(f) > 3 {
			fmt.Printf("mount\t%s %s %s\n", f[1], f[2], f[3])
		}
	}
	fmt.Println("threads\t", runtime.NumCPU())
	nodes, _ := filepath.Glob("/dev/*")
	fmt.Println("dev\t" + strings.Join(nodes, " "))
}

func interesting(name string, keys ...string) []string {
	content, _ := os.ReadFile(name)
	var found []string
	for _, line := range strings.Split(string(content), "\n") {
		key, value, _ := strings.Cut(line, ":")
		for _, k := range keys {
			if k == key {
				found = append(found, key+" "+strings.Join(strings.Fields(value), " "))
			}
		}
	}
	return found
}
