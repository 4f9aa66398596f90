// SPDX-License-Identifier: Apache-2.0

// Package dkg is the ceremony that makes the network's key: joint-Feldman
// dealing among all holders, with commitments hashed first. It is a pure state
// machine over signed messages that every member publishes for all to see; who
// carries them does not matter. Nobody ever holds the group secret. A member
// that deviates stops the ceremony and is named. (SPEC.md, section 7.)
package dkg

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/escrin/escrin/keyholder"
)

// Member is one participant.
type Member struct {
	Index     uint32 // from 1, in order
	PublicKey [ed25519.PublicKeySize]byte
}

// Params fix who takes part and how many are needed later.
type Params struct {
	Threshold int
	Members   []Member
}

// Validate checks the bounds of threshold and indexes, and that no two members
// share a key.
func (p Params) Validate() error {
	if err := keyholder.CheckThreshold(p.Threshold, len(p.Members)); err != nil {
		return err
	}
	seen := map[[ed25519.PublicKeySize]byte]bool{}
	for i, m := range p.Members {
		if uint64(m.Index) != uint64(i)+1 {
			return fmt.Errorf("ceremony: member %d has index %d", i+1, m.Index)
		}
		if m.PublicKey == [ed25519.PublicKeySize]byte{} || seen[m.PublicKey] {
			return errors.New("ceremony: members must have different public keys")
		}
		seen[m.PublicKey] = true
	}
	return nil
}

// Digest identifies the parameters.
func (p Params) Digest() [32]byte {
	b := []byte("escrin.dkg.v1.params\x00")
	b = binary.BigEndian.AppendUint32(b, uint32(p.Threshold))
	b = binary.BigEndian.AppendUint32(b, uint32(len(p.Members)))
	for _, m := range p.Members {
		b = append(b, m.PublicKey[:]...)
	}
	return sha256.Sum256(b)
}

// Fault is a member's deviation, visible to whoever has its messages.
type Fault struct {
	Member uint32
	Round  Round
	Reason string
}

// Error implements error.
func (f *Fault) Error() string {
	return fmt.Sprintf("ceremony: member %d, %s: %s", f.Member, f.Round, f.Reason)
}

// Disagreement reports a member whose message rests on other messages than we
// saw: it plays an old run again, or some member told two stories. Comparing the
// signed messages that both hold shows who.
type Disagreement struct {
	Member uint32
	Round  Round
}

// Error implements error.
func (d *Disagreement) Error() string {
	return fmt.Sprintf("ceremony: member %d, %s: rests on other messages than we saw", d.Member, d.Round)
}
