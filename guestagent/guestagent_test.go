// SPDX-License-Identifier: Apache-2.0

package guestagent

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/guestagent/api"
	"github.com/escrin/escrin/guestagent/config"
	"github.com/escrin/escrin/guestagent/hostlink"
	"github.com/escrin/escrin/guestagent/hostlink/hostend"
	"github.com/escrin/escrin/guestagent/hosttest"
	"github.com/escrin/escrin/guestagent/http11"
	"github.com/escrin/escrin/guestagent/task"
	"github.com/escrin/escrin/guestagent/task/readback"
	"github.com/escrin/escrin/guestagent/wire"
	"github.com/escrin/escrin/guestagent/workload"
	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/client"
	"github.com/escrin/escrin/keyholder/curve"
)

var errBroken = errors.New("broken")

// machine is a Machine without a kernel. It records what is done and fails where told to.
type machine struct {
	conn       net.Conn
	breakAt    string
	done       []string
	note       func(string) // is told of what is done
	breakAfter int          // things done; never if 0
	inputs     map[string][]byte
	quote      []byte
	status     uint32
	files      fstest.MapFS
	config     config.Config // measured
	secrets    []string
	env        []string // of the workload
	socket     string   // of the agent

	capability string
	closed     bool   // the network
	during     func() // the workload runs
	say        func(workload.Listener)
	attach     func(context.Context, config.Config, workload.Stdio) (uint32, error)
}

func (m *machine) do(name string) error {
	m.done = append(m.done, name)
	if m.note != nil {
		m.note(name)
	}
	if name == m.breakAt || len(m.done) == m.breakAfter {
		return errBroken
	}
	return nil
}

func (m *machine) LockDown() error { return m.do("lock down") }
func (m *machine) OpenDisk() (config.Config, [32]byte, error) {
	if len(m.config.Containers) == 0 {
		m.config = wanting()
	}
	return m.config, [32]byte{0xcc}, m.do("open disk")
}
func (m *machine) OpenLink() (io.ReadWriteCloser, error) { return m.conn, m.do("open link") }
func (m *machine) SinceBoot() time.Duration              { return time.Second }
func (m *machine) SettleClock(context.Context) error     { return m.do("settle clock") }
func (m *machine) Quote([64]byte) ([]byte, error)        { return m.quote, m.do("quote") }
func (m *machine) PutInput(name string, content []byte) error {
	m.inputs[name] = bytes.Clone(content) // the agent overwrites it
	return m.do("put input")
}
func (m *machine) PutSecret(_ int, name string, _ config.User, content []byte) error {
	m.secrets = append(m.secrets, name+"="+string(content))
	return m.do("put secret")
}
func (m *machine) OpenNetwork(ctx context.Context, _ config.Network, _ []byte, _ func([32]byte) [65]byte) (context.Context, func(), error) {
	closed := func() {
		m.closed = true
		if m.note != nil {
			m.note("close network")
		}
	}
	return ctx, closed, m.do("open network")
}
func (m *machine) Run(_ context.Context, c config.Config, heard workload.Listener) (uint32, error) {
	m.env = m.withoutCapability(c.Main().Process.Env)
	if m.say != nil {
		m.say(heard)
	}
	heard(workload.Stdout, []byte("out"))
	heard(workload.Stderr, []byte("err"))
	if m.during != nil {
		m.during()
	}
	return m.status, m.do("run")
}
func (m *machine) Attach(ctx context.Context, c config.Config, s workload.Stdio) (uint32, error) {
	main := &c.Containers[len(c.Containers)-1].Process
	main.Env = m.withoutCapability(main.Env)
	return m.attach(ctx, c, s)
}

