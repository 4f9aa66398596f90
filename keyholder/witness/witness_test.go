// SPDX-License-Identifier: Apache-2.0

package witness_test

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/escrin/escrin/keyholder/auditlog"
	"github.com/escrin/escrin/keyholder/store"
	"github.com/escrin/escrin/keyholder/transact"
	"github.com/escrin/escrin/keyholder/witness"
)

var network = witness.Network{ChainID: 31337, Contract: [20]byte{9}}

// log is an audit log of which only the heads are kept.
type log []auditlog.Head

func (l *log) Head() auditlog.Head {
	if len(*l) == 0 {
		return auditlog.Head{}
	}
	return (*l)[len(*l)-1]
}

func (l *log) Contains(_ context.Context, h auditlog.Head) error {
	if h.Length > uint64(len(*l)) || h.Length > 0 && (*l)[h.Length-1] != h {
		return auditlog.ErrLacks
	}
	return nil
}

// add adds a record.
func (l *log) add(record byte) {
	*l = append(*l, auditlog.Head{Length: uint64(len(*l)) + 1, Hash: [32]byte{record}})
}

// holder is a keyholder that serves its part over HTTP.
type holder struct {
	*witness.Witness
	account transact.Account
	log     *log
	book    *store.Store
	url     string
	silent  atomic.Bool
	twist   func([]byte) []byte // of what it answers
}

