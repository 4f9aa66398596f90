// SPDX-License-Identifier: Apache-2.0

package guestagent

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/escrin/escrin/attest"
	agent "github.com/escrin/escrin/clients/go"
	"github.com/escrin/escrin/guestagent/api"
	"github.com/escrin/escrin/guestagent/config"
	"github.com/escrin/escrin/guestagent/hostlink"
	"github.com/escrin/escrin/guestagent/hostlink/hostend"
	"github.com/escrin/escrin/guestagent/hosttest"
	"github.com/escrin/escrin/guestagent/task"
	"github.com/escrin/escrin/guestagent/wire"
	"github.com/escrin/escrin/guestagent/workload"
)

// ask makes a request as a workload does, and decodes the reply.
func (m *machine) ask(t *testing.T, method, path string, request, reply any) int {
	t.Helper()
	body := []byte{}
	if request != nil {
		var err error
		if body, err = json.Marshal(request); err != nil {
			t.Fatal(err)
		}
	}
	r, err := http.NewRequest(method, "http://escrin"+path, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+m.capability)
	transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", m.socket)
	}}
	response, err := transport.RoundTrip(r)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	defer response.Body.Close()
	if err := json.NewDecoder(response.Body).Decode(reply); err != nil {
		t.Fatalf("%s %s: %d, %v", method, path, response.StatusCode, err)
	}
	return response.StatusCode
}

type omniReply struct {
	Key   string
	Trial bool
}

// omniOf lives once, and returns the omni key that the workload gets.
func omniOf(t *testing.T, h *hosttest.Host, request map[string]any) (reply omniReply) {
	t.Helper()
	m := &machine{}
	m.during = func() {
		if status := m.ask(t, "POST", "/v1/keys/omni", request, &reply); status != 200 {
			t.Errorf("status %d", status)
		}
	}
	if err := live(t, m, h); err != nil {
		t.Fatal(err)
	}
	return reply
}

// TestKeysAreOfTheIdentity: every attempt has the same, another version or policy has others, and so has another identity.
func TestKeysAreOfTheIdentity(t *testing.T) {
	h := newHost(t)
	first := omniOf(t, h, nil)
	if again := omniOf(t, h, map[string]any{"policy": "enclave", "version": 1}); again != first || first.Trial || len(first.Key) != 66 {
		t.Errorf("%+v, then %+v", first, again)
	}
	seen := map[string]bool{first.Key: true}
	for _, other := range []map[string]any{{"version": 2}, {"policy": "identity"}, {"policy": "identity", "version": 2}} {
		if key := omniOf(t, h, other).Key; seen[key] {
			t.Errorf("%v has the key of another", other)
		} else {
			seen[key] = true
		}
	}
	if omniOf(t, newHost(t), nil) == first {
		t.Error("another network has the same key")
	}
}

// TestAG01TheCapabilityEndsWithTheTask: who has none is told nothing, and when the workload has ended nobody is there.
func TestAG01TheCapabilityEndsWithTheTask(t *testing.T) {
	m := &machine{}
	m.during = func() {
		var task api.Task
		if status := m.ask(t, "GET", "/v1/task", nil, &task); status != 200 || task.ID[0] != 9 || task.Trial {
			t.Errorf("status %d, task %+v", status, task)
		}
		right := m.capability
		for _, wrong := range []string{"", right[1:], right + "0", "0" + right[1:] + "x"} {
			m.capability = wrong
			var refused struct{ Error api.Error }
			if status := m.ask(t, "GET", "/v1/task", nil, &refused); status != 401 || refused.Error.Code != "unauthorized" {
				t.Errorf("capability %q: status %d, %+v", wrong, status, refused)
			}
		}
	}
	if err := live(t, m, newHost(t)); err != nil {
		t.Fatal(err)
	}
	if conn, err := net.Dial("unix", m.socket); err == nil {
		conn.Close()
		t.Error("the agent answers when the workload has ended")
	}
}

