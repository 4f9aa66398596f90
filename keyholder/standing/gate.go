// SPDX-License-Identifier: Apache-2.0

package standing

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/escrin/escrin/keyholder/witness"
)

// ErrBarred says that the holder serves none of the epochs so far: it has to
// become a member of a later one.
var ErrBarred = errors.New("this keyholder must join a later epoch before it serves")

// Situation is what a gate needs to know of the network, as of a final block.
type Situation struct {
	Latest    uint64         // newest epoch of the board, started or over
	Active    uint64         // epoch to be served
	Threshold int            // of that epoch
	Peers     []witness.Peer // the other members of that epoch whose addresses are known
}

// Gate decides whether the holder's share is used: not in a barred epoch, and not
// before enough others said that they know nothing of the holder's audit log that
// it does not know itself. Ready and Watch are for one goroutine each, Open for any.
type Gate struct {
	standing *Standing
	witness  *witness.Witness
	checked  atomic.Bool
	silent   atomic.Pointer[map[[20]byte]error]
}

// NewGate returns a gate, which is closed.
func NewGate(s *Standing, w *witness.Witness) *Gate { return &Gate{standing: s, witness: w} }

// Open reports whether the share of an epoch may be used.
func (g *Gate) Open(epoch uint64) bool { return g.checked.Load() && g.standing.MayServe(epoch) }

// Ready opens the gate for the active epoch, or says why it stays closed: ErrBarred
// until a later epoch, anything else until it is called again.
func (g *Gate) Ready(ctx context.Context, s Situation) error {
	if err := g.standing.Observe(s.Latest); err != nil {
		return err
	}
	reason, barred := g.standing.Why()
	if !g.standing.MayServe(s.Active) {
		return fmt.Errorf("%w (it was %s; epochs up to %d are not served)", ErrBarred, reason, barred)
	}
	if !g.checked.Load() {
		err := g.witness.Check(ctx, s.Peers, s.Threshold-1, barred)
		if errors.Is(err, witness.ErrBehind) {
			return errors.Join(err, g.bar(s.Latest))
		}
		if err != nil {
			return err
		}
		g.checked.Store(true)
	}
	g.witness.SetEpoch(s.Active)
	return nil
}

// bar closes the gate for all epochs so far.
func (g *Gate) bar(latest uint64) error {
	if err := errors.Join(g.standing.Doubt(RolledBack), g.standing.Observe(latest)); err != nil {
		g.checked.Store(false)
		return err
	}
	return ErrBarred
}

// Silent returns the peers that gave no statement when Watch asked last, and why.
func (g *Gate) Silent() map[[20]byte]error {
	if silent := g.silent.Load(); silent != nil {
		return *silent
	}
	return nil
}

// Watch keeps exchanging statements with the peers until ctx ends, once in every
// interval. It closes the gate, and calls closed, if the holder turns out to be
// behind. Now returns the newest situation; false while there is none.
func (g *Gate) Watch(ctx context.Context, every time.Duration, now func() (Situation, bool), closed func(), log *slog.Logger) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		if s, ok := now(); ok && g.exchange(ctx, every, s, log) {
			closed()
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// exchange is one round. Answers that do not come are no reason to close the gate.
// Who is slow to tell of itself does not keep us from asking the others about us.
func (g *Gate) exchange(ctx context.Context, limit time.Duration, s Situation, log *slog.Logger) (closed bool) {
	if g.behind(ctx, limit, s, log) {
		return true
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	silent, err := g.witness.Gather(ctx, s.Peers)
	if err != nil {
		log.Error("cannot remember what other keyholders say of their audit logs", "error", err.Error())
	}
	g.silent.Store(&silent)
	return false
}

// behind closes the gate if a peer knows more than the holder.
func (g *Gate) behind(ctx context.Context, limit time.Duration, s Situation, log *slog.Logger) bool {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	_, barred := g.standing.Why()
	err := g.witness.Check(ctx, s.Peers, 0, barred)
	if errors.Is(err, witness.ErrBehind) {
		log.Error("serving ends", "error", errors.Join(err, g.bar(s.Latest)).Error())
		return true
	}
	return false
}
