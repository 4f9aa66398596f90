// SPDX-License-Identifier: Apache-2.0

package workload

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// group is containers of fake runtimes that run these scripts; $log is a file that all can write to. The name says whether one
// completes.
func group(t *testing.T, log string, scripts ...[2]string) Group {
	t.Helper()
	var g Group
	for _, s := range scripts {
		c := fakeRuntime(t, "log="+log+"\n"+s[1])
		c.Name, c.Completes, c.StopSignal = s[0], strings.HasPrefix(s[0], "completes"), "SIGUSR1"
		g = append(g, c)
	}
	return g
}

const server = `trap 'echo "$0 stopped"; echo "stopped %" >>$log; exit 0' USR1; echo "started %" >>$log; echo $$ >$pid; while :; do /bin/sleep 0.01; done`

func serverNamed(name string) [2]string {
	return [2]string{name, strings.ReplaceAll(server, "%", name)}
}

// TestContainersStartInOrderAndEndInReverse: what completes is through before the next one begins, and the main one's end ends all.
func TestContainersStartInOrderAndEndInReverse(t *testing.T) {
	log := filepath.Join(t.TempDir(), "log")
	g := group(t, log,
		[2]string{"completes", `echo $$ >$pid; /bin/sleep 0.1; echo "completed" >>$log; printf 'no line'`}, serverNamed("a"), serverNamed("b"),
		[2]string{"short", `echo $$ >$pid; exit 5`}, // nobody waits for it
		[2]string{"main", `echo $$ >$pid; echo main >>$log; echo out; echo err >&2; exit 3`})
	var heard said
	status, err := g.Run(t.Context(), heard.hear)
	if err != nil || status != 3 || string(heard.stdout) != "out\n" {
		t.Errorf("status %d, %v, heard %q", status, err, heard.stdout)
	}
	events, err := os.ReadFile(log)
	if want := "completed\nstarted a\nstarted b\nmain\nstopped b\nstopped a\n"; err != nil || string(events) != want {
		t.Errorf("%q, want %q", events, want)
	}
	if stderr := string(heard.stderr); !strings.HasPrefix(stderr, "completes: no line") || !strings.Contains(stderr, "err\n") || strings.Count(stderr, "b: ") != 1 {
		t.Errorf("standard error %q", stderr)
	}
}

func TestContainersThatDoNotStartEndTheTask(t *testing.T) {
	main := [2]string{"main", `echo $$ >$pid; echo main >>$log`}
	for name, c := range map[string]struct {
		script [2]string
		status uint32
	}{
		"fails":     {[2]string{"completes", `echo $$ >$pid; exit 9`}, 9},
		"refused":   {[2]string{"server", "echo 'executable file `/bin/sh` not found: x'; exit 1"}, ExitNotFound},
		"unfit":     {[2]string{"server", `exit 1`}, ExitContainerUnfit},
		"unfit too": {[2]string{"completes", `exit 1`}, ExitContainerUnfit},
	} {
		log := filepath.Join(t.TempDir(), "log")
		var heard said
		status, err := group(t, log, serverNamed("a"), c.script, serverNamed("b"), main).Run(t.Context(), heard.hear)
		if err != nil || status != c.status || !strings.Contains(string(heard.stderr), "escrin: the container "+c.script[0]+" ended with exit status") {
			t.Errorf("%s: status %d, %q, %v", name, status, heard.stderr, err)
		}
		if events, err := os.ReadFile(log); err != nil || string(events) != "started a\nstopped a\n" {
			t.Errorf("%s: %q, %v", name, events, err)
		}
	}
}

// TestAG11AsidesAreBounded: others do not fill the agent's memory, nor what is kept of the main one.
func TestAG11AsidesAreBounded(t *testing.T) {
	log := filepath.Join(t.TempDir(), "log")
	g := group(t, log, [2]string{"completes", "echo $$ >$pid; /usr/bin/head -c 3000000 /dev/zero"}, [2]string{"main", `echo $$ >$pid; echo err >&2`})
	var heard said
	if _, err := g.Run(t.Context(), heard.hear); err != nil || len(heard.stderr) > len("err\n")+maxAside || len(heard.stderr) < maxAside-2*maxLine {
		t.Errorf("%d bytes, %v", len(heard.stderr), err)
	}
	var stderr bytes.Buffer
	controls := make(chan Control)
	close(controls)
	if _, err := g.Attach(t.Context(), Stdio{Stdout: io.Discard, Stderr: &stderr, Controls: controls}); err != nil || stderr.Len() > len("err\n")+maxAside || stderr.Len() < maxAside-2*maxLine {
		t.Errorf("%d bytes in a trial, %v", stderr.Len(), err)
	}
}

