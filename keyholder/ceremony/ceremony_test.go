// SPDX-License-Identifier: Apache-2.0

package ceremony_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/escrin/escrin/keyholder/ceremony"
	"github.com/escrin/escrin/keyholder/ceremony/dkg"
)

// members are three participants that reach each other by their boards.
type members struct {
	params dkg.Params
	keys   []ed25519.PrivateKey
	boards []*ceremony.Board
	change func(member uint32, r dkg.Round, raw []byte) ([]byte, error)
}

func newMembers(t *testing.T) *members {
	t.Helper()
	m := &members{params: dkg.Params{Threshold: 2}}
	for i := uint32(1); i <= 3; i++ {
		public, private, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		m.params.Members = append(m.params.Members, dkg.Member{Index: i, PublicKey: [32]byte(public)})
		m.keys = append(m.keys, private)
		m.boards = append(m.boards, &ceremony.Board{})
	}
	return m
}

func (m *members) fetch(_ context.Context, member uint32, r dkg.Round) ([]byte, error) {
	raw, ok := m.boards[member-1].Message(r)
	if !ok {
		return nil, ceremony.ErrNotYet
	}
	if m.change != nil {
		return m.change(member, r, raw)
	}
	return raw, nil
}

func (m *members) start(t *testing.T, i int) *dkg.Participant {
	t.Helper()
	p, err := dkg.Start(rand.Reader, m.params, uint32(i)+1, m.keys[i])
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Every message is saved before anyone can see it.
func TestSavesBeforeItPublishes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newMembers(t)
		var wait sync.WaitGroup
		results := make([]dkg.Result, 3)
		for i := range 3 {
			p := m.start(t, i)
			wait.Go(func() {
				save := func(snapshot []byte) error { return m.checkUnseen(t, i, snapshot) }
				var err error
				if results[i], err = ceremony.Run(t.Context(), p, m.boards[i], m.fetch, save, slog.New(slog.DiscardHandler)); err != nil {
					t.Error(err)
				}
				if got := ceremony.Rounds(p); len(got) != 4 {
					t.Errorf("%d messages", len(got))
				}
			})
		}
		wait.Wait()
		if !results[0].GroupKey.Equal(results[1].GroupKey) || !results[0].GroupKey.Equal(results[2].GroupKey) {
			t.Error("group keys differ")
		}
	})
}

// checkUnseen restores the snapshot and compares: what is published must be in
// it.
func (m *members) checkUnseen(t *testing.T, i int, snapshot []byte) error {
	p, err := dkg.Restore(snapshot, m.params, uint32(i)+1, m.keys[i])
	if err != nil {
		return err
	}
	for r := dkg.Hello; r <= dkg.Confirm; r++ {
		shown, ok := m.boards[i].Message(r)
		saved, has := p.Own(r)
		if ok && (!has || !bytes.Equal(saved.Marshal(), shown)) {
			t.Errorf("%s was published and is not in the snapshot", r)
		}
	}
	return nil
}

func TestSaveFailureStops(t *testing.T) {
	t.Parallel()
	m := newMembers(t)
	full := errors.New("disk is full")
	_, err := ceremony.Run(t.Context(), m.start(t, 0), m.boards[0], m.fetch, func([]byte) error { return full }, slog.New(slog.DiscardHandler))
	if !errors.Is(err, full) {
		t.Fatalf("got %v", err)
	}
	if _, shown := m.boards[0].Message(dkg.Hello); shown {
		t.Fatal("published what was not saved")
	}
}

// KR-04, KR-12: a member that damages its messages, or answers for another, is
// named; as soon as it behaves the ceremony goes on.
func TestKR12BadMessagesAreNamedOnceAndRetried(t *testing.T) {
	t.Parallel()
	for name, damage := range map[string]func(raw []byte, boards []*ceremony.Board, r dkg.Round) []byte{
		"cut":       func(raw []byte, _ []*ceremony.Board, _ dkg.Round) []byte { return raw[:10] },
		"empty":     func([]byte, []*ceremony.Board, dkg.Round) []byte { return nil },
		"oversized": func([]byte, []*ceremony.Board, dkg.Round) []byte { return make([]byte, dkg.MaxMessage+1) },
		"signature": func(raw []byte, _ []*ceremony.Board, _ dkg.Round) []byte { b := bytes.Clone(raw); b[40]++; return b },
		"another's": func(_ []byte, boards []*ceremony.Board, r dkg.Round) []byte { b, _ := boards[0].Message(r); return b },
		"wrong rounds": func(_ []byte, boards []*ceremony.Board, _ dkg.Round) []byte {
			b, _ := boards[1].Message(dkg.Hello)
			return b[:len(b)-1]
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				m := newMembers(t)
				var mu sync.Mutex
				bad := 0
				m.change = func(member uint32, r dkg.Round, raw []byte) ([]byte, error) {
					mu.Lock()
					defer mu.Unlock()
					if member == 2 && r == dkg.Commit && bad < 6 {
						bad++
						return damage(raw, m.boards, r), nil
					}
					return raw, nil
				}
				var log lines
				var wait sync.WaitGroup
				for i := range 3 {
					p := m.start(t, i)
					wait.Go(func() {
						logger := slog.New(slog.NewTextHandler(&log, nil))
						if _, err := ceremony.Run(t.Context(), p, m.boards[i], m.fetch, func([]byte) error { return nil }, logger); err != nil {
							t.Error(err)
						}
					})
				}
				wait.Wait()
				if n := strings.Count(log.String(), "member=2"); n < 1 || n > 3 {
					t.Errorf("member 2 is named %d times:\n%s", n, log.String())
				}
			})
		})
	}
}

// lines is a log that several goroutines may write.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func TestEndsWithContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newMembers(t)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		p := m.start(t, 0)
		go func() {
			_, err := ceremony.Run(ctx, p, m.boards[0], m.fetch, func([]byte) error { return nil }, slog.New(slog.DiscardHandler))
			done <- err
		}()
		synctest.Wait()
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Fatalf("got %v", err)
		}
	})
}
