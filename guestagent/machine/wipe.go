// SPDX-License-Identifier: Apache-2.0

package machine

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/escrin/escrin/guestagent/devicemapper"
)

// Wipe undoes all that was done since LockDown but for the host link: processes end, mounts, devices with their keys and control
// groups go, and so does every file. What should be there is listed, and whatever else is left is an error: the machine
// then has to end. The next task begins with OpenDisk, as the first did.
func (Machine) Wipe() error {
	if os.Getpid() != 1 {
		return ErrNotInit
	}
	return inOrder([]step{
		{"end processes", endProcesses},
		{"remove control groups", removeGroups},
		{"unmount", unmountAll},
		{"remove devices", removeDevices},
		{"remove files", removeFiles},
		{"look for processes", onlyAgent},
		{"reset kernel files", resetKernelFiles},
	})
}

const (
	groupsPath = "/sys/fs/cgroup"
	filesPath  = "/run" // all that the agent writes is below it
)

// The kernel ends some things a little after it says so.
const (
	wipeLimit = 10 * time.Second
	wipePause = 2 * time.Millisecond
)

// eventually waits until done says so.
func eventually(what string, done func() (bool, error)) error {
	for end := time.Now().Add(wipeLimit); ; time.Sleep(wipePause) {
		if ok, err := done(); ok || err != nil {
			return err
		}
		if time.Now().After(end) {
			return errors.New(what)
		}
	}
}

// groups are the control groups that tasks had.
func groups() ([]string, error) {
	events, err := filepath.Glob(groupsPath + "/*/cgroup.events")
	for i := range events {
		events[i] = filepath.Dir(events[i])
	}
	return events, err
}

// endProcesses kills all that is in a control group.
func endProcesses() error {
	tops, err := groups()
	if err != nil {
		return err
	}
	for _, group := range tops {
		if err := os.WriteFile(group+"/cgroup.kill", []byte("1"), 0); err != nil {
			return err
		}
		if err := eventually("a process does not end", func() (bool, error) {
			events, err := os.ReadFile(group + "/cgroup.events")
			return bytes.Contains(events, []byte("populated 0\n")), err
		}); err != nil {
			return err
		}
	}
	return nil
}

// removeGroups removes the control groups, the inner ones first.
func removeGroups() error {
	all, err := directoriesIn(groupsPath)
	if err != nil {
		return err
	}
	for _, group := range slices.Backward(all[1:]) {
		if err := os.Remove(group); err != nil {
			return err
		}
	}
	return nil
}

// directoriesIn lists a directory and all that are in it, each before those in it.
func directoriesIn(dir string) (all []string, err error) {
	err = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && e.IsDir() {
			all = append(all, path)
		}
		return err
	})
	return all, err
}

// kept are the mounts of a machine without a task.
func kept() []string {
	return []string{"/", "/proc", "/sys", "/dev", "/sys/kernel/security", "/sys/kernel/config", groupsPath, filesPath}
}

// surplus lists the mounts that a task needed, in the order in which they were made.
func surplus(mountinfo string) (paths []string) {
	for line := range strings.Lines(mountinfo) {
		if fields := strings.Fields(line); len(fields) > 4 && !slices.Contains(kept(), fields[4]) {
			paths = append(paths, fields[4])
		}
	}
	return paths
}

func unmountAll() error {
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return err
	}
	for _, path := range slices.Backward(surplus(string(mounts))) {
		if err := eventually(path+" is in use", func() (bool, error) {
			err := unix.Unmount(path, unix.UMOUNT_NOFOLLOW)
			if err == unix.EBUSY {
				return false, nil
			}
			return err == nil, err
		}); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	if mounts, err = os.ReadFile("/proc/self/mountinfo"); err == nil && len(surplus(string(mounts))) > 0 {
		err = fmt.Errorf("%v are left", surplus(string(mounts)))
	}
	return err
}

func removeDevices() error {
	return eventually("a device is in use", func() (bool, error) {
		left, err := devicemapper.RemoveAll()
		return left == 0, err
	})
}

func removeFiles() error {
	entries, err := os.ReadDir(filesPath)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := os.RemoveAll(filepath.Join(filesPath, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

// onlyAgent requires that no process is left but the kernel's own.
func onlyAgent() error {
	for { // children of a task's processes, which are init's when those have ended
		if pid, err := unix.Wait4(-1, nil, unix.WNOHANG, nil); pid <= 0 || err != nil {
			break
		}
	}
	return eventually("a process is left", func() (bool, error) {
		entries, err := os.ReadDir("/proc")
		if err != nil {
			return false, err
		}
		for _, e := range entries {
			if pid, err := strconv.Atoi(e.Name()); err == nil && pid != 1 && !ofKernel(pid) {
				return false, nil
			}
		}
		return true, nil
	})
}

// ofKernel says whether a process is a thread of the kernel, or is not there any more. Only those are kthreadd and its children.
func ofKernel(pid int) bool {
	const kthreadd = 2
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	gone := errors.Is(err, fs.ErrNotExist) || errors.Is(err, unix.ESRCH)
	return gone || err == nil && (pid == kthreadd || parentOf(string(stat)) == kthreadd)
}

// parentOf reads the parent's number from a line of /proc/…/stat; 0 if there is none. A process chooses its name.
func parentOf(stat string) int {
	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	if len(fields) < 2 {
		return 0
	}
	parent, _ := strconv.Atoi(fields[1])
	return parent
}

// resetKernelFiles takes back what a container's root may have changed of the two files that the kernel has one of for all tasks and that no
// mount keeps: the root of /proc, and the one behind all descriptors of events, timers and the like (which Linux 6.16 lets nobody change).
func resetKernelFiles() error {
	fd, err := unix.Eventfd(0, unix.EFD_CLOEXEC)
	return errors.Join(err, os.Chown("/proc", 0, 0), os.Chmod("/proc", 0o555),
		unix.Fchown(fd, 0, 0), unix.Fchmod(fd, 0o600), unix.Futimes(fd, make([]unix.Timeval, 2)), unix.Close(fd))
}
