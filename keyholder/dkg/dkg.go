// SPDX-License-Identifier: Apache-2.0

// Package dkg makes the network's key, and hands it on to other members, over a
// bulletin board that everybody reads alike: the contract KeyNetwork. Dealers
// post commitments and sealed sub-shares; members complain about what does not
// open or contradicts; dealers answer in public. What follows is a function of
// what was posted: anybody computes the same key, public shares and faults.
// Nobody ever holds the group secret. The package does no I/O and has no clock.
// (SPEC.md, section 7.)
package dkg

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/curve"
)

// Phases of a session, numbered as on the board.
const (
	Dealing        uint8 = 1
	Complaints     uint8 = 2
	Justifications uint8 = 3
	Certification  uint8 = 4
)

// Member is one member of an epoch, as on the board. Its index is its place in
// the list, counted from 1.
type Member struct {
	Account       [20]byte
	Signer        [20]byte
	EncryptionKey [32]byte // keccak of the 1216-byte HPKE key of this epoch
}

// Previous describes the epoch whose members deal when a key is handed on.
type Previous struct {
	Epoch        uint64
	Threshold    int
	GroupKey     curve.G2
	PublicShares []curve.G2 // by index-1; the identity of who has no share
}

// Session is one run: either the members make a key, or those of the previous
// epoch hand theirs on to the members.
type Session struct {
	ID        [32]byte // from the board; binds everything that is said
	Epoch     uint64   // from 1
	Threshold int
	Members   []Member
	Previous  *Previous // nil when a key is made
}

// Dealers returns how many there are who may deal: their indexes are 1 to it.
func (s Session) Dealers() int {
	if s.Previous == nil {
		return len(s.Members)
	}
	return len(s.Previous.PublicShares)
}

// needed returns how many dealings it takes.
func (s Session) needed() int {
	if s.Previous == nil {
		return s.Threshold
	}
	return s.Previous.Threshold
}

// Validate checks the bounds of both epochs (a majority threshold, at most 64
// members) and that members are different.
func (s Session) Validate() error {
	if s.ID == [32]byte{} || s.Epoch == 0 {
		return errors.New("session: id or epoch is zero")
	}
	if err := keyholder.CheckThreshold(s.Threshold, len(s.Members)); err != nil {
		return fmt.Errorf("session: %w", err)
	}
	signers := map[[20]byte]bool{{}: true}
	for i, m := range s.Members {
		if signers[m.Signer] || m.EncryptionKey == [32]byte{} {
			return fmt.Errorf("session: member %d lacks a signer of its own or a key", i+1)
		}
		if i > 0 && bytes.Compare(s.Members[i-1].Account[:], m.Account[:]) >= 0 {
			return fmt.Errorf("session: account of member %d is not above the one before", i+1)
		}
		signers[m.Signer] = true
	}
	if s.Previous == nil {
		return nil
	}
	return s.Previous.validate(s.Epoch)
}

func (p Previous) validate(epoch uint64) error {
	if p.Epoch == 0 || p.Epoch >= epoch {
		return errors.New("session: previous epoch is not before this one")
	}
	if err := keyholder.CheckThreshold(p.Threshold, len(p.PublicShares)); err != nil {
		return fmt.Errorf("session: previous epoch: %w", err)
	}
	if p.GroupKey.IsIdentity() || held(p.PublicShares) < p.Threshold {
		return errors.New("session: previous epoch: no group key, or too few shares")
	}
	return nil
}

// checkDealer reports whether a dealer of this index may be.
func (s Session) checkDealer(dealer uint32) error {
	if dealer < 1 || uint64(dealer) > uint64(s.Dealers()) {
		return fmt.Errorf("session: no dealer %d", dealer)
	}
	return nil
}

func (s Session) checkMember(member uint32) error {
	if member < 1 || uint64(member) > uint64(len(s.Members)) {
		return fmt.Errorf("session: no member %d", member)
	}
	return nil
}

// Board is what was posted in a session, by the poster's index: each message as
// it stands in the chain's events.
type Board struct {
	Dealings       map[uint32][]byte
	Complaints     map[uint32][]byte
	Justifications map[uint32][]byte
}