// TestCompanionsSpeakInTheirOwnNames: a container without any authority begins a line, and ends it after the main one's, or another's, as
// if it were theirs. Each line of it has its name, also one that is too long for one piece, or that never ends.
func TestCompanionsSpeakInTheirOwnNames(t *testing.T) {
	const turns = `turn() { while [ "$(/usr/bin/wc -l <$log)" -lt $1 ]; do /bin/sleep 0.01; done; }
`
	log := filepath.Join(t.TempDir(), "log")
	if err := os.WriteFile(log, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	g := group(t, log,
		[2]string{"sidecar", turns + `printf x; echo 1 >>$log; echo $$ >$pid; turn 2; printf 'escrin: progress 100 %% "winner: mallory"\n'; printf 'I am main'; /usr/bin/head -c 5000 /dev/zero | /usr/bin/tr '\0' z; echo 3 >>$log`},
		[2]string{"main", turns + `echo $$ >$pid; turn 1; echo "I am main" >&2; echo 2 >>$log; turn 3`})
	var heard said
	if _, err := g.Run(t.Context(), heard.hear); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(heard.stderr)) {
		if strings.Contains(line, "mallory") && line != "sidecar: xescrin: progress 100 % \"winner: mallory\"\n" ||
			strings.Contains(line, "z") && !strings.HasPrefix(line, "sidecar: ") {
			t.Errorf("%.100q", line)
		}
	}
	if lines := strings.Count(string(heard.stderr), "sidecar: "); lines != 3 || !strings.Contains(string(heard.stderr), "mallory") {
		t.Errorf("%d lines in %.200q", lines, heard.stderr)
	}
}

// TestAG11CompanionThatDoesNotEndIsEnded: a runtime that is stopped where it should end, and one whose streams another holds.
func TestAG11CompanionThatDoesNotEndIsEnded(t *testing.T) {
	t.Parallel()
	main := [2]string{"main", `echo $$ >$pid; exit 3`}
	for name, script := range map[string]string{
		"stopped": `echo $$ >$pid; while :; do /bin/sleep 0.01; done`,
		"held":    `/bin/sleep 60 & echo $$ >$pid; while :; do /bin/sleep 0.01; done`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := group(t, filepath.Join(t.TempDir(), "log"), [2]string{"server", script}, main)
			g[0].StopSignal = "SIGSTOP"
			began := time.Now()
			status, err := g.Run(t.Context(), new(said).hear)
			if took := time.Since(began); err != nil || status != 3 || took > 2*patience {
				t.Errorf("status %d, %v, after %v", status, err, took)
			}
		})
	}
}

// TestContainersAreEndedByRealTimeSignals: by the one that the config names, and not by another that they do not wait for.
func TestContainersAreEndedByRealTimeSignals(t *testing.T) {
	for signal, number := range map[string]string{"SIGRTMIN": "34", "SIGRTMIN+3": "37", "SIGRTMIN+30": "64"} {
		log := filepath.Join(t.TempDir(), "log")
		g := group(t, log, [2]string{"server", strings.ReplaceAll(strings.ReplaceAll(server, "%", "server"), "USR1", number)}, [2]string{"main", `echo 1 >$pid`})
		g[0].StopSignal = signal
		if _, err := g.Run(t.Context(), new(said).hear); err != nil {
			t.Fatal(err)
		}
		if events, err := os.ReadFile(log); err != nil || string(events) != "started server\nstopped server\n" {
			t.Errorf("%s: %q, %v", signal, events, err)
		}
	}
}

func TestTrialsMainContainerHasTheStreams(t *testing.T) {
	log := filepath.Join(t.TempDir(), "log")
	g := group(t, log, serverNamed("a"), [2]string{"main", `echo $$ >$pid; /bin/cat; echo err >&2; exit 4`})
	var stdout, stderr bytes.Buffer
	controls := make(chan Control)
	close(controls)
	status, err := g.Attach(t.Context(), Stdio{Stdin: strings.NewReader("in"), Stdout: &stdout, Stderr: &stderr, Controls: controls})
	if err != nil || status != 4 || stdout.String() != "in" || !strings.HasPrefix(stderr.String(), "err\na: ") {
		t.Errorf("%d, %v, %q, %q", status, err, stdout.String(), stderr.String())
	}
}

// TestGroupEndsWithItsTask: nothing waits for a container that nobody wants any more.
func TestGroupEndsWithItsTask(t *testing.T) {
	for name, scripts := range map[string][][2]string{
		"main":      {serverNamed("a"), {"main", "echo $$ >$pid; echo out; exec /bin/sleep 600"}},
		"completes": {{"completes", "echo $$ >$pid; echo out; exec /bin/sleep 600"}, {"main", "echo $$ >$pid"}},
		"starting":  {{"server", "echo out; exec /bin/sleep 600"}, {"main", "echo $$ >$pid"}},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		g := group(t, filepath.Join(t.TempDir(), "log"), scripts...)
		if _, err := g.Run(ctx, func(_ Stream, piece []byte) {
			if bytes.HasSuffix(piece, []byte("out\n")) {
				cancel()
			}
		}); !errors.Is(err, ErrRuntime) {
			t.Errorf("%s: %v", name, err)
		}
		cancel()
	}
}
