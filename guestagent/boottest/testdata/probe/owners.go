// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// What a changed file has: this owner, group and time, and this mode. No file comes with one of them.
const (
	strangeID   = 0x1eaf
	strangeMode = 0o3531
)

// change gives each file that the kernel may have one of for all tasks another owner, mode and time, and looks before and after what has them.
func change([]string) {
	for _, name := range changed() {
		fmt.Println("before", name)
	}
	for _, path := range kernelFiles() {
		_ = os.Chown(path, strangeID, strangeID)
		_ = unix.Chmod(path, strangeMode)
		strange := []unix.Timespec{{Sec: strangeID}, {Sec: strangeID}}
		_ = unix.UtimesNanoAt(unix.AT_FDCWD, path, strange, 0)
	}
	for _, name := range changed() {
		fmt.Println("after", name)
	}
	for _, name := range []string{"oom_score_adj", "comm"} { // a process's own are its own
		if err := os.WriteFile("/proc/self/"+name, []byte("7"), 0); err != nil {
			fmt.Println("refused", name, err)
		}
	}
	fmt.Println("== end")
}

// changed lists the files that change has changed.
func changed() (names []string) {
	for name, path := range kernelFiles() {
		var s unix.Stat_t
		if err := unix.Stat(path, &s); err != nil {
			continue
		}
		if s.Uid == strangeID || s.Gid == strangeID || s.Mode&0o7777 == strangeMode || s.Mtim.Sec == strangeID || s.Atim.Sec == strangeID {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// open are descriptors of each kind that has no file.
var open = map[string]int{}

// kernelFiles are paths by name: all that is no process's own in the kernel's file systems, what is behind descriptors, and namespaces.
func kernelFiles() map[string]string {
	files := map[string]string{}
	for _, root := range []string{"/proc", "/sys", "/dev"} {
		_ = filepath.WalkDir(root, func(name string, d os.DirEntry, err error) error {
			process := filepath.Dir(name) == "/proc" && strings.Trim(filepath.Base(name), "0123456789") == ""
			deep := root == "/sys" && strings.Count(name, "/") > 3 // all of it is one mount
			if err != nil || process || deep {
				return filepath.SkipDir
			}
			if d.Type()&os.ModeSymlink == 0 {
				files[name] = name
			}
			return nil
		})
	}
	spaces, _ := filepath.Glob("/proc/self/ns/*")
	for _, path := range spaces {
		files["namespace "+filepath.Base(path)] = path
	}
	if len(open) == 0 {
		open["event"], _ = unix.Eventfd(0, 0)
		open["poll"], _ = unix.EpollCreate1(0)
		open["timer"], _ = unix.TimerfdCreate(unix.CLOCK_MONOTONIC, 0)
		open["watch"], _ = unix.InotifyInit1(0)
		open["signal"], _ = unix.Signalfd(-1, &unix.Sigset_t{}, 0)
		open["process"], _ = unix.PidfdOpen(os.Getpid(), 0)
	}
	for kind, fd := range open {
		files["descriptor "+kind] = fmt.Sprintf("/proc/self/fd/%d", fd)
	}
	return files
}
