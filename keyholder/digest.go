// SPDX-License-Identifier: Apache-2.0

package keyholder

import (
	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/internal/abi"
	"github.com/escrin/escrin/keyholder/keyname"
)

// SignatureSize is the number of bytes of a requester's signature: r, s and the
// recovery value 27 or 28.
const SignatureSize = 65

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

// Point returns the point that is signed: the digest's 32 bytes hashed to G1.
func (c Certificate) Point() curve.G1 {
	d := c.Digest()
	return curve.HashToG1(curve.DSTCertificate, d[:])
}

// TaskAttempt is the attempt for which a task key is asked.
type TaskAttempt struct {
	ID          [32]byte
	Attempt     uint32 // from 1
	InputDigest [32]byte
}

// ReleaseDigest is what the requester signs to ask for a share:
// keccak256(abi.encode(RELEASE_V1, name digest, task id, attempt, input digest,
// keccak256(channel key))).
func ReleaseDigest(name keyname.Name, task TaskAttempt, channelKeyHash [32]byte) [32]byte {
	return abi.Words{}.
		Bytes32(abi.Keccak([]byte("escrin.release.v1"))).
		Bytes32(name.Digest()).Bytes32(task.ID).Uint64(uint64(task.Attempt)).
		Bytes32(task.InputDigest).Bytes32(channelKeyHash).
		Keccak()
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
