// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/guestagent/hostlink"
	"github.com/escrin/escrin/guestagent/task"
	"github.com/escrin/escrin/guestagent/wire"
	"github.com/escrin/escrin/jobs/api"
	"github.com/escrin/escrin/jobs/blob"
)

// networkStore is the store of the network's job service; every request of at's runner for it passes through hear.
func networkStore(t *testing.T, at *attempt, hear func(http.ResponseWriter, *http.Request) (done bool)) *blob.Client {
	t.Helper()
	store, err := blob.OpenStore(t.TempDir(), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return networkService(t, at, store, hear)
}

// networkService is the network's job service with that store; at's runner is called "this one", and the other says that it is the network's.
func networkService(t *testing.T, at *attempt, store *blob.Store, hear func(http.ResponseWriter, *http.Request) (done bool)) *blob.Client {
	t.Helper()
	mux := http.NewServeMux()
	store.Register(mux)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set(api.InstanceHeader, "the network's")
		switch {
		case r.URL.Path == "/healthz":
			w.WriteHeader(http.StatusServiceUnavailable) // it does not follow the chain, and says who it is all the same
		case !hear(w, r):
			mux.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(server.Close)
	at.runner.Elsewhere = NewElsewhere(server.URL, "this one")
	at.runner.Elsewhere.pause = time.Millisecond
	return blob.NewClient(server.URL)
}

func heard(http.ResponseWriter, *http.Request) bool { return false }

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
	at.runner.Over(common.Hash{7})
	if _, err := at.runner.Blobs.Get(blob.Of(input)); err != nil {
		t.Errorf("another task is over: %v", err)
	}
	at.runner.Over(at.assignment.TaskID)
	if _, err := at.runner.Blobs.Get(blob.Of(input)); !errors.Is(err, blob.ErrNotFound) {
		t.Errorf("the task is over: %v", err)
	}
}

// store has a guest store an output.
func store(ctx context.Context, at *attempt, output string) error {
	return at.Store(ctx, [32]byte(blob.Of([]byte(output))), strings.NewReader(output), uint64(len(output)))
}

// TestOutputsAreBroughtBeforeTheyAreReported: the network's job service restarts, is busy, or is away for longer, just as an output comes.
// The guest hears that it is stored when it is there, and no sooner; else the chain had a result, and nobody its output.
func TestOutputsAreBroughtBeforeTheyAreReported(t *testing.T) {
	at, o := newAttempt(t, nil)
	answers := []int{http.StatusServiceUnavailable, http.StatusTooManyRequests, http.StatusBadGateway}
	network := networkStore(t, at, func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method != http.MethodPut || len(answers) == 0 {
			return false
		}
		w.WriteHeader(answers[0])
		answers = answers[1:]
		return true
	})
	for range 2 { // the same again is brought already
		if err := store(t.Context(), at, "an output"); err != nil {
			t.Error(err)
		}
	}
	if got, err := network.Get(t.Context(), blob.Of([]byte("an output")), 100); string(got) != "an output" || err != nil {
		t.Errorf("the submitter finds %q, %v", got, err)
	}
	if len(o.waiting) != 4 || !strings.Contains(o.waiting[0], "503") || o.waiting[3] != "" {
		t.Errorf("said %q", o.waiting)
	}
}

// TestResultsWaitForTheirOutput: one that the network's job service does not have is in no report, whatever the guest says.
func TestResultsWaitForTheirOutput(t *testing.T) {
	output := []byte("an output")
	result := task.Result{OutputDigest: blob.Of(output)}
	for name, c := range map[string]struct {
		status int
		want   hostlink.Code // at the end of the claim, or at once
	}{"away": {http.StatusBadGateway, ""}, "full": {http.StatusTooManyRequests, ""}, "smaller": {http.StatusRequestEntityTooLarge, hostlink.CodeRefused}} {
		at, _ := newAttempt(t, nil)
		networkStore(t, at, func(w http.ResponseWriter, _ *http.Request) bool {
			w.WriteHeader(c.status)
			return true
		})
		put(t, at, output)
		ctx, lapse := context.WithCancel(t.Context())
		at.observer = &impatient{at.observer, lapse}
		report := task.Report{Attempt: 2, Results: []task.Result{result}}
		// There is no chain here to report it to.
		_, err := at.Result(ctx, hostlink.Result{Report: report.Encode(), Signature: make([]byte, chain.SignatureSize)})
		if err == nil || codeOf(err) != c.want {
			t.Errorf("%s: %v", name, err)
		}
		if err := store(ctx, at, "an output"); err == nil || codeOf(err) != c.want {
			t.Errorf("%s: stored: %v", name, err)
		}
	}
}

// impatient is an observer for whom the claim lapses when something is waited for.
type impatient struct {
	Observer
	lapse func()
}

