// SPDX-License-Identifier: Apache-2.0

package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
)

func TestJS02ParseID(t *testing.T) {
	hex := strings.Repeat("0a", 32)
	if id, err := ParseID("0x" + hex); err != nil || id.Hex() != "0x"+hex {
		t.Errorf("%s, %v", id, err)
	}
	for _, s := range []string{"", "0x", hex, "0X" + hex, "0x" + strings.ToUpper(hex), "0x" + hex + "0", "0x" + hex[1:],
		"0x" + hex + "\n", " 0x" + hex, "0x../../../../../../../../../../../../../../../../../../../etc/passwd", "12"} {
		if _, err := ParseID(s); err == nil {
			t.Errorf("%q: accepted", s)
		}
	}
}

// serve answers every request with a status and a body.
func serve(t *testing.T, status int, body string) *Client {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}))
	t.Cleanup(server.Close)
	return NewClient(server.URL)
}

func lines(t *testing.T, states ...State) string {
	t.Helper()
	var out strings.Builder
	for _, s := range states {
		if err := json.NewEncoder(&out).Encode(Task{State: s}); err != nil {
			t.Fatal(err)
		}
	}
	return out.String()
}

func TestWatchEndsWithTheTask(t *testing.T) {
	var seen []State
	err := serve(t, 200, lines(t, StateOpen, StateClaimed, StateAccepted, StateOpen)).Watch(t.Context(), common.Hash{}, func(t Task) error {
		seen = append(seen, t.State)
		return nil
	})
	if err != nil || len(seen) != 3 {
		t.Errorf("saw %v, %v", seen, err)
	}
}

// TestWatchTellsAnEndFromABreak: a stream that ends before the task is no success.
func TestWatchTellsAnEndFromABreak(t *testing.T) {
	for name, c := range map[string]*Client{
		"nothing":         serve(t, 200, ""),
		"broken off":      serve(t, 200, lines(t, StateOpen)),
		"half a line":     serve(t, 200, lines(t, StateAccepted)[:20]),
		"not JSON":        serve(t, 200, "accepted\n"),
		"a line too long": serve(t, 200, strings.Repeat(" ", maxReply+1)),
		"an error":        serve(t, 503, `{"error":{"code":"chain_unavailable","message":"no"}}`),
	} {
		if err := c.Watch(t.Context(), common.Hash{}, func(Task) error { return nil }); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestErrorsOfTheService(t *testing.T) {
	if _, err := serve(t, 404, `{"error":{"code":"unknown_task","message":"?"}}`).Task(t.Context(), common.Hash{}); !errors.Is(err, ErrUnknownTask) {
		t.Errorf("unknown task: %v", err)
	}
	if _, err := serve(t, 413, `{"error":{"code":"too_large","message":"larger than the limit"}}`).Tasks(t.Context()); err == nil || !strings.Contains(err.Error(), "larger than the limit") {
		t.Errorf("message: %v", err)
	}
	for _, body := range []string{"", "<html>", `{"error":{}}`, strings.Repeat("a", 1<<20)} {
		if _, err := serve(t, 502, body).Health(t.Context()); err == nil || !strings.Contains(err.Error(), "502") {
			t.Errorf("%.10q: %v", body, err)
		}
	}
}