// withoutCapability keeps the capability, which must be the last variable, and returns the others.
func (m *machine) withoutCapability(env []string) []string {
	if len(env) > 0 {
		var ok bool
		if m.capability, ok = strings.CutPrefix(env[len(env)-1], workload.CapabilityVariable+"="); ok {
			return env[:len(env)-1]
		}
	}
	return append(env, "no capability")
}
func (m *machine) Listen() (api.Listener, error) {
	dir, err := os.MkdirTemp("", "escrin-socket-")
	if err != nil {
		return nil, err
	}
	m.socket = filepath.Join(dir, "agent")
	l, err := net.Listen("unix", m.socket)
	return listener{l, m.note, dir}, errors.Join(err, m.do("listen"))
}
func (m *machine) Inputs() fs.FS {
	files := fstest.MapFS{}
	for name, content := range m.inputs {
		files[name] = &fstest.MapFile{Data: content}
	}
	return files
}
func (m *machine) PutOutput(name string, content []byte) error {
	if m.files == nil {
		m.files = fstest.MapFS{}
	}
	m.files[name] = &fstest.MapFile{Data: content}
	return nil
}
func (m *machine) Output() (fs.FS, func() error, error) {
	return m.files, func() error { return nil }, m.do("output")
}
func (m *machine) Wipe() error {
	m.inputs, m.files, m.secrets, m.env = map[string][]byte{}, nil, nil, nil
	return m.do("wipe")
}
func (m *machine) Scratch() (*os.File, error) {
	file, err := os.CreateTemp("", "escrin-scratch-")
	if err == nil {
		err = os.Remove(file.Name())
	}
	return file, err
}

// wanting is the config of one container that wants secrets, and may call the chain.
func wanting(secrets ...config.Secret) config.Config {
	return config.Config{Containers: []config.Container{{Secrets: secrets}}, Chain: true}
}

// listener is one of the standard library.
type listener struct {
	net.Listener
	note func(string) // is told that it is closed; may be nil
	dir  string       // that the socket is in
}

// Close implements api.Listener.
func (l listener) Close() error {
	if l.note != nil {
		l.note("stop listening")
	}
	return errors.Join(l.Listener.Close(), os.RemoveAll(l.dir))
}

func (l listener) Accept() (http11.Conn, error) { return l.Listener.Accept() }

// live lives one attempt with this host and returns when both are done.
func live(t *testing.T, m *machine, h hostend.Handler) error {
	t.Helper()
	return liveWith(t, m, h, minWindow)
}

// liveWith is live with another shortest claim window.
func liveWith(t *testing.T, m *machine, h hostend.Handler, shortest time.Duration) error {
	t.Helper()
	return liveAs(t, m, h, func(l *life) { l.shortest = shortest })
}

// lapsing is live with another validity of what is signed for anchors.
func lapsing(t *testing.T, m *machine, h hostend.Handler, validity time.Duration) error {
	t.Helper()
	return liveAs(t, m, h, func(l *life) { l.validity = validity })
}

// liveAt is liveWith with another pace of log segments.
func liveAt(t *testing.T, m *machine, h hostend.Handler, shortest, pace time.Duration) error {
	t.Helper()
	return liveAs(t, m, h, func(l *life) { l.shortest, l.pace = shortest, pace })
}

func liveAs(t *testing.T, m *machine, h hostend.Handler, change func(l *life)) error {
	t.Helper()
	guest, runner := net.Pipe()
	m.conn, m.inputs = guest, map[string][]byte{}
	served := make(chan error, 1)
	go func() { served <- hostend.Serve(t.Context(), runner, h) }()
	l := newLife(m)
	change(l)
	err := l.endure(t.Context())
	guest.Close()
	if err := <-served; err != nil {
		t.Errorf("Serve: %v", err)
	}
	return err
}

