// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/enclaver"
	"github.com/escrin/escrin/guestagent/config"
	"github.com/escrin/escrin/guestagent/hostlink"
	"github.com/escrin/escrin/jobs/qemu"
)

// pretended is a guest without QEMU: the other end of its link is the test's.
type pretended struct {
	host net.Conn
	stop sync.Once
	done chan struct{}
}

func (p *pretended) Link() net.Conn        { return p.host }
func (p *pretended) Done() <-chan struct{} { return p.done }
func (p *pretended) Stop()                 { p.stop.Do(func() { p.host.Close(); close(p.done) }) }
func (p *pretended) Wait() error           { <-p.done; return nil }

func (p *pretended) stopped() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// newMachine is a machine with an attempt and the guest's end of its link.
func newMachine(t *testing.T, tasks uint32) (*machine, *attempt, *hostlink.Client) {
	t.Helper()
	host, guest := net.Pipe()
	file, err := os.CreateTemp(t.TempDir(), "console")
	if err != nil {
		t.Fatal(err)
	}
	at, _ := newAttempt(t, nil)
	at.asked["launch"] = maxLaunches // so that each is refused, and no chain is asked
	m := &machine{
		kind: kind{"sha256:1", attest.Shape{VCPUs: 1}}, process: &pretended{host: host, done: make(chan struct{})}, tasks: tasks,
		console: console{qemu.NewConsole(file, 100), file}, carry: func(context.Context) func() { return func() {} },
	}
	m.serve(at)
	t.Cleanup(m.end)
	client := hostlink.NewClient(guest)
	return m, at, client
}

// ask asks for a job, which there is none of: there is no chain to tell of it. It says when that was answered.
func ask(t *testing.T, c *hostlink.Client) <-chan error {
	answered := make(chan error, 1)
	go func() {
		_, _, err := c.Launch(t.Context())
		answered <- err
	}()
	return answered
}

func over(at *attempt) {
	at.mu.Lock()
	defer at.mu.Unlock()
	at.receipt = &hostlink.Receipt{}
}

// stepped requires that a step of the guest's is heard by this attempt.
func stepped(t *testing.T, c *hostlink.Client, s hostlink.Step, at *attempt) {
	t.Helper()
	if err := c.Step(t.Context(), s, 0); err != nil {
		t.Fatal(err)
	}
	at.mu.Lock()
	defer at.mu.Unlock()
	if n := len(at.steps); n == 0 || at.steps[n-1].step != s {
		t.Errorf("the attempt did not hear of %s", s)
	}
}

// TestOneMachineTwoAttempts: the second begins when the guest asks for it, and what the guest says is then the second's.
func TestOneMachineTwoAttempts(t *testing.T) {
	m, first, guest := newMachine(t, 2)
	second, _ := newAttempt(t, nil)
	second.asked["launch"] = maxLaunches
	<-ask(t, guest)
	stepped(t, guest, hostlink.StepKeys, first)
	over(first)
	answered := ask(t, guest)
	again, err := m.finish(t.Context(), first)
	if !again || err != nil {
		t.Fatalf("again %v, %v", again, err)
	}
	if !m.order(second) {
		t.Fatal("the machine takes no second attempt")
	}
	<-answered
	stepped(t, guest, hostlink.StepKeys, second)
	over(second)
	if err := <-ask(t, guest); codeOf(err) != hostlink.CodeNotFound {
		t.Errorf("a third launch: %v", err)
	}
	guest.Close()
	again, err = m.finish(t.Context(), second)
	if again || err != nil {
		t.Errorf("again %v, %v", again, err)
	}
}

// TestAGuestThatSkipsItsResultIsEnded: who asks for another task has to have done with the one before.
func TestAGuestThatSkipsItsResultIsEnded(t *testing.T) {
	m, at, guest := newMachine(t, 2)
	<-ask(t, guest)
	answered := ask(t, guest)
	again, err := m.finish(t.Context(), at)
	if again || err == nil || !strings.Contains(err.Error(), "before this one had a result") {
		t.Errorf("again %v, %v", again, err)
	}
	if <-answered == nil || !m.process.(*pretended).stopped() {
		t.Error("the guest goes on")
	}
}

