// SPDX-License-Identifier: Apache-2.0

package guestagent

import (
	"context"
	"errors"
	"net"
	"slices"
	"strings"
	"testing"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/guestagent/config"
	"github.com/escrin/escrin/guestagent/hostlink"
	"github.com/escrin/escrin/guestagent/hostlink/hostend"
	"github.com/escrin/escrin/guestagent/hosttest"
	"github.com/escrin/escrin/guestagent/trialhost"
	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/keyname"
)

// several is the config of a machine that may have so many tasks.
func several(tasks uint32) config.Config {
	c := wanting()
	c.Tasks.PerBoot = tasks
	return c
}

// liveThrough lives with the jobs of these hosts, one after the other.
func liveThrough(t *testing.T, m *machine, hosts ...hostend.Handler) error {
	t.Helper()
	guest, runner := net.Pipe()
	m.conn, m.inputs = guest, map[string][]byte{}
	served := make(chan error, 1)
	rest := hosts[1:]
	go func() {
		served <- hostend.ServeJobs(t.Context(), runner, hosts[0], func(context.Context) (hostend.Handler, error) {
			if len(rest) == 0 {
				return nil, hostend.ErrNoJob
			}
			next := rest[0]
			rest = rest[1:]
			return next, nil
		})
	}()
	err := Live(t.Context(), m)
	guest.Close()
	if err := <-served; err != nil {
		t.Errorf("ServeJobs: %v", err)
	}
	return err
}

func stepsOf(h *hosttest.Host) string {
	var names []string
	for _, s := range h.Heard().Steps {
		names = append(names, string(s.Step))
	}
	return strings.Join(names, " ")
}

// TestMB22EachTaskOfAMachineIsALifeOfItsOwn: one that may have three tasks has no more, each with keys and evidence of its own, and
// is wiped, and its disk opened anew, before it asks for the next.
func TestMB22EachTaskOfAMachineIsALifeOfItsOwn(t *testing.T) {
	hosts := []*hosttest.Host{newHost(t), newHost(t), newHost(t), newHost(t)}
	m := &machine{config: several(3)}
	if err := liveThrough(t, m, hosts[0], hosts[1], hosts[2], hosts[3]); err != nil {
		t.Fatal(err)
	}
	one := "settle clock,quote,put input,put input,open network,listen,run,output"
	want := "lock down,open disk,open link," + one + ",wipe,open disk," + one + ",wipe,open disk," + one
	if got := strings.Join(m.done, ","); got != want {
		t.Errorf("did %s\nwant %s", got, want)
	}
	task := "keys evidence permit shares input workload sealed result"
	for i, want := range []string{"kernel agent disk " + task + " wiped", task + " wiped", task + " poweroff", ""} {
		if got := stepsOf(hosts[i]); got != want {
			t.Errorf("task %d: steps %s, want %s", i, got, want)
		}
	}
	seen := map[string]bool{}
	for _, h := range hosts[:3] {
		e, err := attest.ParseEvidence(h.Heard().Evidence)
		if err != nil {
			t.Fatal(err)
		}
		if key, who := string(e.ChannelKey), string(e.Binding.Requester[:]); seen[key] || seen[who] {
			t.Error("two tasks have a key in common")
		} else {
			seen[key], seen[who] = true, true
		}
		if r := result(t, h); r.ExitStatus != 0 {
			t.Errorf("result %+v", r)
		}
	}
}

// TestNoFurtherTaskIsAGoodEnd: a host without one lets the machine go.
func TestNoFurtherTaskIsAGoodEnd(t *testing.T) {
	h := newHost(t)
	if err := liveThrough(t, &machine{config: several(9)}, h); err != nil || h.Heard().Failure != "" {
		t.Errorf("%v, failure %q", err, h.Heard().Failure)
	}
}

// TestOneTaskPerBootIsOne: without the measured config's word there is no second.
func TestOneTaskPerBootIsOne(t *testing.T) {
	first, second := newHost(t), newHost(t)
	m := &machine{}
	if err := liveThrough(t, m, first, second); err != nil || len(second.Heard().Steps) > 0 || slices.Contains(m.done, "wipe") {
		t.Errorf("%v; did %q", err, m.done)
	}
}

