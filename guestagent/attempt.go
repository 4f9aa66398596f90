// SPDX-License-Identifier: Apache-2.0

package guestagent

import (
	"context"
	"errors"
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

// attempt is the state of one attempt at one task, filled stage by stage.
type attempt struct {
	*life
	later bool // there was another in this machine before

	config       config.Config
	configDigest [32]byte
	trial        *trial.Trial // instead of all that follows
	launch       hostlink.Launch
	keyholders   client.Client
	keys         keys
	evidence     []byte                      // marshalled attest.Evidence
	handedOver   func(context.Context) error // waits until the host has the evidence
	certified    client.Certified
	permit       hostlink.Permit
	permitted    time.Time                             // when the permit came
	document     func(context.Context) ([]byte, error) // waits for the manifest's bytes
	manifest     task.Manifest
	inputKeys    map[keyname.Name]curve.G1
	additions    config.Additions
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

// readLaunch takes the host's word for what to do. None of it is believed: the binding in the evidence,
// the permit, the release rule and the signatures of claim and report tie each field of a job to the chain. A trial has nothing to tie:
// it is asked for here or never, before there are keys. Who had a task takes no trial.
func (a *attempt) readLaunch(ctx context.Context) error {
	launch, wanted, err := a.link.Launch(ctx)
	if err != nil {
		return err
	}
	if a.later {
		if wanted != nil {
			return errors.New("a trial in a machine that had a task")
		}
		a.beginNow()
	}
	if wanted != nil {
		a.trial = &trial.Trial{
			Machine: a.machine, Link: a.link, Config: a.config, Ask: *wanted, Reach: func(s hostlink.Step) { a.reach(ctx, s) },
		}
		return nil
	}
	if err := a.keyholders.Network.UnmarshalJSON(launch.KeyNetwork); err != nil {
		return err
	}
	a.keyholders.Transport, a.keyholders.Renew = relay{a.link, a.keyholders.Network.Epoch}, a.renew
	a.keyholders.Accuse = func(p keyholder.Proof) { a.accuse(ctx, p) }
	a.launch = *launch
	return nil
}

// wipe forgets the task, and takes everything of it away from the machine.
func (a *attempt) wipe(context.Context) error {
	a.forget()
	return a.machine.Wipe()
}
