// SPDX-License-Identifier: Apache-2.0

package endtoend

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/escrin/escrin/jobs/api"
	devfile "github.com/escrin/escrin/jobs/network"
)

// commandLimit ends a command that hangs; no test depends on it to pass.
const commandLimit = 8 * time.Minute

// network is a local network of its own: its state, its store and its ports are nobody else's.
type network struct {
	t        *testing.T
	dir      string
	env      []string
	programs string // folder of escrin and its like
}

// start brings a network up on free ports, with the given options of `dev up`, and takes it down when the test ends.
func start(t *testing.T, options ...string) *network {
	t.Helper()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(root, "bin", "guest-base", "kernel")); err != nil {
		t.Fatalf("%v\nthe end-to-end tests run what `make build auction` has built: run that first", err)
	}
	n := &network{t: t, dir: t.TempDir(), programs: filepath.Join(root, "bin")}
	n.env = append(os.Environ(),
		"PATH="+n.programs+":"+os.Getenv("PATH"),
		"XDG_STATE_HOME="+filepath.Join(n.dir, "state"), "XDG_DATA_HOME="+filepath.Join(n.dir, "data"),
		"ESCRIN_NETWORK=")
	t.Cleanup(n.down)
	n.run(append([]string{"dev", "up", "--ports", "auto"}, options...)...)
	return n
}

func (n *network) down() {
	if n.t.Failed() {
		n.showLogs()
	}
	cmd := exec.Command(n.binary("escrin"), "dev", "down")
	cmd.Env = n.env
	if out, err := cmd.CombinedOutput(); err != nil {
		n.t.Errorf("escrin dev down: %v\n%s", err, out)
	}
}

// showLogs prints the last lines of each process, for whoever has to find out why a test failed.
func (n *network) showLogs() {
	logs, _ := filepath.Glob(filepath.Join(n.dir, "state/escrin/dev/logs/*"))
	for _, log := range logs {
		text, _ := os.ReadFile(log)
		lines := strings.Split(strings.TrimSpace(string(text)), "\n")
		n.t.Logf("== %s\n%s", filepath.Base(log), strings.Join(lines[max(0, len(lines)-25):], "\n"))
	}
}

func (n *network) binary(name string) string { return filepath.Join(n.programs, name) }

// outcome is what a command left behind.
type outcome struct {
	stdout, stderr string
	code           int
}

// try runs escrin from the repository's root, as a user would.
func (n *network) try(args ...string) outcome {
	n.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), commandLimit)
	defer cancel()
	cmd := exec.CommandContext(ctx, n.binary("escrin"), args...)
	cmd.Env, cmd.Dir = n.env, ".."
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		n.t.Fatalf("escrin %s: %v", strings.Join(args, " "), err)
	}
	return outcome{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
}

// run fails the test unless the command succeeds, and returns its standard output without the final newline.
func (n *network) run(args ...string) string {
	n.t.Helper()
	o := n.try(args...)
	if o.code != 0 {
		n.t.Fatalf("escrin %s: exit %d\n%s%s", strings.Join(args, " "), o.code, o.stdout, o.stderr)
	}
	return strings.TrimSuffix(o.stdout, "\n")
}

// refuse fails the test unless the command ends with code and says every one of words on standard error.
func (n *network) refuse(code int, words []string, args ...string) {
	n.t.Helper()
	o := n.try(args...)
	if o.code != code {
		n.t.Fatalf("escrin %s: exit %d, want %d\n%s%s", strings.Join(args, " "), o.code, code, o.stdout, o.stderr)
	}
	for _, w := range words {
		if !strings.Contains(o.stderr, w) {
			n.t.Errorf("escrin %s: standard error does not say %q:\n%s", strings.Join(args, " "), w, o.stderr)
		}
	}
}

func (n *network) file() devfile.Network {
	n.t.Helper()
	f, err := devfile.Load(filepath.Join(n.dir, "state/escrin/dev/network.json"))
	if err != nil {
		n.t.Fatal(err)
	}
	return f
}

// kill ends a process of the network the hard way and returns when it is gone.
func (n *network) kill(name string) {
	n.t.Helper()
	for _, p := range n.file().Processes {
		if p.Name != name {
			continue
		}
		process, err := os.FindProcess(p.PID)
		if err == nil {
			err = process.Kill()
		}
		if err != nil {
			n.t.Fatalf("kill %s: %v", name, err)
		}
		n.until(name+" is gone", func() bool { return !running(p.PID) })
		return
	}
	n.t.Fatalf("the network has no process %q: %+v", name, n.file().Processes)
}

func running(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && !bytes.Contains(stat, []byte(") Z "))
}

// task returns the job service's view of a task.
func (n *network) task(id string) api.Task {
	n.t.Helper()
	var task api.Task
	if err := json.Unmarshal([]byte(n.run("job", "status", id, "--json")), &task); err != nil {
		n.t.Fatal(err)
	}
	return task
}

// until polls; the deadline only turns a hang into a failure.
func (n *network) until(what string, true func() bool) {
	n.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), commandLimit)
	defer cancel()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for !true() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			n.t.Fatalf("waited %v until %s", commandLimit, what)
		}
	}
}

// accepted waits for the result and fails unless it came on chain exactly once.
func (n *network) accepted(id string) api.Task {
	n.t.Helper()
	n.run("job", "status", "--watch", id)
	task := n.task(id)
	if task.State != api.StateAccepted || task.Result == nil {
		n.t.Fatalf("task %s is %s: %s", id, task.State, task.Message)
	}
	return task
}

// script runs a shell script with the network's environment and returns what it printed.
func (n *network) script(path string) string {
	n.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), commandLimit)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", path)
	cmd.Env, cmd.Dir = n.env, ".."
	out, err := cmd.CombinedOutput()
	if err != nil {
		n.t.Fatalf("%s: %v\n%s", path, err, out)
	}
	return string(out)
}