// TestAnUnclearEndIsTheMachines: a task that fails, at whichever stage, is the last; so is one after which the machine cannot be wiped.
func TestAnUnclearEndIsTheMachines(t *testing.T) {
	for stage, failure := range map[string]hostlink.Failure{
		"quote": hostlink.FailEvidence, "run": hostlink.FailWorkload, "output": hostlink.FailOutput, "wipe": hostlink.FailSetup,
	} {
		first, second := newHost(t), newHost(t)
		m := &machine{config: several(2), breakAt: stage}
		var e *Error
		if err := liveThrough(t, m, first, second); !errors.Is(err, errBroken) || !errors.As(err, &e) || e.Failure != failure {
			t.Errorf("%s: %v", stage, err)
		}
		if got := stepsOf(second); got != "" || second.Heard().Evidence != nil {
			t.Errorf("%s: then another task: %s", stage, got)
		}
		if last := m.done[len(m.done)-1]; last != stage {
			t.Errorf("%s: then did %s", stage, last)
		}
	}
}

// TestRejectedInputsAreAClearEnd: the submitter of one task cannot end the machine of the next.
func TestRejectedInputsAreAClearEnd(t *testing.T) {
	first, second := newHost(t), newHost(t)
	first.Job.Task.Terms.InputDigest = first.Put([]byte("no manifest"))
	if err := liveThrough(t, &machine{config: several(2)}, first, second); err != nil {
		t.Fatal(err)
	}
	if r := result(t, second); r.ExitStatus != 0 {
		t.Errorf("result %+v", r)
	}
}

// TestAG07NoReasonAfterInputsWereOpen: what fails in a later task is not told either.
func TestAG07NoReasonAfterInputsWereOpen(t *testing.T) {
	first, second := newHost(t), newHost(t)
	second.MakeQuote = func([64]byte) (hostlink.Quote, error) { return hostlink.Quote{}, errBroken }
	var e *Error
	if err := liveThrough(t, &machine{config: several(2)}, first, second); !errors.As(err, &e) || !e.Confidential || e.Stage != "make evidence" {
		t.Errorf("%+v", e)
	}
}

// TestATaskIsForgotten: nothing of an attempt is in the next.
func TestATaskIsForgotten(t *testing.T) {
	h := newHost(t)
	l := newLife(&machine{})
	a := &attempt{life: l}
	if err := a.makeKeys(t.Context()); err != nil {
		t.Fatal(err)
	}
	requester, channel, secret := a.keys.requester, a.keys.channelPriv, []byte("secret")
	file, name, key := []byte("file"), keyname.Name{}, curve.HashToG1("key", nil)
	a.additions.Files = []config.File{{Content: file}}
	a.inputKeys = map[keyname.Name]curve.G1{name: key}
	keys := a.inputKeys
	a.launch, a.secrets = h.Job, map[string][]byte{"a": secret}
	a.output.stdout = []byte("said")
	said := a.output.stdout
	if err := a.wipe(t.Context()); err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{"channel key": channel, "secret": secret, "output": said, "file": file} {
		if strings.Trim(string(b), "\x00") != "" {
			t.Errorf("%s: %x", name, b)
		}
	}
	if keys[name] == key {
		t.Error("the key of an input is still there")
	}
	if requester.Public() != [65]byte{} || a.keys.requester != nil || a.secrets != nil || a.launch.ChainID != 0 || a.life != l {
		t.Errorf("the attempt still has %+v", a)
	}
}

// TestNoTrialAfterATask: what a host calls a trial would stream what a workload says.
func TestNoTrialAfterATask(t *testing.T) {
	guest, runner := net.Pipe()
	m := &machine{conn: guest, inputs: map[string][]byte{}}
	host, err := trialhost.New(nil, trialhost.Streams{}, func(hostlink.StepReport) {})
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- hostend.ServeTrial(t.Context(), runner, host) }()
	l := newLife(m)
	if err := l.openLink(t.Context()); err != nil {
		t.Fatal(err)
	}
	later := &attempt{life: l, later: true}
	if err := later.readLaunch(t.Context()); err == nil || later.trial != nil {
		t.Error("the guest took a trial")
	}
	l.close()
	<-served
}

// TestNothingIsLeftWhereTextGrew: a buffer that has become too small is overwritten, and one that is large enough is not copied.
func TestNothingIsLeftWhereTextGrew(t *testing.T) {
	said := append(make([]byte, 0, 8), "secret"...)
	same := extended(said, []byte("s!"))
	if string(same) != "secrets!" || &same[0] != &said[0] {
		t.Errorf("%q", same)
	}
	if longer := extended(same, []byte("?")); string(longer) != "secrets!?" || strings.Trim(string(same), "\x00") != "" {
		t.Errorf("%q, left %q", longer, same)
	}
}
