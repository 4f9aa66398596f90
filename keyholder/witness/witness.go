// SPDX-License-Identifier: Apache-2.0

package witness

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/escrin/escrin/keyholder/auditlog"
	"github.com/escrin/escrin/keyholder/transact"
)

// ErrBehind says that others know more of the holder's audit log than the holder
// does: its state was put back to an older one, or another process runs with a
// copy of it. It must not serve before it joined a later epoch.
var ErrBehind = errors.New("others know more of this keyholder's audit log than it does: its state was put back, or is used twice")

// ErrAlone says that too few others answered to be sure of that.
var ErrAlone = errors.New("too few other keyholders say what they know of this one's audit log")

// Log is the holder's own audit log. [auditlog.Log] is one.
type Log interface {
	// Head returns the newest durable head.
	Head() auditlog.Head
	// Contains reports whether a head is the newest or an earlier one of the log; the
	// error is auditlog.ErrLacks if not.
	Contains(context.Context, auditlog.Head) error
}

// Book durably keeps the newest statement of each other holder.
type Book interface {
	// Statement returns what Record stored of a signer; nil if nothing.
	Statement(signer [20]byte) ([]byte, error)
	// Record stores a statement of each signer, all at once.
	Record(statements map[[20]byte][]byte) error
}

// Peer is another member of the epoch.
type Peer struct {
	Signer [20]byte
	URL    string
}

// Config is everything that a witness needs.
type Config struct {
	Network Network
	Account transact.Account // the holder's signer
	Log     Log
	Book    Book
	Fetch   Fetch
}

// Fetch gets a path below a peer's URL: at most MaxMessage bytes.
type Fetch func(ctx context.Context, url, path string) ([]byte, error)

// Witness is one holder's part. It is safe for concurrent use.
type Witness struct {
	config Config
	self   [20]byte

	mu    sync.Mutex
	epoch uint64
	own   Statement // signed last
	known recent    // heads of the log
}

// New returns a witness that says nothing of itself before SetEpoch.
func New(c Config) *Witness {
	return &Witness{config: c, self: c.Account.Address()}
}

// SetEpoch names the epoch that the holder serves from now on.
func (w *Witness) SetEpoch(epoch uint64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.epoch = epoch
}

// Own returns the holder's statement of its log as it is now. False before
// SetEpoch.
func (w *Witness) Own() (json.Marshaler, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.epoch == 0 {
		return nil, false
	}
	head := w.config.Log.Head()
	if w.own.Epoch != w.epoch || w.own.Length != head.Length || w.own.Signer != w.self {
		s := Statement{Signer: w.self, Epoch: w.epoch, Length: head.Length, Head: head.Hash}
		s.Signature = w.config.Account.Sign(s.digest(w.config.Network))
		w.own = s
		w.known.add(head)
	}
	return w.own, true
}

// Of returns what the holder knows of a signer's log, signed for a nonce. False
// if that cannot be told.
func (w *Witness) Of(signer [20]byte, nonce [32]byte) (json.Marshaler, bool) {
	a := Answer{Witness: w.self}
	known, err := w.statement(signer)
	if err != nil {
		return nil, false
	}
	a.Statement = known
	a.Signature = w.config.Account.Sign(a.digest(w.config.Network, signer, nonce))
	return a, true
}

func (w *Witness) statement(signer [20]byte) (*Statement, error) {
	b, err := w.config.Book.Statement(signer)
	if err != nil || b == nil {
		return nil, err
	}
	s, err := ParseStatement(b)
	if err != nil {
		return nil, err
	}
	return &s, nil
}

// Check asks the peers what they know of this holder's log. Statements of epochs
// up to barred, in which the holder serves no more, do not count. The error is
// ErrBehind if one of them knows more than the holder, ErrAlone if fewer than need
// answer, and else nil.
func (w *Witness) Check(ctx context.Context, peers []Peer, need int, barred uint64) error {
	results := make(chan error, len(peers))
	for _, p := range peers {
		go func() { results <- w.ask(ctx, p, barred) }()
	}
	answered := 0
	var silent error
	for range peers {
		switch err := <-results; {
		case errors.Is(err, ErrBehind):
			return err
		case err != nil:
			silent = errors.Join(silent, err)
		default:
			answered++
		}
	}
	if answered < need {
		return fmt.Errorf("%w: %d of %d: %w", ErrAlone, answered, need, silent)
	}
	return nil
}

