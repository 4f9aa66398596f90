// SPDX-License-Identifier: Apache-2.0

package standing_test

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/escrin/escrin/keyholder/auditlog"
	"github.com/escrin/escrin/keyholder/keystore"
	"github.com/escrin/escrin/keyholder/standing"
	"github.com/escrin/escrin/keyholder/store"
	"github.com/escrin/escrin/keyholder/transact"
	"github.com/escrin/escrin/keyholder/witness"
)

// holder is the state of a keyholder in its directory, and what a process makes
// of it.
type holder struct {
	t       *testing.T
	dir     string
	account transact.Account
	url     string

	keys    *keystore.Keystore
	log     *auditlog.Log
	db      *store.Store
	witness *witness.Witness
	gate    *standing.Gate
}

func newHolder(t *testing.T) *holder {
	t.Helper()
	account, err := transact.NewAccount(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	h := &holder{t: t, dir: filepath.Join(t.TempDir(), "holder"), account: account}
	k, err := keystore.Create(t.Context(), h.dir, keystore.Key([32]byte{1}))
	if err := errors.Join(err, k.Close(), os.Mkdir(filepath.Join(h.dir, "audit"), 0o700)); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(h.serve))
	t.Cleanup(server.Close)
	h.url = server.URL
	h.start()
	t.Cleanup(h.stop)
	return h
}

func (h *holder) start() {
	h.t.Helper()
	var errs [4]error
	h.keys, errs[0] = keystore.Unlock(h.t.Context(), h.dir, keystore.Key([32]byte{1}))
	h.log, errs[1] = auditlog.Open(filepath.Join(h.dir, "audit"))
	h.db, errs[2] = store.Open(filepath.Join(h.dir, "state.db"))
	if err := errors.Join(errs[:]...); err != nil {
		h.t.Fatal(err)
	}
	s, err := standing.Load(h.keys)
	if err != nil {
		h.t.Fatal(err)
	}
	h.witness = witness.New(witness.Config{
		Network: witness.Network{ChainID: 1, Contract: [20]byte{1}}, Account: h.account, Log: h.log, Book: h.db, Fetch: witness.HTTP(),
	})
	h.gate = standing.NewGate(s, h.witness)
}

// as is the holder as a peer at an address.
func (h *holder) as(url string) witness.Peer {
	return witness.Peer{Signer: h.account.Address(), URL: url}
}

func (h *holder) stop() { _ = errors.Join(h.keys.Close(), h.log.Close(), h.db.Close()) }

func (h *holder) serve(w http.ResponseWriter, r *http.Request) {
	reply, ok := h.witness.Own()
	if rest, found := strings.CutPrefix(r.URL.Path, witness.Path+"/0x"); found {
		signer, nonce, _ := strings.Cut(rest, "/0x")
		a, _ := hex.DecodeString(signer)
		n, _ := hex.DecodeString(nonce)
		reply, ok = h.witness.Of([20]byte(a), [32]byte(n))
	}
	if !ok {
		http.NotFound(w, r)
		return
	}
	_ = json.NewEncoder(w).Encode(reply)
}

func (h *holder) grant() {
	h.t.Helper()
	if err := h.log.Append(auditlog.Record{Time: time.Now(), About: auditlog.Release, Decision: auditlog.Granted}); err != nil {
		h.t.Fatal(err)
	}
}

func (h *holder) ready(s standing.Situation, want error) {
	h.t.Helper()
	if err := h.gate.Ready(h.t.Context(), s); !errors.Is(err, want) {
		h.t.Fatalf("got %v, want %v", err, want)
	}
	if h.gate.Open(s.Active) != (want == nil) {
		h.t.Fatalf("gate is open: %v, with %v", want != nil, want)
	}
}

// snapshot copies the directory as it is on the disk, and back returns it there.
func (h *holder) snapshot() (back func()) {
	h.t.Helper()
	copied := filepath.Join(h.t.TempDir(), "copy")
	h.stop()
	if err := os.CopyFS(copied, os.DirFS(h.dir)); err != nil {
		h.t.Fatal(err)
	}
	h.start()
	return func() {
		h.t.Helper()
		h.stop()
		if err := errors.Join(os.RemoveAll(h.dir), os.CopyFS(h.dir, os.DirFS(copied)), os.Chmod(h.dir, 0o700)); err != nil {
			h.t.Fatal(err)
		}
		for _, name := range []string{"keys.sealed", "state.db", "lock"} {
			if err := os.Chmod(filepath.Join(h.dir, name), 0o600); err != nil {
				h.t.Fatal(err)
			}
		}
		h.start()
	}
}

