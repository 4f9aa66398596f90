// SPDX-License-Identifier: Apache-2.0

package guestagent

import (
	"bytes"
	"context"
	"errors"
	"net"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/escrin/escrin/guestagent/hostlink/hostend"
	"github.com/escrin/escrin/guestagent/hosttest"
	"github.com/escrin/escrin/guestagent/workload"
)

// trace is what a guest does and asks, in order; the link fails when it has asked for so many things.
type trace struct {
	net.Conn
	most int // requests that get through; all if negative

	mu     sync.Mutex
	events []string
	asked  int
	sent   bytes.Buffer
}

func (c *trace) note(event string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.events = append(c.events, event)
}

var asking = regexp.MustCompile(`\{"op":"([a-z]+)","params":\{(?:"epoch":\d+,"index":\d+,"path":"/v1/([a-z]+)"|"step":"([a-z-]+)")?`)

// Write implements io.Writer.
func (c *trace) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, match := range asking.FindAllSubmatch(p, -1) {
		if c.asked == c.most {
			c.Conn.Close()
			return 0, errBroken
		}
		c.asked++
		c.events = append(c.events, strings.TrimSpace("ask "+string(match[1])+" "+string(match[2])+string(match[3])))
	}
	c.sent.Write(p)
	return c.Conn.Write(p)
}

// telling is a host that notes what it tells of keyholders' answers.
type telling struct {
	*hosttest.Host
	trace *trace
}

// Keyholder implements hostend.Handler.
func (h telling) Keyholder(ctx context.Context, epoch uint64, index uint32, path string, request []byte) (int, []byte, error) {
	status, reply, err := h.Host.Keyholder(ctx, epoch, index, path, request)
	if err == nil && status == 200 {
		h.trace.note("told " + strings.TrimPrefix(path, "/v1/"))
	}
	return status, reply, err
}

// canary is in the inputs, and in all that the workload says.
const orderCanary = "CANARYcanaryCANARYcanary"

// twoTasks lives with two tasks, of which a link that fails after so many requests may be the end, or a step of the machine's of this number.
func twoTasks(t *testing.T, most, breakAfter int) (*trace, *machine, error) {
	t.Helper()
	hosts := make([]*hosttest.Host, 2)
	for i := range hosts {
		h, err := hosttest.New(map[string][]byte{"a": []byte(orderCanary)})
		if err != nil {
			t.Fatal(err)
		}
		hosts[i] = h
	}
	guest, runner := net.Pipe()
	c := &trace{Conn: guest, most: most}
	m := &machine{conn: c, config: several(2), inputs: map[string][]byte{}, note: c.note, breakAfter: breakAfter}
	m.say = func(heard workload.Listener) { heard(workload.Stdout, []byte(orderCanary)) }
	m.files = nil
	served := make(chan error, 1)
	go func() {
		served <- hostend.ServeJobs(t.Context(), runner, telling{hosts[0], c}, func(context.Context) (hostend.Handler, error) { return telling{hosts[1], c}, nil })
	}()
	err := Live(t.Context(), m)
	guest.Close()
	<-served
	return c, m, err
}

