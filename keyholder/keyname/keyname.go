// SPDX-License-Identifier: Apache-2.0

// Package keyname names the keys of the threshold network. A name is a
// fixed-size structure with one canonical encoding, so that two different
// names can never be confused (SPEC.md, section 1).
package keyname

import (
	"errors"

	"github.com/escrin/escrin/keyholder/internal/abi"
)

// Kind says what a key is for. The zero value is invalid.
type Kind uint8

const (
	// Task keys open the inputs of one task.
	Task Kind = 1
	// Omni keys belong to an identity as a whole.
	Omni Kind = 2
)

// EncodedSize is the number of bytes of an encoded name: eight ABI words.
const EncodedSize = 8 * abi.WordSize

// Version is the only version of names that exists.
const Version = 1

// Name identifies one key of the network.
type Name struct {
	ChainID    uint64
	Registry   [20]byte // identity registry contract
	IdentityID [32]byte
	Kind       Kind
	Subject    [32]byte // task id for Task, zero for Omni
	Policy     [32]byte // measurement root under which the sender encrypted
	Version    uint64
}

// ForTask names the key of one task's inputs under one measurement root.
func ForTask(chainID uint64, registry [20]byte, identity, task, measurementRoot [32]byte) Name {
	return Name{
		ChainID: chainID, Registry: registry, IdentityID: identity, Kind: Task,
		Subject: task, Policy: measurementRoot, Version: Version,
	}
}

// Encode returns the 256-byte canonical encoding:
// abi.encode(KEYNAME_V1, chainId, registry, identityId, kind, subject, policy, version).
func (n Name) Encode() []byte {
	return abi.Words{}.
		Bytes32(abi.Keccak([]byte("escrin.keyname.v1"))).
		Uint64(n.ChainID).Address(n.Registry).Bytes32(n.IdentityID).
		Uint64(uint64(n.Kind)).Bytes32(n.Subject).Bytes32(n.Policy).Uint64(n.Version)
}

// Digest returns Keccak-256 of the encoding.
func (n Name) Digest() [32]byte { return abi.Keccak(n.Encode()) }

// Validate reports why a name is not one that keyholders serve: an unknown
// kind or version, or a zero field that must not be zero.
func (n Name) Validate() error {
	switch {
	case n.Version != Version:
		return errors.New("key name: unknown version")
	case n.Kind != Task && n.Kind != Omni:
		return errors.New("key name: unknown kind")
	case n.ChainID == 0, n.Registry == [20]byte{}, n.IdentityID == [32]byte{}, n.Policy == [32]byte{}:
		return errors.New("key name: chain, registry, identity and policy must not be zero")
	case (n.Kind == Task) != (n.Subject != [32]byte{}):
		return errors.New("key name: a task key, and only a task key, has a subject")
	}
	return nil
}
