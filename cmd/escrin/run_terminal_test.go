// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"golang.org/x/sys/unix"

	"github.com/escrin/escrin/enclaver/imagetest"
)

// transcript is what was seen on a terminal, and typed when it was.
type transcript struct {
	outer *os.File
	inner *os.File
	mu    sync.Mutex
	seen  strings.Builder
	grown *sync.Cond
	ended bool
}

// newTranscript makes a terminal of 40 lines with 100 columns.
func newTranscript(t *testing.T) *transcript {
	t.Helper()
	fd, err := unix.Open("/dev/ptmx", unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	if err == nil {
		err = unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	number, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	inner, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	s := &transcript{outer: os.NewFile(uintptr(fd), "terminal"), inner: inner}
	s.grown = sync.NewCond(&s.mu)
	s.resize(t, 40, 100)
	t.Cleanup(func() { s.inner.Close(); s.outer.Close() })
	go s.watch()
	return s
}

func (s *transcript) watch() {
	buf := make([]byte, 4096)
	for {
		n, err := s.outer.Read(buf)
		s.mu.Lock()
		s.seen.Write(buf[:n])
		s.ended = err != nil
		s.grown.Broadcast()
		s.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// await waits for a text on the terminal.
func (s *transcript) await(t *testing.T, text string) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for !strings.Contains(s.seen.String(), text) {
		if s.ended {
			t.Fatalf("%q is not on the terminal:\n%s", text, s.seen.String())
		}
		s.grown.Wait()
	}
}

func (s *transcript) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = true
	s.grown.Broadcast()
}

func (s *transcript) typeIn(t *testing.T, keys string) {
	t.Helper()
	if _, err := s.outer.WriteString(keys); err != nil {
		t.Fatal(err)
	}
}

func (s *transcript) resize(t *testing.T, rows, columns uint16) {
	t.Helper()
	if err := unix.IoctlSetWinsize(int(s.inner.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: rows, Col: columns}); err != nil {
		t.Fatal(err)
	}
}

// line says whether the terminal is one for people: it echoes, and ^C interrupts.
func (s *transcript) line(t *testing.T) bool {
	t.Helper()
	settings, err := unix.IoctlGetTermios(int(s.inner.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	const both = unix.ECHO | unix.ISIG
	return settings.Lflag&both == both
}

// start runs escrin on the terminal, as a shell would.
func (s *transcript) start(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(t.TempDir(), "escrin") // by this name the test's program is escrin
	if err := os.Symlink(self, program); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = s.inner, s.inner, s.inner
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { // a command that ended early must not be waited for
		<-t.Context().Done()
		s.end()
	}()
	return cmd
}

func wait(t *testing.T, cmd *exec.Cmd, s *transcript) int {
	t.Helper()
	err := cmd.Wait()
	s.end()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode()
}

// TestTerminalGoesBackAfterItWasTakenTwice: a hostile guest reports the step again.
func TestTerminalGoesBackAfterItWasTakenTwice(t *testing.T) {
	s := newTranscript(t)
	a := &session{terminal: s.inner}
	a.takeTerminal()
	a.takeTerminal()
	if s.line(t) {
		t.Error("the terminal keeps keys to itself")
	}
	if a.giveTerminal(); !s.line(t) {
		t.Error("the terminal is not what it was")
	}
}

// TestRunOnATerminal are sessions of people with real machines.
func TestRunOnATerminal(t *testing.T) {
	base := realGuestBase(t)
	t.Setenv("XDG_DATA_HOME", t.TempDir())
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	for name, session := range map[string]struct {
		script string
		act    func(t *testing.T, s *transcript, ref string)
	}{
		"whole": {`trap 'echo window $(busybox stty size)' WINCH; trap 'echo interrupted; exit 6' INT
busybox tty; busybox stty size; read x; echo "got $x"; while :; do busybox sleep 1; done`, actWhole},
		"left": {`trap 'echo no' INT TERM; echo ready; while :; do busybox sleep 1; done`, actLeft},
	} {
		t.Run(name, func(t *testing.T) {
			image, err := imagetest.Busybox(session.script)
			if err != nil {
				t.Fatal(err)
			}
			ref := "localhost:5000/" + name
			layout := imagetest.Layout(t.TempDir(), map[string]v1.Image{"image": image})
			escrin(t, 0, "enclave", layout+":image", "-t", ref, "--guest-base", base)
			session.act(t, newTranscript(t), ref)
		})
	}
}

// actWhole sees window, keys, ^C, exit status, and the terminal as it was before.
func actWhole(t *testing.T, s *transcript, ref string) {
	cmd := s.start(t, "run", ref)
	s.await(t, "\r\x1b[Kescrin: this is a trial: no chain, no keys, no evidence; nothing in it is confidential\r\n") // not behind a step
	s.await(t, "/dev/pts/0\r\n40 100\r\n")
	if s.line(t) {
		t.Error("the terminal keeps keys to itself")
	}
	s.typeIn(t, "hello\r")
	s.await(t, "got hello\r\n")
	s.resize(t, 10, 20)
	s.await(t, "window 10 20\r\n")
	s.typeIn(t, "\x03")
	s.await(t, "interrupted\r\n")
	if status := wait(t, cmd, s); status != 6 {
		t.Errorf("exit status %d, want 6", status)
	}
	if !s.line(t) {
		t.Error("the terminal is not what it was")
	}
}

// actLeft ends a workload that takes every key, and a machine that still boots.
func actLeft(t *testing.T, s *transcript, ref string) {
	cmd := s.start(t, "run", ref)
	s.await(t, "ready")
	s.typeIn(t, "\x03\x1d\x1dx")
	s.await(t, "no\r\n")
	s.typeIn(t, "\x1d\x1d\x1d")
	if status := wait(t, cmd, s); status != exitError || !s.line(t) {
		t.Errorf("exit status %d, terminal as it was: %v", status, s.line(t))
	}
	s = newTranscript(t)
	cmd = s.start(t, "run", ref)
	s.await(t, "boot 1 vCPU")
	s.typeIn(t, "\x03")
	if status := wait(t, cmd, s); status != exitError {
		t.Errorf("exit status %d", status)
	}
}
