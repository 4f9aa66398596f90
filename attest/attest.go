// SPDX-License-Identifier: Apache-2.0

// Package attest holds the nouns of remote attestation that every part of
// escrin shares: what a virtual machine measures to, what its evidence is bound
// to, and how evidence travels.
//
// The words are those of RFC 9334. An enclave in a TEE makes [Evidence]: a
// quote of the hardware, the endorsements ("collateral") needed to check it
// without a network, and the statement, a [Binding], whose digest the quote
// carries as report data. A [Measurement] is one reference value: the launch
// registers of one virtual machine shape. The Merkle [Root] over all of an
// enclave's measurements is the 32-byte name by which a policy on chain refers
// to it.
//
// The package depends on nothing but a hash function, because it is linked into
// the guest. Wire formats are specified in SPEC.md beside this file; vectors are
// in testdata.
package attest

import (
	"fmt"

	"golang.org/x/crypto/sha3"
)

// TEE names a kind of trusted execution environment. Its zero value is invalid.
type TEE uint8

// The TEE kinds. The numbers are part of the measurement leaf and the evidence
// envelope and never change.
const (
	TDX TEE = 1 // Intel Trust Domain Extensions
	SNP TEE = 2 // AMD SEV-SNP
)

// Valid reports whether t is a known kind.
func (t TEE) Valid() bool { return t == TDX || t == SNP }

// String returns "tdx", "snp", or "tee(N)" for an unknown kind.
func (t TEE) String() string {
	switch t {
	case TDX:
		return "tdx"
	case SNP:
		return "snp"
	}
	return fmt.Sprintf("tee(%d)", uint8(t))
}

// MarshalText encodes t as "tdx" or "snp" and refuses an unknown kind.
func (t TEE) MarshalText() ([]byte, error) {
	if !t.Valid() {
		return nil, fmt.Errorf("encode TEE: unknown kind %d", uint8(t))
	}
	return []byte(t.String()), nil
}

// UnmarshalText accepts exactly what MarshalText writes.
func (t *TEE) UnmarshalText(text []byte) error {
	switch string(text) {
	case "tdx":
		*t = TDX
	case "snp":
		*t = SNP
	default:
		return fmt.Errorf("decode TEE: unknown kind %q", text)
	}
	return nil
}

// Shape is what the launch measurement of a virtual machine depends on besides
// its software: the number of virtual processors and the memory in MiB.
type Shape struct {
	VCPUs     uint32 `json:"vcpus"`
	MemoryMiB uint32 `json:"memoryMiB"`
}

// String returns the shape in words, for messages.
func (s Shape) String() string { return fmt.Sprintf("%d vCPU, %d MiB", s.VCPUs, s.MemoryMiB) }

// keccak is Keccak-256, the hash of the EVM, over the concatenation of parts.
func keccak(parts ...[]byte) (sum [32]byte) {
	h := sha3.NewLegacyKeccak256()
	for _, p := range parts {
		h.Write(p)
	}
	h.Sum(sum[:0])
	return sum
}
