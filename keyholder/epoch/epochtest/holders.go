// SPDX-License-Identifier: Apache-2.0

package epochtest

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/dkg"
	"github.com/escrin/escrin/keyholder/epoch"
	"github.com/escrin/escrin/keyholder/internal/abi"
	"github.com/escrin/escrin/keyholder/keystore"
)

// Keys are records in memory.
type Keys struct {
	Records map[string][]byte
	// Before, if not nil, is asked before each change, which its error prevents.
	Before func(changes []keystore.Change) error
}

// NewKeys returns keys without records.
func NewKeys() *Keys { return &Keys{Records: map[string][]byte{}} }

// Copy returns the same records, as a backup has them.
func (k *Keys) Copy() *Keys { return &Keys{Records: maps.Clone(k.Records)} }

// Get implements epoch.Keys.
func (k *Keys) Get(name string) ([]byte, error) {
	b, ok := k.Records[name]
	if !ok {
		return nil, fmt.Errorf("%s: %w", name, keystore.ErrNone)
	}
	return bytes.Clone(b), nil
}

// Names implements epoch.Keys.
func (k *Keys) Names() []string { return slices.Sorted(maps.Keys(k.Records)) }

// Apply implements epoch.Keys.
func (k *Keys) Apply(changes ...keystore.Change) error {
	if k.Before != nil {
		if err := k.Before(changes); err != nil {
			return err
		}
	}
	for _, c := range changes {
		if c.Secret == nil {
			delete(k.Records, c.Name)
		} else {
			k.Records[c.Name] = bytes.Clone(c.Secret)
		}
	}
	return nil
}

// Peers are nodes that reach one another, by account.
type Peers map[[20]byte]*epoch.Node

// EncryptionKeys implements epoch.Peers.
func (p Peers) EncryptionKeys(_ context.Context, members []dkg.Member) [][]byte {
	keys := make([][]byte, len(members))
	for i, m := range members {
		node := p[m.Account]
		if node == nil {
			continue
		}
		holder := node.Holder()
		for _, key := range append(holder.Running, holder.Next) {
			if abi.Keccak(key) == m.EncryptionKey {
				keys[i] = key
			}
		}
	}
	return keys
}

// Completions implements epoch.Peers.
func (p Peers) Completions(_ context.Context, number uint64, members []dkg.Member) [][]byte {
	partials := make([][]byte, len(members))
	for i, m := range members {
		if node := p[m.Account]; node != nil {
			if reply, ok := node.Completion(number); ok {
				partials[i] = bytes.Clone(reply.Signature[:])
			}
		}
	}
	return partials
}

// PublicShares implements epoch.Peers.
func (p Peers) PublicShares(_ context.Context, number uint64, members []dkg.Member) [][][curve.G2Size]byte {
	var answers [][][curve.G2Size]byte
	for _, m := range members {
		node := p[m.Account]
		if node == nil {
			continue
		}
		if own, ok := node.Serving(); ok && own.Epoch == number {
			answers = append(answers, Told(own))
		}
	}
	return answers
}

// Told are the public shares of an epoch as a member of it tells them.
func Told(own *epoch.Share) [][curve.G2Size]byte {
	shares := make([][curve.G2Size]byte, len(own.Members))
	for i, m := range own.Members {
		if !m.PublicShare.IsIdentity() {
			shares[i] = m.PublicShare.Bytes()
		}
	}
	return shares
}

// Member returns what a node joins an epoch with.
func Member(n *epoch.Node) dkg.Member {
	holder := n.Holder()
	return dkg.Member{Account: holder.Account, Signer: holder.Signer, EncryptionKey: abi.Keccak(holder.Next)}
}
