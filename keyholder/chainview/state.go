// SPDX-License-Identifier: Apache-2.0

package chainview

import (
	"context"

	"github.com/escrin/escrin/keyholder/release"
	"github.com/escrin/escrin/keyholder/stateproof"
)

// State is the chain as of one block. It implements release.State, and is safe for
// concurrent use.
type State struct {
	view  *View
	block *block
}

// Head implements release.State.
func (s *State) Head() release.Head {
	h := s.block.header
	return release.Head{Number: h.Number, Hash: h.Hash, Time: h.Time}
}

// Storage returns the values of slots of a contract, as the block's state root proves them.
// It is an error if there is no contract.
func (s *State) Storage(ctx context.Context, contract [20]byte, slots ...[32]byte) ([][32]byte, error) {
	if len(slots) == 0 {
		return nil, nil
	}
	account, values, err := s.block.read(ctx, contract, slots)
	if err != nil {
		return nil, err
	}
	if !account.IsContract() {
		return nil, unavailable("block %d has no contract at %x", s.block.header.Number, contract)
	}
	return values, nil
}

const (
	// historyWindow is of how many blocks EIP-2935 keeps the hash.
	historyWindow = 8191
)

// history is the system contract of EIP-2935.
var history = [20]byte{
	0x00, 0x00, 0xf9, 0x08, 0x27, 0xf1, 0xc5, 0x3a, 0x10, 0xcb, 0x7a, 0x02, 0x33, 0x5b, 0x17, 0x53, 0x20, 0x00, 0x29, 0x35,
}

func historySlot(number uint64) [32]byte { return word(number % historyWindow) }

// BlockHash implements release.State. Of the last 8,191 blocks the head's state proves it
// (EIP-2935); of older ones, and on a chain without that, endpoints must agree on it as they
// must on the head.
func (s *State) BlockHash(ctx context.Context, number uint64) ([32]byte, error) {
	head := s.block.header
	switch {
	case number == head.Number:
		return head.Hash, nil
	case number+1 == head.Number:
		return head.ParentHash, nil
	case number > head.Number:
		return [32]byte{}, unavailable("block %d is above the head, block %d", number, head.Number)
	}
	if hash, ok := s.block.ancestors.known(number); ok {
		return hash, nil
	}
	if head.Number-number <= historyWindow {
		_, values, err := s.block.read(ctx, history, [][32]byte{historySlot(number)})
		if err != nil {
			return [32]byte{}, err
		}
		if hash := values[0]; hash != [32]byte{} {
			s.block.ancestors.keep(number, hash)
			return hash, nil
		}
	}
	return s.block.ancestor(number, func() ([32]byte, error) { return s.view.ancestor(ctx, number) })
}

// ancestor asks all endpoints for the hash of an old block.
func (v *View) ancestor(ctx context.Context, number uint64) ([32]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, searchTimeout)
	defer cancel()
	p, stop := v.poll(ctx, v.config.Finality.tag(), number)
	defer stop()
	h, err := p.find(func() (stateproof.Header, error) { return p.blockAt(number) })
	return h.Hash, err
}