// KR-22, with real files: a holder whose directory is an old copy serves no more
// in the epochs that there are, over restarts, and again in a later one.
func TestKR22OldCopyOfTheDirectory(t *testing.T) {
	t.Parallel()
	a, b, c := newHolder(t), newHolder(t), newHolder(t)
	now := standing.Situation{Latest: 4, Active: 4, Threshold: 2, Peers: []witness.Peer{b.as(b.url), c.as(c.url)}}
	told := func(s standing.Situation, to *holder) {
		t.Helper()
		s.Peers = []witness.Peer{a.as(a.url)}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if silent, err := to.witness.Gather(t.Context(), s.Peers); err != nil || len(silent) > 0 {
			t.Fatal(silent, err)
		}
		to.gate.Watch(ctx, time.Minute, func() (standing.Situation, bool) { return s, true }, nil, slog.New(slog.DiscardHandler))
	}
	if a.gate.Open(4) {
		t.Fatal("open before it asked")
	}
	a.ready(now, nil)
	a.grant()
	told(now, b)
	back := a.snapshot()
	a.ready(now, nil)
	a.grant()
	told(now, b)
	a.stop()
	a.start()
	a.ready(now, nil) // an ordinary restart

	back()
	a.ready(now, standing.ErrBarred)
	a.stop()
	a.start()
	a.ready(now, standing.ErrBarred)
	later := now
	later.Latest = 5
	a.ready(later, standing.ErrBarred) // epoch 4 is still the active one
	later.Active = 5
	a.ready(later, nil)
	a.grant()
	told(later, b)
	a.stop()
	a.start()
	a.ready(later, nil)
}

// KR-22: without enough answers the gate stays closed, and opens when they come.
func TestKR22GateWaitsForAnswers(t *testing.T) {
	t.Parallel()
	a, b := newHolder(t), newHolder(t)
	s := standing.Situation{Latest: 1, Active: 1, Threshold: 2}
	a.ready(s, witness.ErrAlone)
	s.Peers = []witness.Peer{{Signer: [20]byte{1}, URL: b.url}}
	a.ready(s, witness.ErrAlone)
	s.Peers = append(s.Peers, witness.Peer{Signer: b.account.Address(), URL: b.url})
	a.ready(s, nil)
	s.Peers = nil
	a.ready(s, nil) // once is enough
}

// KR-22: a holder of which a copy runs elsewhere ends serving while it runs.
func TestKR22CopyElsewhere(t *testing.T) {
	t.Parallel()
	a, b := newHolder(t), newHolder(t)
	s := standing.Situation{Latest: 1, Active: 1, Threshold: 2, Peers: []witness.Peer{b.as(b.url)}}
	a.ready(s, nil)
	a.grant()
	copied := newHolder(t)
	copied.account = a.account
	copied.stop()
	copied.start()
	copied.witness.SetEpoch(1)
	copied.grant()
	copied.grant()
	if silent, err := b.witness.Gather(t.Context(), []witness.Peer{a.as(copied.url)}); err != nil || len(silent) > 0 {
		t.Fatal(silent, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	closed := false
	a.gate.Watch(ctx, 10*time.Millisecond, func() (standing.Situation, bool) { return s, true }, func() { closed = true; cancel() },
		slog.New(slog.DiscardHandler))
	if !closed || a.gate.Open(1) {
		t.Fatal("goes on serving")
	}
	a.ready(s, standing.ErrBarred)
}

// A peer that answers nothing, and takes its time for it, does not keep the holder
// from hearing what the others know.
func TestOneSilentPeerDoesNotKeepTheGateOpen(t *testing.T) {
	t.Parallel()
	a, b := newHolder(t), newHolder(t)
	stop := make(chan struct{})
	mute := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-stop:
		}
	}))
	t.Cleanup(func() { close(stop); mute.Close() })
	s := standing.Situation{Latest: 1, Active: 1, Threshold: 2, Peers: []witness.Peer{b.as(b.url)}}
	a.ready(s, nil)
	copied := newHolder(t)
	copied.account = a.account
	copied.stop()
	copied.start()
	copied.witness.SetEpoch(1)
	copied.grant()
	if silent, err := b.witness.Gather(t.Context(), []witness.Peer{a.as(copied.url)}); err != nil || len(silent) > 0 {
		t.Fatal(silent, err)
	}
	s.Peers = append(s.Peers, witness.Peer{Signer: [20]byte{7}, URL: mute.URL})
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	closed := false
	a.gate.Watch(ctx, 500*time.Millisecond, func() (standing.Situation, bool) { return s, true }, func() { closed = true; cancel() },
		slog.New(slog.DiscardHandler))
	if !closed || a.gate.Open(1) {
		t.Fatal("goes on serving")
	}
}
