// SPDX-License-Identifier: Apache-2.0

package dkg

import (
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/escrin/escrin/keyholder/curve"
)

// snapshot is the stored form of a participant. It is secret.
type snapshot struct {
	Params       []byte   `json:"params"` // digest
	Nonce        []byte   `json:"nonce"`
	ChannelSeed  []byte   `json:"channelSeed"`
	ChannelKey   []byte   `json:"channelKey"`
	Coefficients [][]byte `json:"coefficients"`
	Messages     [][]byte `json:"messages"` // in the order of rounds
}

// ErrOtherCeremony reports a snapshot of other members or another threshold.
var ErrOtherCeremony = errors.New("stored ceremony has other members or another threshold")

// Snapshot returns everything that Restore needs. It contains secrets.
func (p *Participant) Snapshot() ([]byte, error) {
	s := snapshot{
		Params: p.digest[:], Nonce: p.secrets.nonce[:],
		ChannelSeed: p.secrets.channelSeed, ChannelKey: p.secrets.channelKey,
	}
	for _, c := range p.secrets.coefficients {
		b := c.Bytes()
		s.Coefficients = append(s.Coefficients, b[:])
	}
	for r := Hello; r <= Confirm; r++ {
		for _, m := range p.messages[r] {
			if m != nil {
				s.Messages = append(s.Messages, m.Marshal())
			}
		}
	}
	return json.Marshal(s)
}

// Restore continues a ceremony from a snapshot. Every message in it is verified
// again.
func Restore(b []byte, params Params, self uint32, signer ed25519.PrivateKey) (*Participant, error) {
	var s snapshot
	if err := json.Unmarshal(b, &s); err != nil {
		return nil, fmt.Errorf("restore ceremony: %w", err)
	}
	if digest := params.Digest(); string(s.Params) != string(digest[:]) {
		return nil, fmt.Errorf("restore ceremony: %w", ErrOtherCeremony)
	}
	secrets, err := s.secrets(params.Threshold)
	if err != nil {
		return nil, fmt.Errorf("restore ceremony: %w", err)
	}
	own, others := map[Round]Message{}, []Message{}
	for _, raw := range s.Messages {
		m, err := ParseMessage(raw)
		if err != nil {
			return nil, fmt.Errorf("restore ceremony: %w", err)
		}
		if m.Author == self {
			own[m.Round] = m
		} else {
			others = append(others, m)
		}
	}
	p, err := begin(params, self, signer, secrets, own)
	if err != nil {
		return nil, err
	}
	for _, m := range others {
		if err := p.Accept(m); err != nil {
			return nil, fmt.Errorf("restore ceremony: %w", err)
		}
	}
	return p, nil
}

func (s snapshot) secrets(threshold int) (secrets, error) {
	out := secrets{channelSeed: s.ChannelSeed, channelKey: s.ChannelKey}
	if len(s.Nonce) != nonceSize || len(s.Coefficients) != threshold {
		return secrets{}, errors.New("secrets have the wrong size")
	}
	copy(out.nonce[:], s.Nonce)
	for _, b := range s.Coefficients {
		c, err := curve.ScalarFromBytes(b)
		if err != nil {
			return secrets{}, err
		}
		out.coefficients = append(out.coefficients, c)
	}
	return out, nil
}
