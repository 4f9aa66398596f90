// SPDX-License-Identifier: Apache-2.0

// Package child starts programs, the agent's children. It is what the agent needs of os/exec, whose first use runs several times as much code.
package child

import (
	"fmt"
	"os"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// Process is a program that was started.
type Process struct {
	mu  sync.Mutex
	pid int // 0 once it has been waited for: the number may be another's then
}

// Start starts a program with these files as its descriptors from 0 on, which are blocking then, and the rest as attr has it.
func Start(program string, args []string, files []*os.File, attr syscall.ProcAttr) (*Process, error) {
	for _, f := range files {
		attr.Files = append(attr.Files, f.Fd())
	}
	pid, err := syscall.ForkExec(program, args, &attr)
	return &Process{pid: pid}, os.NewSyscallError("start "+program, err)
}

// Signal sends a signal, unless the process has been waited for.
func (p *Process) Signal(s unix.Signal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.pid != 0 {
		_ = unix.Kill(p.pid, s) // it may have ended
	}
}

// Wait waits until the process has ended, once, and returns its exit status. It is an error if a signal ended it. The number is
// nobody else's until Wait4, which does not wait, so that no signal gets to another process.
func (p *Process) Wait() (int, error) {
	err := error(unix.EINTR)
	for err == unix.EINTR {
		err = unix.Waitid(unix.P_PID, p.pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	var status unix.WaitStatus
	if err == nil {
		_, err = unix.Wait4(p.pid, &status, 0, nil)
	}
	p.pid = 0
	if err == nil && !status.Exited() {
		err = fmt.Errorf("ended by %v", status.Signal())
	}
	return status.ExitStatus(), err
}
