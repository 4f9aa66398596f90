// SPDX-License-Identifier: Apache-2.0

package guestagent

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/escrin/escrin/guestagent/api"
	"github.com/escrin/escrin/guestagent/config"
	"github.com/escrin/escrin/guestagent/workload"
)

// serve answers a workload's requests until stop is called, which returns when nothing is under way any more. The config that it
// returns has the capability in it.
func (a *attempt) serve(ctx context.Context, c config.Config, agent api.Agent) (with config.Config, stop func(), err error) {
	listener, err := a.machine.Listen()
	if err != nil {
		return c, nil, err
	}
	server := api.New(agent, c.Chain)
	stop = alongside(ctx, func(ctx context.Context) { server.Serve(ctx, listener) })
	return withVariable(c, workload.CapabilityVariable, server.Capability()), stop, nil
}

// withVariable returns c with a variable in the main container's environment, and no other of its name.
func withVariable(c config.Config, name, value string) config.Config {
	other := func(e string) bool { return strings.HasPrefix(e, name+"=") }
	c.Containers = slices.Clone(c.Containers)
	p := &c.Containers[len(c.Containers)-1].Process
	p.Env = append(slices.DeleteFunc(slices.Clone(p.Env), other), name+"="+value)
	return c
}

// runTrial runs a trial with an agent that has no keys but those of this run.
func (a *attempt) runTrial(ctx context.Context) error {
	if a.config.Confidential.Required {
		return errors.New("the enclave wants a confidential config, which no trial has")
	}
	run, stop, err := a.serve(ctx, a.trial.Config, newTrialAgent(a.files(a.trial.Secrets)))
	if err != nil {
		return err
	}
	defer stop()
	a.trial.Config = run
	return a.trial.Run(ctx)
}

// files are what a workload has and may add.
func (a *attempt) files(secrets map[string][]byte) api.Files {
	return api.Files{Inputs: a.machine.Inputs(), Secrets: secrets, Put: a.machine.PutOutput}
}
