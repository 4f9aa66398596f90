// SPDX-License-Identifier: Apache-2.0

package endtoend

import (
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// authorKey is the secret of an author, and authorAddress who that is.
const (
	authorKey     = "0x0000000000000000000000000000000000000000000000000000000000000001"
	authorAddress = "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf"
)

// TestUpgradeByRelease: two enclaves do the tasks of one identity, one after the other. Between them is a signature of their
// author, and no transaction; both tasks verify, the older after the upgrade as well.
func TestUpgradeByRelease(t *testing.T) {
	n := start(t)
	reference, key := n.file().Registry+"/released", n.write("author.key", authorKey)
	publish := func(colour, version string) {
		t.Helper()
		n.run("enclave", busybox(t, v1.Config{Entrypoint: []string{"/bin/sh"}, Env: []string{"PATH=/bin", "COLOUR=" + colour}, User: "1000:1000"}), "-t", reference)
		n.run("push", reference)
		if version != "" {
			n.run("release", "sign", reference, "--version", version, "--account", key)
		}
	}
	publish("blue", "3")
	p := prepared{n, reference, n.run("identity", "create", "--enclave", reference, "--author", authorAddress, "--min-version", "3", "--quiet")}
	done := func(task, colour string) {
		t.Helper()
		p.accepted(task)
		if out := p.run("job", "result", task); !strings.Contains(out, colour) {
			t.Errorf("standard output of the workload: %q, want %s", out, colour)
		}
		p.run("job", "verify", task)
	}
	first := p.submit("echo $COLOUR\n")
	done(first, "blue")

	publish("green", "")
	n.refuse(1, []string{"no such release"}, "job", "submit", "--identity", p.identity, "--input", n.write("input.txt", "echo $COLOUR\n"))
	n.run("release", "sign", reference, "--version", "4", "--account", key)
	second := p.submit("echo $COLOUR\n")
	done(second, "green")
	p.run("job", "verify", first)
}
