// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"

	"github.com/escrin/escrin/jobs/api"
)

// stepTeller writes what is new about a task each time it is told of it.
type stepTeller struct {
	out     io.Writer
	begun   bool
	attempt uint32    // the last one that was told of
	steps   int       // how many of its steps were told
	outcome bool      // whether its end was told
	message string    // the last one that was told
	state   api.State // the last one that was told
	away    bool      // whether the job service was away when it was last asked
}

// tell writes the task's name once, every step once, and every message when it changes.
func (s *stepTeller) tell(t api.Task) {
	if !s.begun {
		fmt.Fprintf(s.out, "task      %s\nidentity  %s\n", t.ID, t.Identity)
		if t.Submitted > 0 {
			fmt.Fprintf(s.out, "block     %d: submitted\n", t.Submitted)
		}
		s.begun = true
	}
	for _, a := range t.Attempts {
		s.tellAttempt(a)
	}
	if t.Message != "" && t.Message != s.message && !t.State.Final() {
		fmt.Fprintf(s.out, "        … %s\n", oneLine(t.Message))
	}
	s.message = t.Message
	if t.State != s.state {
		s.tellState(t)
		s.state = t.State
	}
}

func (s *stepTeller) tellAttempt(a api.Attempt) {
	if a.Number < s.attempt {
		return
	}
	if a.Number > s.attempt {
		fmt.Fprintf(s.out, "attempt   %d\n", a.Number)
		s.attempt, s.steps, s.outcome = a.Number, 0, false
	}
	for ; s.steps < len(a.Steps); s.steps++ {
		step := a.Steps[s.steps]
		fmt.Fprintf(s.out, "%8.1fs  %s\n", float64(step.MS)/1000, oneLine(step.Name))
	}
	if a.Outcome == api.OutcomeRunning || s.outcome {
		return
	}
	s.outcome = true
	switch a.Outcome {
	case api.OutcomeFailed:
		fmt.Fprintf(s.out, "          failed: %s\n", oneLine(a.Reason))
	case api.OutcomeAbandoned:
		fmt.Fprintf(s.out, "          abandoned: the job service ended while it ran\n")
	}
}

func (s *stepTeller) tellState(t api.Task) {
	switch {
	case t.State == api.StateAccepted && t.Result != nil:
		fmt.Fprintf(s.out, "accepted  exit status %d", t.Result.ExitStatus)
		if t.Result.Block > 0 {
			fmt.Fprintf(s.out, ", in block %d", t.Result.Block)
		}
		fmt.Fprintln(s.out)
	case t.State.Final():
		fmt.Fprintf(s.out, "%s\n", t.State)
	case len(t.Attempts) == 0:
		fmt.Fprintf(s.out, "state     %s\n", t.State)
	}
}
