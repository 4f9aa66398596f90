// SPDX-License-Identifier: Apache-2.0

// Package trial is a guest's life when its host wants to try an image: no chain, no keys, no evidence, and nothing that is
// confidential. The workload runs as in a job, but its standard streams are the host's. This package reaches no key, no
// quote and no keyholder, and its tests hold that.
package trial

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/escrin/escrin/guestagent/config"
	"github.com/escrin/escrin/guestagent/hostlink"
	"github.com/escrin/escrin/guestagent/task"
	"github.com/escrin/escrin/guestagent/wire"
	"github.com/escrin/escrin/guestagent/workload"
)

// Machine is what a trial needs of the machine.
type Machine interface {
	workload.Store
	// OpenNetwork connects the workload with what the measured config lists. The context ends when it does not work any more.
	OpenNetwork(ctx context.Context, n config.Network, evidence []byte, sign func(digest [32]byte) [65]byte) (_ context.Context, stop func(), err error)
	// Attach runs the workload to its end and returns its exit status.
	Attach(ctx context.Context, c config.Config, s workload.Stdio) (uint32, error)
	// Output is what the workload left in its output directory, until it is closed.
	Output() (_ fs.FS, closeFiles func() error, err error)
	// Scratch returns an unnamed file that never leaves the machine's memory.
	Scratch() (*os.File, error)
}

// Trial is one trial. All fields are required.
type Trial struct {
	Machine Machine
	Link    *hostlink.Client
	Config  config.Config
	Ask     hostlink.Trial
	Reach   func(hostlink.Step) // reports a step

	Secrets map[string][]byte // those of the inputs that the config declares as secrets; PutInputs sets it
}

// PutInputs fetches the inputs and gives them to the workload.
func (t *Trial) PutInputs(ctx context.Context) error {
	inputs := workload.NewInputs(t.Config, t.Machine)
	declared := t.Config.SecretNames()
	t.Secrets = map[string][]byte{}
	for _, in := range t.Ask.Inputs {
		content, err := t.Link.Fetch(ctx, in.Digest, task.MaxInput)
		if err != nil {
			return err
		}
		if err := inputs.Put(in.Name, content); err != nil {
			return err
		}
		if slices.Contains(declared, in.Name) {
			t.Secrets[in.Name] = content
		}
	}
	var err error
	t.Config, err = inputs.Config()
	return err
}

// Run runs the workload with the host's streams and tells the host how it ended.
func (t *Trial) Run(ctx context.Context) error {
	ctx, closeNetwork, err := t.Machine.OpenNetwork(ctx, t.Config.Network, nil, nil)
	if err != nil {
		return fmt.Errorf("open network: %w", err)
	}
	defer closeNetwork()
	t.Reach(hostlink.StepWorkload)
	attached, detach := context.WithCancel(ctx)
	defer detach()
	first := sync.OnceFunc(func() { t.Reach(hostlink.StepOutputFirst) })
	stdout := &output{ctx: ctx, link: t.Link, stream: hostlink.Stdout, first: first}
	stderr := &output{ctx: ctx, link: t.Link, stream: hostlink.Stderr, first: first}
	stdio := workload.Stdio{Stdout: stdout, Stderr: stderr, Controls: t.controls(attached)}
	if t.Ask.Attached {
		stdio.Stdin = &input{ctx: attached, link: t.Link}
	}
	if size := t.Ask.Terminal; size != nil {
		stdio.Terminal = &workload.Window{Rows: size.Rows, Columns: size.Columns}
	}
	status, err := t.Machine.Attach(ctx, t.Config, stdio)
	if err != nil {
		return err
	}
	return t.end(ctx, status, stdout.kept, stderr)
}

// controls brings what happens at the host's terminal, until ctx ends.
func (t *Trial) controls(ctx context.Context) <-chan workload.Control {
	controls := make(chan workload.Control)
	go func() {
		defer close(controls)
		for {
			c, err := t.Link.Control(ctx)
			if err != nil {
				return
			}
			control := workload.Control{Signal: unix.SignalNum(c.Signal)}
			if c.Size != nil {
				control.Window = &workload.Window{Rows: c.Size.Rows, Columns: c.Size.Columns}
			}
			select {
			case controls <- control:
			case <-ctx.Done():
				return
			}
		}
	}()
	return controls
}

// end stores what the workload left, as a job does but in the clear, and reports the status.
func (t *Trial) end(ctx context.Context, status uint32, stdout []byte, stderr *output) error {
	files, closeFiles, err := t.Machine.Output()
	if err != nil {
		return err
	}
	defer closeFiles()
	archive, err := t.Machine.Scratch()
	if err != nil {
		return err
	}
	defer archive.Close()
	if _, err = task.PublicOutput(files); err == nil {
		err = task.WriteOutput(archive, stdout, stderr.kept, files)
	}
	if unfit := new(task.UnfitError); errors.As(err, &unfit) {
		fmt.Fprintf(stderr, "escrin: %v; the workload ended with exit status %d\n", unfit, status)
		status = task.ExitOutputUnfit
		if err = archive.Truncate(0); err == nil {
			_, err = archive.Seek(0, io.SeekStart)
		}
		if err == nil {
			err = task.WriteOutput(archive, nil, nil, nil)
		}
	}
	if err != nil {
		return err
	}
	digest, err := t.store(ctx, archive)
	if err != nil {
		return err
	}
	return t.Link.Ended(ctx, hostlink.TrialResult{Status: status, Output: digest})
}

// store hands a file over, and returns its digest.
func (t *Trial) store(ctx context.Context, file *os.File) (wire.Digest, error) {
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return wire.Digest{}, err
	}
	hash := sha256.New()
	size, err := io.Copy(hash, file)
	if err != nil {
		return wire.Digest{}, err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return wire.Digest{}, err
	}
	digest := wire.Digest(hash.Sum(nil))
	return digest, t.Link.Store(ctx, digest, file, uint64(size))
}
