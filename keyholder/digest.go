// SPDX-License-Identifier: Apache-2.0

package keyholder

import (
	"encoding/binary"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/internal/abi"
)

// SignatureSize is the number of bytes of a requester's signature: r, s and the
// recovery value 27 or 28.
const SignatureSize = 65

// MaxBaseBlockAge is how many blocks before the newest one the base block of
// evidence may lie for a certificate, and for the permit that the contracts give
// for it (MAX_AGE of CertificatePermitter and TdxPermitter).
const MaxBaseBlockAge = 128

// Certificate is the statement that t keyholders sign after they verified
// evidence. The permitter contract rebuilds it from its arguments.
type Certificate struct {
	ChainID         uint64
	Permitter       [20]byte
	Registry        [20]byte
	IdentityID      [32]byte
	Requester       [20]byte
	Duration        uint64 // seconds
	BaseBlock       uint64
	BaseBlockHash   [32]byte
	MeasurementRoot [32]byte
	ConfigDigest    [32]byte
	EvidenceDigest  [32]byte
	Findings
}

// Findings are what a certificate says that only verification tells: they come
// from a keyholder's answer, not from the evidence as it is presented.
type Findings struct {
	Platform [32]byte // attest/platform.Word
	Author   [32]byte // attest/platform.Author
}

// Digest returns keccak256(abi.encode(CERTIFICATE_V2, …)) over all fields in
// the order of their declaration.
func (c Certificate) Digest() [32]byte {
	return abi.Words{}.
		Bytes32(abi.Keccak([]byte("escrin.certificate.v2"))).
		Uint64(c.ChainID).Address(c.Permitter).Address(c.Registry).
		Bytes32(c.IdentityID).Address(c.Requester).Uint64(c.Duration).
		Uint64(c.BaseBlock).Bytes32(c.BaseBlockHash).
		Bytes32(c.MeasurementRoot).Bytes32(c.ConfigDigest).Bytes32(c.EvidenceDigest).
		Bytes32(c.Platform).Bytes32(c.Author).
		Keccak()
}

// Context returns what the permitter contract is given beside the signature, as
// the context of acquireIdentity: abi.encode(baseBlock, measurementRoot,
// configDigest, evidenceDigest, platform, author), 192 bytes.
func (c Certificate) Context() []byte {
	return abi.Words{}.
		Uint64(c.BaseBlock).Bytes32(c.MeasurementRoot).Bytes32(c.ConfigDigest).Bytes32(c.EvidenceDigest).
		Bytes32(c.Platform).Bytes32(c.Author)
}

// Point returns the point that is signed: the digest's 32 bytes hashed to G1.
func (c Certificate) Point() curve.G1 {
	d := c.Digest()
	return curve.HashToG1(curve.DSTCertificate, d[:])
}

// TermsSize is the number of bytes of encoded terms.
const TermsSize = 11 * abi.WordSize

// Terms are abi.encode of the terms under which a batch of tasks was submitted,
// as the hub has them. The chain keeps their digest alone.
type Terms [TermsSize]byte

// The places of the terms that decide about a key.
const (
	termsIdentity = 1
	termsDeadline = 3
)

// Digest returns keccak256 of the terms.
func (t Terms) Digest() [32]byte { return abi.Keccak(t[:]) }

// Identity returns the identity that the batch was submitted to.
func (t Terms) Identity() [32]byte { return [32]byte(t[termsIdentity*abi.WordSize:]) }

// Deadline returns the second since the epoch from which on no result is
// accepted. Like Identity, it is for terms that have the digest of a record: no
// others are known to be encoded as the hub does.
func (t Terms) Deadline() uint64 {
	return binary.BigEndian.Uint64(t[(termsDeadline+1)*abi.WordSize-8:])
}

// TaskAttempt is the attempt for which the key of a batch of tasks is asked.
type TaskAttempt struct {
	ID      [32]byte // of the batch: its low byte is zero
	Attempt uint32   // from 1
	Terms   Terms
}

// CertificateFor returns the certificate that evidence of which this was found
// deserves at a permitter.
func CertificateFor(e attest.Evidence, found Findings, permitter [20]byte) Certificate {
	b := e.Binding
	return Certificate{
		ChainID: b.ChainID, Permitter: permitter, Registry: b.Registry, IdentityID: b.IdentityID,
		Requester: b.Requester, Duration: b.Duration, BaseBlock: b.BaseBlock, BaseBlockHash: b.BaseBlockHash,
		MeasurementRoot: b.MeasurementRoot, ConfigDigest: b.ConfigDigest, EvidenceDigest: e.Digest(),
		Findings: found,
	}
}
