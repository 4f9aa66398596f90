// SPDX-License-Identifier: Apache-2.0

package devnet

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// Process is one process that was started for a dev network. PID alone does not name a process: numbers are
// used again. PID and StartTime together do, until the machine is booted anew.
type Process struct {
	Name      string `json:"name"`
	PID       int    `json:"pid"`
	StartTime uint64 `json:"startTime"` // in clock ticks since boot: field 22 of /proc/PID/stat
	Log       string `json:"log"`       // file that holds its standard output and error
}

// Alive reports whether exactly this process still runs. A zombie does not run.
func (p Process) Alive() bool {
	s, err := readStat(p.PID)
	return err == nil && s.startTime == p.StartTime && s.state != 'Z' && s.state != 'X'
}

// program is a process to start.
type program struct {
	name   string
	binary string // absolute path
	args   []string
	log    string
}

// child is a process started by this one; ended is closed after it was reaped.
type child struct {
	Process
	ended chan struct{}
	exit  *os.ProcessState // valid after ended is closed
}

// start runs p in a session of its own, so that a ^C in the terminal reaches escrin alone and the process
// outlives it. Its output is appended to its log.
func start(p program) (*child, error) {
	log, err := os.OpenFile(p.log, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", p.name, err)
	}
	defer log.Close()
	cmd := exec.Command(p.binary, p.args...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", p.name, err)
	}
	c := &child{Process: Process{Name: p.name, PID: cmd.Process.Pid, Log: p.log}, ended: make(chan struct{})}
	s, statErr := readStat(c.PID) // before Wait: the number cannot be used again yet
	c.StartTime = s.startTime
	go func() {
		cmd.Wait()
		c.exit = cmd.ProcessState
		close(c.ended)
	}()
	if statErr != nil {
		return c, fmt.Errorf("start %s: %w", p.name, statErr)
	}
	return c, nil
}

// grace is how long a process may take to end by itself before it is killed.
const grace = 15 * time.Second

// stop asks p to end, waits, kills it when grace is over (or ctx ends), and then ends what is left of its
// session's process group. It reports whether it had to be killed.
func stop(ctx context.Context, p Process) (killed bool, err error) {
	if !p.Alive() {
		return false, nil
	}
	if err := syscall.Kill(p.PID, syscall.SIGTERM); err != nil && !errors.Is(err, syscall.ESRCH) {
		return false, fmt.Errorf("stop %s (pid %d): %w", p.Name, p.PID, err)
	}
	if !p.endsWithin(ctx, grace) {
		killed = true
	}
	// Also reaches children that the process left behind, e.g. a virtual machine: the group outlives its leader.
	err = syscall.Kill(-p.PID, syscall.SIGKILL)
	if err != nil && !errors.Is(err, syscall.ESRCH) {
		return killed, fmt.Errorf("kill %s (group %d): %w", p.Name, p.PID, err)
	}
	if killed && !p.endsWithin(context.Background(), grace) {
		return true, fmt.Errorf("cannot end %s (pid %d): it is still there %v after SIGKILL", p.Name, p.PID, grace)
	}
	return killed, nil
}

// endsWithin waits until p is gone. Without being its parent there is nothing to wait on but /proc (a pidfd
// would do, but not for a zombie whose parent is this process).
func (p Process) endsWithin(ctx context.Context, limit time.Duration) bool {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for p.Alive() {
		select {
		case <-ctx.Done():
			return !p.Alive()
		case <-tick.C:
		}
	}
	return true
}