// raw makes a request with a body of bytes, and returns status, body and fields of the response.
func (m *machine) raw(t *testing.T, method, path string, body []byte, fields map[string]string) (int, string, http.Header) {
	t.Helper()
	r, err := http.NewRequest(method, "http://escrin"+path, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+m.capability)
	for name, value := range fields {
		r.Header.Set(name, value)
	}
	transport := &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", m.socket)
	}}
	response, err := transport.RoundTrip(r)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	defer response.Body.Close()
	b, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(b), response.Header
}

// during lives once, while the workload does something.
func during(t *testing.T, h hostend.Handler, do func(m *machine)) *machine {
	t.Helper()
	m := &machine{}
	m.during = func() { do(m) }
	if err := live(t, m, h); err != nil {
		t.Fatal(err)
	}
	return m
}

var first = map[string]string{"If-None-Match": "*"}

func after(version string) map[string]string {
	return map[string]string{"If-Match": `"` + version + `"`}
}

// TestMB15RollbackIsNoticed: two attempts keep versions of an object; then the host serves the older, other bytes, or nothing.
func TestMB15RollbackIsNoticed(t *testing.T) {
	h := newHost(t)
	var old []byte
	served := func() []byte { // what is the newest now
		for name := range h.Newest() {
			return h.Blob(wire.Digest(h.Newest()[name].Digest))
		}
		return nil
	}
	during(t, h, func(m *machine) {
		if status, body, _ := m.raw(t, "GET", "/v1/storage/state", nil, nil); status != 404 || !strings.Contains(body, "not_found") {
			t.Errorf("before: %d %s", status, body)
		}
		if status, body, fields := m.raw(t, "PUT", "/v1/storage/state", []byte("one"), first); status != 204 || fields.Get("ETag") != `"1"` {
			t.Fatalf("first: %d %s", status, body)
		}
		old = served()
	})
	during(t, h, func(m *machine) {
		if status, body, fields := m.raw(t, "GET", "/v1/storage/state", nil, nil); status != 200 || body != "one" || fields.Get("ETag") != `"1"` {
			t.Errorf("another attempt: %d %s", status, body)
		}
		if status, body, _ := m.raw(t, "PUT", "/v1/storage/state", []byte("two"), after("1")); status != 204 {
			t.Errorf("second: %d %s", status, body)
		}
		for name, fields := range map[string]map[string]string{"again": after("1"), "first": first, "future": after("3")} {
			if status, body, _ := m.raw(t, "PUT", "/v1/storage/state", []byte("fork"), fields); status != 412 || !strings.Contains(body, "is 2") {
				t.Errorf("%s: %d %s", name, status, body)
			}
		}
	})
	if bytes.Contains(old, []byte("one")) || len(old) < 256 {
		t.Errorf("the host has %q", old)
	}
	for name, blob := range map[string][]byte{"old": old, "none": nil, "changed": append(bytes.Clone(served()), 0)} {
		h.Serve = func(wire.Hash32, wire.Digest) []byte { return blob }
		during(t, h, func(m *machine) {
			if status, body, _ := m.raw(t, "GET", "/v1/storage/state", nil, nil); status != 409 || !strings.Contains(body, `"rollback"`) || strings.Contains(body, "one") {
				t.Errorf("%s: %d %s", name, status, body)
			}
		})
	}
	h.Serve = nil
	during(t, h, func(m *machine) {
		if status, body, _ := m.raw(t, "GET", "/v1/storage/state", nil, nil); status != 200 || body != "two" {
			t.Errorf("in the end: %d %s", status, body)
		}
	})
}

// lyingHost says that it does not advance, and keeps the signatures.
type lyingHost struct {
	*hosttest.Host
	signed chan hostlink.Advance
}

func (h lyingHost) Advance(_ context.Context, a hostlink.Advance) error {
	h.signed <- a
	return &hostlink.Error{Code: hostlink.CodeRefused}
}

