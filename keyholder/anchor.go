// SPDX-License-Identifier: Apache-2.0

package keyholder

import (
	"errors"

	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/internal/abi"
	"github.com/escrin/escrin/strictjson"
)

// PathState is where a holder says what an anchor is, below its URL.
const PathState = "/v1/state"

// AnchorSet is one of the two sets of anchors that an identity has, by who sets them.
type AnchorSet uint8

// The sets. The zero value is none.
const (
	Announced AnchorSet = iota + 1 // by the identity's registrant
	Advanced                       // by the identity's enclaves
)

// AnchorName names an anchor: contracts/SPEC.md, section 6.
type AnchorName struct {
	ChainID    uint64
	Registry   [20]byte
	IdentityID [32]byte
	Set        AnchorSet
	Name       [32]byte
}

// Anchor is the newest version under a name, as the contract has it.
type Anchor struct {
	Contract [20]byte // Anchors, as it is in the holders' configuration
	Version  uint64   // counts from 1; zero if there is none
	Digest   [32]byte
}

// StateCertificate is the statement that t keyholders sign about an anchor, each in the
// state at its own finality. The nonce of who asked makes it recent: of the holders, one
// honest one at least said so after it was drawn. (SPEC.md, section 12.)
type StateCertificate struct {
	Name   AnchorName
	Anchor Anchor
	Nonce  [32]byte
	After  uint64 // the state is of a block after this second since the epoch; of any if zero
}

var errAnchorName = errors.New("anchor has no chain, registry or identity, or is of no set")

// Validate reports whether there can be an anchor of this name.
func (n AnchorName) Validate() error {
	if n.ChainID == 0 || n.Registry == [20]byte{} || n.IdentityID == [32]byte{} || n.Set < Announced || n.Set > Advanced {
		return errAnchorName
	}
	return nil
}

// words are abi.encode(chain id, registry, identity, set, name).
func (n AnchorName) words() abi.Words {
	return abi.Words{}.Uint64(n.ChainID).Address(n.Registry).Bytes32(n.IdentityID).Uint64(uint64(n.Set)).Bytes32(n.Name)
}

// Digest returns keccak256(abi.encode(keccak256("escrin.anchor.v1"), chain id, registry,
// identity, set, name)).
func (n AnchorName) Digest() [32]byte {
	tag := abi.Keccak([]byte("escrin.anchor.v1"))
	return append(abi.Words(tag[:]), n.words()...).Keccak()
}

// Digest returns keccak256(abi.encode(keccak256("escrin.state.v2"), chain id, registry,
// identity, set, name, contract, version, digest, nonce, after)).
func (c StateCertificate) Digest() [32]byte {
	tag := abi.Keccak([]byte("escrin.state.v2"))
	return append(abi.Words(tag[:]), c.Name.words()...).
		Address(c.Anchor.Contract).Uint64(c.Anchor.Version).Bytes32(c.Anchor.Digest).Bytes32(c.Nonce).Uint64(c.After).
		Keccak()
}

// Point returns the point that is signed: the digest's 32 bytes hashed to G1.
func (c StateCertificate) Point() curve.G1 {
	d := c.Digest()
	return curve.HashToG1(curve.DSTState, d[:])
}

// StateRequest asks for a share of the signature on what an anchor is. It travels in a
// SignedRequest for PathState, whose signature is by the requester; nothing is sealed,
// so that the response key's hash is zero.
type StateRequest struct {
	Epoch     uint64   // whose share is wanted
	Requester [20]byte // who asks: holds a live permit of the identity
	Name      AnchorName
	Nonce     [32]byte // drawn for this question, the same for all holders
	After     uint64   // as in the certificate
}

// StateReply carries one holder's share of the signature, and what it found and signed.
type StateReply struct {
	Epoch     uint64
	Index     uint32
	Anchor    Anchor
	Signature [curve.G1Size]byte
	Statement [SignatureSize]byte // by the holder's signer, over Statement.Digest
}

type stateRequestJSON struct {
	Epoch      uint64     `json:"epoch"`
	Requester  hexAddress `json:"requester"`
	ChainID    uint64     `json:"chainId"`
	Registry   hexAddress `json:"registry"`
	IdentityID hex32      `json:"identityId"`
	Set        AnchorSet  `json:"set"`
	Name       hex32      `json:"name"`
	Nonce      hex32      `json:"nonce"`
	After      uint64     `json:"after"`
}

type stateReplyJSON struct {
	Epoch     uint64     `json:"epoch"`
	Index     uint32     `json:"index"`
	Contract  hexAddress `json:"contract"`
	Version   uint64     `json:"version"`
	Digest    hex32      `json:"digest"`
	Signature hexG1      `json:"signature"`
	Statement hexSig     `json:"statement"`
}

// MarshalJSON implements json.Marshaler.
func (r StateRequest) MarshalJSON() ([]byte, error) {
	n := r.Name
	return strictjson.Encode(stateRequestJSON{r.Epoch, r.Requester, n.ChainID, n.Registry, n.IdentityID, n.Set, n.Name, r.Nonce, r.After})
}

// UnmarshalJSON implements json.Unmarshaler, strictly.
func (r *StateRequest) UnmarshalJSON(b []byte) error {
	var w stateRequestJSON
	if err := decodeBody(b, &w); err != nil {
		return err
	}
	*r = StateRequest{w.Epoch, w.Requester, AnchorName{w.ChainID, w.Registry, w.IdentityID, w.Set, w.Name}, w.Nonce, w.After}
	return r.Name.Validate()
}

// MarshalJSON implements json.Marshaler.
func (r StateReply) MarshalJSON() ([]byte, error) {
	a := r.Anchor
	return strictjson.Encode(stateReplyJSON{r.Epoch, r.Index, a.Contract, a.Version, a.Digest, r.Signature, r.Statement})
}

// UnmarshalJSON implements json.Unmarshaler, strictly.
func (r *StateReply) UnmarshalJSON(b []byte) error {
	var w stateReplyJSON
	if err := decodeBody(b, &w); err != nil {
		return err
	}
	*r = StateReply{w.Epoch, w.Index, Anchor{w.Contract, w.Version, w.Digest}, w.Signature, w.Statement}
	return nil
}