func newHolder(t *testing.T) *holder {
	t.Helper()
	account, err := transact.NewAccount(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	book, err := store.Open(filepath.Join(t.TempDir(), "state.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = book.Close() })
	h := &holder{account: account, log: &log{}, book: book}
	h.start(h.log)
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	h.url = server.URL
	return h
}

// start is what a start of the process does, with an audit log.
func (h *holder) start(l *log) {
	h.log = l
	h.Witness = witness.New(witness.Config{Network: network, Account: h.account, Log: l, Book: h.book, Fetch: witness.HTTP()})
}

func (h *holder) peer() witness.Peer { return witness.Peer{Signer: h.account.Address(), URL: h.url} }

func (h *holder) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	reply, ok := h.Own()
	if rest, found := strings.CutPrefix(r.URL.Path, witness.Path+"/"); found {
		signer, nonce, _ := strings.Cut(rest, "/")
		a, errA := hex.DecodeString(strings.TrimPrefix(signer, "0x"))
		n, errN := hex.DecodeString(strings.TrimPrefix(nonce, "0x"))
		if errA != nil || errN != nil || len(a) != 20 || len(n) != 32 {
			ok = false
		} else {
			reply, ok = h.Of([20]byte(a), [32]byte(n))
		}
	}
	if !ok || h.silent.Load() {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	b, err := json.Marshal(reply)
	if err != nil {
		panic(err)
	}
	if h.twist != nil {
		b = h.twist(b)
	}
	_, _ = w.Write(b)
}

func threeHolders(t *testing.T) (a, b, c *holder, peers []witness.Peer) {
	a, b, c = newHolder(t), newHolder(t), newHolder(t)
	return a, b, c, []witness.Peer{b.peer(), c.peer()}
}

func gather(t *testing.T, from *holder, to ...*holder) {
	t.Helper()
	for _, h := range to {
		if silent, err := h.Gather(t.Context(), []witness.Peer{from.peer()}); err != nil || len(silent) > 0 {
			t.Fatal(silent, err)
		}
	}
}

func check(t *testing.T, h *holder, peers []witness.Peer, need int, barred uint64, want error) {
	t.Helper()
	if err := h.Check(t.Context(), peers, need, barred); !errors.Is(err, want) {
		t.Fatalf("got %v, want %v", err, want)
	}
}

// KR-22: a holder whose log was put back is told so by any one peer that was told
// of a longer log, or of another.
func TestKR22OlderLogIsNoticed(t *testing.T) {
	t.Parallel()
	a, b, c, peers := threeHolders(t)
	check(t, a, peers, 2, 0, nil) // nobody was told of anything
	a.SetEpoch(1)
	a.log.add(1)
	copied := append(log{}, *a.log...)
	gather(t, a, b, c)
	a.log.add(2)
	a.log.add(3)
	gather(t, a, c)
	check(t, a, peers, 2, 0, nil)
	a.start(a.log) // a restart
	check(t, a, peers, 2, 0, nil)

	a.start(&copied) // with the state as it was
	check(t, a, peers, 1, 0, witness.ErrBehind)
	check(t, a, []witness.Peer{b.peer()}, 1, 0, nil) // b knows no better
	copied.add(4)                                    // and goes another way
	copied.add(5)
	copied.add(6)
	check(t, a, peers, 1, 0, witness.ErrBehind)
	b.silent.Store(true)
	check(t, a, peers, 1, 0, witness.ErrBehind)

	check(t, a, peers, 0, 1, nil) // it serves epoch 1 no more
	a.SetEpoch(2)
	b.silent.Store(false)
	gather(t, a, b, c) // in epoch 2, the new log counts, though it is shorter
	check(t, a, peers, 2, 1, nil)
}

// A holder that hears from too few does not know.
func TestKR22TooFewAnswers(t *testing.T) {
	t.Parallel()
	a, b, c, peers := threeHolders(t)
	b.silent.Store(true)
	check(t, a, peers, 1, 0, nil)
	check(t, a, peers, 2, 0, witness.ErrAlone)
	c.silent.Store(true)
	check(t, a, peers, 1, 0, witness.ErrAlone)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := a.Check(ctx, peers, 1, 0); !errors.Is(err, witness.ErrAlone) {
		t.Fatal(err)
	}
}

// Answers count only if the peer gave them, to this question.
func TestKR22AnswersAreSigned(t *testing.T) {
	t.Parallel()
	a, b, _, _ := threeHolders(t)
	a.SetEpoch(1)
	a.log.add(1)
	only := []witness.Peer{b.peer()}
	var earlier []byte
	b.twist = func(reply []byte) []byte { earlier = reply; return reply }
	check(t, a, only, 1, 0, nil)
	gather(t, a, b)
	for name, twist := range map[string]func([]byte) []byte{
		"an answer to an earlier question": func([]byte) []byte { return earlier },
		"no statement":                     func(b []byte) []byte { return cutStatement(t, b) },
		"another length":                   func(b []byte) []byte { return []byte(strings.Replace(string(b), `"length":1`, `"length":2`, 1)) },
		"another witness": func(b []byte) []byte {
			return []byte(strings.Replace(string(b), `"witness":"0x`, `"witness":"0x00`, 1))
		},
		"nothing":     func([]byte) []byte { return nil },
		"too much":    func(b []byte) []byte { return append(b, make([]byte, witness.MaxMessage)...) },
		"text behind": func(b []byte) []byte { return append(b, 'x') },
	} {
		b.twist = twist
		if err := a.Check(t.Context(), only, 1, 0); !errors.Is(err, witness.ErrAlone) {
			t.Errorf("%s: %v", name, err)
		}
	}
	b.twist = nil
	check(t, a, only, 1, 0, nil)
	other := witness.Peer{Signer: a.account.Address(), URL: b.url}
	check(t, a, []witness.Peer{other}, 1, 0, witness.ErrAlone)
}

func cutStatement(t *testing.T, b []byte) []byte {
	t.Helper()
	var answer map[string]any
	if err := json.Unmarshal(b, &answer); err != nil {
		t.Error(err)
	}
	answer["statement"] = nil
	b, err := json.Marshal(answer)
	if err != nil {
		t.Error(err)
	}
	return b
}

// Only what the peer itself signed for this network, newer than what is known, is
// remembered; over restarts.
func TestKR22OnlyNewerStatementsOfTheirOwn(t *testing.T) {
	t.Parallel()
	a, b, c, _ := threeHolders(t)
	if silent, err := b.Gather(t.Context(), []witness.Peer{a.peer()}); err != nil || silent[a.peer().Signer] == nil {
		t.Error("a holder that serves no epoch made a statement")
	}
	a.SetEpoch(3)
	a.log.add(1)
	a.log.add(2)
	gather(t, a, b)
	known := statement(t, b, a)
	shorter := (*a.log)[:1]
	a.start(&shorter)
	a.SetEpoch(3)
	gather(t, a, b)
	if again := statement(t, b, a); again != known {
		t.Errorf("%+v became %+v", known, again)
	}
	a.SetEpoch(2)
	gather(t, a, b)
	if again := statement(t, b, a); again != known {
		t.Errorf("%+v became %+v", known, again)
	}
	for name, peer := range map[string]witness.Peer{
		"of another": {Signer: c.account.Address(), URL: a.url},
		"of nobody":  {Signer: [20]byte{1}, URL: a.url},
	} {
		if silent, err := b.Gather(t.Context(), []witness.Peer{peer}); err != nil || silent[peer.Signer] == nil {
			t.Errorf("took a statement %s", name)
		}
	}
	for name, n := range map[string]witness.Network{
		"chain":    {ChainID: 1, Contract: network.Contract},
		"contract": {ChainID: network.ChainID, Contract: [20]byte{1}},
	} {
		if err := known.Verify(n); err == nil {
			t.Errorf("holds for another %s", name)
		}
	}
}

func statement(t *testing.T, witnessing, of *holder) witness.Statement {
	t.Helper()
	b, err := witnessing.book.Statement(of.account.Address())
	if err != nil {
		t.Fatal(err)
	}
	s, err := witness.ParseStatement(b)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A copy that runs beside the holder is noticed by the one of them that told less.
func TestKR22CopyThatRunsBeside(t *testing.T) {
	t.Parallel()
	a, b, _, _ := threeHolders(t)
	a.SetEpoch(1)
	a.log.add(1)
	other := append(log{}, *a.log...)
	copied := &holder{account: a.account, book: a.book}
	copied.start(&other)
	copied.SetEpoch(1)
	gather(t, a, b)
	only := []witness.Peer{b.peer()}
	check(t, copied, only, 1, 0, nil)
	a.log.add(2)
	other.add(3)
	gather(t, a, b)
	check(t, a, only, 1, 0, nil)
	check(t, copied, only, 1, 0, witness.ErrBehind)
}

func FuzzParseStatement(f *testing.F) {
	f.Add([]byte(`{"signer":"0x","epoch":1,"length":1,"head":"0x","signature":"0x"}`))
	b, err := json.Marshal(witness.Statement{Epoch: 1})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := witness.ParseStatement(b)
		if err != nil {
			return
		}
		again, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		if parsed, err := witness.ParseStatement(again); err != nil || parsed != s {
			t.Fatalf("%+v, %v", parsed, err)
		}
		_ = s.Verify(network)
	})
}
