// SPDX-License-Identifier: Apache-2.0

package guestagent

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/escrin/escrin/guestagent/config"
	"github.com/escrin/escrin/guestagent/hostlink"
	"github.com/escrin/escrin/guestagent/task"
	"github.com/escrin/escrin/guestagent/trial"
	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/client"
	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/keyname"
)

// attempt is the state of one life, filled stage by stage.
type attempt struct {
	machine  Machine
	shortest time.Duration // claim window: minWindow

	mu      sync.Mutex // guards pending and link against the workload's first output
	pending []hostlink.StepReport
	link    *hostlink.Client

	config       config.Config
	configDigest [32]byte
	trial        *trial.Trial // instead of all that follows
	launch       hostlink.Launch
	keyholders   client.Client
	keys         keys
	evidence     []byte // marshalled attest.Evidence
	permit       hostlink.Permit
	permitted    time.Time // when the permit came
	manifest     task.Manifest
	inputKeys    map[keyname.Name]curve.G1
	additions    config.Additions
	opened       bool              // inputs may be in memory
	secrets      map[string][]byte // of the identity, by label
	run          config.Config     // with the secrets in its environment
	output       output
	result       task.Result
}

func (a *attempt) lockDown(context.Context) error { return a.machine.LockDown() }

func (a *attempt) openDisk(context.Context) (err error) {
	a.config, a.configDigest, err = a.machine.OpenDisk()
	return err
}

func (a *attempt) openLink(ctx context.Context) error {
	conn, err := a.machine.OpenLink()
	if err != nil {
		return err
	}
	link, err := hostlink.NewClient(conn)
	if err != nil {
		return err
	}
	a.mu.Lock()
	a.link = link
	a.mu.Unlock()
	return a.flush(ctx)
}

// readLaunch takes the host's word for what to do. None of it is believed: the binding in the evidence,
// the permit, the release rule and the signatures of claim and report tie each field of a job to the chain. A trial has nothing to tie:
// it is asked for here or never, before there are keys.
func (a *attempt) readLaunch(ctx context.Context) error {
	launch, wanted, err := a.link.Launch(ctx)
	if err != nil {
		return err
	}
	if wanted != nil {
		a.trial = &trial.Trial{
			Machine: a.machine, Link: a.link, Config: a.config, Ask: *wanted, Reach: func(s hostlink.Step) { a.reach(ctx, s) },
		}
		return nil
	}
	if err := json.Unmarshal(launch.KeyNetwork, &a.keyholders.Network); err != nil {
		return err
	}
	a.keyholders.Transport, a.keyholders.Renew = relay{a.link, a.keyholders.Network.Epoch}, a.renew
	a.keyholders.Accuse = func(p keyholder.Proof) { a.accuse(ctx, p) }
	a.launch = *launch
	return nil
}

// reach reports a step, at once or when the link is open. A host that does not listen misses it.
func (a *attempt) reach(ctx context.Context, s hostlink.Step) {
	report := hostlink.StepReport{Step: s, Milliseconds: uint64(a.machine.SinceBoot().Milliseconds())}
	a.mu.Lock()
	a.pending = append(a.pending, report)
	open := a.link != nil
	a.mu.Unlock()
	if open {
		_ = a.flush(ctx)
	}
}

// flush sends the pending reports in order.
func (a *attempt) flush(ctx context.Context) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	for len(a.pending) > 0 {
		r := a.pending[0]
		a.pending = a.pending[1:]
		if err := a.link.Step(ctx, r.Step, time.Duration(r.Milliseconds)*time.Millisecond); err != nil {
			return fmt.Errorf("report step %s: %w", r.Step, err)
		}
	}
	return nil
}

// reportFailure tells the host the failure's kind, opening the link if need be.
func (a *attempt) reportFailure(ctx context.Context, err error) {
	if a.link == nil && a.openLink(ctx) != nil {
		return
	}
	failure := hostlink.FailUnexpected
	var e *Error
	if errors.As(err, &e) {
		failure = e.Failure
	}
	_ = a.link.Failed(ctx, failure) // there is nobody else to tell
}

func (a *attempt) close() {
	if a.link != nil {
		_ = a.link.Close() // the machine is powered off next
	}
}
