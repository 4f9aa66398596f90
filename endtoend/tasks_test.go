// SPDX-License-Identifier: Apache-2.0

package endtoend

import (
	"slices"
	"strings"
	"testing"

	"github.com/escrin/escrin/jobs/api"
)

// TestSeveralTasksInOneBoot: the second task runs in the machine that had the first, knows nothing of it, and its result verifies like any
// other; the owner reads along while it runs.
func TestSeveralTasksInOneBoot(t *testing.T) {
	n := start(t)
	p := n.prepareAs(shell(t), "several", "version: 1\ntasks: {perBoot: 2}\nlogs: {live: true}\n")
	first := p.submit("echo one; echo left > /tmp/mark; sleep 8; echo oops >&2; echo end")
	if out := n.run("job", "logs", "--follow", first); out != "one\nend" {
		t.Errorf("the log of the first says %q", out)
	}
	second := p.submit("ls /tmp; echo two; exit 4")
	warm, third := p.accepted(second), p.submit("echo three")
	if warm.Result.ExitStatus != 4 || !took(warm, "warm") || took(warm, "boot") {
		t.Errorf("the second has %+v", warm)
	}
	if out := n.run("job", "logs", second); out != "two" {
		t.Errorf("the log of the second says %q", out)
	}
	if fresh := p.accepted(third); !took(fresh, "boot") || took(fresh, "warm") {
		t.Errorf("a machine that may have two tasks has had a third: %+v", fresh)
	}
	if a, b := p.task(first).Attempts[0], warm.Attempts[0]; a.Requester == b.Requester || a.Evidence == b.Evidence {
		t.Error("two tasks have keys or evidence in common")
	}
	for _, task := range []string{first, second, third} {
		n.run("job", "verify", task)
	}
}

// took says whether the last attempt at a task had a step.
func took(t api.Task, step string) bool {
	last := t.Attempts[len(t.Attempts)-1]
	return slices.ContainsFunc(last.Steps, func(s api.Step) bool { return strings.EqualFold(s.Name, step) })
}
