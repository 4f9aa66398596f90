// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// A holder with few file descriptors that has far more visitors than those goes on, and so does all that it needs
// descriptors for itself: it gives its share while they are there, as they come and go, and to the last of them.
func TestManyVisitorsAndFewDescriptors(t *testing.T) {
	t.Parallel()
	const descriptors, visitors = 64, 200
	w := newWorld(t)
	h := w.network.holders[0]
	a := w.claimed(1)
	h.stop()
	h.within = []string{"sh", "-c", fmt.Sprintf(`ulimit -n %d && exec "$@"`, descriptors), "sh"}
	h.start()
	h.await(`"ready"`)

	address := strings.TrimPrefix(h.url, "http://")
	inside := make([]net.Conn, visitors)
	for i := range inside {
		c, err := net.Dial("tcp", address)
		must(t, err)
		t.Cleanup(func() { _ = c.Close() })
		inside[i] = c
	}
	h.await("all connections are in use", fmt.Sprintf(`"connections":%d`, descriptors/2))
	var asked sync.WaitGroup
	for _, c := range inside { // each holds its place until it is answered
		asked.Go(func() {
			defer c.Close()
			_, err := fmt.Fprintf(c, "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
			answer, readErr := io.ReadAll(c)
			if err != nil || readErr != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 200 ") {
				t.Errorf("%q, %v, %v", answer, err, readErr)
			}
		})
	}
	if status := a.ask(t, 1); status != http.StatusOK {
		t.Errorf("beside the others: %d", status)
	}
	asked.Wait()
	w.submit(2) // one more block to be read
	if status := a.ask(t, 1); status != http.StatusOK {
		t.Errorf("after the others: %d", status)
	}
	if said := h.last(1 << 20); strings.Contains(said, "too many open files") {
		t.Errorf("there were no descriptors left:\n%s", said)
	}
	h.mustBeSmall()
	h.stop()
}

// A holder that has no descriptor at all for a while waits, says so, and goes on when there are some again.
func TestNoDescriptorsForAWhile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h := w.network.holders[0]
	a := w.claimed(1)
	var before unix.Rlimit
	must(t, unix.Prlimit(h.cmd.Process.Pid, unix.RLIMIT_NOFILE, nil, &before))
	must(t, unix.Prlimit(h.cmd.Process.Pid, unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: 3, Max: before.Max}, nil))
	status := make(chan int, 1)
	go func() { status <- a.insistently(t, 1) }()
	h.await("no connection can be taken for now", "too many open files")
	must(t, unix.Prlimit(h.cmd.Process.Pid, unix.RLIMIT_NOFILE, &before, nil))
	if got := <-status; got != http.StatusOK {
		t.Errorf("asked in between: %d", got)
	}
	h.stop()
}

// insistently asks one keyholder until it does not say that it is to be asked again, and returns the last status.
func (a applicant) insistently(t *testing.T, holder uint32) (status int) {
	t.Helper()
	for again := true; again; again = pause(t.Context()) {
		if status = a.ask(t, holder); status != http.StatusServiceUnavailable && status != http.StatusInternalServerError {
			return status
		}
	}
	return status
}

// A holder whose log nobody reads any more goes on.
func TestLogThatNobodyReads(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h := w.network.holders[0]
	a := w.claimed(1)
	h.stop()
	log, end, err := os.Pipe()
	must(t, err)
	cmd := exec.Command(h.cmd.Args[0], h.cmd.Args[1:]...)
	cmd.Env, cmd.Stderr = h.cmd.Env, end
	must(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	must(t, end.Close())
	for lines := bufio.NewScanner(log); !strings.Contains(lines.Text(), `"ready"`); {
		if !lines.Scan() {
			t.Fatal("the log ends before it is ready")
		}
	}
	must(t, log.Close())
	for range 2 { // each is logged
		if status := a.ask(t, 1); status != http.StatusOK {
			t.Errorf("status %d", status)
		}
	}
	must(t, cmd.Process.Signal(syscall.SIGTERM))
	if err := cmd.Wait(); err != nil {
		t.Errorf("ends with %v", err)
	}
}

// A holder whose terminal is gone ends in good order, and says why; one that was started to outlast it goes on.
func TestTerminalIsGone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h := w.network.holders[0]
	a := w.claimed(1)
	h.stop()
	h.within = []string{"env", "--default-signal=HUP"} // these tests may have been started to outlast their own
	h.start()
	h.await(`"ready"`)
	must(t, h.cmd.Process.Signal(syscall.SIGHUP))
	h.await("stopping", "hangup signal received")
	if err := <-h.done; err != nil {
		t.Errorf("ends with %v", err)
	}
	h.within = []string{"nohup"}
	h.start()
	h.await(`"ready"`)
	must(t, h.cmd.Process.Signal(syscall.SIGHUP))
	if status := a.ask(t, 1); status != http.StatusOK {
		t.Errorf("status %d", status)
	}
	h.stop()
}

// mustBeSmall expects that the process has no more threads than the systemd unit lets it have.
func (h *holder) mustBeSmall() {
	h.t.Helper()
	const allowed = 256 // TasksMax
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", h.cmd.Process.Pid))
	must(h.t, err)
	_, after, _ := strings.Cut(string(status), "\nThreads:")
	digits, _, _ := strings.Cut(strings.TrimSpace(after), "\n")
	if n, err := strconv.Atoi(digits); err != nil || n > allowed/2 {
		h.t.Errorf("%s has %q threads of %d that it may have", h.url, digits, allowed)
	}
}