// TestAnAttemptThatIsCalledOffEndsItsMachine: nobody knows what is in it.
func TestAnAttemptThatIsCalledOffEndsItsMachine(t *testing.T) {
	m, at, _ := newMachine(t, 2)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if again, err := m.finish(ctx, at); again || err == nil || !m.process.(*pretended).stopped() {
		t.Errorf("again %v, %v", again, err)
	}
	if m.order(at) {
		t.Error("a guest that is gone takes an attempt")
	}
}

// waitsIn makes a machine that waits for its second task.
func waitsIn(t *testing.T, i *idle) *machine {
	t.Helper()
	m, at, guest := newMachine(t, 9)
	<-ask(t, guest)
	over(at)
	ask(t, guest)
	if again, err := m.finish(t.Context(), at); !again {
		t.Fatal(err)
	}
	i.put(m)
	return m
}

func gone(m *machine) bool { return m.process.(*pretended).stopped() }

// TestIdleMachinesAreBoundedInNumberAndTime: the one that waits longest goes first, one that was taken is not ended, and nothing
// waits after the end.
func TestIdleMachinesAreBoundedInNumberAndTime(t *testing.T) {
	i := &idle{most: 2, limit: time.Hour}
	first, second, third := waitsIn(t, i), waitsIn(t, i), waitsIn(t, i)
	if !gone(first) || gone(second) || gone(third) {
		t.Error("not the one that waited longest was ended")
	}
	if i.take(kind{"sha256:2", first.kind.shape}) != nil || i.take(kind{"sha256:1", attest.Shape{VCPUs: 2}}) != nil {
		t.Error("a machine of another enclave or size was taken")
	}
	if i.take(first.kind) != third {
		t.Error("not the one that waited least was taken")
	}
	i.close()
	if !gone(second) || gone(third) {
		t.Error("the end is not that of those who wait")
	}
	i.put(third)
	if !gone(third) || i.take(third.kind) != nil {
		t.Error("a machine waits after the end")
	}
	short := &idle{most: 1, limit: time.Nanosecond}
	<-waitsIn(t, short).gone
	none := &idle{limit: time.Hour}
	if m := waitsIn(t, none); !gone(m) {
		t.Error("a machine waits where none may")
	}
}

// TestWarmTaskNeedsNoBoot: an attempt goes to the machine that waits, and says so; one that is gone meanwhile is passed over.
func TestWarmTaskNeedsNoBoot(t *testing.T) {
	at := onNode(t, func(w io.Writer, _ *http.Request) {})
	seen := &record{}
	at.observer = seen
	l := at.runner
	l.idle.most, l.idle.limit, l.Limit = 2, time.Hour, time.Minute
	well, dead := waitsIn(t, &l.idle), waitsIn(t, &l.idle)
	dead.end()
	at.measured.Shape = well.kind.shape
	boot := enclaver.Boot{Config: config.Config{}}
	boot.Digest.Algorithm, boot.Digest.Hex = "sha256", "1"
	m, err := l.machineFor(t.Context(), boot, at, func(error) {})
	if err != nil || m != well {
		t.Fatalf("%p, want %p: %v", m, well, err)
	}
	if n := len(seen.steps); n == 0 || seen.steps[n-1] != StepWarm {
		t.Errorf("steps %q", seen.steps)
	}
}

// TestGuestsWithANetworkHaveOneTask: whoever is connected with the one must not be with the next.
func TestGuestsWithANetworkHaveOneTask(t *testing.T) {
	c := config.Config{Tasks: config.Tasks{PerBoot: 5}}
	if got := tasksOf(c); got != 5 {
		t.Errorf("%d tasks", got)
	}
	c.Network.Ingress = []config.Service{{Port: 443, To: 8080}}
	if got := tasksOf(c); got != 1 {
		t.Errorf("%d tasks", got)
	}
}