// TestMB14ASignatureThatLeftIsACheque: the workload is not told that nothing was done, and there is one cheque for each version. Who
// asks for the same once more learns that it was cashed.
func TestMB14ASignatureThatLeftIsACheque(t *testing.T) {
	h := lyingHost{newHost(t), make(chan hostlink.Advance, 9)}
	during(t, h, func(m *machine) {
		for _, content := range []string{"one", "other", "one"} {
			status, body, _ := m.raw(t, "PUT", "/v1/storage/state", []byte(content), first)
			if status != 504 || !strings.Contains(body, `"unknown"`) {
				t.Errorf("%s: %d %s", content, status, body)
			}
			if told := strings.Contains(body, "refuses to publish"); told != (content == "one") {
				t.Errorf("%s: that the host refuses is told: %t: %s", content, told, body)
			}
		}
		client := agent.NewAt(m.socket, m.capability)
		refused := new(agent.Error)
		if err := client.Save(t.Context(), "state", 0, []byte("by the client")); !errors.As(err, &refused) || refused.Code != agent.Unknown {
			t.Errorf("the client says %v", err)
		}
		if len(h.signed) != 2 {
			t.Fatalf("%d signatures left the guest", len(h.signed))
		}
		cheque := <-h.signed
		if again := <-h.signed; again.Digest != cheque.Digest || again.Version != cheque.Version {
			t.Fatalf("signed are %+v and %+v", cheque, again)
		}
		if err := h.Host.Advance(t.Context(), cheque); err != nil {
			t.Fatal(err)
		}
		if status, body, fields := m.raw(t, "PUT", "/v1/storage/state", []byte("one"), first); status != 204 || fields.Get("ETag") != `"1"` {
			t.Errorf("the same once more: %d %s", status, body)
		}
		if status, body, _ := m.raw(t, "PUT", "/v1/storage/state", []byte("other"), first); status != 412 {
			t.Errorf("another once more: %d %s", status, body)
		}
		if status, body, _ := m.raw(t, "GET", "/v1/storage/state", nil, nil); status != 200 || body != "one" {
			t.Errorf("published later: %d %s", status, body)
		}
		if status, body, _ := m.raw(t, "PUT", "/v1/storage/state", []byte("two"), after("1")); status != 504 || len(h.signed) != 1 { // the only signature is for it
			t.Errorf("the next version: %d %s", status, body)
		}
	})
}

// TestMB14AChequeLapses: what the host did not publish in time, it never can; that is told by the chain's time, not by the host's or
// the guest's. Then another content may be the version.
func TestMB14AChequeLapses(t *testing.T) {
	for certain, want := range map[bool]int{false: 504, true: 503} {
		h := lyingHost{newHost(t), make(chan hostlink.Advance, 9)}
		if !certain {
			h.Keys.Time = 1 // by the chain's final blocks the deadline is still to come
		}
		m := &machine{}
		m.during = func() {
			for _, content := range []string{"one", "other"} {
				if status, body, _ := m.raw(t, "PUT", "/v1/storage/state", []byte(content), first); status != want {
					t.Errorf("certain %t, %s: %d %s", certain, content, status, body)
				}
			}
			if signed := len(h.signed); certain != (signed == 2) {
				t.Fatalf("certain %t: %d signatures left the guest", certain, signed)
			}
			if cheque := <-h.signed; certain && h.Host.Advance(t.Context(), cheque) == nil {
				t.Error("a cheque was cashed after its deadline")
			}
		}
		if err := lapsing(t, m, h, -time.Second); err != nil {
			t.Fatal(err)
		}
	}
}

// countingHost takes 67 blobs of an attempt, as a runner does.
type countingHost struct {
	*hosttest.Host
	stored *atomic.Int32
}

func (h countingHost) Store(ctx context.Context, digest wire.Digest, blob io.Reader, size uint64) error {
	if h.stored.Add(1) > 67 {
		return &hostlink.Error{Code: hostlink.CodeRefused}
	}
	return h.Host.Store(ctx, digest, blob, size)
}

// TestAWorkloadThatSavesOftenEnds: however often a workload saves, its task has an output.
func TestAWorkloadThatSavesOftenEnds(t *testing.T) {
	h := newHost(t)
	during(t, countingHost{h, new(atomic.Int32)}, func(m *machine) {
		for i := range 70 {
			want := 204
			if i >= 64 {
				want = 429
			}
			if status, body, _ := m.raw(t, "PUT", "/v1/storage/object"+strconv.Itoa(i), []byte("content"), first); status != want {
				t.Errorf("save %d: %d %s", i+1, status, body)
			}
		}
	})
	if _, err := h.OpenOutput(result(t, h).OutputDigest); err != nil {
		t.Error(err)
	}
}

