// SPDX-License-Identifier: Apache-2.0

// Package guestagent is the life of a guest: from the lock-down of the machine over evidence, permit and
// keys to the workload's sealed output and signed result, and again, if the measured config says so, with nothing left
// of the task before. Any failure ends it; there is nothing to fall back to. It believes the measured config and what it can verify; the host only carries bytes.
package guestagent

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/escrin/escrin/guestagent/api"
	"github.com/escrin/escrin/guestagent/config"
	"github.com/escrin/escrin/guestagent/hostlink"
	"github.com/escrin/escrin/guestagent/workload"
)

// Machine is what the agent needs of the machine that it runs on; see package machine.
type Machine interface {
	// LockDown prepares the kernel; nothing else may be called before it.
	LockDown() error
	// OpenDisk returns the measured config and its SHA-256, with the workload's root stacked.
	OpenDisk() (config.Config, [32]byte, error)
	// OpenLink opens the byte channel to the host.
	OpenLink() (io.ReadWriteCloser, error)
	// SinceBoot is the time since the kernel started.
	SinceBoot() time.Duration
	// SettleClock waits until it is certain that time is the processor's, and not the host's.
	SettleClock(ctx context.Context) error
	// Quote returns the hardware's own quote, or nil where the machine has none.
	Quote(reportData [64]byte) ([]byte, error)
	workload.Store // of opened inputs
	// OpenNetwork connects the workload with what the measured config lists. The context ends when it does not work any more.
	OpenNetwork(ctx context.Context, n config.Network, evidence []byte, sign func(digest [32]byte) [65]byte) (_ context.Context, stop func(), err error)
	// Attach runs the workload of a trial to its end.
	Attach(ctx context.Context, c config.Config, s workload.Stdio) (uint32, error)
	// Run runs the workload to its end, tells heard what it writes, and returns its exit status.
	Run(ctx context.Context, c config.Config, heard workload.Listener) (uint32, error)
	// Listen makes the socket that the workload finds at workload.AgentSocket. It comes before Attach and Run.
	Listen() (api.Listener, error)
	// Inputs is the directory of the inputs.
	Inputs() fs.FS
	// PutOutput makes a file in the workload's output directory, as the workload would.
	PutOutput(name string, content []byte) error
	// Output is what the workload left in its output directory, until it is closed.
	Output() (_ fs.FS, closeFiles func() error, err error)
	// Scratch returns an unnamed file that never leaves the machine's memory.
	Scratch() (*os.File, error)
	// Wipe makes the machine what it was before OpenDisk, which comes next. Only LockDown and OpenLink are not undone.
	Wipe() error
}

// errInputsRejected ends the computation, not the attempt: the submitter gets a signed answer.
var errInputsRejected = errors.New("the inputs cannot be opened")

// Error says at which stage a guest gave up.
type Error struct {
	Stage        string
	Failure      hostlink.Failure // what the host is told
	Err          error
	Confidential bool // Err may hold something of the inputs and must not reach the console
}

// Error implements error.
func (e *Error) Error() string { return fmt.Sprintf("%s: %v", e.Stage, e.Err) }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Live runs from the first instruction to the last accepted result. The caller powers the machine off when it returns,
// whatever it returns; a failure has been reported to the host as far as possible.
func Live(ctx context.Context, m Machine) error { return newLife(m).endure(ctx) }

// stage is one line of the lifecycle: what is done, what a host learns of its success (or nothing), and
// what of its failure.
type stage struct {
	name    string
	do      func(context.Context) error
	reached hostlink.Step
	failure hostlink.Failure
}

// live is an attempt from its launch to its end.
func (a *attempt) live(ctx context.Context) error {
	if a.trial != nil {
		return a.walk(ctx, a.tryOut())
	}
	if err := a.walk(ctx, a.authorization()); err != nil {
		return err
	}
	if err := a.compute(ctx); err != nil {
		return err
	}
	return a.walk(ctx, []stage{{"report result", a.reportResult, hostlink.StepResult, hostlink.FailResult}})
}

