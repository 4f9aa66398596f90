// SPDX-License-Identifier: Apache-2.0

// Package keyholder holds what a keyholder and those who talk to it share: the
// description of the network, the messages, and the digests that are signed.
// (SPEC.md, sections 5 to 7.)
package keyholder

import (
	"errors"
	"fmt"

	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/internal/abi"
	"github.com/escrin/escrin/strictjson"
)

// MaxHolders bounds the size of a network.
const MaxHolders = 64

// Network is everything public that is needed to use a key network. Its JSON
// form has the keys chainId, keyNetwork, epoch, threshold, groupKey, keyholders. An
// epoch has its own holders, threshold and shares; the rest stays the same over all
// epochs.
type Network struct {
	Board     Board
	Epoch     uint64 // from 1; the one on the board (contracts/SPEC.md, section 3)
	Threshold int
	GroupKey  [curve.G2Size]byte // compressed
	Holders   []Holder           // who have a share, by ascending index
}

// Board is the contract by which a network's members come together: one board, one
// network.
type Board struct {
	ChainID    uint64
	KeyNetwork [20]byte // the contract's address
}

// Holder is one keyholder.
type Holder struct {
	Index       uint32   // from 1, as a member of the epoch
	URL         string   // base address of its API
	Signer      [20]byte // account that signs its shares and posts on the board; zero if unknown
	PublicShare [curve.G2Size]byte
}

type networkJSON struct {
	ChainID    uint64       `json:"chainId"`
	KeyNetwork hexAddress   `json:"keyNetwork"`
	Epoch      uint64       `json:"epoch"`
	Threshold  int          `json:"threshold"`
	GroupKey   hexG2        `json:"groupKey"`
	Keyholders []holderJSON `json:"keyholders"`
}

type holderJSON struct {
	Index       uint32     `json:"index"`
	URL         string     `json:"url"`
	Signer      hexAddress `json:"signer"`
	PublicShare hexG2      `json:"publicShare"`
}

// MarshalJSON implements json.Marshaler.
func (n Network) MarshalJSON() ([]byte, error) {
	w := networkJSON{n.Board.ChainID, n.Board.KeyNetwork, n.Epoch, n.Threshold, hexG2(n.GroupKey), []holderJSON{}}
	for _, h := range n.Holders {
		w.Keyholders = append(w.Keyholders, holderJSON{h.Index, h.URL, h.Signer, hexG2(h.PublicShare)})
	}
	return strictjson.Encode(w)
}

// UnmarshalJSON implements json.Unmarshaler. It is strict and validates.
func (n *Network) UnmarshalJSON(b []byte) error {
	w, err := strictjson.Decode[networkJSON](b, MaxBody)
	if err != nil {
		return fmt.Errorf("parse key network: %w", err)
	}
	out := Network{Board: Board{w.ChainID, w.KeyNetwork}, Epoch: w.Epoch, Threshold: w.Threshold, GroupKey: w.GroupKey}
	for _, h := range w.Keyholders {
		out.Holders = append(out.Holders, Holder{h.Index, h.URL, h.Signer, h.PublicShare})
	}
	if err := out.Validate(); err != nil {
		return err
	}
	*n = out
	return nil
}

// Validate checks bounds, order and points: a board, an epoch, 2 ≤ n ≤ 64, a threshold
// that is a majority of the members, ascending indexes, valid public keys. Indexes may
// have gaps: a member can be without a share. Public shares may be alike: that two
// members can choose, without any harm but to themselves.
func (n Network) Validate() error {
	if n.Board.ChainID == 0 || n.Board.KeyNetwork == [20]byte{} {
		return errors.New("key network: no board")
	}
	if n.Epoch == 0 {
		return errors.New("key network: no epoch")
	}
	if err := CheckThreshold(n.Threshold, len(n.Holders)); err != nil {
		return err
	}
	if _, err := curve.G2FromBytes(n.GroupKey[:]); err != nil {
		return fmt.Errorf("key network: group key: %w", err)
	}
	last := uint32(0)
	for i, h := range n.Holders {
		if h.Index <= last || h.Index > MaxHolders {
			return fmt.Errorf("key network: holder %d has index %d", i+1, h.Index)
		}
		last = h.Index
		if _, err := curve.G2FromBytes(h.PublicShare[:]); err != nil {
			return fmt.Errorf("key network: public share of holder %d: %w", h.Index, err)
		}
	}
	return CheckThreshold(n.Threshold, int(last)) // so many members there are at least
}

// Holder returns the holder with an index; false if there is none.
func (n Network) Holder(index uint32) (Holder, bool) {
	for _, h := range n.Holders {
		if h.Index == index {
			return h, true
		}
	}
	return Holder{}, false
}

// CheckThreshold reports whether t of n is a network that may exist: at least
// two holders, and a threshold that is a majority.
func CheckThreshold(t, n int) error {
	if n < 2 || n > MaxHolders {
		return fmt.Errorf("key network: %d holders, want 2 to %d", n, MaxHolders)
	}
	if t < n/2+1 || t < 2 || t > n {
		return fmt.Errorf("key network: threshold %d of %d is not a majority", t, n)
	}
	return nil
}

// GroupKeyDigest returns Keccak-256 of a compressed group key in the form of EIP-2537, as
// contracts have it: what evidence (attest.Binding) and the board call a network by. What
// is no point is an error.
func GroupKeyDigest(compressed [curve.G2Size]byte) ([32]byte, error) {
	point, err := curve.G2FromBytes(compressed[:])
	if err != nil {
		return [32]byte{}, fmt.Errorf("group key: %w", err)
	}
	raw := point.EIP2537()
	return abi.Keccak(raw[:]), nil
}

// Group returns the group key as a point.
func (n Network) Group() (curve.G2, error) { return curve.G2FromBytes(n.GroupKey[:]) }
