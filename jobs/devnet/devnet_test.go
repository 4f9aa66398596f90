// SPDX-License-Identifier: Apache-2.0

package devnet

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

func TestParsePorts(t *testing.T) {
	for _, bad := range []string{"0", "-1", "65530", "70000", "80 ", "x", "8545,8546"} {
		if p, err := ParsePorts(bad); err == nil {
			t.Errorf("%q was accepted as %v", bad, p)
		}
	}
	p, err := ParsePorts("65529")
	if err != nil || p.Jobs != 65535 {
		t.Errorf("ports from 65529: %v, %v", p, err)
	}
	p, err = ParsePorts("auto")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[int]bool{}
	for _, port := range append(p.Keyholders[:], p.HTTP, p.WS, p.Registry, p.Jobs) {
		if port == 0 || seen[port] {
			t.Fatalf("automatic ports are not seven different ones: %v", p)
		}
		seen[port] = true
	}
}

func TestPlanKeepsItsPorts(t *testing.T) {
	d := directory(t.TempDir())
	first, err := d.settlePlan("20000")
	if err != nil {
		t.Fatal(err)
	}
	for _, again := range []string{"", "auto", "20000"} {
		if p, err := d.settlePlan(again); err != nil || p != first {
			t.Errorf("ports %q: %v, %v", again, p, err)
		}
	}
	if _, err := d.settlePlan("30000"); err == nil {
		t.Error("a network moved to other ports")
	}
}

