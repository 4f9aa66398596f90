// SPDX-License-Identifier: Apache-2.0

package chain

import (
	"context"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/accounts/abi/bind/v2"
	"github.com/ethereum/go-ethereum/common"

	"github.com/escrin/escrin/contracts/bindings"
)

// Anchor is the newest version of something; version 0 if there is none.
type Anchor struct {
	Version uint64
	Digest  common.Hash
}

// Anchors is the contract Anchors at one address of a chain.
type Anchors struct {
	chain    *Chain
	at       common.Address
	contract *bind.BoundContract
	abi      *bindings.Anchors
}

// Anchors returns the contract Anchors at an address.
func (c *Chain) Anchors(at common.Address) *Anchors {
	abi := bindings.NewAnchors()
	return &Anchors{chain: c, at: at, contract: abi.Instance(c.eth, at), abi: abi}
}

// Announced reads what the identity's registrant announced under a name.
func (a *Anchors) Announced(ctx context.Context, identity, name common.Hash) (Anchor, error) {
	return a.announcedAt(ctx, identity, name, nil)
}

// AnnouncedBy is Announced as of a block, of which nodes keep the state for a while.
func (a *Anchors) AnnouncedBy(ctx context.Context, identity, name common.Hash, block uint64) (Anchor, error) {
	return a.announcedAt(ctx, identity, name, new(big.Int).SetUint64(block))
}

func (a *Anchors) announcedAt(ctx context.Context, identity, name common.Hash, block *big.Int) (Anchor, error) {
	found, err := bind.Call(a.contract, at(ctx, block), a.abi.PackAnnounced(identity, name), a.abi.UnpackAnnounced)
	if err != nil {
		return Anchor{}, fmt.Errorf("read announced version: %w", err)
	}
	return Anchor{found.Version, found.Digest}, nil
}

// Advanced reads to what the identity's enclaves advanced under a name.
func (a *Anchors) Advanced(ctx context.Context, identity, name common.Hash) (Anchor, error) {
	found, err := bind.Call(a.contract, at(ctx, nil), a.abi.PackAdvanced(identity, name), a.abi.UnpackAdvanced)
	if err != nil {
		return Anchor{}, fmt.Errorf("read advanced version: %w", err)
	}
	return Anchor{found.Version, found.Digest}, nil
}

// Announcement is one version that a registrant announced.
type Announcement struct {
	Anchor
	At Position
}

// History lists what the identity's registrants announced under a name, oldest first.
func (a *Anchors) History(ctx context.Context, identity, name common.Hash) ([]Announcement, error) {
	logs, err := a.chain.logs(ctx, a.at, Range{}, a.chain.topic("Announced"), only(identity), only(name))
	if err != nil {
		return nil, fmt.Errorf("list announced versions: %w", err)
	}
	var list []Announcement
	for i := range logs {
		found, err := a.abi.UnpackAnnouncedEvent(&logs[i])
		if err != nil {
			return nil, fmt.Errorf("list announced versions: %w", err)
		}
		list = append(list, Announcement{Anchor{found.Version, found.Digest}, position(&logs[i])})
	}
	return list, nil
}

// Announce makes an anchor the newest announced one; from must be the identity's registrant.
func (a *Anchors) Announce(ctx context.Context, from *Account, identity, name common.Hash, next Anchor) (Receipt, error) {
	receipt, err := a.chain.send(ctx, from, a.at, nil, a.abi.PackAnnounce(identity, name, next.Version, next.Digest))
	if err != nil {
		return receipt, fmt.Errorf("announce version: %w", err)
	}
	return receipt, nil
}

// Advance brings what a requester with a live permit of the identity signed (keyholder.Advance), up to the second
// that is its deadline. Anyone may.
func (a *Anchors) Advance(ctx context.Context, from *Account, identity, name common.Hash, next Anchor, deadline uint64, requester common.Address, signature [SignatureSize]byte) (Receipt, error) {
	call := a.abi.PackAdvance(identity, name, next.Version, next.Digest, deadline, requester, signature[:])
	receipt, err := a.chain.send(ctx, from, a.at, nil, call)
	if err != nil {
		return receipt, fmt.Errorf("advance version: %w", err)
	}
	return receipt, nil
}
