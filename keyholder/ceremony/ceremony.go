// SPDX-License-Identifier: Apache-2.0

// Package ceremony carries the messages of a key ceremony between keyholders.
// Every member publishes its own signed messages and fetches those of the
// others; so a member may be late, restart or be killed at any point, and the
// ceremony goes on from what it has on disk.
package ceremony

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/escrin/escrin/keyholder/ceremony/dkg"
)

const (
	shortestPause = 50 * time.Millisecond
	longestPause  = 2 * time.Second
)

// Board shows our messages to the other members. The zero value is empty. It is
// safe for concurrent use.
type Board struct {
	mu       sync.Mutex
	messages map[dkg.Round][]byte
}

// Publish shows a message of ours.
func (b *Board) Publish(r dkg.Round, message []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.messages == nil {
		b.messages = map[dkg.Round][]byte{}
	}
	b.messages[r] = message
}

// Message returns our message of a round.
func (b *Board) Message(r dkg.Round) ([]byte, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	m, ok := b.messages[r]
	return m, ok
}

// Fetch asks a member for its message of a round. ErrNotYet means that it has
// none yet.
type Fetch func(ctx context.Context, member uint32, r dkg.Round) ([]byte, error)

// ErrNotYet reports a message that is not published yet.
var ErrNotYet = errors.New("not published yet")

// Run takes part until the ceremony is over or ctx ends. save must store a
// snapshot durably; it is called before any message is published that rests on
// it.
func Run(ctx context.Context, p *dkg.Participant, board *Board, fetch Fetch, save func([]byte) error, log *slog.Logger) (dkg.Result, error) {
	c := carrier{p: p, board: board, fetch: fetch, save: save, log: log, said: map[uint32]string{}}
	if err := c.publish(); err != nil {
		return dkg.Result{}, err
	}
	pause := shortestPause
	for {
		if r, ok := p.Result(); ok {
			return r, nil
		}
		accepted, err := c.collect(ctx)
		if err != nil {
			return dkg.Result{}, err
		}
		if accepted {
			pause = shortestPause
			continue
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return dkg.Result{}, fmt.Errorf("ceremony: %w", ctx.Err())
		case <-timer.C:
		}
		pause = min(2*pause, longestPause)
	}
}

type carrier struct {
	p     *dkg.Participant
	board *Board
	fetch Fetch
	save  func([]byte) error
	log   *slog.Logger
	said  map[uint32]string // last complaint about each member, not to repeat it
}

type fetched struct {
	member uint32
	raw    []byte
	err    error
}

// collect asks every member whose message is missing, once.
func (c *carrier) collect(ctx context.Context) (accepted bool, err error) {
	round, missing := c.p.Round(), c.p.Missing()
	replies := make(chan fetched, len(missing))
	for _, m := range missing {
		go func() {
			raw, err := c.fetch(ctx, m, round)
			replies <- fetched{m, raw, err}
		}()
	}
	for range missing {
		f := <-replies
		if f.err == nil {
			f.err = c.accept(f.member, round, f.raw)
		}
		if f.err != nil {
			c.complain(f.member, round, f.err)
			continue
		}
		accepted = true
	}
	if !accepted {
		return false, nil
	}
	return true, c.publish()
}

func (c *carrier) accept(member uint32, round dkg.Round, raw []byte) error {
	m, err := dkg.ParseMessage(raw)
	if err != nil {
		return err
	}
	if m.Author != member || m.Round != round {
		return errors.New("answers with a message of another member or round")
	}
	return c.p.Accept(m)
}

// publish saves and then shows what we have.
func (c *carrier) publish() error {
	snapshot, err := c.p.Snapshot()
	if err != nil {
		return fmt.Errorf("ceremony: %w", err)
	}
	if err := c.save(snapshot); err != nil {
		return fmt.Errorf("ceremony: %w", err)
	}
	for r := dkg.Hello; r <= dkg.Confirm; r++ {
		m, ok := c.p.Own(r)
		if !ok {
			break
		}
		if _, shown := c.board.Message(r); !shown {
			c.board.Publish(r, m.Marshal())
			c.log.Info("ceremony goes on", "round", r.String())
		}
	}
	return nil
}

func (c *carrier) complain(member uint32, round dkg.Round, err error) {
	if c.said[member] == err.Error() {
		return
	}
	c.said[member] = err.Error()
	var fault *dkg.Fault
	var disagreement *dkg.Disagreement
	switch {
	case errors.As(err, &fault):
		c.log.Error("ceremony cannot go on: member deviates", "member", fault.Member, "round", round.String(), "reason", fault.Reason)
	case errors.As(err, &disagreement):
		c.log.Error("ceremony cannot go on: members saw different messages", "member", disagreement.Member, "round", round.String())
	case errors.Is(err, ErrNotYet):
		c.log.Debug("ceremony waits", "member", member, "round", round.String())
	default:
		c.log.Info("ceremony waits for member", "member", member, "round", round.String(), "error", err.Error())
	}
}

// Rounds returns our messages in the order of rounds.
func Rounds(p *dkg.Participant) [][]byte {
	var out [][]byte
	for r := dkg.Hello; r <= dkg.Confirm; r++ {
		if m, ok := p.Own(r); ok {
			out = append(out, m.Marshal())
		}
	}
	return out
}