func (i *impatient) Waiting(reason string) {
	if reason != "" {
		i.lapse()
	}
	i.Observer.Waiting(reason)
}

// TestEvidenceIsBroughtMeanwhile: a network's job service that swallows packets delays no claim, but the output waits for the evidence.
func TestEvidenceIsBroughtMeanwhile(t *testing.T) {
	at, _ := newAttempt(t, nil)
	asked, answer := make(chan struct{}), make(chan struct{})
	network := networkStore(t, at, func(_ http.ResponseWriter, r *http.Request) bool {
		if strings.HasPrefix(r.URL.Path, "/v1/evidence/") && r.Method == http.MethodPut {
			close(asked)
			<-answer
		}
		return false
	})
	e := attest.Evidence{TEE: attest.TDX, Shape: attest.Shape{VCPUs: 1, MemoryMiB: 1024}, Signed: []byte("quote"), Collateral: []byte("collateral"), ChannelKey: make([]byte, attest.ChannelKeySize)}
	raw, err := e.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	if err := at.Evidence(t.Context(), raw); err != nil {
		t.Fatal(err)
	}
	<-asked
	ctx, lapse := context.WithCancel(t.Context())
	lapse()
	if err := store(ctx, at, "an output"); !errors.Is(err, context.Canceled) {
		t.Errorf("without its evidence: %v", err)
	}
	close(answer)
	if err := store(t.Context(), at, "an output"); err != nil {
		t.Error(err)
	}
	if got, err := network.Evidence(t.Context(), e.Digest(), attest.MaxEvidenceSize); !bytes.Equal(got, raw) || err != nil {
		t.Errorf("who verifies finds %d bytes, %v", len(got), err)
	}
}

// TestErrandsEndWithTheAttempt: nobody waits for a network's job service that is away.
func TestErrandsEndWithTheAttempt(t *testing.T) {
	at, _ := newAttempt(t, nil)
	asked := make(chan struct{}, 1)
	networkStore(t, at, func(_ http.ResponseWriter, r *http.Request) bool {
		_, _ = io.Copy(io.Discard, r.Body)
		asked <- struct{}{}
		<-r.Context().Done()
		return true
	})
	at.send(func(ctx context.Context, s *blob.Client) error { return s.PutEvidence(ctx, []byte("evidence")) })
	<-asked
	at.end()
	if err := at.delivered(t.Context()); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// TestTheNetworksServiceKnowsItself, by whatever name it is reached: it brings itself nothing, and so removes old versions.
func TestTheNetworksServiceKnowsItself(t *testing.T) {
	at, _ := newAttempt(t, nil)
	networkService(t, at, at.runner.Blobs, func(_ http.ResponseWriter, r *http.Request) bool {
		t.Errorf("asks itself: %s %s", r.Method, r.URL)
		return false
	})
	at.runner.Elsewhere.instance = "the network's"
	if at.runner.Elsewhere.Own() {
		t.Error("it knows before it has asked")
	}
	if _, err := at.runner.blob(t.Context(), blob.Of(nil), common.Hash{1}); !errors.Is(err, blob.ErrNotFound) || strings.Contains(err.Error(), "network") {
		t.Errorf("what is nowhere: %v", err)
	}
	for version, content := range []string{"one", "two", "three"} {
		if err := store(t.Context(), at, content); err != nil {
			t.Fatal(err)
		}
		at.supersede(hostlink.Advance{Name: [32]byte{1}, Version: uint64(version + 1), Digest: wire.Hash32(blob.Of([]byte(content)))})
	}
	for content, kept := range map[string]bool{"one": false, "two": true, "three": true} {
		if _, err := at.runner.Blobs.Get(blob.Of([]byte(content))); (err == nil) != kept {
			t.Errorf("version %s: %v", content, err)
		}
	}
	if !at.runner.Elsewhere.Own() {
		t.Error("it does not know")
	}
}

// TestWhoIsTheNetworksServiceIsAskedAgain: a name that led here leads to another service some day.
func TestWhoIsTheNetworksServiceIsAskedAgain(t *testing.T) {
	at, _ := newAttempt(t, nil)
	network := networkStore(t, at, heard)
	at.runner.Elsewhere.instance = "the network's"
	if err := at.runner.Elsewhere.Find(t.Context()); err != nil || !at.runner.Elsewhere.Own() {
		t.Error(err)
	}
	at.runner.Elsewhere.instance = "another"
	if err := store(t.Context(), at, "an output"); err != nil || at.runner.Elsewhere.Own() {
		t.Error(err)
	}
	if _, err := network.Get(t.Context(), blob.Of([]byte("an output")), 100); err != nil {
		t.Error(err)
	}
}
