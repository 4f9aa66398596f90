// SPDX-License-Identifier: Apache-2.0

package auditlog

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// Tests of this package start its test binary as a process that dies, or that may
// write no more. Its part is named in the environment.
const (
	partKey = "ESCRIN_AUDITLOG_TEST_PART"
	dirKey  = "ESCRIN_AUDITLOG_TEST_DIR"
)

func TestMain(m *testing.M) {
	switch os.Getenv(partKey) {
	case "writer":
		writer(os.Getenv(dirKey))
	case "full":
		full(os.Getenv(dirKey))
	default:
		os.Exit(m.Run())
	}
}

func process(t *testing.T, part, dir string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), partKey+"="+part, dirKey+"="+dir)
	cmd.Stderr = os.Stderr
	return cmd
}

// writer appends for ever, from several callers at once, and says how long the log
// is whenever a record is durable.
func writer(dir string) {
	l, err := Open(dir)
	if err != nil {
		panic(err)
	}
	for range 8 {
		go func() {
			for i := 0; ; i++ {
				if err := l.Append(record(i)); err != nil {
					panic(err)
				}
				fmt.Println(l.Head().Length)
			}
		}()
	}
	select {}
}

// A process that is killed at any moment leaves every record that it said was
// durable, and a log that goes on.
func TestKilledWriterLosesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var said uint64
	for round := range 5 {
		cmd := process(t, "writer", dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for n := 0; lines.Scan(); n++ {
			length, err := strconv.ParseUint(lines.Text(), 10, 64)
			if err != nil {
				break // the last line may be torn, too
			}
			said = max(said, length)
			if n == 50*(round+1) {
				if err := cmd.Process.Kill(); err != nil {
					t.Fatal(err)
				}
			}
		}
		_ = cmd.Wait() // it was killed
		l := open(t, dir)
		if l.Head().Length < said {
			t.Fatalf("log has %d records, %d were said to be durable", l.Head().Length, said)
		}
		closed(t, l)
		if _, err := Verify(dir, nil); err != nil {
			t.Fatal(err)
		}
	}
}

// full fills up what it may write, within a batch, then is allowed more.
func full(dir string) {
	l, err := Open(dir)
	if err != nil {
		panic(err)
	}
	limit := func(n uint64) {
		if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: n, Max: unix.RLIM_INFINITY}); err != nil {
			panic(err)
		}
	}
	good := 0
	limit(10_000)
	for i := range 100 {
		err := l.Append(record(i))
		if err == nil {
			good++
		} else if l.Err() != nil {
			panic(l.Err())
		}
	}
	limit(unix.RLIM_INFINITY)
	for i := range 3 {
		if err := l.Append(record(i)); err != nil {
			panic(err)
		}
	}
	fmt.Println(good+3, l.Head().Length)
	if err := l.Close(); err != nil {
		panic(err)
	}
}

// Where a disk is full nothing is recorded, and so nothing answered; when there is
// room again, the log goes on as if nothing had happened.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	out, err := process(t, "full", dir).Output()
	if err != nil {
		t.Fatal(err)
	}
	words := strings.Fields(string(out))
	if len(words) != 2 || words[0] != words[1] || words[0] == "3" || words[0] == "103" {
		t.Fatalf("good records, length: %q", out)
	}
	s, err := Verify(dir, nil)
	if err != nil || strconv.FormatUint(s.Last.Length, 10) != words[0] {
		t.Fatalf("%+v, %v", s, err)
	}
}

// If not even what was there can be restored, nothing is recorded any more.
func TestUnknownStateIsTheEnd(t *testing.T) {
	t.Parallel()
	dir, head := filled(t, 1)
	l := open(t, dir)
	defer func() { _ = l.Close() }()
	readOnly, err := os.Open(segment(t, dir))
	if err != nil {
		t.Fatal(err)
	}
	if err := l.file.Close(); err != nil {
		t.Fatal(err)
	}
	l.file = readOnly
	for range 2 {
		if err := l.Append(record(1)); err == nil || l.Err() == nil {
			t.Errorf("recorded: %v, %v", err, l.Err())
		}
	}
	if l.Head() != head {
		t.Errorf("head %v, want %v", l.Head(), head)
	}
}
