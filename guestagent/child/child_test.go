// SPDX-License-Identifier: Apache-2.0

package child

import (
	"io"
	"os"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// shell starts a shell that reads keys and writes to what is read.
func shell(t *testing.T, script string) (p *Process, keys, said *os.File) {
	t.Helper()
	stdin, keys, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	said, stdout, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	p, err = Start("/bin/sh", []string{"sh", "-c", script}, []*os.File{stdin, stdout, stdout}, syscall.ProcAttr{Env: []string{"A=1"}, Dir: "/"})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range []*os.File{stdin, stdout} {
		f.Close()
	}
	t.Cleanup(func() { keys.Close(); said.Close() })
	return p, keys, said
}

func TestProgramHasItsDescriptorsAndEnvironmentAlone(t *testing.T) {
	leak, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer leak.Close()
	p, keys, said := shell(t, `read x; echo "$x $A $HOME $PWD"; for fd in /proc/self/fd/*; do [ -f "$fd" ] && echo "$fd"; done; exit 37`)
	io.WriteString(keys, "in\n")
	text, err := io.ReadAll(said)
	if string(text) != "in 1  /\n" || err != nil {
		t.Errorf("%q, %v", text, err)
	}
	if status, err := p.Wait(); status != 37 || err != nil {
		t.Errorf("status %d, %v", status, err)
	}
}

// TestSignalsGetToTheProcessAlone: one that has ended gets none, and has its number until it is waited for.
func TestSignalsGetToTheProcessAlone(t *testing.T) {
	p, _, said := shell(t, `echo; exec sleep 600`)
	if _, err := said.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	pid := p.pid
	p.Signal(unix.SIGTERM)
	if _, err := io.ReadAll(said); err != nil {
		t.Fatal(err)
	}
	if err := unix.Kill(pid, 0); err != nil {
		t.Errorf("nobody waited for the process, and its number is free: %v", err)
	}
	if _, err := p.Wait(); err == nil || !strings.Contains(err.Error(), "terminated") {
		t.Errorf("%v", err)
	}
	if p.Signal(unix.SIGKILL); p.pid != 0 {
		t.Errorf("a signal would be sent to %d", p.pid)
	}
}

func TestWhatDoesNotStart(t *testing.T) {
	if _, err := Start("/nonexistent", []string{"x"}, nil, syscall.ProcAttr{}); err == nil || err.Error() != "start /nonexistent: no such file or directory" {
		t.Error(err)
	}
}
