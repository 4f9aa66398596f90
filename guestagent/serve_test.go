// SPDX-License-Identifier: Apache-2.0

package guestagent

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"net/http"
	"testing"

	"github.com/escrin/escrin/guestagent/api"
	"github.com/escrin/escrin/guestagent/hosttest"
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
