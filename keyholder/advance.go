// SPDX-License-Identifier: Apache-2.0

package keyholder

import "github.com/escrin/escrin/keyholder/internal/abi"

// Advance is what a requester signs to make a version the newest one of an anchor that
// its identity's enclaves advance. The contract takes it only if the version before has
// the digest Previous. (contracts/SPEC.md, section 6.)
type Advance struct {
	ChainID    uint64
	Contract   [20]byte // Anchors, as a StateCertificate has it
	IdentityID [32]byte
	Name       [32]byte
	Version    uint64   // the present one plus one
	Previous   [32]byte // digest of the version before; zero before the first
	Digest     [32]byte
	Deadline   uint64 // last second since the epoch at which the contract takes it
}

// SigningDigest returns the EIP-712 digest, of which the contract takes the requester's
// signature: r, s and 27 or 28.
func (a Advance) SigningDigest() [32]byte {
	hash := func(text string) [32]byte { return abi.Keccak([]byte(text)) }
	domain := abi.Words{}.
		Bytes32(hash("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)")).
		Bytes32(hash("escrin Anchors")).Bytes32(hash("1")).Uint64(a.ChainID).Address(a.Contract).Keccak()
	message := abi.Words{}.
		Bytes32(hash("Advance(bytes32 identity,bytes32 name,uint64 version,bytes32 previous,bytes32 digest,uint64 deadline)")).
		Bytes32(a.IdentityID).Bytes32(a.Name).Uint64(a.Version).Bytes32(a.Previous).Bytes32(a.Digest).Uint64(a.Deadline).Keccak()
	return abi.Keccak(abi.Words{0x19, 0x01}.Bytes32(domain).Bytes32(message))
}
