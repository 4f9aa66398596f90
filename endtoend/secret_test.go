// SPDX-License-Identifier: Apache-2.0

package endtoend

import (
	"path/filepath"
	"testing"
)

// TestSecretsOfAnIdentity seals two versions of a secret to an identity, before there is any task, and has two tasks read
// them by name: each the version that was the last when it was submitted.
func TestSecretsOfAnIdentity(t *testing.T) {
	n := start(t)
	p := n.prepare(shell(t), "secrets")
	script := p.write("script", `cat /run/escrin/secrets/API_TOKEN; ls -ln /run/escrin/secrets | tr -s " " | grep API | cut -d" " -f1,3; ls /input`)
	read := func() string {
		t.Helper()
		task := p.run("job", "submit", "--identity", p.identity, "--input", script, "--secret", "API_TOKEN", "--quiet")
		p.accepted(task)
		out := p.run("job", "result", task, "-o", filepath.Join(t.TempDir(), "result"))
		p.run("job", "verify", task)
		return out
	}
	for i, policy := range []string{"root", "any"} {
		value := "value of version " + string(rune('1'+i))
		p.run("secret", "set", p.identity, "API_TOKEN", p.write("token", value+"\n"), "--policy", policy)
		if out := read(); out != value+"\n-r-------- 1000\nscript" {
			t.Errorf("the workload of version %d reads %q", i+1, out)
		}
	}
}
