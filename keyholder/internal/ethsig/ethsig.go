// SPDX-License-Identifier: Apache-2.0

// Package ethsig recovers who made an Ethereum-style secp256k1 signature.
package ethsig

import (
	"errors"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"

	"github.com/escrin/escrin/keyholder/internal/abi"
)

// Size is the number of bytes of a signature: r, s and 27 or 28.
const Size = 65

var errSignature = errors.New("not a canonical signature")

// Recover returns the address whose key signed digest. Only the lower of the
// two values of s is canonical.
func Recover(digest [32]byte, signature [Size]byte) ([20]byte, error) {
	v := signature[64]
	var s secp256k1.ModNScalar
	if overflow := s.SetByteSlice(signature[32:64]); overflow || s.IsOverHalfOrder() || (v != 27 && v != 28) {
		return [20]byte{}, errSignature
	}
	compact := append([]byte{v}, signature[:64]...)
	key, _, err := ecdsa.RecoverCompact(compact, digest[:])
	if err != nil {
		return [20]byte{}, errSignature
	}
	return Address(key), nil
}

// Address returns the Ethereum address of a public key.
func Address(key *secp256k1.PublicKey) [20]byte {
	h := abi.Keccak(key.SerializeUncompressed()[1:])
	return [20]byte(h[12:])
}
