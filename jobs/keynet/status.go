// SPDX-License-Identifier: Apache-2.0

package keynet

import (
	"github.com/escrin/escrin/contracts/chain"
)

// Dealers are the members who deal in an epoch, by index: its own if a key is made, else the previous epoch's.
func (v View) Dealers(e Epoch) []chain.Member {
	if e.Previous == 0 {
		return e.Members
	}
	previous, _ := v.Epoch(e.Previous)
	return previous.Members
}

// Posted tells whether a member has posted in a phase.
func (e Epoch) Posted(phase chain.Phase, index uint32) bool {
	for _, p := range e.Posts {
		if p.Phase == phase && p.Index == index {
			return true
		}
	}
	return false
}

// BlocksLeft is how many more blocks, from the next on, take messages of the phase; zero if none does.
func (v View) BlocksLeft(e Epoch) uint64 {
	if !e.Phase.Running() {
		return 0
	}
	return e.Blocks(e.Phase).Last - v.Block.Number
}