// TestOrder states what of a life comes before what, as theorems about what is done and asked in a machine with two tasks.
func TestOrder(t *testing.T) {
	c, _, err := twoTasks(t, -1, 0)
	if err != nil {
		t.Fatal(err)
	}
	second := slices.Index(c.events, "wipe")
	for i, task := range [][]string{c.events[:second], c.events[second:]} {
		for _, theorem := range []struct{ name, before, after string }{
			{"no disk in a machine that is not locked", "lock down", "open disk"},
			{"no word of the host's before the disk is checked", "open disk", "ask launch"},
			{"no key before there is a job", "ask launch", "ask step keys"},
			{"no key before time is the processor's", "settle clock", "ask step keys"},
			{"no quote before there is a job", "ask launch", "ask quote"},
			{"no quote before time is the processor's", "settle clock", "ask quote"},
			{"no evidence before a quote", "ask quote", "ask evidence"},
			{"no certificate before a quote", "ask quote", "ask keyholder certificate"},
			{"no manifest before a quote", "ask quote", "ask fetch"},
			{"no claim before evidence", "ask evidence", "ask permit"},
			{"no claim before a certificate", "told certificate", "ask permit"},
			{"no input before the claim", "ask permit", "put input"},
			{"no share of a key before the claim", "ask permit", "ask keyholder release"},
			{"no input before its key", "told release", "put input"},
			{"no workload before its inputs", "put input", "run"},
			{"nothing to answer it before its network", "open network", "listen"},
			{"no workload before there is somebody to answer it", "listen", "run"},
			{"it is answered until it has ended", "run", "stop listening"},
			{"it has its network as long as it is answered", "stop listening", "close network"},
			{"nothing is read of it before it has ended", "run", "output"},
			{"nothing is read of it while it can change it", "stop listening", "output"},
			{"nothing is read of it while it has a network", "close network", "output"},
			{"nothing is stored before it is read", "output", "ask store"},
			{"no result before what it is of is stored", "ask store", "ask result"},
		} {
			if i == 1 && theorem.before == "lock down" {
				continue // once
			}
			last, first := lastOf(task, theorem.before), slices.Index(task, theorem.after)
			switch theorem.before {
			case "told certificate", "told release": // two holders must act together; others may answer later
				last = nthOf(task, theorem.before, 2)
			case "ask permit":
				last = slices.Index(task, theorem.before)
			}
			if last < 0 || first < 0 || last > first {
				t.Errorf("task %d: %s: %q is number %d and %q number %d of %q", i+1, theorem.name, theorem.before, last, theorem.after, first, task)
			}
		}
		// The manifest, which holds nothing but public names, digests and sizes, is on its way while a certificate is. The inputs that it names are not.
		claim := slices.Index(task, "ask permit")
		if early := slices.DeleteFunc(slices.Clone(task[:claim]), func(e string) bool { return e != "ask fetch" }); len(early) > 1 {
			t.Errorf("task %d: an input is asked for before the claim: %q", i+1, task)
		}
	}
	rest := c.events[second:]
	if wiped, asked := slices.Index(rest, "ask step wiped"), slices.Index(rest, "ask launch"); wiped < 0 || asked < wiped {
		t.Errorf("another task before the machine is wiped: %q", rest)
	}
	between := c.events[lastOf(c.events[:second], "ask result")+1 : second]
	if slices.ContainsFunc(between, func(e string) bool { return !strings.HasPrefix(e, "ask step ") && !strings.HasPrefix(e, "told ") }) {
		t.Errorf("between a result and the wipe: %q", between)
	}
}

func lastOf(events []string, event string) int {
	for i, e := range slices.Backward(events) {
		if e == event {
			return i
		}
	}
	return -1
}

// nthOf is where an event comes for the nth time; -1 if it does not.
func nthOf(events []string, event string, n int) int {
	for i, e := range events {
		if e == event {
			if n--; n == 0 {
				return i
			}
		}
	}
	return -1
}

// TestAG07AG12FailPoints has the host vanish at each request of two tasks, and the machine fail at each thing that it does. Whatever
// the point is, the life ends there unless all is done, nothing of the inputs has left it, no reason is told once they were open, and no
// further task is begun.
func TestAG07AG12FailPoints(t *testing.T) {
	whole, m, err := twoTasks(t, -1, 0)
	if err != nil {
		t.Fatal(err)
	}
	points := 0
	fails := func(name string, most, breakAfter int) {
		points++
		c, _, err := twoTasks(t, most, breakAfter)
		results := 0
		for _, e := range c.events {
			if e == "ask result" {
				results++
			}
		}
		if err == nil && results < 2 {
			t.Errorf("%s: a life with %d results ended well", name, results)
		}
		if bytes.Contains(c.sent.Bytes(), []byte(orderCanary)) {
			t.Errorf("%s: an input has left the machine", name)
		}
		var e *Error
		opened := slices.Contains(c.events, "put input")
		if errors.As(err, &e) && opened && !e.Confidential && !errors.Is(err, workload.ErrRuntime) {
			t.Errorf("%s: a reason is told though inputs were open: %v", name, err)
		}
		if wiped := slices.Index(c.events, "wipe"); wiped >= 0 && !slices.Contains(c.events[:wiped], "ask result") {
			t.Errorf("%s: a task without a result was not the last", name)
		}
	}
	for n := range whole.asked {
		fails("request "+whole.events[min(n, len(whole.events)-1)], n, 0)
	}
	for n := range m.done {
		fails("step "+m.done[n], -1, n+1)
	}
	if points < 50 {
		t.Errorf("%d points", points)
	}
	t.Logf("%d points", points)
}
