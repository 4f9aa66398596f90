// SPDX-License-Identifier: Apache-2.0

// Command watchinit is process 1 of a guest until it has started a second process of itself, and then becomes the real agent,
// as the guest base has it. The second process says on the console how much memory process 1 has: the agent is the one
// that is shipped, and knows nothing of it. `make bench` runs it.
package main

import (
	"bytes"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

const (
	agent      = "/agent"
	statusFile = 3 // descriptor of the second process
	pace       = 50 * time.Millisecond
)

func main() {
	act := watch
	if os.Getpid() == 1 {
		act = become
	}
	if err := act(); err != nil {
		fmt.Println("watch: failed:", err)
	}
	unix.Reboot(unix.LINUX_REBOOT_CMD_POWER_OFF)
}

// become leaves nothing behind but the second process.
func become() error {
	if err := os.MkdirAll("/proc", 0o755); err != nil {
		return err
	}
	if err := unix.Mount("proc", "/proc", "proc", 0, ""); err != nil {
		return fmt.Errorf("mount /proc: %w", err)
	}
	status, err := os.Open("/proc/self/status") // stays that of process 1
	if err != nil {
		return err
	}
	if err := unix.Unmount("/proc", unix.MNT_DETACH); err != nil {
		return fmt.Errorf("unmount /proc: %w", err)
	}
	files := []*os.File{os.Stdin, os.Stdout, os.Stderr, status}
	if _, err := os.StartProcess("/init", []string{"/init"}, &os.ProcAttr{Env: []string{}, Files: files}); err != nil {
		return err
	}
	return unix.Exec(agent, []string{"/init"}, nil)
}

// watch writes a line for each sample: milliseconds since the kernel started, and kB that are resident.
func watch() error {
	status := os.NewFile(statusFile, "status")
	report := make([]byte, 4<<10)
	for {
		n, err := status.ReadAt(report, 0)
		if n == 0 {
			return fmt.Errorf("read status: %w", err)
		}
		var since unix.Timespec
		if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &since); err != nil {
			return err
		}
		if _, line, found := bytes.Cut(report[:n], []byte("VmRSS:")); found {
			resident, _, _ := bytes.Cut(line, []byte("kB"))
			fmt.Printf("watch: %d ms %s kB\n", time.Duration(since.Nano()).Milliseconds(), bytes.TrimSpace(resident))
		}
		time.Sleep(pace)
	}
}
