// SPDX-License-Identifier: Apache-2.0

package endtoend

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	v1 "github.com/google/go-containerregistry/pkg/v1"
)

const confidentialSpec = `version: 1
confidential: {required: true, env: [MODE, TOKEN], args: true, files: [/etc/app/rules.json]}
`

// TestMB15ConfidentialConfig: the owner of an identity sets variables, arguments and a file, twice, and its enclave sees the newest
// version. A host that repeats what keyholders said before the second, or gives the first in its place, gets nothing done; the same task is
// done once it no longer lies.
func TestMB15ConfidentialConfig(t *testing.T) {
	n := start(t)
	p := n.prepareAs(busybox(t, v1.Config{Entrypoint: []string{"/bin/sh", "-s"}, Env: []string{"PATH=/bin", "MODE=image"}, User: "1000:1000"}),
		"confidential", confidentialSpec)
	const script = `echo "$MODE $TOKEN $*"; cat /etc/app/rules.json; echo x 2>&- >>/etc/app/rules.json || echo read-only`
	set := func(flags ...string) (digest common.Hash) {
		t.Helper()
		var made struct{ Digest common.Hash }
		said := n.run(append([]string{"config", "set", p.identity, "--json"}, flags...)...)
		if err := json.Unmarshal([]byte(said), &made); err != nil {
			t.Fatal(err)
		}
		return made.Digest
	}

	n.refuse(2, []string{"LD_PRELOAD"}, "config", "set", p.identity, "--env", "LD_PRELOAD=/input/evil.so")
	n.refuse(1, []string{"takes no variable OTHER", "hint:"}, "config", "set", p.identity, "--env", "OTHER=x")
	n.refuse(1, []string{"registrant"}, "config", "set", p.identity, "--account", "1", "--env", "MODE=stranger")
	rules := n.write("rules.json", "{}\n")
	first := set("--env", "MODE=first", "--env", "TOKEN=one", "--arg", "a b", "--arg", "c", "--file", "/etc/app/rules.json="+rules)

	folder := n.hostile() // keeps what the keyholders say of the first version
	p.finishes(p.submit(script), "first one a b c\n{}\nread-only")
	before := heard(t, folder)
	second := set("--env", "MODE=second", "--env", "TOKEN=two", "--file", "/etc/app/rules.json="+rules)
	for _, lie := range []map[string][]byte{
		{second.Hex()[2:]: read(t, n.blob(first))}, // the older in place of the newest
		before, // answers to questions of then
	} {
		tell(t, folder, lie)
		task := p.submit(script)
		n.fails(task, "the guest gave up: the identity's confidential config")
		for name := range lie {
			if err := os.Remove(filepath.Join(folder, name)); err != nil {
				t.Fatal(err)
			}
		}
		p.finishes(task, "second two \n{}\nread-only")
	}
}

// blob is the file in which the job service keeps a blob.
func (n *network) blob(digest common.Hash) string {
	n.t.Helper()
	found, err := filepath.Glob(filepath.Join(n.dir, "state/escrin/dev/jobs/*/sha256", digest.Hex()[2:]))
	if err != nil || len(found) != 1 {
		n.t.Fatalf("blob %s: %v %v", digest, found, err)
	}
	return found[0]
}

// fails waits until an attempt at a task has failed, and fails the test unless it did for that reason, and none had a result.
func (n *network) fails(id, reason string) {
	n.t.Helper()
	var said []string
	n.until("an attempt at "+id+" fails", func() bool {
		task := n.task(id)
		for _, a := range task.Attempts {
			if a.Reason != "" {
				said = append(said, a.Reason)
			}
		}
		return said != nil || task.Result != nil
	})
	if said == nil || !strings.Contains(said[0], reason) {
		n.t.Fatalf("the attempts at %s failed with %q", id, said)
	}
}

// finishes waits for the result of a task, verifies it, and compares its standard output.
func (p prepared) finishes(task, want string) {
	p.t.Helper()
	p.accepted(task)
	p.run("job", "verify", task)
	if out := p.run("job", "result", task, "-o", filepath.Join(p.t.TempDir(), "result")); out != want {
		p.t.Errorf("the workload says %q, want %q", out, want)
	}
}
