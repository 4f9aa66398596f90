// SPDX-License-Identifier: Apache-2.0

package endtoend

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// TestReadmeSecrets runs the README's commands about secrets, as they stand there: the enclave reads the value by its name.
func TestReadmeSecrets(t *testing.T) {
	n := start(t)
	p := n.prepare(busybox(t, v1.Config{Entrypoint: []string{"/bin/cat", "/run/escrin/secrets/API_TOKEN"}}), "readme")
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	script := "set -eu\ncd " + filepath.Dir(p.write("token.txt", "the value\n")) + "\nIDENTITY=" + p.identity + "\n"
	commands := 0
	for line := range strings.Lines(string(readme)) {
		if line = strings.TrimPrefix(line, "    "); strings.HasPrefix(line, "escrin secret ") || strings.HasPrefix(line, "escrin job submit --identity $IDENTITY --secret ") {
			script += line
			commands++
		}
	}
	if commands != 2 {
		t.Fatalf("%d commands:\n%s", commands, script)
	}
	out := n.script(p.write("walk.sh", script))
	task := regexp.MustCompile(`(?m)^task +(0x[0-9a-f]{64})$`).FindStringSubmatch(out)
	if task == nil {
		t.Fatalf("no task: %s", out)
	}
	p.accepted(task[1])
	if out := p.run("job", "result", task[1], "-o", filepath.Join(t.TempDir(), "result")); !strings.Contains(out, "the value") {
		t.Errorf("the workload reads %q", out)
	}
}

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