// askTimeout is how long a peer is waited for, and what it says compared. Each has
// its own, so that none can use up that of the others.
const askTimeout = 10 * time.Second

// ask asks one peer.
func (w *Witness) ask(ctx context.Context, p Peer, barred uint64) error {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	var nonce [32]byte
	if _, err := rand.Read(nonce[:]); err != nil {
		return err
	}
	b, err := w.config.Fetch(ctx, p.URL, fmt.Sprintf("%s/0x%x/0x%x", Path, w.self, nonce))
	if err != nil {
		return fmt.Errorf("ask 0x%x: %w", p.Signer, err)
	}
	a, err := parseAnswer(b)
	if err == nil {
		err = a.verify(w.config.Network, p.Signer, w.self, nonce)
	}
	if err != nil {
		return fmt.Errorf("ask 0x%x: %w", p.Signer, err)
	}
	if a.Statement == nil || a.Statement.Epoch <= barred {
		return nil
	}
	told := auditlog.Head{Length: a.Statement.Length, Hash: a.Statement.Head}
	switch err := w.contains(ctx, told); {
	case errors.Is(err, auditlog.ErrLacks):
		return fmt.Errorf("%w: 0x%x was told of it in epoch %d: %w", ErrBehind, p.Signer, a.Statement.Epoch, err)
	case err != nil:
		return fmt.Errorf("compare with what 0x%x was told: %w", p.Signer, err)
	}
	return nil
}

// contains asks the log, unless the answer is known.
func (w *Witness) contains(ctx context.Context, told auditlog.Head) error {
	w.mu.Lock()
	known := w.known.has(told)
	w.mu.Unlock()
	if known {
		return nil
	}
	if err := w.config.Log.Contains(ctx, told); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.known.add(told)
	return nil
}

// recent is a bounded set of heads that a log has; the zero value is ready.
type recent struct {
	heads [256]auditlog.Head
	next  int
}

func (r *recent) add(h auditlog.Head) {
	r.heads[r.next] = h
	r.next = (r.next + 1) % len(r.heads)
}

// has finds the empty log's head, too: every log begins with it.
func (r *recent) has(h auditlog.Head) bool {
	return h == auditlog.Head{} || slices.Contains(r.heads[:], h)
}

// Gather asks the peers for their own statements and durably remembers those that
// are newer than what is known. Silent are those that gave none, and why.
func (w *Witness) Gather(ctx context.Context, peers []Peer) (silent map[[20]byte]error, err error) {
	var mu sync.Mutex
	var wait sync.WaitGroup
	newer := map[[20]byte][]byte{}
	silent = map[[20]byte]error{}
	for _, p := range peers {
		wait.Go(func() {
			s, err := w.statementOf(ctx, p)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				silent[p.Signer] = err
			} else if s != nil {
				newer[p.Signer] = s
			}
		})
	}
	wait.Wait()
	if len(newer) > 0 {
		err = w.config.Book.Record(newer)
	}
	return silent, err
}

// statementOf returns a peer's statement, if it is newer than what is known.
func (w *Witness) statementOf(ctx context.Context, p Peer) ([]byte, error) {
	b, err := w.config.Fetch(ctx, p.URL, Path)
	if err != nil {
		return nil, err
	}
	s, err := ParseStatement(b)
	if err != nil {
		return nil, err
	}
	if s.Signer != p.Signer {
		return nil, errSigned
	}
	known, err := w.statement(p.Signer)
	if err != nil || known != nil && !s.exceeds(*known) {
		return nil, err
	}
	if err := s.Verify(w.config.Network); err != nil {
		return nil, err
	}
	return json.Marshal(s)
}
