// SPDX-License-Identifier: Apache-2.0

// Package machine is what the agent does to the virtual machine it is PID 1 of: mounts, modules, kernel
// settings, the measured disk, the host link, quotes, the container, and power. Nothing here looks for
// anything that the measured configuration or the initrd does not name.
package machine

import (
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// Machine is the machine that the process is PID 1 of. The zero value is ready.
type Machine struct{}

// ErrNotInit says that the process is not PID 1, so that nothing was touched.
var ErrNotInit = errors.New("escrin-guest is PID 1 of a guest and does nothing elsewhere")

// LockDown makes the early mounts, loads the modules of the initrd, takes away the means to load more
// and to look into the kernel, and checks that the kernel trusts the processor's randomness and its count of time alone.
func (Machine) LockDown() error {
	if os.Getpid() != 1 {
		return ErrNotInit
	}
	return inOrder([]step{
		{"rebind root", rebindRoot},
		{"mount kernel file systems", mountKernelFS},
		{"calm monitor", calmMonitor},
		{"load modules", loadModules},
		{"set kernel parameters", setKernelParameters},
		{"check lockdown", checkLockdown},
		{"check randomness", checkRandomness},
		{"check clock", checkClock},
		{"protect agent", protectAgent},
		{"seal root", sealRoot},
	})
}

// step is a part of a change to the machine.
type step struct {
	name string
	do   func() error
}

// inOrder takes steps up to the first that fails.
func inOrder(steps []step) error {
	for _, s := range steps {
		if err := s.do(); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	return nil
}

// SinceBoot returns the time since the kernel started.
func (Machine) SinceBoot() time.Duration {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &ts); err != nil {
		return 0
	}
	return time.Duration(ts.Nano())
}

// PowerOff ends the machine. It returns only if the process is not PID 1.
func (Machine) PowerOff() {
	if os.Getpid() != 1 {
		return
	}
	unix.Sync()
	_ = unix.Reboot(unix.LINUX_REBOOT_CMD_POWER_OFF)
	_ = unix.Reboot(unix.LINUX_REBOOT_CMD_RESTART) // a machine that cannot power off must still end
}

// protectAgent keeps the agent alive when the workload takes all memory, and its memory out of dumps.
func protectAgent() error {
	if err := unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0); err != nil {
		return err
	}
	if err := unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}); err != nil {
		return err
	}
	return os.WriteFile("/proc/self/oom_score_adj", []byte("-1000"), 0)
}
