// SPDX-License-Identifier: Apache-2.0

package epoch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync/atomic"

	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/dkg"
	"github.com/escrin/escrin/keyholder/keystore"
)

// Config is everything that a Node needs.
type Config struct {
	Account [20]byte // whose holder this is; only told to others
	Signer  [20]byte // the account that posts; the board knows the holder by it
	Board   Board
	Keys    Keys
	Peers   Peers
	Rand    io.Reader
	Leaving func() bool // whether to take no part in epochs that begin from now on; nil for never
}

// Node is one holder's part in its network. Step is for one goroutine; what it
// publishes may be read from any.
type Node struct {
	config Config

	shares    map[uint64]*Share
	readings  map[uint64]*reading
	partials  map[uint64]partials // of completions, by epoch
	published atomic.Pointer[published]
	prepared  bool   // whether a board was read: no epoch there is still to take the key that we show for the next
	askAgain  uint64 // final block from which on to ask who serves an epoch that is not ours
}

// Progress tells what a step came to.
type Progress struct {
	Head    Head
	Phase   Phase       // of the latest epoch, in the first block that is not final
	Did     string      // the one thing that was done; empty if there was nothing to do
	Waiting string      // for what
	Problem string      // what an operator must look at
	Faults  []dkg.Fault // of dealers of the latest epoch, as far as this holder sees them
}

// New returns a node that goes on with what its keys hold.
func New(c Config) (*Node, error) {
	if c.Signer == ([20]byte{}) || c.Board == nil || c.Keys == nil || c.Peers == nil || c.Rand == nil {
		return nil, errors.New("epoch node: signer, board, keys, peers and randomness are required")
	}
	if c.Leaving == nil {
		c.Leaving = func() bool { return false }
	}
	n := &Node{config: c, shares: map[uint64]*Share{}, readings: map[uint64]*reading{}, partials: map[uint64]partials{}}
	for _, name := range c.Keys.Names() {
		epoch, ok := recordOf(name)
		if !ok || name != keystore.ShareOf(epoch) {
			continue
		}
		s, err := loadShare(c.Keys, epoch)
		if err != nil {
			return nil, err
		}
		n.shares[epoch] = s
	}
	return n, n.publish(0)
}

// Step reads the board and does the one thing that is missing, if something is:
// at most one durable write, or one message. It is to be called again until there
// was nothing to do, and then when the chain has gone on. An error undoes
// nothing: the next step tries again.
func (n *Node) Step(ctx context.Context) (Progress, error) {
	view, err := n.config.Board.View(ctx)
	if err != nil {
		return Progress{}, fmt.Errorf("read board: %w", err)
	}
	t := turn{node: n, view: view, head: view.Head()}
	err = t.run(ctx)
	n.forget(t.head)
	return t.progress, err
}

// forget drops what was computed of epochs that are no longer looked at.
func (n *Node) forget(h Head) {
	for epoch := range n.readings {
		if epoch != h.Active && epoch != h.Latest {
			delete(n.readings, epoch)
		}
	}
}

// turn is one step.
type turn struct {
	node     *Node
	view     View
	head     Head
	progress Progress
}

// duty does something if it is missing, and says so in the progress.
type duty func(ctx context.Context, s session) error

func (t *turn) run(ctx context.Context) error {
	t.progress.Head = t.head
	for _, first := range []func(context.Context) error{t.serve, t.clean} {
		if err := first(ctx); err != nil || t.progress.Did != "" {
			return err
		}
	}
	sessions, err := t.sessions(ctx)
	if err != nil {
		return err
	}
	var failed error // of one session; it must not keep us from the other
	for _, s := range sessions {
		if err := t.take(ctx, s); err != nil {
			failed = errors.Join(failed, fmt.Errorf("epoch %d: %w", s.record.Epoch, err))
		}
		if t.progress.Did != "" {
			break
		}
	}
	for _, last := range []func(context.Context) error{t.prepare, t.describe} {
		if t.progress.Did == "" {
			failed = errors.Join(failed, last(ctx))
		}
	}
	return failed
}

// take does what is missing in a session.
func (t *turn) take(ctx context.Context, s session) error {
	if err := keyholder.CheckThreshold(s.record.Threshold, len(s.record.Members)); err != nil {
		t.problem("epoch %d can come to nothing: %v", s.record.Epoch, err) // the contract takes others, too
		return nil
	}
	for _, do := range []duty{t.adopt, t.deal, t.complain, t.justify, t.complete, t.confirm, t.certify} {
		if err := do(ctx, s); err != nil || t.progress.Did != "" {
			return err
		}
	}
	return nil
}

func (t *turn) did(format string, args ...any)  { t.progress.Did = fmt.Sprintf(format, args...) }
func (t *turn) wait(format string, args ...any) { t.progress.Waiting = fmt.Sprintf(format, args...) }
func (t *turn) problem(format string, args ...any) {
	t.progress.Problem = fmt.Sprintf(format, args...)
}

// session is an epoch with what is this holder's in it.
type session struct {
	record Record
	// settled is the phase of the first block that is not final: all before it are
	// over, and known. next is that of the block after the newest: what is posted
	// now comes into it at the earliest.
	settled, next Phase
	member        uint32 // index in the epoch; zero if it is none
	dealer        uint32 // index among those who deal; zero if it is none
}

// sessions returns the active epoch and the latest one, as far as they are there.
func (t *turn) sessions(ctx context.Context) ([]session, error) {
	var list []session
	for i, epoch := range []uint64{t.head.Active, t.head.Latest} {
		if epoch == 0 || (i == 1 && epoch == t.head.Active) {
			continue
		}
		s, err := t.session(ctx, epoch)
		if err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	if len(list) > 0 {
		t.overview(list[len(list)-1])
	}
	return list, nil
}

func (t *turn) session(ctx context.Context, epoch uint64) (session, error) {
	r, err := t.view.Epoch(ctx, epoch)
	if err != nil {
		return session{}, fmt.Errorf("read epoch %d: %w", epoch, err)
	}
	s := session{
		record: r, settled: r.PhaseAt(t.head.Final+1, t.head.Active), next: r.PhaseAt(t.head.Newest+1, t.head.Active),
		member: r.indexOf(t.node.config.Signer),
	}
	s.dealer = s.member
	if r.Previous != 0 {
		before, err := t.view.Epoch(ctx, r.Previous)
		if err != nil {
			return session{}, fmt.Errorf("read epoch %d: %w", r.Previous, err)
		}
		s.dealer = before.indexOf(t.node.config.Signer)
	}
	return s, nil
}

// overview tells where the latest epoch stands.
func (t *turn) overview(s session) {
	t.progress.Phase = s.settled
	running := s.settled >= Dealing && s.settled <= Certification
	if lag := t.head.Newest - t.head.Final; running && lag >= s.record.PhaseBlocks {
		t.problem("epoch %d: its phases last %d blocks, but a block is final only %d later: too short to answer what was said in the phase before",
			s.record.Epoch, s.record.PhaseBlocks, lag)
	}
}
