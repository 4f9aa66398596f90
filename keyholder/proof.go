// SPDX-License-Identifier: Apache-2.0

package keyholder

import (
	"github.com/escrin/escrin/keyholder/keyname"
	"github.com/escrin/escrin/strictjson"
)

// Proof is a wrong share that a holder signed. A wrong share is nothing that the key
// needs; but one that was found wrong by public shares of doubtful origin may be right,
// and then it is a part of the key. Whoever knows the epoch's members and public shares
// from the board can check a proof: client.CheckProof.
type Proof struct {
	Statement Statement
	Signature [SignatureSize]byte // of Statement.Digest
	Name      *keyname.Name       // of which Statement.Subject is the digest; nil of certificates
}

type proofJSON struct {
	ChainID    uint64     `json:"chainId"`
	KeyNetwork hexAddress `json:"keyNetwork"`
	Path       string     `json:"path"`
	Request    hex32      `json:"request"`
	Epoch      uint64     `json:"epoch"`
	Index      uint32     `json:"index"`
	Subject    hex32      `json:"subject"`
	Share      hexG1      `json:"share"`
	Signature  hexSig     `json:"signature"`
	Name       *nameJSON  `json:"name,omitempty"`
}

// MarshalJSON implements json.Marshaler.
func (p Proof) MarshalJSON() ([]byte, error) {
	s := p.Statement
	w := proofJSON{s.Board.ChainID, s.Board.KeyNetwork, s.Path, s.Request, s.Epoch, s.Index, s.Subject, s.Share, p.Signature, nil}
	if p.Name != nil {
		name := formOf(*p.Name)
		w.Name = &name
	}
	return strictjson.Encode(w)
}

// UnmarshalJSON implements json.Unmarshaler, strictly. Nothing of it is verified.
func (p *Proof) UnmarshalJSON(b []byte) error {
	var w proofJSON
	if err := decodeBody(b, &w); err != nil {
		return err
	}
	*p = Proof{
		Statement: Statement{
			Board: Board{w.ChainID, w.KeyNetwork},
			Path:  w.Path, Request: w.Request, Epoch: w.Epoch, Index: w.Index, Subject: w.Subject, Share: w.Share,
		},
		Signature: w.Signature,
	}
	if w.Name != nil {
		name := w.Name.name()
		p.Name = &name
	}
	return nil
}
