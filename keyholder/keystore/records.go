// SPDX-License-Identifier: Apache-2.0

package keystore

import "strconv"

// Names of records.
const (
	// Signer is the secp256k1 key of the holder's signer account, 32 bytes.
	Signer = "signer"
	// NextEncryption is the HPKE private key that the holder takes into the next
	// epoch it is a member of.
	NextEncryption = "next.encryption"
)

// Encryption is the name of the HPKE private key of an epoch.
func Encryption(epoch uint64) string { return ofEpoch(epoch, "encryption") }

// Polynomial is the name of what the holder deals in an epoch's session.
func Polynomial(epoch uint64) string { return ofEpoch(epoch, "polynomial") }

// Dealing is the name of what was made of that: the session's id, and what is posted.
func Dealing(epoch uint64) string { return ofEpoch(epoch, "dealing") }

// ShareOf is the name of the holder's share in an epoch.
func ShareOf(epoch uint64) string { return ofEpoch(epoch, "share") }

func ofEpoch(epoch uint64, what string) string {
	return "epoch-" + strconv.FormatUint(epoch, 10) + "." + what
}
