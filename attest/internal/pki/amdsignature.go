// SPDX-License-Identifier: Apache-2.0

package pki

import (
	"crypto/ecdsa"
	"crypto/sha512"
	"math/big"
)

// VerifyP384 reports whether r and s, big-endian, are a signature by key over
// the SHA-384 of message. Values of r and s out of range are no signature.
func VerifyP384(key *ecdsa.PublicKey, message []byte, r, s [48]byte) bool {
	digest := sha512.Sum384(message)
	return ecdsa.Verify(key, digest[:], new(big.Int).SetBytes(r[:]), new(big.Int).SetBytes(s[:]))
}
