// SPDX-License-Identifier: Apache-2.0

package workload

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"golang.org/x/sys/unix"
)

// reply writes to keys, and closes them, once the text has been written to it.
type reply struct {
	mu   sync.Mutex
	said bytes.Buffer
	when string
	do   func()
}

func (r *reply) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	n, err := r.said.Write(p)
	if r.do != nil && strings.Contains(r.said.String(), r.when) {
		go r.do()
		r.do = nil
	}
	return n, err
}

func TestAttachWithPipes(t *testing.T) {
	stdin, keys := io.Pipe()
	controls := make(chan Control)
	defer close(controls)
	var stderr bytes.Buffer
	out := &reply{when: "ready", do: func() { io.WriteString(keys, "hello\n") }}
	heard := &reply{when: "got hello", do: func() { controls <- Control{Window: &Window{1, 2}, Signal: unix.SIGUSR1} }}
	c := fakeRuntime(t, `echo $$ >$pid; trap 'echo signal; exit 3' USR1; echo oops >&2; echo ready; read x; echo "got $x"; while :; do /bin/sleep 0.05; done`)
	status, err := c.Attach(t.Context(), Stdio{Stdin: stdin, Stdout: io.MultiWriter(out, heard), Stderr: &stderr, Controls: controls})
	if err != nil || status != 3 || out.said.String() != "ready\ngot hello\nsignal\n" || stderr.String() != "oops\n" {
		t.Errorf("status %d, %v, stdout %q, stderr %q", status, err, out.said.String(), stderr.String())
	}
}

func TestAttachWithoutStandardInputHasThatOfAJob(t *testing.T) {
	c := fakeRuntime(t, "echo $$ >$pid; /bin/cat")
	c.Stdin = filepath.Join(t.TempDir(), "only")
	if err := os.WriteFile(c.Stdin, []byte("input"), 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if status, err := c.Attach(t.Context(), Stdio{Stdout: &out, Stderr: io.Discard}); err != nil || status != 0 || out.String() != "input" {
		t.Errorf("status %d, %v, %q", status, err, out.String())
	}
}

func TestAttachATerminal(t *testing.T) {
	stdin, keys := io.Pipe()
	controls := make(chan Control)
	defer close(controls)
	out := &reply{when: "24 80", do: func() { controls <- Control{Window: &Window{10, 20}} }}
	then := &reply{when: "window", do: func() { io.WriteString(keys, "hello\x03\n") }}
	c := fakeRuntime(t, `echo $$ >$pid; trap 'seen=1' WINCH; [ -t 0 ] && [ -t 1 ] && /bin/stty size
until [ "$seen" ]; do /bin/sleep 0.05; done; echo window; /bin/stty size; read x; echo "got $x" | /bin/cat -v; exit 5`)
	status, err := c.Attach(t.Context(), Stdio{Stdin: stdin, Stdout: io.MultiWriter(out, then), Stderr: io.Discard, Terminal: &Window{24, 80}, Controls: controls})
	if want := "24 80\nwindow\n10 20\ngot hello^C\n"; err != nil || status != 5 || out.said.String() != want {
		t.Errorf("status %d, %v, terminal %q, want %q", status, err, out.said.String(), want)
	}
	spec, err := os.ReadFile(filepath.Join(c.State, "bundle", "config.json"))
	for _, want := range []string{`"terminal":true`, `"consoleSize":{"height":24,"width":80}`, `"TERM=xterm"`} {
		if err != nil || !strings.Contains(string(spec), want) {
			t.Errorf("%s is not in the runtime configuration: %v", want, err)
		}
	}
	if c.Spec.Process.Terminal {
		t.Error("the container itself was changed")
	}
}

// TestRefusedContainersAreOutcomesOfTrialsToo: with and without a terminal.
func TestRefusedContainersAreOutcomesOfTrialsToo(t *testing.T) {
	for _, window := range []*Window{nil, {24, 80}} {
		c := fakeRuntime(t, "echo 'executable file `/bin/sh` not found: No such file or directory' >&2; exit 1")
		stdin, _ := io.Pipe()
		var out, stderr bytes.Buffer
		status, err := c.Attach(t.Context(), Stdio{Stdin: stdin, Stdout: &out, Stderr: &stderr, Terminal: window})
		if err != nil || status != ExitNotFound || !strings.Contains(out.String()+stderr.String(), "not found") {
			t.Errorf("status %d, %v, %q, %q", status, err, out.String(), stderr.String())
		}
	}
}
