// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"crypto/rand"
	"errors"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/escrin/escrin/keyholder/release"
	"github.com/escrin/escrin/keyholder/store"
)

// fresh returns an assignment of things that were never seen.
func fresh() (a release.Assignment) {
	_, _ = rand.Read(a.Attempt[:]) // never fails
	_, _ = rand.Read(a.ChannelKeyHash[:])
	_, _ = rand.Read(a.Requester[:])
	return a
}

// KR-20: of a thousand clones that come at once, one is bound; the others are
// refused, now and later.
func TestKR20ManyAtOnce(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state.db")
	s := open(t, path)
	const clones = 1000
	attempt, assignments := fresh().Attempt, make([]release.Assignment, clones)
	bound := make([]bool, clones)
	var wait sync.WaitGroup
	for i := range assignments {
		assignments[i] = fresh()
		assignments[i].Attempt = attempt
		wait.Go(func() {
			for range 2 { // the second time is answered like the first
				ok, err := s.Bind(assignments[i], release.Head{})
				if err != nil {
					t.Error(err)
				}
				bound[i] = ok
			}
		})
	}
	wait.Wait()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, path)
	defer s.Close()
	winners := 0
	for i, a := range assignments {
		ok, err := s.Bind(a, release.Head{})
		if err != nil || ok != bound[i] {
			t.Fatalf("clone %d: %v before, now %v, %v", i, bound[i], ok, err)
		}
		if ok {
			winners++
		}
	}
	if winners != 1 {
		t.Errorf("%d clones are bound", winners)
	}
}

// Whoever is told "bound" before Close stays bound; whoever comes after gets an
// error.
func TestCloseEndsWrites(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state.db")
	s := open(t, path)
	var mu sync.Mutex
	var told []release.Assignment
	var wait sync.WaitGroup
	enough := make(chan struct{})
	var once sync.Once
	for range 8 {
		wait.Go(func() {
			for {
				a := fresh()
				ok, err := s.Bind(a, release.Head{})
				if err != nil {
					return
				}
				mu.Lock()
				if told = append(told, a); ok && len(told) >= 100 {
					once.Do(func() { close(enough) })
				}
				mu.Unlock()
			}
		})
	}
	<-enough
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	wait.Wait()
	s = open(t, path)
	defer s.Close()
	checkBound(t, s, told)
}

// checkBound expects that assignments are bound and others of the attempts refused.
func checkBound(t *testing.T, s *store.Store, told []release.Assignment) {
	t.Helper()
	for _, a := range told {
		other := fresh()
		other.Attempt = a.Attempt
		if ok, err := s.Bind(other, release.Head{}); err != nil || ok {
			t.Fatalf("a binding was forgotten: %v", err)
		}
		if ok, err := s.Bind(a, release.Head{}); err != nil || !ok {
			t.Fatalf("a binding was lost: %v, %v", ok, err)
		}
	}
}

const (
	childMode = "ESCRIN_STORE_TEST_CHILD"
	childPath = "ESCRIN_STORE_TEST_PATH"
)

// TestMain lets the test binary be a process that binds until it is killed.
func TestMain(m *testing.M) {
	switch os.Getenv(childMode) {
	case "":
		os.Exit(m.Run())
	case "small": // files may have 256 KiB
		limit := unix.Rlimit{Cur: 256 << 10, Max: math.MaxUint64}
		if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &limit); err != nil {
			os.Exit(3)
		}
	}
	os.Exit(bindUntilKilled(os.Getenv(childPath)))
}

// bindUntilKilled prints every assignment when it is bound. With a full disk, it
// ends with status 4 after a thousand refusals.
func bindUntilKilled(path string) int {
	s, err := store.Open(path)
	if err != nil {
		return 3
	}
	var out sync.Mutex
	var refusals atomic.Int32
	for range 16 {
		go func() {
			for {
				a := fresh()
				ok, err := s.Bind(a, release.Head{})
				if err != nil || !ok {
					if refusals.Add(1) > 1000 {
						os.Exit(4)
					}
					continue
				}
				line := append(append(append([]byte{}, a.Attempt[:]...), a.ChannelKeyHash[:]...), a.Requester[:]...)
				out.Lock()
				_, _ = os.Stdout.Write(line)
				out.Unlock()
			}
		}()
	}
	select {}
}

// child runs a process until it told of some bindings, kills it unless it ends
// first, and returns what it told.
func child(t *testing.T, path, mode string, enough int) (told []release.Assignment, status int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), childMode+"="+mode, childPath+"="+path)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var line [84]byte
	for {
		if _, err := io.ReadFull(out, line[:]); err != nil {
			break
		}
		told = append(told, release.Assignment{
			Attempt: [32]byte(line[:32]), ChannelKeyHash: [32]byte(line[32:64]), Requester: [20]byte(line[64:]),
		})
		if len(told) == enough {
			_ = cmd.Process.Kill()
		}
	}
	if exit, ok := errors.AsType[*exec.ExitError](cmd.Wait()); ok {
		status = exit.ExitCode()
	}
	return told, status
}

// A process that is killed while it writes forgets nothing that it told.
func TestKilledProcessForgetsNothing(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state.db")
	var all []release.Assignment
	for round := range 8 {
		told, status := child(t, path, "killed", 50+37*round)
		if status != -1 {
			t.Fatalf("ended with status %d", status)
		}
		all = append(all, told...)
	}
	s := open(t, path)
	defer s.Close()
	checkBound(t, s, all)
}

// A full disk refuses, forgets nothing, and with space again all goes on.
func TestFullDiskRefusesAndForgetsNothing(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state.db")
	told, status := child(t, path, "small", -1)
	if status != 4 || len(told) == 0 {
		t.Fatalf("status %d after %d bindings", status, len(told))
	}
	s := open(t, path)
	defer s.Close()
	checkBound(t, s, told)
	if ok, err := s.Bind(fresh(), release.Head{}); err != nil || !ok {
		t.Errorf("with space again: %v, %v", ok, err)
	}
}

// BenchmarkBind binds fresh assignments, 64 at a time.
func BenchmarkBind(b *testing.B) {
	s, err := store.Open(filepath.Join(b.TempDir(), "state.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	var next atomic.Int64
	var wait sync.WaitGroup
	b.ResetTimer()
	for range 64 {
		wait.Go(func() {
			for next.Add(1) <= int64(b.N) {
				if ok, err := s.Bind(fresh(), release.Head{}); err != nil || !ok {
					b.Error(ok, err)
				}
			}
		})
	}
	wait.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "binds/s")
}
