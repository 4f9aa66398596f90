// SPDX-License-Identifier: Apache-2.0

package chain

import (
	"context"
	"fmt"
	"time"

	"github.com/ethereum/go-ethereum/accounts/abi/bind/v2"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
)

// Revoke ends a holder's permit of an identity, and makes what was obtained for it before too old; from must be the
// identity's registrant.
func (c *Chain) Revoke(ctx context.Context, from *Account, identity common.Hash, holder common.Address) (Receipt, error) {
	receipt, err := c.send(ctx, from, c.contracts.Registry, nil, c.registryABI.PackRevokeIdentity(identity, holder))
	if err != nil {
		return receipt, fmt.Errorf("revoke permit: %w", err)
	}
	return receipt, nil
}

// RevokeAll ends all permits of an identity, whoever holds them; from must be its registrant.
func (c *Chain) RevokeAll(ctx context.Context, from *Account, identity common.Hash) (Receipt, error) {
	receipt, err := c.send(ctx, from, c.contracts.Registry, nil, c.registryABI.PackRevokeAllPermits(identity))
	if err != nil {
		return receipt, fmt.Errorf("revoke all permits: %w", err)
	}
	return receipt, nil
}

// SetDelay sets how many hours changes of an identity are announced beforehand; from must be its registrant. To lower it
// is itself a change that is announced: see Announcement.
func (c *Chain) SetDelay(ctx context.Context, from *Account, identity common.Hash, hours uint16) (Receipt, error) {
	receipt, err := c.send(ctx, from, c.contracts.Registry, nil, c.registryABI.PackSetDelay(identity, hours))
	if err != nil {
		return receipt, fmt.Errorf("set delay: %w", err)
	}
	return receipt, nil
}

// Delay reads how long changes of an identity are announced beforehand; zero if there is no such identity.
func (c *Chain) Delay(ctx context.Context, identity common.Hash) (time.Duration, error) {
	seconds, err := bind.Call(c.registry, at(ctx, nil), c.registryABI.PackDelayOf(identity), c.registryABI.UnpackDelayOf)
	if err != nil {
		return 0, fmt.Errorf("read delay: %w", err)
	}
	return time.Duration(seconds) * time.Second, nil
}

// readyFor is for how many seconds a change that is ready can be made: READY_FOR of the contracts.
const readyFor = 14 * 24 * 3600

// Announcement returns when the change that a transaction announced can be made, and when it lapses, in seconds since the
// epoch. If announced is false, the transaction made its change.
func (c *Chain) Announcement(r Receipt) (readyAt, lapsesAt uint64, announced bool) {
	for _, log := range r.logs {
		if log.Address != c.contracts.Registry && log.Address != c.contracts.Permitter {
			continue
		}
		if e, err := c.registryABI.UnpackChangeScheduledEvent(log); err == nil {
			return e.ReadyAt, e.ReadyAt + readyFor, true
		}
	}
	return 0, 0, false
}

// Change is a change of an identity that was announced and can be made until it lapses. One of Policy, Permitter and Delay
// is what it would change to.
type Change struct {
	Digest    common.Hash     // of the call that announced it
	Policy    *Policy         // nil if it is not the policy
	Permitter *common.Address // nil if it is not the permitter
	Delay     *time.Duration  // nil if it is not the delay
	ReadyAt   uint64          // seconds since the epoch; no earlier, and with the delay that holds now
	LapsesAt  uint64          // seconds since the epoch
}

// Scheduled lists the changes of an identity that were announced, and neither made, nor taken back, nor lapsed.
func (c *Chain) Scheduled(ctx context.Context, identity common.Hash) ([]Change, error) {
	var logs []types.Log
	for _, from := range []struct {
		contract common.Address
		events   []common.Hash
	}{
		{c.contracts.Permitter, c.topic("PolicyScheduled")},
		{c.contracts.Registry, c.topic("PermitterScheduled", "DelayScheduled")},
	} {
		found, err := c.logs(ctx, from.contract, Range{}, from.events, only(identity))
		if err != nil {
			return nil, fmt.Errorf("list announced changes: %w", err)
		}
		logs = append(logs, found...)
	}
	delay, err := c.Delay(ctx, identity)
	if err != nil {
		return nil, err
	}
	latest := map[common.Hash]int{} // a change can be announced again
	var changes []Change
	for i := range logs {
		change, err := c.change(&logs[i])
		if err != nil {
			return nil, fmt.Errorf("list announced changes: %w", err)
		}
		pending, err := c.pending(ctx, &logs[i], &change, delay)
		if err != nil {
			return nil, fmt.Errorf("list announced changes: %w", err)
		}
		known, seen := latest[change.Digest]
		switch {
		case !pending:
		case seen:
			changes[known] = change
		default:
			latest[change.Digest] = len(changes)
			changes = append(changes, change)
		}
	}
	return changes, nil
}

// change reads the event that announced a change.
func (c *Chain) change(log *types.Log) (Change, error) {
	switch log.Topics[0] {
	case c.topics["PolicyScheduled"]:
		e, err := c.permitterABI.UnpackPolicyScheduledEvent(log)
		if err != nil {
			return Change{}, err
		}
		policy := policyOf(e.Policy)
		policy.Locator = e.Locator
		return Change{Digest: e.Change, Policy: &policy}, nil
	case c.topics["PermitterScheduled"]:
		e, err := c.registryABI.UnpackPermitterScheduledEvent(log)
		if err != nil {
			return Change{}, err
		}
		return Change{Digest: e.Change, Permitter: &e.Permitter}, nil
	default:
		e, err := c.registryABI.UnpackDelayScheduledEvent(log)
		if err != nil {
			return Change{}, err
		}
		delay := time.Duration(e.Delay) * time.Second
		return Change{Digest: e.Change, Delay: &delay}, nil
	}
}

// pending reads whether a change can still be made, and fills in from when on.
func (c *Chain) pending(ctx context.Context, log *types.Log, change *Change, delay time.Duration) (bool, error) {
	contract := c.registry
	if log.Address == c.contracts.Permitter {
		contract = c.permitter // the same function of the same base
	}
	times, err := bind.Call(contract, at(ctx, nil), c.registryABI.PackScheduledChange(change.Digest), c.registryABI.UnpackScheduledChange)
	if err != nil || times.ReadyAt == 0 {
		return false, err
	}
	announced, err := c.BlockAt(ctx, log.BlockNumber)
	if err != nil {
		return false, err
	}
	change.ReadyAt, change.LapsesAt = max(times.ReadyAt, announced.Time+uint64(delay/time.Second)), times.LapsesAt
	return true, nil
}
