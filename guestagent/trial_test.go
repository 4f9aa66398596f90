// SPDX-License-Identifier: Apache-2.0

package guestagent

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/escrin/escrin/guestagent/api"
	"github.com/escrin/escrin/guestagent/config"
	"github.com/escrin/escrin/guestagent/hostlink"
	"github.com/escrin/escrin/guestagent/hostlink/hostend"
	"github.com/escrin/escrin/guestagent/task"
	"github.com/escrin/escrin/guestagent/trialhost"
	"github.com/escrin/escrin/guestagent/workload"
)

// tap keeps what a guest sends over its link.
type tap struct {
	net.Conn
	mu   sync.Mutex
	sent bytes.Buffer
}

func (c *tap) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sent.Write(p)
	return c.Conn.Write(p)
}

// requests are the names of the guest's requests, in order.
func (c *tap) requests() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var names []string
	for _, match := range regexp.MustCompile(`\{"op":"([a-z]+)"`).FindAllSubmatch(c.sent.Bytes(), -1) {
		names = append(names, string(match[1]))
	}
	return names
}

// overhear lives once with whatever serves the link, and returns the guest's requests.
func overhear(t *testing.T, m *machine, serve func(context.Context, net.Conn) error) ([]string, error) {
	t.Helper()
	guest, runner := net.Pipe()
	wire := &tap{Conn: guest}
	m.conn, m.inputs = wire, map[string][]byte{}
	served := make(chan error, 1)
	go func() { served <- serve(t.Context(), runner) }()
	err := Live(t.Context(), m)
	guest.Close()
	if err := <-served; err != nil {
		t.Errorf("Serve: %v", err)
	}
	return wire.requests(), err
}

var (
	ofJobs   = []string{"quote", "keyholder", "keynet", "accuse", "evidence", "permit", "result"}
	ofTrials = []string{"stdin", "output", "control", "ended"}
)

// TestTrialAsksForNoKeys: in a trial there is no quote, no permit and no share, neither of the machine nor of the host.
func TestTrialAsksForNoKeys(t *testing.T) {
	var stdout, stderr bytes.Buffer
	host, err := trialhost.New(map[string][]byte{"a": []byte("alpha"), "token": []byte("secret")},
		trialhost.Streams{Stdin: strings.NewReader("typed"), Stdout: &stdout, Stderr: &stderr}, func(hostlink.StepReport) {})
	if err != nil {
		t.Fatal(err)
	}
	m := &machine{files: fstest.MapFS{"f": {Data: []byte("file")}}, config: wanting(config.Secret{Name: "token", Env: "TOKEN"})}
	m.attach = func(_ context.Context, c config.Config, s workload.Stdio) (uint32, error) {
		typed, err := io.ReadAll(s.Stdin)
		if err != nil || string(typed) != "typed" || s.Terminal != nil || !slices.Equal(c.Main().Process.Env, []string{"TOKEN=secret"}) {
			t.Errorf("stdin %q, %v, terminal %v, environment %q", typed, err, s.Terminal, c.Main().Process.Env)
		}
		io.WriteString(s.Stderr, "oops")
		_, err = s.Stdout.Write(bytes.Repeat([]byte("x"), 3*hostlink.MaxChunk+1))
		return 7, err
	}
	asked, err := overhear(t, m, func(ctx context.Context, conn net.Conn) error { return hostend.ServeTrial(ctx, conn, host) })
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range ofJobs {
		if slices.Contains(asked, name) {
			t.Errorf("a trial asked for %s", name)
		}
	}
	if slices.Contains(m.done, "quote") || slices.Contains(m.done, "run") {
		t.Errorf("did %q", m.done)
	}
	status, files, err := host.Result()
	if err != nil || status != 7 || len(files) != 1 || string(files[0].Data) != "file" {
		t.Errorf("status %d, files %+v, %v", status, files, err)
	}
	if stdout.Len() != 3*hostlink.MaxChunk+1 || stderr.String() != "oops" || string(m.inputs["a"]) != "alpha" || len(m.inputs) != 1 {
		t.Errorf("%d bytes, %q, inputs %v", stdout.Len(), stderr.String(), m.inputs)
	}
}

// TestAG08JobsNeverStream: a guest asks once what to do, before it makes keys, and has no request by which a workload's
// word could leave a job but sealed.
func TestAG08JobsNeverStream(t *testing.T) {
	h := newHost(t)
	m := &machine{files: fstest.MapFS{}}
	asked, err := overhear(t, m, func(ctx context.Context, conn net.Conn) error { return hostend.Serve(ctx, conn, h) })
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range ofTrials {
		if slices.Contains(asked, name) {
			t.Errorf("a job asked for %s", name)
		}
	}
	launch := slices.Index(asked, "launch")
	if launch < 0 || slices.Contains(asked[launch+1:], "launch") {
		t.Errorf("requests %q: want one launch", asked)
	}
	for _, name := range ofJobs {
		if at := slices.Index(asked, name); at < launch && (at >= 0 || name != "keynet" && name != "accuse") { // which few jobs do
			t.Errorf("%s was asked before the launch", name)
		}
	}
}

// TestTrialReachesNoKeys: the package of trials links nothing that makes, asks for or uses a key.
func TestTrialReachesNoKeys(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "./trial").Output()
	if err != nil {
		t.Fatal(err)
	}
	linked := strings.Fields(string(out))
	if !slices.Contains(linked, "github.com/escrin/escrin/guestagent/hostlink") {
		t.Fatal("the list is not the one expected")
	}
	for _, name := range linked {
		for _, bad := range []string{"escrin/escrin/keyholder/client", "escrin/escrin/attest", "secp256k1", "crypto/hpke", "escrin/escrin/keyholder/envelope"} {
			if strings.Contains(name, bad) {
				t.Errorf("a trial links %s", name)
			}
		}
	}
}

