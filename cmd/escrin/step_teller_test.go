// SPDX-License-Identifier: Apache-2.0

package main

import (
	"strings"
	"testing"

	"github.com/escrin/escrin/jobs/api"
)

// TestStepsAreToldOnce replays what a job service says of a task whose first boot failed before it was claimed (so that
// both attempts have one number), which then waited for keyholders, and which ended.
func TestStepsAreToldOnce(t *testing.T) {
	step := func(name string, ms int64) api.Step { return api.Step{Name: name, MS: ms} }
	failed := api.Attempt{Number: 1, Outcome: api.OutcomeFailed, Reason: "guest: disk", Steps: []api.Step{step("boot", 0), step("kernel", 1500)}}
	second := api.Attempt{Number: 1, Outcome: api.OutcomeRunning, Steps: []api.Step{step("boot", 0)}}
	further := second
	further.Steps = append(further.Steps, step("kernel", 1400))
	ended := further
	ended.Outcome = api.OutcomeAccepted
	running := failed
	running.Outcome, running.Reason, running.Steps = api.OutcomeRunning, "", running.Steps[:1]

	var out strings.Builder
	s := stepTeller{out: &out}
	task := api.Task{ID: "0x01", State: api.StateOpen, Submitted: 12}
	for _, change := range []func(){
		func() {},
		func() { task.State, task.Attempts = api.StateRunning, []api.Attempt{running} },
		func() { task.State, task.Attempts = api.StateWaiting, []api.Attempt{failed} },
		func() { task.State, task.Attempts = api.StateRunning, []api.Attempt{failed, second} },
		func() { task.Message = "waiting for keyholders: 1 of 2\x1b[2J" },
		func() {},
		func() { task.Message, task.Attempts = "", []api.Attempt{failed, further} },
		func() {
			task.State, task.Attempts, task.Result = api.StateAccepted, []api.Attempt{failed, ended}, &api.Result{ExitStatus: 7, Block: 31}
		},
	} {
		change()
		s.tell(task)
	}
	want := `task      0x01
identity  0x0000000000000000000000000000000000000000000000000000000000000000
block     12: submitted
state     open
attempt   1
     0.0s  boot          the virtual machine starts
     1.5s  kernel        its kernel starts
          failed: guest: disk
attempt   1
     0.0s  boot          the virtual machine starts
        … waiting for keyholders: 1 of 2 [2J
     1.4s  kernel        its kernel starts
accepted  exit status 7, in block 31
`
	if out.String() != want {
		t.Errorf("told\n%s\nwant\n%s", out.String(), want)
	}
}

// A service that keeps only the last attempts drops the first of them when another begins.
func TestStepsOfACappedListAreTold(t *testing.T) {
	var out strings.Builder
	s := stepTeller{out: &out}
	old := api.Attempt{Number: 20, Outcome: api.OutcomeFailed, Reason: "x", Steps: []api.Step{{Name: "boot"}}}
	fresh := api.Attempt{Number: 21, Outcome: api.OutcomeRunning, Steps: []api.Step{{Name: "boot"}}}
	s.tell(api.Task{ID: "0x01", State: api.StateRunning, Attempts: []api.Attempt{old}})
	s.tell(api.Task{ID: "0x01", State: api.StateRunning, Attempts: []api.Attempt{fresh}})
	if got := strings.Count(out.String(), "boot"); got != 2 || !strings.Contains(out.String(), "attempt   21") {
		t.Errorf("told\n%s", out.String())
	}
}
