// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/guestagent/hostlink"
	"github.com/escrin/escrin/guestagent/livelog"
	"github.com/escrin/escrin/guestagent/wire"
	"github.com/escrin/escrin/jobs/blob"
	"github.com/escrin/escrin/jobs/joblog"
)

// onNode is an attempt whose chain's node sends the first bytes of a reply, and then the rest.
func onNode(t *testing.T, rest func(w io.Writer, r *http.Request)) *attempt {
	t.Helper()
	node := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var question struct {
			ID     json.RawMessage
			Method string
		}
		if err := json.NewDecoder(r.Body).Decode(&question); err != nil {
			t.Error(err)
		}
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, `{"jsonrpc":"2.0","id":`+string(question.ID)+`,"result":"0x1`)
		if question.Method != "eth_chainId" {
			rest(w, r)
		}
		io.WriteString(w, `"}`)
	}))
	t.Cleanup(node.Close)
	c, err := chain.Open(t.Context(), node.URL, chain.Contracts{ChainID: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	at, _ := newAttempt(t, nil)
	at.runner.Chain, at.runner.callLimit = c, time.Minute
	return at
}

// TestAnEndlessReplyOfTheNodeIsNotRead: a workload chooses the call, and so how much comes back.
func TestAnEndlessReplyOfTheNodeIsNotRead(t *testing.T) {
	sent, block := 0, make([]byte, 1<<20)
	for i := range block {
		block[i] = '0'
	}
	at := onNode(t, func(w io.Writer, _ *http.Request) {
		for sent < 256<<20 {
			n, err := w.Write(block)
			if sent += n; err != nil {
				return
			}
		}
	})
	if _, err := at.RPC(t.Context(), "eth_call", []byte("[]")); codeOf(err) != hostlink.CodeTooLarge {
		t.Errorf("the endless reply: %v", err)
	}
	at.runner.Chain.Close()
	short := onNode(t, func(w io.Writer, _ *http.Request) { w.Write(block[:hostlink.MaxRPC-6]) })
	if result, err := short.RPC(t.Context(), "eth_call", []byte("[]")); err != nil || len(result) != hostlink.MaxRPC-1 {
		t.Errorf("a reply of the largest size: %d bytes, %v", len(result), err)
	}
}

func TestACallOfTheNodeHasADeadline(t *testing.T) {
	at := onNode(t, func(_ io.Writer, r *http.Request) { <-r.Context().Done() })
	at.runner.callLimit = 50 * time.Millisecond
	if _, err := at.RPC(t.Context(), "eth_call", []byte("[]")); codeOf(err) != hostlink.CodeRefused {
		t.Errorf("%v", err)
	}
}

// TestAdvancesThatTheOperatorPaysForAreCounted: what is over the operator's number never comes near the chain.
func TestAdvancesThatTheOperatorPaysForAreCounted(t *testing.T) {
	at, _ := newAttempt(t, nil)
	at.runner.MaxAdvances = 2
	for i, want := range []hostlink.Code{hostlink.CodeInvalid, hostlink.CodeInvalid, hostlink.CodeRefused} { // there is no permit
		if err := at.Advance(t.Context(), hostlink.Advance{Version: 1}); codeOf(err) != want {
			t.Errorf("%d: %v, want %s", i, err, want)
		}
	}
}

// TestJS04AGuestWritesLogsAtTheirPace: one that hands over more than are due, and a few, is refused, and others' logs do not wait for it.
func TestJS04AGuestWritesLogsAtTheirPace(t *testing.T) {
	at, _ := newAttempt(t, nil)
	var err error
	if at.runner.Logs, err = joblog.Open(t.TempDir()); err != nil {
		t.Fatal(err)
	}
	at.live, at.started = true, time.Now()
	segment, kept := make([]byte, livelog.SealedSize), uint64(0)
	for at.Log(t.Context(), kept, segment) == nil && kept < 10_000 {
		kept++
	}
	if due := uint64(time.Since(at.started)/livelog.Pace) + 1; kept < 8 || kept > 8+2*due {
		t.Errorf("%d segments are kept while %d are due", kept, due)
	}
	if err := at.Log(t.Context(), kept, segment); codeOf(err) != hostlink.CodeRefused {
		t.Errorf("another one: %v", err)
	}
}

// TestAG08LogsOfAnEnclaveWithoutThem: what the measured config does not have is not kept, whatever a guest hands over.
func TestAG08LogsOfAnEnclaveWithoutThem(t *testing.T) {
	at, _ := newAttempt(t, nil)
	var err error
	if at.runner.Logs, err = joblog.Open(t.TempDir()); err != nil {
		t.Fatal(err)
	}
	segment := make([]byte, livelog.SealedSize)
	if err := at.Log(t.Context(), 0, segment); codeOf(err) != hostlink.CodeRefused {
		t.Errorf("without live logs: %v", err)
	}
	at.live = true
	for number, want := range map[uint64]hostlink.Code{1: hostlink.CodeInvalid, 1 << 63: hostlink.CodeInvalid} {
		if err := at.Log(t.Context(), number, segment); codeOf(err) != want {
			t.Errorf("segment %d: %v", number, err)
		}
	}
	if err := at.Log(t.Context(), 0, segment); err != nil {
		t.Error(err)
	}
	if _, kept, err := at.runner.Logs.Read(at.assignment.TaskID, at.assignment.Attempt, 0); err != nil || len(kept) != livelog.SealedSize {
		t.Errorf("%d bytes are kept, %v", len(kept), err)
	}
}

// TestOldVersionsOfAnObjectGo: those that a guest brought itself; a digest that it only names may be of another's blob.
func TestOldVersionsOfAnObjectGo(t *testing.T) {
	at, _ := newAttempt(t, nil)
	store := func(text string) wire.Digest {
		t.Helper()
		digest := wire.DigestOf([]byte(text))
		if err := at.Store(t.Context(), digest, strings.NewReader(text), uint64(len(text))); err != nil {
			t.Fatal(err)
		}
		return digest
	}
	if _, err := at.runner.Blobs.Put(blob.Of([]byte("input")), strings.NewReader("input")); err != nil {
		t.Fatal(err)
	}
	for version, text := range []string{"input", "one", "two", "three"} {
		at.supersede(hostlink.Advance{Name: wire.Hash32{1}, Version: uint64(version) + 1, Digest: wire.Hash32(store(text))})
	}
	for text, want := range map[string]bool{"input": true, "one": false, "two": true, "three": true} {
		if _, err := at.runner.Blobs.Get(blob.Of([]byte(text))); (err == nil) != want {
			t.Errorf("%s: %v", text, err)
		}
	}
}
