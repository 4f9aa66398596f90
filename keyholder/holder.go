// SPDX-License-Identifier: Apache-2.0

package keyholder

import (
	"errors"

	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/strictjson"
)

// Paths of what holders tell one another, below a holder's URL.
const (
	PathKeyholder  = "/v1/keyholder"
	PathKey        = "/v1/keys/{digest}"
	PathCompletion = "/v1/epochs/{epoch}/completion"
)

// HolderReply tells who a holder is and which keys sub-shares for it are
// encrypted to. Its JSON form has the keys account, signer, encryptionKey (of the
// next epoch with this holder; absent if it wants no part in one) and
// runningKeys.
type HolderReply struct {
	Account [20]byte // whose holder it is
	Signer  [20]byte // the account that posts on the board
	Next    []byte   // for the next epoch: 1216 bytes, or none
	Running [][]byte // of epochs that are under way
}

// KeyReply is the encryption key with a digest, of the holder or of another member.
// Its JSON form has the key encryptionKey.
type KeyReply struct{ Key []byte }

// CompletionReply is a holder's part of the signature on the completion of an
// epoch. Its JSON form has the keys epoch, index, digest, signature.
type CompletionReply struct {
	Epoch     uint64
	Index     uint32
	Digest    [32]byte
	Signature [curve.G1Size]byte
}

type holderReplyJSON struct {
	Account hexAddress `json:"account"`
	Signer  hexAddress `json:"signer"`
	Next    []byte     `json:"encryptionKey,omitempty"`
	Running [][]byte   `json:"runningKeys"`
}

type keyReplyJSON struct {
	Key []byte `json:"encryptionKey"`
}

type completionReplyJSON struct {
	Epoch     uint64 `json:"epoch"`
	Index     uint32 `json:"index"`
	Digest    hex32  `json:"digest"`
	Signature hexG1  `json:"signature"`
}

// MarshalJSON implements json.Marshaler.
func (r HolderReply) MarshalJSON() ([]byte, error) {
	w := holderReplyJSON{r.Account, r.Signer, r.Next, r.Running}
	if w.Running == nil {
		w.Running = [][]byte{}
	}
	return strictjson.Encode(w)
}

// UnmarshalJSON implements json.Unmarshaler, strictly.
func (r *HolderReply) UnmarshalJSON(b []byte) error {
	w, err := strictjson.Decode[holderReplyJSON](b, MaxBody)
	if err != nil {
		return err
	}
	*r = HolderReply{w.Account, w.Signer, w.Next, w.Running}
	return nil
}

// MarshalJSON implements json.Marshaler.
func (r KeyReply) MarshalJSON() ([]byte, error) { return strictjson.Encode(keyReplyJSON(r)) }

// UnmarshalJSON implements json.Unmarshaler, strictly.
func (r *KeyReply) UnmarshalJSON(b []byte) error {
	w, err := strictjson.Decode[keyReplyJSON](b, MaxBody)
	*r = KeyReply(w)
	return err
}

// MarshalJSON implements json.Marshaler.
func (r CompletionReply) MarshalJSON() ([]byte, error) {
	return strictjson.Encode(completionReplyJSON{r.Epoch, r.Index, r.Digest, r.Signature})
}

// UnmarshalJSON implements json.Unmarshaler, strictly.
func (r *CompletionReply) UnmarshalJSON(b []byte) error {
	w, err := strictjson.Decode[completionReplyJSON](b, MaxBody)
	if err != nil {
		return err
	}
	if w.Epoch == 0 || w.Index == 0 {
		return errors.New("completion has no epoch or no index")
	}
	*r = CompletionReply{w.Epoch, w.Index, w.Digest, w.Signature}
	return nil
}