func newHost(t *testing.T) *hosttest.Host {
	t.Helper()
	h, err := hosttest.New(map[string][]byte{"a": []byte("alpha"), "b": []byte("beta")})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func result(t *testing.T, h *hosttest.Host) task.Result {
	t.Helper()
	heard := h.Heard()
	if heard.Result == nil {
		t.Fatalf("no result, failure %q", heard.Failure)
	}
	attempt, results, err := readback.ParseReport(heard.Result.Report)
	if err != nil || attempt != h.Job.Task.Attempt || len(results) != 1 {
		t.Fatalf("attempt %d, %d results, %v", attempt, len(results), err)
	}
	return results[0]
}

func TestLifeFromLockdownToResult(t *testing.T) {
	h := newHost(t)
	word := [32]byte{1, 31: 2}
	m := &machine{status: 7, files: fstest.MapFS{"f": {Data: []byte("file")}, "public": {Data: word[:]}}}
	if err := live(t, m, h); err != nil {
		t.Fatal(err)
	}
	want := "lock down,open disk,open link,settle clock,quote,put input,put input,open network,listen,run,output"
	if got := strings.Join(m.done, ","); got != want {
		t.Errorf("did %s\nwant %s", got, want)
	}
	if !m.closed {
		t.Error("the network was not closed")
	}
	if string(m.inputs["a"]) != "alpha" || string(m.inputs["b"]) != "beta" {
		t.Errorf("inputs %q", m.inputs)
	}
	var steps []hostlink.Step
	for _, s := range h.Heard().Steps {
		steps = append(steps, s.Step)
	}
	others := func(s hostlink.Step) bool { return s == hostlink.StepWiped || s == hostlink.StepOutputFirst } // of another task to come, and of live logs
	if !slices.Equal(steps, slices.DeleteFunc(hostend.Steps(), others)) {
		t.Errorf("steps %q", steps)
	}
	if kernel, agent := h.Heard().Steps[0], h.Heard().Steps[1]; kernel.Milliseconds != 0 || agent.Milliseconds != 1000 {
		t.Errorf("kernel at %d ms, agent at %d ms", kernel.Milliseconds, agent.Milliseconds)
	}
	r := result(t, h)
	if r.ExitStatus != 7 || r.PublicOutput != word {
		t.Errorf("result %+v", r)
	}
	out, err := h.OpenOutput(r.OutputDigest)
	if err != nil {
		t.Fatal(err)
	}
	if string(out.Stdout) != "out" || string(out.Stderr) != "err" || string(out.Files[0].Data) != "file" || !bytes.Equal(out.Files[1].Data, word[:]) {
		t.Errorf("output %+v", out)
	}
}

// TestAT02EvidenceBindsEverything compares the binding with the launch, field by field.
func TestAT02EvidenceBindsEverything(t *testing.T) {
	h := newHost(t)
	var reported [64]byte
	h.MakeQuote = func(d [64]byte) (hostlink.Quote, error) {
		reported = d
		return hostlink.Quote{Quote: []byte("q"), Collateral: []byte("c")}, nil
	}
	if err := live(t, &machine{}, h); err != nil {
		t.Fatal(err)
	}
	evidence, err := attest.ParseEvidence(h.Heard().Evidence)
	if err != nil {
		t.Fatal(err)
	}
	if evidence.Binding.ReportData() != reported {
		t.Error("the quote is not over the binding")
	}
	j := h.Job
	want := attest.Binding{
		ChainID: j.ChainID, Registry: j.Registry, IdentityID: j.Identity, Requester: h.Heard().Permit.Requester,
		ChannelKeyHash: wire.Keccak(evidence.ChannelKey), Duration: j.Duration, BaseBlock: j.BaseBlock, BaseBlockHash: j.BaseBlockHash,
		MeasurementRoot: j.MeasurementRoot, ConfigDigest: [32]byte{0xcc}, GroupKeyDigest: networkDigest(t, h.Keys.GroupKey),
	}
	if evidence.Binding != want {
		t.Errorf("binding %+v\nwant    %+v", evidence.Binding, want)
	}
	if context := h.Heard().Permit.Context; len(context) != 192 || !bytes.Equal(context[96:128], digestOf(evidence)) {
		t.Errorf("permit context %x", context)
	}
}

func networkDigest(t *testing.T, key [curve.G2Size]byte) [32]byte {
	t.Helper()
	digest, err := keyholder.GroupKeyDigest(key)
	if err != nil {
		t.Fatal(err)
	}
	return digest
}

func digestOf(e attest.Evidence) []byte { d := e.Digest(); return d[:] }

func TestMachinesOwnQuoteWins(t *testing.T) {
	h := newHost(t)
	if err := live(t, &machine{quote: []byte("from the hardware")}, h); err != nil {
		t.Fatal(err)
	}
	evidence, err := attest.ParseEvidence(h.Heard().Evidence)
	if err != nil || string(evidence.Signed) != "from the hardware" || string(evidence.Collateral) != "collateral" {
		t.Errorf("quote %q, collateral %q, %v", evidence.Signed, evidence.Collateral, err)
	}
}

// TestKeysAreNeverReused: two lives have no key in common (MB-22).
func TestMB22KeysAreNeverReused(t *testing.T) {
	first, second := newHost(t), newHost(t)
	for _, h := range []*hosttest.Host{first, second} {
		if err := live(t, &machine{}, h); err != nil {
			t.Fatal(err)
		}
	}
	if first.Heard().Permit.Requester == second.Heard().Permit.Requester {
		t.Error("two lives share a requester")
	}
}

// TestClaimIsHeldWhileTheWorkloadRuns: by heartbeats that go forwards, and not beyond the deadline.
func TestClaimIsHeldWhileTheWorkloadRuns(t *testing.T) {
	h := newHost(t)
	beats := make(chan uint64, 100)
	h.Claim = hostlink.Permit{ClaimExpiry: 1000, ClaimWindow: 1}
	h.Job.Task.Terms.Deadline = 1002
	h.Beat = func(until uint64) { beats <- until }
	m := &machine{during: func() {
		if first, second := <-beats, <-beats; first != 1001 || second != 1002 {
			t.Errorf("heartbeats until %d and %d", first, second)
		}
	}}
	if err := liveWith(t, m, h, 0); err != nil {
		t.Fatal(err)
	}
	select {
	case until := <-beats:
		t.Errorf("another heartbeat until %d", until)
	default:
	}
}

// starving never gives the guest its inputs.
type starving struct{ *hosttest.Host }

func (s starving) Fetch(ctx context.Context, _ wire.Digest, _ uint64) (io.ReadCloser, uint64, error) {
	<-ctx.Done()
	return nil, 0, ctx.Err()
}

// TestStarvedGuestHoldsNoClaim: a host that keeps the inputs back gets no heartbeat, and the guest ends when the claim would.
func TestStarvedGuestHoldsNoClaim(t *testing.T) {
	h := newHost(t)
	h.Claim = hostlink.Permit{ClaimExpiry: 1_000_000, ClaimWindow: 3}
	h.Job.Task.Terms.Deadline = 1 << 32
	h.Beat = func(until uint64) { t.Errorf("heartbeat until %d", until) }
	m := &machine{}
	if err := liveWith(t, m, starving{h}, 0); err == nil || h.Heard().Failure != hostlink.FailInput {
		t.Errorf("ended by %v, said %q", err, h.Heard().Failure)
	}
}

// TestWindowOfAHostThatLies: nobody gets signatures every moment, or waits for ever.
func TestWindowOfAHostThatLies(t *testing.T) {
	for told, want := range map[uint64]time.Duration{0: time.Minute, 1: time.Minute, 61: 61 * time.Second, 1 << 63: 24 * time.Hour} {
		a := &attempt{life: newLife(nil)}
		a.permit.ClaimWindow = told
		if got := a.window(); got != want {
			t.Errorf("%d s: %v, want %v", told, got, want)
		}
	}
}

// TestMB17AnyFailureEndsTheLife breaks each stage and looks that nothing happens after it.
func TestMB17AnyFailureEndsTheLife(t *testing.T) {
	for stage, failure := range map[string]hostlink.Failure{
		"lock down": hostlink.FailSetup, "open disk": hostlink.FailDisk, "quote": hostlink.FailEvidence,
		"put input": hostlink.FailInput, "run": hostlink.FailWorkload, "output": hostlink.FailOutput,
	} {
		h := newHost(t)
		m := &machine{breakAt: stage}
		if err := live(t, m, h); !errors.Is(err, errBroken) {
			t.Errorf("%s: error is %v", stage, err)
		}
		after := m.done[slices.Index(m.done, stage)+1:]
		if len(after) > 0 && !slices.Equal(after, []string{"open link"}) {
			t.Errorf("%s: then did %q", stage, after)
		}
		heard := h.Heard()
		if heard.Failure != failure || heard.Result != nil {
			t.Errorf("%s: host heard failure %q, result %v", stage, heard.Failure, heard.Result)
		}
	}
}

func TestAG07NoReasonOnceInputsAreOpen(t *testing.T) {
	for stage, confidential := range map[string]bool{"quote": false, "put input": true, "run": true} {
		var e *Error
		if err := live(t, &machine{breakAt: stage}, newHost(t)); !errors.As(err, &e) || e.Confidential != confidential {
			t.Errorf("%s: error %+v", stage, e)
		}
	}
}

func TestHostsLiesEndTheAttempt(t *testing.T) {
	for name, c := range map[string]struct {
		lie     func(*hosttest.Host)
		failure hostlink.Failure
	}{
		"other manifest": {func(h *hosttest.Host) { h.Replace(h.Job.Task.Terms.InputDigest, []byte("{}")) }, hostlink.FailInput},
		"no manifest":    {func(h *hosttest.Host) { h.Job.Task.Terms.InputDigest[0]++ }, hostlink.FailInput},
		"no quote": {func(h *hosttest.Host) {
			h.MakeQuote = func([64]byte) (hostlink.Quote, error) { return hostlink.Quote{}, errBroken }
		}, hostlink.FailEvidence},
		"another policy": {func(h *hosttest.Host) { h.Job.MeasurementRoot[0]++ }, hostlink.FailPolicy},
		"another identity": {func(h *hosttest.Host) {
			h.Job.Identity[0]++
			h.Job.Task.Terms.Identity[0]++
		}, hostlink.FailPolicy},
		"terms of another identity": {func(h *hosttest.Host) { h.Job.Task.Terms.Identity[0]++ }, hostlink.FailLaunch},
		"many tasks":                {func(h *hosttest.Host) { h.Job.Task.Terms.Count = 2 }, hostlink.FailLaunch},
		"a task within a batch":     {func(h *hosttest.Host) { h.Job.Task.ID[31]++ }, hostlink.FailLaunch},
		"nobody to pay":             {func(h *hosttest.Host) { h.Job.Runner = wire.Address{} }, hostlink.FailLaunch},
		"malformed launch":          {func(h *hosttest.Host) { h.Job.Duration = 0 }, hostlink.FailLaunch},
		"malformed network":         {func(h *hosttest.Host) { h.Job.KeyNetwork = []byte("{}") }, hostlink.FailLaunch},
		"another key network":       {otherNetwork, hostlink.FailShares},
	} {
		h := newHost(t)
		c.lie(h)
		m := &machine{}
		if err := live(t, m, h); err == nil {
			t.Errorf("%s: the guest went on", name)
		}
		if heard := h.Heard(); heard.Failure != c.failure || heard.Result != nil || slices.Contains(m.done, "run") {
			t.Errorf("%s: failure %q, result %v, did %q", name, heard.Failure, heard.Result, m.done)
		}
	}
}

// otherNetwork gives the guest a key network that the host made itself.
func otherNetwork(h *hosttest.Host) {
	own, err := hosttest.New(nil)
	if err != nil {
		return
	}
	h.Keys, h.Job.KeyNetwork = own.Keys, own.Job.KeyNetwork
}

// TestRejectedInputsAreASignedAnswer: what the submitter did wrong is told to the submitter, once.
func TestRejectedInputsAreASignedAnswer(t *testing.T) {
	for name, spoil := range map[string]func(t *testing.T, h *hosttest.Host){
		"no manifest": func(_ *testing.T, h *hosttest.Host) {
			h.Job.Task.Terms.InputDigest = h.Put([]byte("not a manifest"))
		},
		"not an envelope": func(t *testing.T, h *hosttest.Host) {
			setInput(t, h, h.Put([]byte("plain text")), 10)
		},
		"wrong size": func(t *testing.T, h *hosttest.Host) {
			setInput(t, h, h.Put([]byte("plain text")), 11)
		},
		"sealed to another task": func(t *testing.T, h *hosttest.Host) { h.Job.Task.ID[5]++ },
	} {
		h := newHost(t)
		spoil(t, h)
		m := &machine{}
		if err := live(t, m, h); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if r := result(t, h); r.ExitStatus != task.ExitInputsRejected || r.OutputDigest != [32]byte{} {
			t.Errorf("%s: result %+v", name, r)
		}
		if slices.Contains(m.done, "run") {
			t.Errorf("%s: the workload ran", name)
		}
	}
}

// TestAG11UnfitOutputIsASignedAnswer: the workload's fault is told to the submitter, once, with what it said.
func TestAG11UnfitOutputIsASignedAnswer(t *testing.T) {
	for why, files := range map[string]fstest.MapFS{
		"more than 31 MiB with stdout, stderr and names": {
			"a": {Data: []byte("fits")}, "b": {Data: make([]byte, task.MaxOutput)}, "public": {Data: make([]byte, 32)}},
		"public is the word for contracts and must have 32 bytes, not 5": {"a": {Data: []byte("fits")}, "public": {Data: []byte("alice")}},
	} {
		h := newHost(t)
		if err := live(t, &machine{status: 7, files: files}, h); err != nil {
			t.Fatal(err)
		}
		r := result(t, h)
		out, err := h.OpenOutput(r.OutputDigest)
		if err != nil {
			t.Fatal(err)
		}
		if r.ExitStatus != task.ExitOutputUnfit || r.PublicOutput != [32]byte{} || string(out.Stdout) != "out" || len(out.Files) != 0 {
			t.Errorf("status %d, public word %x, stdout %q, %d files", r.ExitStatus, r.PublicOutput, out.Stdout, len(out.Files))
		}
		if want := "err\nescrin: /output does not fit: " + why + "; the workload ended with exit status 7\n"; string(out.Stderr) != want {
			t.Errorf("stderr %q", out.Stderr)
		}
	}
}

// setInput replaces the inputs by one blob.
func setInput(t *testing.T, h *hosttest.Host, digest wire.Digest, size uint64) {
	t.Helper()
	err := h.SetManifest(task.Manifest{
		Version: task.ManifestVersion, Identity: h.Job.Identity, Policy: h.Job.MeasurementRoot, GroupKey: h.Keys.GroupKey[:], ResultKey: h.ResultPublicKey(),
		Inputs: []task.Input{{Name: "a", Digest: digest, Size: size}},
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestSecretsAreRequiredInputs: one that is missing or cannot be what it is declared as is the submitter's fault.
func TestSecretsAreRequiredInputs(t *testing.T) {
	for name, c := range map[string]struct {
		secrets []config.Secret
		status  uint32
		env     string
		kept    string
	}{
		"variable": {[]config.Secret{{Name: "a", Env: "TOKEN"}}, 7, "TOKEN=alpha", ""},
		"file":     {[]config.Secret{{Name: "a", Path: "/a"}}, 7, "", "a=alpha"},
		"both":     {[]config.Secret{{Name: "a", Path: "/a"}, {Name: "b", Env: "B"}}, 7, "B=beta", "a=alpha"},
		"missing":  {[]config.Secret{{Name: "c", Env: "TOKEN"}}, task.ExitInputsRejected, "", ""},
	} {
		h := newHost(t)
		m := &machine{status: 7, config: wanting(c.secrets...)}
		if err := live(t, m, h); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := result(t, h); got.ExitStatus != c.status {
			t.Errorf("%s: status %d", name, got.ExitStatus)
		}
		if strings.Join(m.env, " ") != c.env || strings.Join(m.secrets, " ") != c.kept || len(m.inputs)+len(c.secrets) < 2 {
			t.Errorf("%s: environment %q, secrets %q, inputs %v", name, m.env, m.secrets, m.inputs)
		}
		if slices.Contains(m.done, "run") == (c.status == task.ExitInputsRejected) {
			t.Errorf("%s: did %q", name, m.done)
		}
	}
}

// Secrets of the identity are opened by keys of their own: where the enclave declares them, or else below their own path.
func TestSecretsOfTheIdentity(t *testing.T) {
	h := newHost(t)
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	check(h.AddSecret("password", task.Secret{Version: 3}, []byte("p w")))
	check(h.AddSecret("TLS_KEY", task.Secret{Version: 1, Policy: h.Job.MeasurementRoot}, []byte("-----BEGIN")))
	m := &machine{config: wanting(config.Secret{Name: "password", Env: "PASSWORD"})}
	check(live(t, m, h))
	if got := strings.Join(m.env, "|"); got != "PASSWORD=p w" {
		t.Errorf("environment %q", got)
	}
	if len(m.secrets) != 1 || m.secrets[0] != "TLS_KEY=-----BEGIN" || len(m.inputs) != 2 {
		t.Errorf("secrets %q, inputs %q", m.secrets, m.inputs)
	}
}

// handover is a host whose key network goes on to the next epoch when the permit is there.
type handover struct {
	*hosttest.Host
	renewed []byte // what the guest is told then, instead of the truth
}

func (h handover) Permit(ctx context.Context, request hostlink.PermitRequest) (hostlink.Permit, error) {
	if err := h.Keys.HandOver(); err != nil {
		return hostlink.Permit{}, err
	}
	return h.Host.Permit(ctx, request)
}

func (h handover) Keynet(ctx context.Context) ([]byte, error) {
	if h.renewed != nil {
		return h.renewed, nil
	}
	return h.Host.Keynet(ctx)
}

// KR-21: when the epoch changes between the permit and the key, the guest asks those who hold the key now.
func TestKR21EpochChangesDuringAnAttempt(t *testing.T) {
	h := newHost(t)
	m := &machine{}
	if err := live(t, m, handover{Host: h}); err != nil {
		t.Fatal(err)
	}
	if string(m.inputs["a"]) != "alpha" || h.Keys.Epoch != 2 {
		t.Errorf("inputs %q, epoch %d", m.inputs, h.Keys.Epoch)
	}
}

// KR-21: a host that names other holders in the next epoch ends the attempt, and gets no result.
func TestKR21HostsOwnNextEpoch(t *testing.T) {
	h, other := newHost(t), newHost(t)
	if err := other.Keys.HandOver(); err != nil {
		t.Fatal(err)
	}
	theirs, err := other.Keynet(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	h.Claim.ClaimWindow = 1
	err = liveWith(t, &machine{}, handover{h, theirs}, 2*time.Second)
	if err == nil || !strings.Contains(err.Error(), "another board or group key") || h.Heard().Result != nil {
		t.Errorf("%v, result %v", err, h.Heard().Result)
	}
}

// KR-04: a keyholder that lies costs the attempt nothing but time; that it lied about the certificate is proven to the host,
// which is shown no share of a key, not even a wrong one.
func TestKR04GuestProvesWhoLied(t *testing.T) {
	for range 3 { // whoever answers first: the liar is among the first two in most
		h := newHost(t)
		h.Keys.Liar = 2
		m := &machine{}
		if err := live(t, m, h); err != nil || string(m.inputs["a"]) != "alpha" {
			t.Fatalf("inputs %q, %v", m.inputs, err)
		}
		for _, document := range h.Heard().Accusations {
			var proof keyholder.Proof
			if err := json.Unmarshal(document, &proof); err != nil {
				t.Fatal(err)
			}
			if err := client.CheckProof(h.Keys.Network, proof); err != nil || proof.Statement.Index != 2 || proof.Statement.Path != keyholder.PathCertificate {
				t.Errorf("%s: %v", document, err)
			}
		}
	}
}

// KR-14: a secret in the place of another version, or of another label, does not open, and the submitter is told.
func TestKR14SecretOfAnotherName(t *testing.T) {
	for name, change := range map[string]func(in *task.Input){
		"another version": func(in *task.Input) { in.Secret.Version++ },
		"another policy":  func(in *task.Input) { in.Secret.Policy[0]++ },
		"another label":   func(in *task.Input) { in.Name = "passworD" },
		"a task's input":  func(in *task.Input) { in.Secret = nil },
	} {
		h := newHost(t)
		if err := h.AddSecret("password", task.Secret{Version: 3}, []byte("p w")); err != nil {
			t.Fatal(err)
		}
		document, err := io.ReadAll(must(h.Fetch(t.Context(), h.Job.Task.Terms.InputDigest, task.MaxManifest)))
		if err != nil {
			t.Fatal(err)
		}
		manifest, err := task.ParseManifest(document)
		if err != nil {
			t.Fatal(err)
		}
		change(&manifest.Inputs[slices.IndexFunc(manifest.Inputs, func(in task.Input) bool { return in.Secret != nil })])
		if err := h.SetManifest(manifest); err != nil {
			t.Fatal(err)
		}
		if err := live(t, &machine{}, h); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if r := result(t, h); r.ExitStatus != task.ExitInputsRejected {
			t.Errorf("%s: exit status %d", name, r.ExitStatus)
		}
	}
}

func must(r io.ReadCloser, _ uint64, err error) io.Reader {
	if err != nil {
		panic(err)
	}
	return r
}
