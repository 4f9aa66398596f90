// SPDX-License-Identifier: Apache-2.0

package dkg

import (
	"crypto/ed25519"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/envelope"
)

// Round numbers the messages of a member. The zero value is invalid.
type Round uint8

const (
	// Hello carries a nonce and an HPKE key for this ceremony.
	Hello Round = 1
	// Commit carries a hash of the commitments.
	Commit Round = 2
	// Deal carries commitments, proof of possession and sealed sub-shares.
	Deal Round = 3
	// Confirm carries the digest of all messages before it.
	Confirm Round = 4

	rounds = 4
)

// String returns the name of the round.
func (r Round) String() string {
	switch r {
	case Hello:
		return "hello"
	case Commit:
		return "commit"
	case Deal:
		return "deal"
	case Confirm:
		return "confirm"
	default:
		return fmt.Sprintf("round %d", uint8(r))
	}
}

const (
	nonceSize   = 32
	helloSize   = nonceSize + envelope.PublicKeySize
	sealedSize  = 1120 + curve.ScalarSize + 16 // HPKE encapsulation, sub-share, tag
	messageHead = 1 + 4 + 32 + ed25519.SignatureSize
)

// MaxMessage is the size in bytes of the largest message of the largest
// network.
const MaxMessage = messageHead + 31*curve.G2Size + curve.G1Size + 31*sealedSize

// Message is one signed statement of one member.
type Message struct {
	Round     Round
	Author    uint32
	Session   [32]byte // zero in Hello
	Signature [ed25519.SignatureSize]byte
	Body      []byte // size fixed by round and parameters
}

// ErrMessage reports bytes that are not a message.
var ErrMessage = errors.New("malformed ceremony message")

// Marshal returns round (1), author (4, big-endian), session (32), signature
// (64), body.
func (m Message) Marshal() []byte {
	b := make([]byte, 0, messageHead+len(m.Body))
	b = append(b, byte(m.Round))
	b = binary.BigEndian.AppendUint32(b, m.Author)
	b = append(b, m.Session[:]...)
	b = append(b, m.Signature[:]...)
	return append(b, m.Body...)
}

// ParseMessage decodes a message. It checks the form only.
func ParseMessage(b []byte) (Message, error) {
	if len(b) < messageHead || len(b) > MaxMessage {
		return Message{}, ErrMessage
	}
	m := Message{Round: Round(b[0]), Author: binary.BigEndian.Uint32(b[1:5])}
	if m.Round < Hello || m.Round > Confirm {
		return Message{}, ErrMessage
	}
	copy(m.Session[:], b[5:])
	copy(m.Signature[:], b[37:])
	m.Body = append([]byte(nil), b[messageHead:]...)
	return m, nil
}

// bodySize returns the only valid body size of a round.
func (p Params) bodySize(r Round) int {
	switch r {
	case Hello:
		return helloSize
	case Deal:
		return p.Threshold*curve.G2Size + curve.G1Size + len(p.Members)*sealedSize
	default:
		return 32
	}
}

// signed returns the bytes under the signature.
func (m Message) signed(params [32]byte) []byte {
	b := append([]byte("escrin.dkg.v1.message\x00"), params[:]...)
	b = append(b, byte(m.Round))
	b = binary.BigEndian.AppendUint32(b, m.Author)
	b = append(b, m.Session[:]...)
	return append(b, m.Body...)
}
