// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"

	"github.com/ethereum/go-ethereum/common"

	"github.com/escrin/escrin/guestagent/hostlink"
	"github.com/escrin/escrin/jobs/api"
	"github.com/escrin/escrin/jobs/runner"
)

// stepTeller writes what is new about a task each time it is told of it.
type stepTeller struct {
	out     io.Writer
	told    int         // how many attempts were told of
	last    api.Attempt // as it was told
	message string      // the last one that was told
	state   api.State   // the last one that was told
	away    bool        // whether the job service was away when it was last asked
}

// tell writes the task's name once, every step once, and every message when it changes.
func (s *stepTeller) tell(t api.Task) {
	if s.state == "" {
		fmt.Fprintf(s.out, "task      %s\nidentity  %s\n", t.ID, t.Identity)
		if t.Submitted > 0 {
			fmt.Fprintf(s.out, "block     %d: submitted\n", t.Submitted)
		}
	}
	s.tellAttempts(t.Attempts)
	if t.Message != "" && t.Message != s.message && !t.State.Final() {
		fmt.Fprintf(s.out, "        … %s\n", oneLine(t.Message))
	}
	s.message = t.Message
	if t.State != s.state {
		s.tellState(t)
		s.state = t.State
	}
}

// tellAttempts goes on with the attempt that was told of last, and with those after it. The list may have lost its
// beginning; then its last attempt is a new one if it is behind what was told.
func (s *stepTeller) tellAttempts(attempts []api.Attempt) {
	n := len(attempts)
	if n == 0 {
		return
	}
	if n == s.told && behind(attempts[n-1], s.last) {
		s.told--
	}
	for i := max(0, s.told-1); i < n; i++ {
		if i >= s.told {
			fmt.Fprintf(s.out, "attempt   %d\n", attempts[i].Number)
			s.last = api.Attempt{Outcome: api.OutcomeRunning}
		}
		s.tellAttempt(attempts[i])
	}
	s.told = n
}

// behind tells whether an attempt cannot be a later view of the other.
func behind(a, other api.Attempt) bool {
	return len(a.Steps) < len(other.Steps) || a.Outcome == api.OutcomeRunning && other.Outcome != api.OutcomeRunning
}

func (s *stepTeller) tellAttempt(a api.Attempt) {
	for _, e := range a.Services[min(len(s.last.Services), len(a.Services)):] {
		fmt.Fprintf(s.out, "          service %d at %s\n", e.Port, oneLine(e.Address))
	}
	for _, step := range a.Steps[len(s.last.Steps):] {
		fmt.Fprintf(s.out, "%8.1fs  %-12s  %s\n", float64(step.MS)/1000, oneLine(step.Name), meaning(step.Name))
	}
	if a.Outcome != s.last.Outcome {
		switch a.Outcome {
		case api.OutcomeFailed:
			fmt.Fprintf(s.out, "          failed: %s\n", oneLine(a.Reason))
		case api.OutcomeAbandoned:
			fmt.Fprintf(s.out, "          abandoned: %s\n", oneLine(a.Reason))
		}
	}
	s.last = a
}

// meaning puts a step into words. The seconds before it count from the start of the virtual machine.
func meaning(step string) string {
	return map[string]string{
		runner.StepEnclave:               "the enclave is here, and it is the one that the policy names",
		runner.StepBoot:                  "the virtual machine starts",
		runner.StepWarm:                  "a virtual machine that was waiting takes the task",
		string(hostlink.StepKernel):      "its kernel starts",
		string(hostlink.StepAgent):       "the agent takes over",
		string(hostlink.StepDisk):        "the machine is locked down and the disk is checked",
		string(hostlink.StepKeys):        "it has made its keys",
		string(hostlink.StepEvidence):    "there is evidence of what runs",
		string(hostlink.StepPermit):      "keyholders certified it; permit and claim are on chain",
		string(hostlink.StepShares):      "enough keyholders released shares of the task's key",
		string(hostlink.StepInput):       "the inputs are open",
		string(hostlink.StepWorkload):    "the workload runs",
		string(hostlink.StepOutputFirst): "it wrote its first byte",
		string(hostlink.StepSealed):      "the output is sealed and stored",
		string(hostlink.StepResult):      "the result is on chain",
		string(hostlink.StepWiped):       "nothing of the task is left in the virtual machine",
		string(hostlink.StepPoweroff):    "the virtual machine is off",
	}[step]
}

func (s *stepTeller) tellState(t api.Task) {
	switch {
	case t.State == api.StateAccepted && t.Result != nil:
		fmt.Fprintf(s.out, "accepted  exit status %d", t.Result.ExitStatus)
		if t.Result.Block > 0 {
			fmt.Fprintf(s.out, ", in block %d", t.Result.Block)
		}
		fmt.Fprintln(s.out)
		if public := t.Result.PublicOutput; public != (common.Hash{}) {
			fmt.Fprintf(s.out, "public    %s\n", public)
		}
	case t.State.Final():
		fmt.Fprintf(s.out, "%s\n", t.State)
	case len(t.Attempts) == 0:
		fmt.Fprintf(s.out, "state     %s\n", t.State)
	}
}