// TestAPathThatThereIsNotIsNoObject: who loads by such a name is not told that there never was one.
func TestAPathThatThereIsNotIsNoObject(t *testing.T) {
	during(t, newHost(t), func(m *machine) {
		refused := new(agent.Error)
		if _, _, err := agent.NewAt(m.socket, m.capability).Load(t.Context(), "a/b"); !errors.As(err, &refused) || refused.Code != "bad_request" {
			t.Errorf("%v", err)
		}
	})
}

// TestAResultOfTheNodeThatIsTooLarge is no refusal of the node's.
func TestAResultOfTheNodeThatIsTooLarge(t *testing.T) {
	for code, want := range map[hostlink.Code]string{hostlink.CodeTooLarge: "too_large", hostlink.CodeRefused: "upstream", hostlink.CodeUnavailable: "unavailable"} {
		h := newHost(t)
		h.Call = func(string, []byte) ([]byte, error) { return nil, &hostlink.Error{Code: code} }
		during(t, h, func(m *machine) {
			var refused struct{ Error api.Error }
			if m.ask(t, "POST", "/v1/chain/rpc", map[string]any{"method": "eth_call", "params": []any{}}, &refused); refused.Error.Code != want {
				t.Errorf("%s: %+v", code, refused)
			}
		})
	}
}

// silentHost says that it advances, and does not.
type silentHost struct{ *hosttest.Host }

func (silentHost) Advance(context.Context, hostlink.Advance) error { return nil }

// TestMB14TheWorkloadLearnsThatNothingCame: a host that keeps the signature to itself is waited for, up to the deadline.
func TestMB14TheWorkloadLearnsThatNothingCame(t *testing.T) {
	m := &machine{}
	m.during = func() {
		if status, body, _ := m.raw(t, "PUT", "/v1/storage/state", []byte("one"), first); status != 503 || !strings.Contains(body, `"lapsed"`) {
			t.Errorf("%d %s", status, body)
		}
	}
	if err := lapsing(t, m, silentHost{newHost(t)}, -time.Second); err != nil {
		t.Fatal(err)
	}
}

// TestMB14AHostCannotAdvanceNorForget: a version counts when keyholders see it; a host that has lost all cannot make it the first.
func TestMB14AHostCannotAdvanceNorForget(t *testing.T) {
	h := newHost(t)
	during(t, lyingHost{h, make(chan hostlink.Advance, 1)}, func(m *machine) {
		if status, body, _ := m.raw(t, "PUT", "/v1/storage/state", []byte("one"), first); status != 504 {
			t.Errorf("%d %s", status, body)
		}
	})
	during(t, h, func(m *machine) {
		if status, _, _ := m.raw(t, "PUT", "/v1/storage/state", []byte("one"), first); status != 204 {
			t.Errorf("first: %d", status)
		}
	})
	h.Serve = func(wire.Hash32, wire.Digest) []byte { return nil }
	during(t, h, func(m *machine) {
		if status, _, _ := m.raw(t, "PUT", "/v1/storage/state", []byte("anew"), first); status != 412 {
			t.Errorf("a wiped host begins anew: %d", status)
		}
		fields := map[string]string{"If-None-Match": "*", "Escrin-Policy": "identity"}
		if status, _, _ := m.raw(t, "PUT", "/v1/storage/state", []byte("another"), fields); status != 204 {
			t.Errorf("the object of the identity: %d", status)
		}
	})
}

