// SPDX-License-Identifier: Apache-2.0

package exchange

import (
	"encoding/binary"

	"github.com/escrin/escrin/guestagent/session"
)

// NonceSize is the size of a client's nonce in bytes.
const NonceSize = 32

// Statement is what a guest's requester key signs of a connection.
type Statement struct {
	Exporter [32]byte        // of the connection
	Nonce    [NonceSize]byte // the client's
	Key      [32]byte        // SHA-256 of the subject public key info in the certificate
	Port     uint16          // of the service, in the measured config
}

// Encode returns the form in which the gateway hands a statement to the agent.
func (s Statement) Encode() [session.StatementSize]byte {
	var out [session.StatementSize]byte
	copy(out[:], s.Exporter[:])
	copy(out[32:], s.Nonce[:])
	copy(out[64:], s.Key[:])
	binary.BigEndian.PutUint16(out[96:], s.Port)
	return out
}

// Digest is what is signed.
func (s Statement) Digest() [32]byte { return session.Digest(s.Encode()) }
