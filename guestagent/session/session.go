// SPDX-License-Identifier: Apache-2.0

// Package session binds a TLS connection to the guest that it ends in (threat AT-03). A client that offers the protocol
// "escrin/1" is shown the guest's evidence, and a signature, by the key that the evidence vouches for, of this very connection:
// of its exporter (RFC 5705, RFC 9266), which nobody between client and guest can bring about on both sides, and of the
// client's nonce. SPEC.md beside this file is normative.
package session

import "github.com/escrin/escrin/guestagent/wire"

const (
	// SignatureSize is the size of a signature in bytes: r, s and 27 or 28.
	SignatureSize = 65
	// StatementSize is the size of an encoded statement in bytes.
	StatementSize = 3*32 + 2
)

// Digest is what a guest's requester key signs of an encoded statement (package exchange), each encoding of which is one:
// Keccak-256 over five words, the first of which separates it from everything else that a requester signs.
func Digest(encoded [StatementSize]byte) [32]byte {
	tag := wire.Keccak([]byte("escrin.session.v1"))
	port := append(make([]byte, 30), encoded[96:]...)
	return wire.Keccak(tag[:], encoded[:96], port)
}