// TestAG03DataOfAWorkloadIsNoStatementOfTheAgent: a workload that has evidence made over the agent's own preimage gets other report data.
func TestAG03DataOfAWorkloadIsNoStatementOfTheAgent(t *testing.T) {
	h := newHost(t)
	var reported [][64]byte
	h.MakeQuote = func(d [64]byte) (hostlink.Quote, error) {
		reported = append(reported, d)
		return hostlink.Quote{Quote: []byte("q"), Collateral: []byte("c")}, nil
	}
	var reply struct{ Evidence []byte }
	data := []byte("escrin.binding.v3")
	during(t, h, func(m *machine) {
		if status := m.ask(t, "POST", "/v1/evidence", map[string]any{"data": data}, &reply); status != 200 {
			t.Errorf("status %d", status)
		}
	})
	evidence, err := attest.ParseEvidence(reply.Evidence)
	if err != nil {
		t.Fatal(err)
	}
	own, workloads := evidence.Binding.ReportData(), evidence.Binding.WorkloadReportData(data)
	if len(reported) != 2 || reported[0] != own || reported[1] != workloads {
		t.Errorf("report data %x, want %x and %x", reported, own, workloads)
	}
	if [32]byte(own[32:]) != [32]byte{} || [32]byte(workloads[32:]) == [32]byte{} {
		t.Error("the halves are not apart")
	}
	if workloads == evidence.Binding.WorkloadReportData([]byte("other")) {
		t.Error("other data have the same report data")
	}
}

// TestFilesAndProgress: what comes in and goes out over the socket is what comes and goes by files.
func TestFilesAndProgress(t *testing.T) {
	h := newHost(t)
	if err := h.AddSecret("API_TOKEN", task.Secret{Version: 1}, []byte("token")); err != nil {
		t.Fatal(err)
	}
	word := bytes.Repeat([]byte{7}, 32)
	during(t, h, func(m *machine) {
		for path, want := range map[string]string{
			"/v1/inputs": `{"names":["a","b"]}`, "/v1/inputs/a": "alpha", "/v1/secrets": `{"names":["API_TOKEN"]}`, "/v1/secrets/API_TOKEN": "token",
		} {
			if status, body, _ := m.raw(t, "GET", path, nil, nil); status != 200 || body != want {
				t.Errorf("%s: %d %s", path, status, body)
			}
		}
		for path, body := range map[string][]byte{"/v1/outputs/report": []byte("text"), "/v1/result": word} {
			if status, said, _ := m.raw(t, "PUT", path, body, nil); status != 204 {
				t.Errorf("%s: %d %s", path, status, said)
			}
		}
		if status, said, _ := m.raw(t, "POST", "/v1/progress", []byte(`{"percent":40,"note":"half\nway"}`), nil); status != 200 {
			t.Errorf("progress: %d %s", status, said)
		}
		for _, bad := range [][3]string{
			{"GET", "/v1/inputs/absent", "404"}, {"GET", "/v1/secrets/absent", "404"}, {"PUT", "/v1/result", "400"}, {"PUT", "/v1/outputs/.hidden", "400"},
			{"DELETE", "/v1/storage/state", "405"}, {"GET", "/v1/storage", "404"}, {"GET", "/v1/inputs/a/b", "404"}, {"PUT", "/v1/storage/state", "428"},
		} {
			if status, body, _ := m.raw(t, bad[0], bad[1], nil, nil); strconv.Itoa(status) != bad[2] {
				t.Errorf("%v: %d %s", bad, status, body)
			}
		}
	})
	r := result(t, h)
	out, err := h.OpenOutput(r.OutputDigest)
	if err != nil || r.PublicOutput != [32]byte(word) || len(out.Files) != 2 || string(out.Files[1].Data) != "text" {
		t.Errorf("%+v, %+v, %v", r, out, err)
	}
	if string(out.Stderr) != "err\nescrin: progress 40 % \"half\\nway\"\n" {
		t.Errorf("stderr %q", out.Stderr)
	}
}

// TestAG01MainContainerAloneHasTheCapability, whatever the measured config says of a variable of its name.
func TestAG01MainContainerAloneHasTheCapability(t *testing.T) {
	const variable = workload.CapabilityVariable
	c := config.Config{Containers: []config.Container{
		{Process: config.Process{Env: []string{"A=1"}}}, {Process: config.Process{Env: []string{variable + "=measured", "B=2"}}},
	}}
	with := withVariable(c, variable, "capability")
	if got := with.Containers[0].Process.Env; !slices.Equal(got, []string{"A=1"}) {
		t.Errorf("a container beside the main one has %q", got)
	}
	if got := with.Main().Process.Env; !slices.Equal(got, []string{"B=2", variable + "=capability"}) {
		t.Errorf("the main one has %q", got)
	}
	if slices.Contains(c.Main().Process.Env, variable+"=capability") {
		t.Error("the measured config has changed")
	}
}
