// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/escrin/escrin/jobs/blob"
)

// networkStore is the store of the network's job service; every request of at's runner passes through hear.
func networkStore(t *testing.T, at *attempt, hear func(http.ResponseWriter, *http.Request) (done bool)) *blob.Client {
	t.Helper()
	store, err := blob.OpenStore(t.TempDir(), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	store.Register(mux)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !hear(w, r) {
			mux.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(func() { server.Close(); store.Close() })
	at.runner.Elsewhere = blob.NewClient(server.URL)
	return at.runner.Elsewhere
}

// TestJS09InputsThatAreElsewhere: a lie of the network's job service is no input; what it has is fetched once.
func TestJS09InputsThatAreElsewhere(t *testing.T) {
	input := []byte("{}")
	at, _ := newAttempt(t, input)
	lie, asked := true, 0
	network := networkStore(t, at, func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodGet {
			asked++
		}
		if lie {
			w.Write([]byte("{ }"))
		}
		return lie
	})
	check := func() error { return at.runner.checkInputs(t.Context(), at.assignment, admitted{}) }
	if err := check(); !errors.Is(err, blob.ErrMismatch) {
		t.Errorf("another manifest: %v", err)
	}
	lie = false
	if err := check(); !errors.Is(err, blob.ErrNotFound) || !strings.Contains(err.Error(), "the network's job service") {
		t.Errorf("a manifest that nobody has: %v", err)
	}
	if _, err := network.Put(t.Context(), input); err != nil {
		t.Fatal(err)
	}
	asked = 0
	for range 2 {
		if err := check(); err != nil {
			t.Error(err)
		}
	}
	r, _, err := at.Fetch(t.Context(), at.assignment.Terms.InputDigest, 100)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(r); !bytes.Equal(got, input) || err != nil {
		t.Errorf("the guest gets %q, %v", got, err)
	}
	if asked != 1 {
		t.Errorf("asked %d times", asked)
	}
}

// TestResultsAreBrought: to where the submitter looks for them; the guest goes on if that does not take them.
func TestResultsAreBrought(t *testing.T) {
	at, _ := newAttempt(t, nil)
	down := false
	network := networkStore(t, at, func(w http.ResponseWriter, _ *http.Request) bool {
		if down {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		return down
	})
	first, second := []byte("an output"), []byte("another")
	for _, output := range [][]byte{first, second} {
		d := blob.Of(output)
		if err := at.Store(t.Context(), [32]byte(d), bytes.NewReader(output), uint64(len(output))); err != nil {
			t.Error(err)
		}
		if _, err := at.runner.Blobs.Get(d); err != nil {
			t.Errorf("it is not here: %v", err)
		}
		down = true
	}
	down = false
	if got, err := network.Get(t.Context(), blob.Of(first), 100); !bytes.Equal(got, first) || err != nil {
		t.Errorf("the submitter finds %q, %v", got, err)
	}
	if _, err := network.Get(t.Context(), blob.Of(second), 100); !errors.Is(err, blob.ErrNotFound) {
		t.Errorf("while it was down: %v", err)
	}
}
