// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/guestagent/hostlink"
)

// Heartbeat extends the claim. A guest that lost an answer may say the same again. Who is copied from the mempool, and
// comes second, has what it wanted: what the chain has of the claim is all that counts.
//
// Each one costs gas, so that a guest cannot have them as it likes: see due. They do not keep a result waiting.
func (at *attempt) Heartbeat(ctx context.Context, beat hostlink.Heartbeat) error {
	if len(beat.Signature) != chain.SignatureSize {
		return at.note(&hostlink.Error{Code: hostlink.CodeInvalid, Err: errors.New("signature has the wrong size")})
	}
	at.beating.Lock()
	defer at.beating.Unlock()
	p, err := at.granted()
	if err != nil {
		return err
	}
	if err := at.allow("heartbeat", maxHeartbeats(at.assignment.Terms.Deadline, p.permit)); err != nil {
		return err
	}
	now, err := at.runner.Chain.Task(ctx, at.assignment.TaskID)
	if err != nil {
		return at.note(err)
	}
	if at.hasClaim(now, common.Address(p.requester)) && now.ClaimExpiry >= beat.Until {
		return at.note(at.hold(ctx, now.ClaimExpiry))
	}
	if err := at.due(beat.Until, now.ClaimExpiry, p.permit.ClaimWindow); err != nil {
		return at.note(err)
	}
	return at.note(refused(at.extend(ctx, common.Address(p.requester), beat)))
}

// granted is the permit of a guest that has a claim and no result yet.
func (at *attempt) granted() (*grantedPermit, error) {
	at.mu.Lock()
	defer at.mu.Unlock()
	if at.permit == nil || at.receipt != nil {
		return nil, &hostlink.Error{Code: hostlink.CodeRefused, Err: errors.New("there is no claim to extend")}
	}
	return at.permit, nil
}

// maxHeartbeats is how many a guest may ask for until the deadline. It needs two a window; where time on the chain goes on
// more slowly than the guest's, most of what it asks for is too far ahead, and it asks again.
func maxHeartbeats(deadline uint64, p hostlink.Permit) int {
	const spare, often = 8, 64 // a window
	left := uint64(0)
	if deadline > p.ClaimExpiry {
		left = deadline - p.ClaimExpiry
	}
	return spare + int(min((left+p.ClaimWindow)/max(p.ClaimWindow/often, 1), math.MaxInt32))
}

// due refuses a heartbeat that is not worth its gas: one that extends the claim by less than a quarter of the window, unless
// it is to the deadline, or that comes less than a quarter of the window after the last that cost gas.
func (at *attempt) due(until, expiry, window uint64) error {
	quarter := window / 4
	switch {
	case until < expiry, until-expiry < quarter && until != at.assignment.Terms.Deadline:
		return &hostlink.Error{Code: hostlink.CodeRefused, Err: fmt.Errorf("the heartbeat is for less than %d s", quarter)}
	case !at.beaten.IsZero() && time.Since(at.beaten) < seconds(quarter, 0):
		return &hostlink.Error{Code: hostlink.CodeRefused, Err: fmt.Errorf("the last heartbeat is less than %d s ago", quarter)}
	}
	return nil
}

// extend sends a heartbeat and gives the guest until the claim lapses, as the chain has it.
func (at *attempt) extend(ctx context.Context, requester common.Address, beat hostlink.Heartbeat) error {
	c, a := at.runner.Chain, at.assignment
	begun := time.Now()
	receipt, failure := c.Heartbeat(ctx, at.runner.Account, a.TaskID, a.Terms, beat.Until, [chain.SignatureSize]byte(beat.Signature))
	if receipt.TxHash != (common.Hash{}) {
		at.beaten = begun
	}
	if failure == nil {
		at.sent(TxHeartbeat, receipt)
	}
	now, err := c.Task(ctx, a.TaskID)
	if err != nil {
		return errors.Join(failure, err)
	}
	if !at.hasClaim(now, requester) {
		return errors.Join(failure, errors.New("the claim is not ours any more"))
	}
	if err := at.hold(ctx, now.ClaimExpiry); err != nil {
		return err
	}
	if now.ClaimExpiry >= beat.Until {
		return nil
	}
	return failure
}

// hold gives the guest until the claim lapses.
func (at *attempt) hold(ctx context.Context, claimExpiry uint64) error {
	head, err := at.runner.Chain.Head(ctx)
	if err == nil {
		at.claimed(seconds(claimExpiry, head.Time))
	}
	return err
}

// A guest whose claim seems to have lapsed is not ended before the chain says so; if the chain cannot be asked, it is asked
// again, so often and after this pause.
const (
	lapseTries = 12
	lapsePause = 5 * time.Second
)

// lapse ends the guest if its claim has lapsed on chain: anybody may extend it with what the guest signed.
func (at *attempt) lapse() {
	ctx, cancel := context.WithTimeout(context.Background(), lapsePause)
	defer cancel()
	left, err := at.left(ctx)
	at.mu.Lock()
	defer at.mu.Unlock()
	switch {
	case at.over || time.Now().Before(at.lapses): // extended meanwhile, with a timer of its own
	case err != nil && at.unread < lapseTries:
		at.unread++
		at.timer = time.AfterFunc(lapsePause, at.lapse)
	case err == nil && left > 0:
		at.claimedLocked(left)
	default:
		at.cancel(errors.New("the claim lapsed before the guest had a result"))
	}
}

// left is for how long the chain has the claim as this attempt's.
func (at *attempt) left(ctx context.Context) (time.Duration, error) {
	now, err := at.runner.Chain.Task(ctx, at.assignment.TaskID)
	if err != nil {
		return 0, err
	}
	a := at.assignment
	if now.State != chain.StateClaimed || now.Attempt != a.Attempt || now.Runner != at.runner.Account.Address() {
		return 0, nil
	}
	head, err := at.runner.Chain.Head(ctx)
	return seconds(now.ClaimExpiry, head.Time), err
}

// seconds is the time from one second of the chain to another, 0 if it is past.
func seconds(to, from uint64) time.Duration {
	if to <= from {
		return 0
	}
	return time.Duration(min(to-from, math.MaxInt32)) * time.Second
}
