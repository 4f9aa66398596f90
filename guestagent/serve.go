// SPDX-License-Identifier: Apache-2.0

package guestagent

import (
	"context"
	"crypto/rand"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/escrin/escrin/guestagent/api"
	"github.com/escrin/escrin/guestagent/config"
	"github.com/escrin/escrin/guestagent/workload"
	"github.com/escrin/escrin/keyholder/ibe"
	"github.com/escrin/escrin/keyholder/keyname"
)

// serve answers a workload's requests until stop is called, which returns when nothing is under way any more. The config that it
// returns has the capability in it.
func (a *attempt) serve(ctx context.Context, c config.Config, agent api.Agent) (with config.Config, stop func(), err error) {
	listener, err := a.machine.Listen()
	if err != nil {
		return c, nil, err
	}
	server := api.New(agent)
	ctx, cancel := context.WithCancel(ctx)
	var serving sync.WaitGroup
	serving.Go(func() { server.Serve(ctx, listener) })
	stop = func() {
		cancel()
		serving.Wait()
	}
	return withVariable(c, workload.CapabilityVariable, server.Capability()), stop, nil
}

// withVariable returns c with a variable in each environment, and no other of its name.
func withVariable(c config.Config, name, value string) config.Config {
	other := func(e string) bool { return strings.HasPrefix(e, name+"=") }
	c.Containers = slices.Clone(c.Containers)
	for i := range c.Containers {
		p := &c.Containers[i].Process
		p.Env = append(slices.DeleteFunc(slices.Clone(p.Env), other), name+"="+value)
	}
	return c
}

// jobAgent answers the workload of a job.
type jobAgent struct {
	*attempt
	asking sync.Mutex // held while the key network is asked
}

// Task implements api.Agent.
func (j *jobAgent) Task() api.Task {
	l := j.launch
	return api.Task{
		ChainID: l.ChainID, Registry: l.Registry, Identity: l.Identity, MeasurementRoot: l.MeasurementRoot, Requester: j.keys.requester.Address(),
		ID: l.Task.ID, Attempt: l.Task.Attempt, Deadline: l.Task.Terms.Deadline,
	}
}

// OmniKey implements api.Agent.
func (j *jobAgent) OmniKey(ctx context.Context, policy api.Policy, version uint64) (key [32]byte, err error) {
	under := [32]byte{}
	if policy == api.ByEnclave {
		under = j.launch.MeasurementRoot
	}
	name := keyname.ForOmni(j.launch.ChainID, j.launch.Registry, j.launch.Identity, under, version)
	j.asking.Lock()
	defer j.asking.Unlock()
	if err := j.recoverKey(ctx, name); err != nil {
		return key, err
	}
	return ibe.OmniKey(j.inputKeys[name], name)
}

// runTrial runs a trial with an agent that has no keys but those of this run.
func (a *attempt) runTrial(ctx context.Context) error {
	agent, err := newTrialAgent()
	if err != nil {
		return err
	}
	run, stop, err := a.serve(ctx, a.trial.Config, agent)
	if err != nil {
		return err
	}
	defer stop()
	a.trial.Config = run
	return a.trial.Run(ctx)
}

// trialAgent answers the workload of a trial. Its keys end with it.
type trialAgent struct {
	root [32]byte
}

func newTrialAgent() (*trialAgent, error) {
	t := &trialAgent{}
	_, err := rand.Read(t.root[:])
	return t, err
}

// Task implements api.Agent.
func (t *trialAgent) Task() api.Task { return api.Task{Trial: true} }

// OmniKey implements api.Agent.
func (t *trialAgent) OmniKey(_ context.Context, policy api.Policy, version uint64) ([32]byte, error) {
	return api.Derive(t.root, "trial", string(policy), strconv.FormatUint(version, 10))
}
