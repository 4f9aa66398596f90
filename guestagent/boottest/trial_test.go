// SPDX-License-Identifier: Apache-2.0

package boottest

import (
	"bytes"
	"context"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/escrin/escrin/guestagent/config"
	"github.com/escrin/escrin/guestagent/hostlink"
	"github.com/escrin/escrin/guestagent/hostlink/hostend"
	"github.com/escrin/escrin/guestagent/task/readback"
	"github.com/escrin/escrin/guestagent/trialhost"
)

// screen is what a workload wrote, with a way to wait for a text.
type screen struct {
	mu    sync.Mutex
	said  bytes.Buffer
	grown chan struct{} // closed at the next write
}

func newScreen() *screen { return &screen{grown: make(chan struct{})} }

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.grown)
	s.grown = make(chan struct{})
	return s.said.Write(p)
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.said.String()
}

// await returns when the text is on the screen.
func (s *screen) await(ctx context.Context, text string) {
	for {
		s.mu.Lock()
		there, grown := strings.Contains(s.said.String(), text), s.grown
		s.mu.Unlock()
		if there {
			return
		}
		select {
		case <-grown:
		case <-ctx.Done():
			return
		}
	}
}

// trial boots a workload for a trial, while act plays the user.
func trial(t *testing.T, run config.Config, inputs map[string][]byte, s trialhost.Streams, act func(context.Context, *trialhost.Host)) (uint32, []readback.OutputFile) {
	t.Helper()
	return trialOn(t, vm{disk: makeDisk(t, run)}, inputs, s, act)
}

// trialOn is trial on a machine that is there.
func trialOn(t *testing.T, m vm, inputs map[string][]byte, s trialhost.Streams, act func(context.Context, *trialhost.Host)) (uint32, []readback.OutputFile) {
	t.Helper()
	var steps []hostlink.StepReport
	host, err := trialhost.New(inputs, s, func(r hostlink.StepReport) { steps = append(steps, r) })
	check(t, err)
	console := bootWith(t, m, func(ctx context.Context, conn net.Conn) error {
		ctx, cancel := context.WithCancel(ctx)
		var user sync.WaitGroup
		user.Go(func() { act(ctx, host) })
		defer user.Wait()
		defer cancel()
		return hostend.ServeTrial(ctx, conn, host)
	})
	status, files, err := host.Result()
	if err != nil {
		t.Fatalf("%v\n%s", err, console)
	}
	want := []hostlink.Step{hostlink.StepKernel, hostlink.StepAgent, hostlink.StepDisk, hostlink.StepInput, hostlink.StepWorkload, hostlink.StepOutputFirst, hostlink.StepPoweroff}
	if !slices.EqualFunc(steps, want, func(r hostlink.StepReport, s hostlink.Step) bool { return r.Step == s }) {
		t.Errorf("steps %+v", steps)
	}
	silentAfter(t, steps[1].Milliseconds, console)
	return status, files
}

func TestTrialWithPipes(t *testing.T) {
	t.Parallel()
	stdin, keys := io.Pipe()
	stdout, stderr := newScreen(), newScreen()
	script := `trap 'echo interrupted; exit 9' INT; tty; cat /input/a /input/b > /output/both; read x; echo "got $x"; echo oops >&2; while :; do sleep 1; done`
	status, files := trial(t, shellWorkload(script), map[string][]byte{"a": []byte("A"), "b": []byte("B")},
		trialhost.Streams{Stdin: stdin, Stdout: stdout, Stderr: stderr}, func(ctx context.Context, h *trialhost.Host) {
			stdout.await(ctx, "not a tty")
			io.WriteString(keys, "hello\nmore")
			keys.Close()
			stdout.await(ctx, "got hello")
			stderr.await(ctx, "oops")
			h.Send(hostlink.Control{Signal: "SIGINT"})
		})
	if status != 9 || stdout.String() != "not a tty\ngot hello\ninterrupted\n" || stderr.String() != "oops\n" {
		t.Errorf("status %d, stdout %q, stderr %q", status, stdout.String(), stderr.String())
	}
	if len(files) != 1 || files[0].Name != "both" || string(files[0].Data) != "AB" {
		t.Errorf("files %+v", files)
	}
}

func TestTrialWithATerminal(t *testing.T) {
	t.Parallel()
	stdin, keys := io.Pipe()
	out := newScreen()
	script := `trap 'echo window $(stty size)' WINCH; trap 'echo interrupted; exit 6' INT
tty; stty size; echo $TERM; read x; echo "got $x"; while :; do sleep 1; done`
	status, _ := trial(t, shellWorkload(script), nil,
		trialhost.Streams{Stdin: stdin, Stdout: out, Terminal: &hostlink.Size{Rows: 51, Columns: 132}}, func(ctx context.Context, h *trialhost.Host) {
			out.await(ctx, "xterm\r\n")
			io.WriteString(keys, "hello\r")
			out.await(ctx, "got hello")
			h.Send(hostlink.Control{Size: &hostlink.Size{Rows: 10, Columns: 20}})
			out.await(ctx, "window 10 20")
			io.WriteString(keys, "\x03")
		})
	want := "/dev/pts/0\r\n51 132\r\nxterm\r\nhello\r\ngot hello\r\nwindow 10 20\r\n^Cinterrupted\r\n"
	if status != 6 || out.String() != want {
		t.Errorf("status %d, terminal %q, want %q", status, out.String(), want)
	}
}

// TestTrialsEntrypointThatDoesNotRun: the terminal says why, and the status is that of a job.
func TestTrialsEntrypointThatDoesNotRun(t *testing.T) {
	t.Parallel()
	stdin, _ := io.Pipe()
	out := newScreen()
	run := shellWorkload("")
	run.Containers[0].Process.Args = []string{"/absent"}
	status, _ := trial(t, run, nil, trialhost.Streams{Stdin: stdin, Stdout: out, Terminal: &hostlink.Size{Rows: 24, Columns: 80}}, func(context.Context, *trialhost.Host) {})
	if status != 127 || !strings.Contains(out.String(), "not found") {
		t.Errorf("status %d, terminal %q", status, out.String())
	}
}