// compute opens the inputs and runs the workload. The first must be done before the claim lapses; for the second the claim is
// held for as long as it takes.
func (a *attempt) compute(ctx context.Context) error {
	err := a.open(ctx)
	if err == nil {
		err = within(ctx, []part{{"hold claim", a.keepClaim}}, func(ctx context.Context) error { return a.walk(ctx, a.computation()) })
	}
	if errors.Is(err, errInputsRejected) {
		a.rejectInputs()
		return nil
	}
	return err
}

// open is the way to opened inputs. A host that keeps something back gets no heartbeat for that.
func (a *attempt) open(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, a.window())
	defer cancel()
	return a.walk(ctx, a.opening())
}

// beginning ends with something to do: a job, or a trial.
func (a *attempt) beginning() []stage {
	return []stage{
		{"lock down", a.lockDown, "", hostlink.FailSetup},
		{"open disk", a.openDisk, hostlink.StepDisk, hostlink.FailDisk},
		{"open host link", a.openLink, "", hostlink.FailSetup},
		{"read launch", a.readLaunch, "", hostlink.FailLaunch},
	}
}

// renewal is the beginning of an attempt in a machine that was wiped.
func (a *attempt) renewal() []stage {
	return []stage{
		{"open disk", a.openDisk, "", hostlink.FailDisk},
		{"read launch", a.readLaunch, "", hostlink.FailLaunch},
	}
}

// tryOut is the whole of a trial. There are no keys.
func (a *attempt) tryOut() []stage {
	return []stage{
		{"put inputs", a.trial.PutInputs, hostlink.StepInput, hostlink.FailInput},
		{"run workload", a.runTrial, "", hostlink.FailWorkload},
	}
}

// authorization ends with a claimed task.
func (a *attempt) authorization() []stage {
	return []stage{
		{"settle clock", a.machine.SettleClock, "", hostlink.FailSetup},
		{"make keys", a.makeKeys, hostlink.StepKeys, hostlink.FailKeys},
		{"make evidence", a.makeEvidence, hostlink.StepEvidence, hostlink.FailEvidence},
		{"obtain certificate", a.obtainCertificate, "", hostlink.FailPermit},
		{"hand over evidence", a.handOver, "", hostlink.FailEvidence},
		{"obtain permit", a.obtainPermit, hostlink.StepPermit, hostlink.FailPermit},
	}
}

// opening ends with inputs in memory, or with errInputsRejected.
func (a *attempt) opening() []stage {
	return []stage{
		{"read manifest", a.readManifest, "", hostlink.FailInput},
		{"compare policy", a.comparePolicy, "", hostlink.FailPolicy},
		{"recover keys", a.recoverKeys, hostlink.StepShares, hostlink.FailShares},
		{"open confidential config", a.openAdditions, "", hostlink.FailConfig},
		{"open inputs", a.openInputs, hostlink.StepInput, hostlink.FailInput},
	}
}

// computation ends with a sealed output.
func (a *attempt) computation() []stage {
	return []stage{
		{"run workload", a.runWorkload, "", hostlink.FailWorkload},
		{"seal output", a.sealOutput, hostlink.StepSealed, hostlink.FailOutput},
	}
}

// beside does something while the attempt goes on, and returns what waits for its end. A host that is far from the keyholders, or
// from the chain, is waited for once where it can be asked for several things at a time.
func beside(do func() error) (wait func(context.Context) error) {
	done := make(chan error, 1)
	go func() { done <- do() }()
	return func(ctx context.Context) error {
		select {
		case err := <-done:
			return err
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// walk runs stages in order and stops at the first failure.
func (a *attempt) walk(ctx context.Context, stages []stage) error {
	for _, s := range stages {
		if err := s.do(ctx); err != nil {
			return &Error{Stage: s.name, Failure: s.failure, Err: err, Confidential: a.opened && !errors.Is(err, workload.ErrRuntime)}
		}
		if s.reached != "" {
			a.reach(ctx, s.reached)
		}
	}
	return nil
}
