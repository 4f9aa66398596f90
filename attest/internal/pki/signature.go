// SPDX-License-Identifier: Apache-2.0

package pki

import (
	"crypto/ecdsa"
	"crypto/sha256"
	"math/big"
)

// Verify reports whether r ‖ s is a signature by key over the SHA-256 of
// message. Values of r and s out of range are no signature.
func Verify(key *ecdsa.PublicKey, message []byte, signature [64]byte) bool {
	digest := sha256.Sum256(message)
	r := new(big.Int).SetBytes(signature[:32])
	s := new(big.Int).SetBytes(signature[32:])
	return ecdsa.Verify(key, digest[:], r, s)
}
