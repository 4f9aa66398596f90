// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/enclaver"
	"github.com/escrin/escrin/guestagent/config"
	"github.com/escrin/escrin/guestagent/hostlink/hostend"
	"github.com/escrin/escrin/jobs/qemu"
)

// kind says which machines are alike: what they booted, and in which size.
type kind struct {
	enclave string // digest of its manifest
	shape   attest.Shape
}

// emulated is what runs a guest; *qemu.Process is one.
type emulated interface {
	Link() net.Conn
	Done() <-chan struct{}
	Stop()
	Wait() error
}

// machine is a guest that runs, and has one task after the other if its measured config lets it.
type machine struct {
	kind    kind
	guest   string // the TEE service's handle of it
	process emulated
	console console
	tasks   uint32 // that it may have in all
	// carry serves the guest's network, if it has one, until stop is called.
	carry func(ctx context.Context) (stop func())

	orders chan *attempt // to a guest that has asked for another task
	asked  chan struct{} // it has: the task before is done with, and wiped
	cancel context.CancelFunc
	gone   chan struct{} // closed when the guest is; then what follows is valid
	served error
	exit   error
}

// serve gives the guest its first attempt, and those that are ordered, until it is gone.
func (m *machine) serve(first *attempt) {
	ctx, cancel := context.WithCancel(context.Background())
	m.cancel, m.orders, m.asked, m.gone = cancel, make(chan *attempt), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(m.gone)
		defer cancel()
		left, stop := m.tasks, m.carry(ctx)
		m.served = hostend.ServeJobs(ctx, m.process.Link(), first, func(ctx context.Context) (hostend.Handler, error) {
			left = max(left, 1) - 1
			return m.next(ctx, left)
		})
		if ctx.Err() == nil && m.served == nil {
			awaitExit(ctx, m.process)
		}
		m.process.Stop()
		m.exit = m.process.Wait()
		stop()
		m.console.close()
	}()
}

// next waits for the next attempt of a guest that may have so many more. It says first that the guest asks, for who waits for the
// end of the attempt before.
func (m *machine) next(ctx context.Context, left uint32) (hostend.Handler, error) {
	if left == 0 {
		return nil, hostend.ErrNoJob
	}
	select {
	case m.asked <- struct{}{}:
	case <-ctx.Done():
		return nil, hostend.ErrNoJob
	}
	select {
	case at := <-m.orders:
		return at, nil
	case <-ctx.Done():
		return nil, hostend.ErrNoJob
	}
}

// order gives an idle guest its next attempt, and says whether it is still there to take it.
func (m *machine) order(at *attempt) bool {
	select {
	case m.orders <- at:
		return true
	case <-m.gone:
		return false
	}
}

// end stops the guest and waits until it is gone.
func (m *machine) end() {
	m.cancel()
	m.process.Stop()
	<-m.gone
}

// finish waits for the end of an attempt: its guest is gone, or asks for the next one, which says that this one is done
// with. It says how the attempt ended, and whether the machine can have another.
func (m *machine) finish(ctx context.Context, at *attempt) (again bool, err error) {
	defer at.end()
	select {
	case <-m.gone:
	case <-ctx.Done():
		m.end()
	case <-m.asked:
		if at.accepted() {
			return true, nil
		}
		m.end()
		return false, at.outcome(nil, errors.New("the guest asked for another task before this one had a result"), nil, "")
	}
	return false, at.outcome(context.Cause(ctx), m.served, m.exit, m.console.Tail())
}

// exitLimit is how long QEMU may take to end after its guest closed the link.
const exitLimit = 10 * time.Second

func awaitExit(ctx context.Context, p emulated) {
	ctx, cancel := context.WithTimeout(ctx, exitLimit)
	defer cancel()
	select {
	case <-p.Done():
	case <-ctx.Done():
	}
}

// tasksOf is how many tasks a guest may have here. One with a network has one: its connections are not cut between two.
func tasksOf(c config.Config) uint32 {
	if !c.Network.None() {
		return 1
	}
	return c.Tasks.PerBoot
}

// boot makes the attempt in a machine of its own, or in one that waits for it.
func (l *Local) boot(ctx context.Context, b enclaver.Boot, at *attempt) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	m, err := l.machineFor(ctx, b, at, cancel)
	if err != nil {
		return err
	}
	again, err := m.finish(ctx, at)
	if again {
		l.idle.put(m)
	}
	return err
}

// machineFor returns the machine that has begun the attempt.
func (l *Local) machineFor(ctx context.Context, b enclaver.Boot, at *attempt, cancel context.CancelCauseFunc) (*machine, error) {
	wanted := kind{b.Digest.String(), at.measured.Shape}
	for m := l.idle.take(wanted); m != nil; m = l.idle.take(wanted) {
		at.guest = m.guest
		at.begin(StepWarm, time.Now(), cancel)
		if m.order(at) {
			l.Log(fmt.Sprintf("task %s attempt %d: in a machine that was waiting", at.assignment.TaskID, at.assignment.Attempt))
			return m, nil
		}
		at.end()
	}
	return l.start(ctx, b, at, cancel)
}

// start boots a machine and begins the attempt in it.
func (l *Local) start(ctx context.Context, b enclaver.Boot, at *attempt, cancel context.CancelCauseFunc) (*machine, error) {
	guest, err := l.launch(ctx, b, at.measured)
	if err != nil {
		return nil, err
	}
	at.guest = guest
	hardware := l.hardware(ctx, b, at)
	network, err := l.openNetwork(b, at)
	if err != nil {
		return nil, err
	}
	hardware.Network = network != nil
	console, err := l.openConsole(at.assignment)
	if err != nil {
		return nil, err
	}
	process, err := l.QEMU.Start(hardware, console)
	if err != nil {
		console.close()
		return nil, err
	}
	m := &machine{kind: kind{b.Digest.String(), at.measured.Shape}, guest: guest, process: process, console: console, tasks: tasksOf(b.Config)}
	m.carry = func(ctx context.Context) func() { return carry(ctx, network, process.Network()) }
	at.begin(StepBoot, process.Started(), cancel)
	m.serve(at)
	return m, nil
}

// hardware is the machine that QEMU is to make.
func (l *Local) hardware(ctx context.Context, b enclaver.Boot, at *attempt) qemu.Machine {
	m := qemu.Machine{
		Firmware: b.Firmware, Kernel: b.Kernel, Initrd: b.Initrd, Disk: b.Disk, Scratch: b.Scratch,
		Cmdline: b.Cmdline, Shape: at.measured.Shape, Accelerator: qemu.TCG,
		Direct: true, // the machine is simulated, and so are its quotes
	}
	var why string
	m.Accelerator, why = l.QEMU.ChooseAccelerator(ctx, m, l.CacheDir)
	l.Log(fmt.Sprintf("task %s attempt %d: booting under %s (%s)", at.assignment.TaskID, at.assignment.Attempt, m.Accelerator, why))
	return m
}
