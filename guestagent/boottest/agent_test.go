// SPDX-License-Identifier: Apache-2.0

package boottest

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/escrin/escrin/guestagent/hostlink"
	"github.com/escrin/escrin/guestagent/wire"
)

// TestMB14MB15WorkloadAsksItsAgent: two tasks keep state, and the third has a host that serves the state of the first.
func TestMB14MB15WorkloadAsksItsAgent(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "agent")
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", path, "./testdata/agent")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH=amd64")
	if report, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build program: %v\n%s", err, report)
	}
	content, err := os.ReadFile(path)
	check(t, err)
	h := newHost(t)
	var sent []string
	h.Call = func(method string, params []byte) ([]byte, error) {
		switch method {
		case "eth_call":
			return []byte(`"0x2a"`), nil
		case "eth_sendRawTransaction":
			sent = append(sent, string(params))
			return json.Marshal("0x" + strings.Repeat("ab", 32))
		}
		return []byte(`"0x5208"`), nil
	}
	c := shellWorkload("/agent")
	c.Chain = true
	d := makeDisk(t, c, program{name: "agent", content: content})
	task := func() []string {
		t.Helper()
		status, out := finishWith(t, h, vm{disk: d})
		if status != 0 || len(out.Files) != 2 || string(out.Files[1].Data) != "text" || !strings.Contains(string(out.Stderr), "progress 100") {
			t.Errorf("status %d, %d files, stderr %s", status, len(out.Files), out.Stderr)
		}
		t.Logf("%s", out.Stdout)
		return strings.Split(string(out.Stdout), "\n")
	}
	first := task()
	var old []byte
	for _, anchor := range h.Newest() {
		old = h.Blob(wire.Digest(anchor.Digest))
	}
	want := []string{first[0], "unsealed sealed words <nil>", "evidence true <nil>", "loaded  0 <nil>", "saved <nil>", "call <nil> 0x2a", "sent 66 <nil>",
		"<nil> <nil> <nil>", "unauthorized: the request does not show the capability of the task", ""}
	compare := func(got []string) {
		t.Helper()
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("the workload says\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	if !strings.HasPrefix(first[0], "address 0x") || !strings.HasSuffix(first[0], "<nil>") {
		t.Errorf("the workload says %s", first[0])
	}
	compare(first)
	want[3] = "loaded x 1 <nil>"
	compare(task())
	h.Serve = func(wire.Hash32, wire.Digest) []byte { return old }
	third := task()
	if !strings.Contains(third[3], "rollback: the newest version is 2") || strings.Contains(third[3], "x 1") {
		t.Errorf("the workload says %s", third[3])
	}
	if len(sent) != 3 || h.Heard().Failure != hostlink.Failure("") {
		t.Errorf("sent %q", sent)
	}
}
