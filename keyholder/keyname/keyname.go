// SPDX-License-Identifier: Apache-2.0

// Package keyname names the keys of the threshold network. A name is a
// fixed-size structure with one canonical encoding, so that two different
// names can never be confused (SPEC.md, section 1).
package keyname

import (
	"errors"
	"fmt"
	"strings"

	"github.com/escrin/escrin/keyholder/internal/abi"
)

// Kind says what a key is for. The zero value is invalid.
type Kind uint8

const (
	// Task keys open the inputs of one task.
	Task Kind = 1
	// Omni keys belong to an identity as a whole.
	Omni Kind = 2
	// Secret keys open one version of one secret of an identity.
	Secret Kind = 3
)

// EncodedSize is the number of bytes of an encoded name: eight ABI words.
const EncodedSize = 8 * abi.WordSize

// TaskVersion is the only version of a task's key.
const TaskVersion = 1

// MaxLabel is the longest label of a secret in bytes.
const MaxLabel = 64

// Name identifies one key of the network.
type Name struct {
	ChainID    uint64
	Registry   [20]byte // identity registry contract
	IdentityID [32]byte
	Kind       Kind
	Subject    [32]byte // task id for Task, zero for Omni, digest of the label for Secret
	// Policy says which enclaves of the identity may have the key: those under a
	// measurement root, which is the only choice for Task; those whose SEV-SNP ID
	// block has the author of this word (platform.Author); or, if it is zero, all that the identity's policy
	// admits when they ask.
	Policy  [32]byte
	Version uint64 // from 1
}

// ForTask names the key of one task's inputs under one measurement root.
func ForTask(chainID uint64, registry [20]byte, identity, task, measurementRoot [32]byte) Name {
	return Name{
		ChainID: chainID, Registry: registry, IdentityID: identity, Kind: Task,
		Subject: task, Policy: measurementRoot, Version: TaskVersion,
	}
}

// ForOmni names a version of the identity's own key under a policy.
func ForOmni(chainID uint64, registry [20]byte, identity, policy [32]byte, version uint64) Name {
	return Name{
		ChainID: chainID, Registry: registry, IdentityID: identity, Kind: Omni,
		Policy: policy, Version: version,
	}
}

// ForSecret names the key of a version of the secret with this label, or returns
// an error if it cannot be a label.
func ForSecret(chainID uint64, registry [20]byte, identity [32]byte, label string, policy [32]byte, version uint64) (Name, error) {
	if !ValidLabel(label) {
		return Name{}, fmt.Errorf("key name: %.70q is no label of a secret: want up to %d of A-Z a-z 0-9 . _ - beginning with a letter or digit, and not with "+Reserved, label, MaxLabel)
	}
	return forLabel(chainID, registry, identity, label, policy, version), nil
}

// ForConfig names the key of a version of the identity's confidential config. No secret has its label.
func ForConfig(chainID uint64, registry [20]byte, identity, policy [32]byte, version uint64) Name {
	return forLabel(chainID, registry, identity, Reserved+"config", policy, version)
}

func forLabel(chainID uint64, registry [20]byte, identity [32]byte, label string, policy [32]byte, version uint64) Name {
	return Name{
		ChainID: chainID, Registry: registry, IdentityID: identity, Kind: Secret,
		Subject: abi.Keccak([]byte(label)), Policy: policy, Version: version,
	}
}

// Reserved begins the labels of keys of Kind Secret that are no secrets of an identity's enclaves, but of escrin itself.
const Reserved = "escrin."

// ValidLabel reports whether a secret may be called this: a letter or digit of
// ASCII, then up to 63 of these and . _ -, so that no two labels look the same,
// and not beginning with Reserved.
func ValidLabel(label string) bool {
	if label == "" || len(label) > MaxLabel || strings.HasPrefix(label, Reserved) {
		return false
	}
	for i, c := range []byte(label) {
		alphanumeric := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !alphanumeric && (i == 0 || c != '.' && c != '_' && c != '-') {
			return false
		}
	}
	return true
}

// Encode returns the 256-byte canonical encoding:
// abi.encode(KEYNAME_V1, chainId, registry, identityId, kind, subject, policy, version).
func (n Name) Encode() []byte {
	return abi.Words{}.
		Bytes32(abi.Keccak([]byte("escrin.keyname.v1"))).
		Uint64(n.ChainID).Address(n.Registry).Bytes32(n.IdentityID).
		Uint64(uint64(n.Kind)).Bytes32(n.Subject).Bytes32(n.Policy).Uint64(n.Version)
}

var errEncoding = errors.New("key name: not the encoding of a name")

// Parse reads what Encode returns of a valid name, and nothing else.
func Parse(encoded []byte) (Name, error) {
	r := abi.NewReader(encoded)
	tag := r.Bytes32()
	n := Name{ChainID: r.Uint64(64), Registry: r.Address(), IdentityID: r.Bytes32()}
	n.Kind, n.Subject, n.Policy, n.Version = Kind(r.Uint64(8)), r.Bytes32(), r.Bytes32(), r.Uint64(64)
	if r.Close() != nil || tag != abi.Keccak([]byte("escrin.keyname.v1")) {
		return Name{}, errEncoding
	}
	return n, n.Validate()
}

// Digest returns Keccak-256 of the encoding.
func (n Name) Digest() [32]byte { return abi.Keccak(n.Encode()) }

// Validate reports why a name is not one that keyholders serve: an unknown
// kind or version, or a field that must or must not be zero.
func (n Name) Validate() error {
	switch {
	case n.Kind < Task || n.Kind > Secret:
		return errors.New("key name: unknown kind")
	case n.Version == 0 || n.Kind == Task && n.Version != TaskVersion:
		return errors.New("key name: unknown version")
	case n.ChainID == 0, n.Registry == [20]byte{}, n.IdentityID == [32]byte{}:
		return errors.New("key name: chain, registry and identity must not be zero")
	case n.Kind == Task && n.Policy == [32]byte{}:
		return errors.New("key name: a task key is under a measurement root")
	case (n.Kind == Omni) != (n.Subject == [32]byte{}):
		return errors.New("key name: all but an omni key have a subject")
	}
	return nil
}