// A network whose keyholders made their key among themselves cannot be gone on with; it can be looked at and deleted.
func TestNetworkOfAnEarlierEscrinIsRefusedWithAdvice(t *testing.T) {
	dir := t.TempDir()
	d := directory(dir)
	if _, err := d.settlePlan("auto"); err != nil {
		t.Fatal(err)
	}
	p, err := d.readPlan()
	if err != nil {
		t.Fatal(err)
	}
	p.Version = 1
	if err := d.writeJSON("plan.json", p, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = Up(t.Context(), Options{Dir: dir, Ports: "auto", Binaries: programs(t, nil)})
	old, ok := errors.AsType[*OldNetworkError](err)
	if !ok || old.Dir != dir || !strings.Contains(old.Hint(), "`escrin dev reset`") {
		t.Fatalf("error is %v", err)
	}
	if status, err := Status(t.Context(), dir); err != nil || len(status.Processes) != 2+Holders {
		t.Errorf("status: %+v, %v", status, err)
	}
	if err := Reset(t.Context(), dir, nil); err != nil {
		t.Error(err)
	}
	p.Version = planVersion + 1
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := d.writeJSON("plan.json", p, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Up(t.Context(), Options{Dir: dir, Ports: "auto"}); err == nil || !strings.Contains(err.Error(), "version 3") {
		t.Errorf("a network of a later escrin: %v", err)
	}
}

func TestParseStat(t *testing.T) {
	rest := "S 1 2 3 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 987654 1 2"
	for _, name := range []string{"(sh)", "(a b)", "(a) R 1 (b)", "(\n)"} {
		s, err := parseStat([]byte("17 " + name + " " + rest))
		if err != nil || s.state != 'S' || s.startTime != 987654 {
			t.Errorf("%s: %+v, %v", name, s, err)
		}
	}
	for _, bad := range []string{"", "17 (sh)", "17 sh " + rest, "17 (sh) S 1 2", "17 (sh) " + strings.Replace(rest, "987654", "-1", 1)} {
		if s, err := parseStat([]byte(bad)); err == nil {
			t.Errorf("%q was read as %+v", bad, s)
		}
	}
}

func FuzzParseStat(f *testing.F) {
	f.Add([]byte("17 (sh) S 1 2 3 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 987654 1 2"))
	f.Fuzz(func(t *testing.T, line []byte) { parseStat(line) })
}

// shell is a program that runs a script.
func shell(t *testing.T, name, script string) program {
	t.Helper()
	return program{name: name, binary: "/bin/sh", args: []string{"-c", script}}
}

func newTestSupervisor(t *testing.T) *supervisor {
	t.Helper()
	d, release, err := open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(release)
	s, err := newSupervisor(d, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.stopAll(context.Background()) })
	return s
}

var errNotYet = errors.New("not yet")

func TestDeathOfAProcessIsToldWithItsLastWords(t *testing.T) {
	s := newTestSupervisor(t)
	_, err := s.ensure(shell(t, "frail", "echo listening; echo cannot open the disk >&2; exit 7"))
	if err != nil {
		t.Fatal(err)
	}
	err = s.await(t.Context(), "frail", func(context.Context) error { return errNotYet })
	dead, ok := errors.AsType[*ProcessError](err)
	if !ok {
		t.Fatalf("awaiting a process that ends: %v", err)
	}
	if got := strings.Join(dead.LastLines, "|"); got != "listening|cannot open the disk" {
		t.Errorf("last lines are %q", got)
	}
	if dead.Error() != "frail ended with exit status 7" {
		t.Errorf("error is %q", dead)
	}
}

func TestEnsureTwiceStartsOnceAlsoAfterACrashOfItsStarter(t *testing.T) {
	s := newTestSupervisor(t)
	if started, err := s.ensure(shell(t, "server", "exec sleep 60")); err != nil || !started {
		t.Fatal(started, err)
	}
	later, err := newSupervisor(s.dir, nil) // knows only what is on disk
	if err != nil {
		t.Fatal(err)
	}
	if started, err := later.ensure(shell(t, "server", "exec sleep 60")); err != nil || started {
		t.Fatalf("started again: %v, %v", started, err)
	}
	if err := later.stopAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s.recorded[0].Alive() {
		t.Error("still alive after stop")
	}
}

func TestStopSparesAProcessThatGotTheNumberOfAnother(t *testing.T) {
	s := newTestSupervisor(t)
	if _, err := s.ensure(shell(t, "innocent", "exec sleep 60")); err != nil {
		t.Fatal(err)
	}
	impostor := s.recorded[0]
	impostor.StartTime++ // the record of a process that ended before this one was started
	if impostor.Alive() {
		t.Error("another process passes for the recorded one")
	}
	if _, err := stop(t.Context(), impostor); err != nil {
		t.Fatal(err)
	}
	if !s.recorded[0].Alive() {
		t.Error("stop ended a process that it did not start")
	}
}

func TestStopEndsWhatTheProcessLeftBehind(t *testing.T) {
	s := newTestSupervisor(t)
	pidFile := filepath.Join(t.TempDir(), "pid")
	script := fmt.Sprintf("sleep 60 & echo $! > %s.new && mv %[1]s.new %[1]s; trap 'exit 0' TERM; wait", pidFile)
	if _, err := s.ensure(shell(t, "parent", script)); err != nil {
		t.Fatal(err)
	}
	var orphan int
	err := s.await(t.Context(), "parent", func(context.Context) (err error) {
		raw, err := os.ReadFile(pidFile)
		if err == nil {
			orphan, err = strconv.Atoi(strings.TrimSpace(string(raw)))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	born, err := readStat(orphan)
	if err != nil {
		t.Fatal(err)
	}
	if killed, err := stop(t.Context(), s.recorded[0]); err != nil || killed {
		t.Fatal(killed, err)
	}
	child := Process{PID: orphan, StartTime: born.startTime}
	if !child.endsWithin(t.Context(), grace) {
		t.Error("a child outlived the network")
	}
}

// A network of which several processes died is started again one by one: one that has not had its turn yet does not
// stop the others.
func TestADeadProcessDoesNotStopTheOnesBeforeIt(t *testing.T) {
	s := newTestSupervisor(t)
	for _, name := range []string{"first", "last"} {
		if _, err := s.ensure(shell(t, name, "exec sleep 60")); err != nil {
			t.Fatal(err)
		}
		if _, err := stop(t.Context(), s.recorded[len(s.recorded)-1]); err != nil {
			t.Fatal(err)
		}
	}
	later, err := newSupervisor(s.dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	if started, err := later.ensure(shell(t, "first", "exec sleep 60")); err != nil || !started {
		t.Fatal(started, err)
	}
	t.Cleanup(func() { later.stopAll(context.Background()) })
	tries := 0
	err = later.await(t.Context(), "first", func(context.Context) error {
		if tries++; tries < 3 {
			return errNotYet
		}
		return nil
	})
	if err != nil {
		t.Errorf("awaiting the first while the last is dead: %v", err)
	}
}

func TestTakenPortIsNamed(t *testing.T) {
	s := newTestSupervisor(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	port := l.Addr().(*net.TCPAddr).Port
	_, err = s.ensure(shell(t, "late", "exec sleep 60"), namedPort{"the registry", port})
	taken, ok := errors.AsType[*PortError](err)
	if !ok || taken.Port != port || taken.Server != "the registry" {
		t.Errorf("error is %v", err)
	}
}

func TestTwoCallsCannotWorkOnOneDirectory(t *testing.T) {
	dir := t.TempDir()
	_, release, err := open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := open(dir); err == nil || !strings.Contains(err.Error(), "another `escrin dev`") {
		t.Errorf("second call: %v", err)
	}
	release()
	_, release, err = open(dir)
	if err != nil {
		t.Fatalf("after the first ended: %v", err)
	}
	release()
}

func TestResetLeavesForeignFiles(t *testing.T) {
	dir := t.TempDir()
	mine := filepath.Join(dir, "thesis.txt")
	if err := os.WriteFile(mine, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Reset(t.Context(), dir, nil); !errors.Is(err, ErrNone) {
		t.Fatalf("reset of a directory that is no network: %v", err)
	}
	if _, err := directory(dir).settlePlan("auto"); err != nil {
		t.Fatal(err)
	}
	if err := Reset(t.Context(), dir, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(mine); err != nil {
		t.Errorf("reset deleted a file that is not its own: %v", err)
	}
	if _, err := Status(t.Context(), dir); !errors.Is(err, ErrNone) {
		t.Errorf("status after reset: %v", err)
	}
}

func TestStateDirectoryTooDeepForASocketIsRefused(t *testing.T) {
	deep := filepath.Join(t.TempDir(), strings.Repeat("d", 120))
	if _, _, err := open(deep); err == nil || !strings.Contains(err.Error(), "socket") {
		t.Errorf("error is %v", err)
	}
}

func TestLastLinesCannotDrawOnTheTerminal(t *testing.T) {
	log := filepath.Join(t.TempDir(), "log")
	if err := os.WriteFile(log, []byte("one\n\x1b[2Jtwo\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := lastLines(log, 1); len(got) != 1 || got[0] != "·[2Jtwo" {
		t.Errorf("got %q", got)
	}
}

// programs makes a directory of stand-ins for the programs of a network.
func programs(t *testing.T, scripts map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, script := range scripts {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script+"\n"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestUpTellsWhyTheChainDiedAndLeavesNothingRunning(t *testing.T) {
	dir := t.TempDir()
	_, err := Up(t.Context(), Options{Dir: dir, Ports: "auto",
		Binaries: programs(t, map[string]string{"escrin-devnet": "echo cannot open the database >&2; exit 3"})})
	dead, ok := errors.AsType[*ProcessError](err)
	if !ok || dead.Name != "devnet" || len(dead.LastLines) != 1 || dead.LastLines[0] != "cannot open the database" {
		t.Fatalf("error is %v", err)
	}
	if _, err := os.Stat(dead.Log); err != nil {
		t.Errorf("its log: %v", err)
	}
	status, err := Status(t.Context(), dir)
	if err != nil || status.Up() || status.Processes[0].Problem != "died" || status.Processes[4].Problem != "not started" {
		t.Errorf("status is %+v, %v", status, err)
	}
}

func TestInterruptedUpEndsWhatItStarted(t *testing.T) {
	dir := t.TempDir()
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	started := make(chan Process, 1)
	go func() {
		for ctx.Err() == nil {
			if list, err := directory(dir).readProcesses(); err == nil && len(list) > 0 {
				started <- list[0]
				interrupt()
			}
		}
	}()
	_, err := Up(ctx, Options{Dir: dir, Ports: "auto", Binaries: programs(t, map[string]string{"escrin-devnet": "exec sleep 60"})})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("error is %v", err)
	}
	if p := <-started; p.Alive() {
		t.Errorf("%+v runs", p)
	}
	if status, err := Status(t.Context(), dir); err != nil || status.Processes[0].Problem != "not started" { // it did not die
		t.Errorf("status is %+v, %v", status, err)
	}
}

func TestUpNeedsItsPrograms(t *testing.T) {
	_, err := Up(t.Context(), Options{Dir: t.TempDir(), Ports: "auto", Binaries: t.TempDir()})
	missing, ok := errors.AsType[*BinaryError](err)
	if !ok || missing.Name != "escrin-devnet" {
		t.Errorf("error is %v", err)
	}
}
