// SPDX-License-Identifier: Apache-2.0

package machine

import (
	"io"
	"net"
	"os"
	"path/filepath"
	"testing"
)

// TestAG01OnlyTheWorkloadIsAnswered: a process that is not the workload's is hung up on, and does not stop others.
func TestAG01OnlyTheWorkloadIsAnswered(t *testing.T) {
	path := filepath.Join(t.TempDir(), "agent", "socket")
	asked := 0
	l, err := listen(path, func(pid int32) bool { asked++; return asked > 1 && int(pid) == os.Getpid() })
	if err != nil {
		t.Fatal(err)
	}
	said := make(chan string, 1)
	ended := make(chan error, 1)
	go func() {
		conn, err := l.Accept()
		if err == nil {
			b := make([]byte, 5)
			_, err = io.ReadFull(conn, b)
			said <- string(b)
			conn.Close()
		}
		if err == nil {
			_, err = l.Accept()
		}
		ended <- err
	}()
	for range 2 {
		conn, err := net.Dial("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		_, _ = conn.Write([]byte("hello")) // the first is refused
	}
	if got := <-said; got != "hello" {
		t.Errorf("heard %q", got)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err == nil {
		t.Error("Accept goes on after Close")
	}
	if inWorkload(int32(os.Getpid())) || inWorkload(0) {
		t.Error("this test is said to be a workload")
	}
}

// TestASocketReplacesThatOfTheTaskBefore: a machine may run several tasks.
func TestASocketReplacesThatOfTheTaskBefore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "socket")
	for range 2 {
		if _, err := listen(path, inWorkload); err != nil {
			t.Fatal(err)
		}
	}
}