func TestTrialsFailuresAreTold(t *testing.T) {
	for name, c := range map[string]struct {
		machine *machine
		failure hostlink.Failure
	}{
		"secret":   {&machine{config: wanting(config.Secret{Name: "token", Env: "TOKEN"})}, hostlink.FailInput},
		"workload": {&machine{attach: func(context.Context, config.Config, workload.Stdio) (uint32, error) { return 0, errBroken }}, hostlink.FailWorkload},
		"disk":     {&machine{breakAt: "open disk"}, hostlink.FailDisk},
	} {
		host, err := trialhost.New(nil, trialhost.Streams{Stdout: io.Discard, Stderr: io.Discard}, func(hostlink.StepReport) {})
		if err != nil {
			t.Fatal(err)
		}
		_, err = overhear(t, c.machine, func(ctx context.Context, conn net.Conn) error { return hostend.ServeTrial(ctx, conn, host) })
		var none *trialhost.NoResultError
		if _, _, told := host.Result(); err == nil || !errors.As(told, &none) || none.Failure != c.failure {
			t.Errorf("%s: %v; the host heard %v", name, err, told)
		}
	}
}

// TestAG11TrialsUnfitOutputIsTold as a job's is, for the same reasons: also where the streams take the room, or the word for contracts is none.
func TestAG11TrialsUnfitOutputIsTold(t *testing.T) {
	for name, c := range map[string]struct {
		files fstest.MapFS
		said  int // bytes on standard output
		want  string
	}{
		"files":   {fstest.MapFS{"a": {Data: make([]byte, task.MaxOutput)}}, 0, "more than 31 MiB"},
		"streams": {fstest.MapFS{"a": {Data: make([]byte, task.MaxOutput-workload.MaxStream)}}, 2 * workload.MaxStream, "more than 31 MiB"},
		"word":    {fstest.MapFS{"public": {Data: []byte("word")}}, 0, "must have 32 bytes, not 4"},
	} {
		var stderr bytes.Buffer
		host, err := trialhost.New(nil, trialhost.Streams{Stdout: io.Discard, Stderr: &stderr}, func(hostlink.StepReport) {})
		if err != nil {
			t.Fatal(err)
		}
		m := &machine{files: c.files}
		m.attach = func(_ context.Context, _ config.Config, s workload.Stdio) (uint32, error) {
			_, err := s.Stdout.Write(make([]byte, c.said))
			return 7, err
		}
		if _, err := overhear(t, m, func(ctx context.Context, conn net.Conn) error { return hostend.ServeTrial(ctx, conn, host) }); err != nil {
			t.Fatal(err)
		}
		status, files, err := host.Result()
		if err != nil || status != task.ExitOutputUnfit || len(files) != 0 || !strings.Contains(stderr.String(), c.want+"; the workload ended with exit status 7") &&
			!strings.Contains(stderr.String(), c.want+" with stdout, stderr and names; the workload ended with exit status 7") {
			t.Errorf("%s: status %d, %d files, %v, stderr %q", name, status, len(files), err, stderr.String())
		}
	}
}

// TestTrialsSecretsAreAnswered by the agent as those of a job, and not by the names of other inputs.
func TestTrialsSecretsAreAnswered(t *testing.T) {
	host, err := trialhost.New(map[string][]byte{"a": []byte("alpha"), "token": []byte("secret")}, trialhost.Streams{Stdout: io.Discard, Stderr: io.Discard}, func(hostlink.StepReport) {})
	if err != nil {
		t.Fatal(err)
	}
	m := &machine{files: fstest.MapFS{}, config: wanting(config.Secret{Name: "token", Env: "TOKEN"})}
	var listed struct{ Names []string }
	m.attach = func(context.Context, config.Config, workload.Stdio) (uint32, error) {
		m.ask(t, "GET", "/v1/secrets", nil, &listed)
		return 0, nil
	}
	if _, err := overhear(t, m, func(ctx context.Context, conn net.Conn) error { return hostend.ServeTrial(ctx, conn, host) }); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(listed.Names, []string{"token"}) {
		t.Errorf("the agent has the secrets %q", listed.Names)
	}
}

// TestAG11TrialsStorageIsBounded: it is the agent's memory.
func TestAG11TrialsStorageIsBounded(t *testing.T) {
	agent, object := newTrialAgent(api.Files{}), make([]byte, 8<<20)
	for n := byte(1); n <= 5; n++ {
		err := agent.Keep(t.Context(), [32]byte{n}, object)
		var refused *api.Error
		if full := n == 5; full != (errors.As(err, &refused) && refused.Code == "too_large") {
			t.Errorf("object %d: %v", n, err)
		}
	}
	if _, err := agent.Advance(t.Context(), [32]byte{}, api.Anchor{}, api.Anchor{Version: 1, Digest: [32]byte{1}}); err != nil {
		t.Fatal(err)
	}
	if _, err := agent.Advance(t.Context(), [32]byte{}, api.Anchor{Version: 1, Digest: [32]byte{1}}, api.Anchor{Version: 2, Digest: [32]byte{2}}); err != nil {
		t.Fatal(err)
	}
	if err := agent.Keep(t.Context(), [32]byte{5}, object); err != nil {
		t.Errorf("where a version was replaced: %v", err)
	}
}
