// SPDX-License-Identifier: Apache-2.0

package attest

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Sizes of the evidence envelope, in bytes.
const (
	ChannelKeySize  = 1216      // HPKE public key for ML-KEM-768 with X25519
	MaxEvidenceSize = 256 << 10 // whole envelope
	MaxSignedSize   = 16 << 10  // quote or report inside it
	MaxEventLogSize = 64 << 10  // event log inside it
	evidenceMagic   = "escrin.evidence\x03"
	bindingWireSize = 3*8 + 2*20 + 6*32
)

// Evidence is everything that a verifier needs to judge an enclave: what the
// hardware signed, the collateral to check it with, and the statement it supports.
// Nothing in it is trusted; see package attest/verify and attest/appraise.
type Evidence struct {
	TEE        TEE
	Shape      Shape
	Proof      [][32]byte // from the leaf of the measurement to Binding.MeasurementRoot
	Binding    Binding
	ChannelKey []byte // ChannelKeySize bytes
	Signed     []byte // TDX quote or SNP report, as the hardware made it
	EventLog   []byte // as the firmware wrote it; may be empty, and is a hint
	Collateral []byte // as encoded by package attest/collateral
}

// Marshal returns the only encoding of e (SPEC.md §3). Evidence that cannot be
// parsed again (an unknown TEE, a channel key of another size, anything out of
// bounds) is an error.
func (e Evidence) Marshal() ([]byte, error) {
	if err := e.check(); err != nil {
		return nil, fmt.Errorf("encode evidence: %w", err)
	}
	out := append(make([]byte, 0, e.size()), evidenceMagic...)
	out = append(out, byte(e.TEE))
	out = binary.BigEndian.AppendUint32(out, e.Shape.VCPUs)
	out = binary.BigEndian.AppendUint32(out, e.Shape.MemoryMiB)
	out = append(out, byte(len(e.Proof)))
	for _, node := range e.Proof {
		out = append(out, node[:]...)
	}
	out = e.Binding.append(out)
	out = append(out, e.ChannelKey...)
	out = binary.BigEndian.AppendUint32(out, uint32(len(e.Signed)))
	out = append(out, e.Signed...)
	out = binary.BigEndian.AppendUint32(out, uint32(len(e.EventLog)))
	out = append(out, e.EventLog...)
	out = binary.BigEndian.AppendUint32(out, uint32(len(e.Collateral)))
	return append(out, e.Collateral...), nil
}

// ParseEvidence decodes an envelope. It accepts exactly the bytes that
// [Evidence.Marshal] writes, at most MaxEvidenceSize of them, and copies nothing
// out of the envelope that is longer than it.
func ParseEvidence(b []byte) (Evidence, error) {
	if len(b) > MaxEvidenceSize {
		return Evidence{}, fmt.Errorf("parse evidence: %d bytes, at most %d allowed", len(b), MaxEvidenceSize)
	}
	r := reader{rest: b}
	if string(r.take(len(evidenceMagic))) != evidenceMagic {
		return Evidence{}, errors.New("parse evidence: not an evidence envelope of version 3")
	}
	var e Evidence
	e.TEE = TEE(r.uint8())
	e.Shape = Shape{VCPUs: r.uint32(), MemoryMiB: r.uint32()}
	e.Proof = make([][32]byte, min(int(r.uint8()), MaxProof+1))
	for i := range e.Proof {
		r.read(e.Proof[i][:])
	}
	e.Binding.read(&r)
	e.ChannelKey = r.bytes(ChannelKeySize)
	e.Signed = r.bytes(int(r.uint32()))
	e.EventLog = r.bytes(int(r.uint32()))
	e.Collateral = r.bytes(int(r.uint32()))
	if err := r.end(); err != nil {
		return Evidence{}, fmt.Errorf("parse evidence: %w", err)
	}
	if err := e.check(); err != nil {
		return Evidence{}, fmt.Errorf("parse evidence: %w", err)
	}
	return e, nil
}

// Digest returns the Keccak-256 of the encoding of e, or zero where e has none.
func (e Evidence) Digest() [32]byte {
	b, err := e.Marshal()
	if err != nil {
		return [32]byte{}
	}
	return keccak(b)
}

func (e Evidence) size() int {
	return len(evidenceMagic) + 1 + 4 + 4 + 1 + 32*len(e.Proof) + bindingWireSize +
		len(e.ChannelKey) + 4 + len(e.Signed) + 4 + len(e.EventLog) + 4 + len(e.Collateral)
}

func (e Evidence) check() error {
	switch {
	case !e.TEE.Valid():
		return fmt.Errorf("unknown %v", e.TEE)
	case len(e.Proof) > MaxProof:
		return fmt.Errorf("measurement proof of %d nodes, at most %d allowed", len(e.Proof), MaxProof)
	case len(e.ChannelKey) != ChannelKeySize:
		return fmt.Errorf("channel key of %d bytes, want %d", len(e.ChannelKey), ChannelKeySize)
	case len(e.Signed) == 0 || len(e.Signed) > MaxSignedSize:
		return fmt.Errorf("quote or report of %d bytes, want 1 to %d", len(e.Signed), MaxSignedSize)
	case len(e.EventLog) > MaxEventLogSize:
		return fmt.Errorf("event log of %d bytes, at most %d allowed", len(e.EventLog), MaxEventLogSize)
	case len(e.Collateral) == 0:
		return errors.New("no collateral")
	case e.size() > MaxEvidenceSize:
		return fmt.Errorf("%d bytes, at most %d allowed", e.size(), MaxEvidenceSize)
	}
	return nil
}

func (b Binding) append(out []byte) []byte {
	out = binary.BigEndian.AppendUint64(out, b.ChainID)
	out = append(out, b.Registry[:]...)
	out = append(out, b.IdentityID[:]...)
	out = append(out, b.Requester[:]...)
	out = append(out, b.ChannelKeyHash[:]...)
	out = binary.BigEndian.AppendUint64(out, b.Duration)
	out = binary.BigEndian.AppendUint64(out, b.BaseBlock)
	out = append(out, b.BaseBlockHash[:]...)
	out = append(out, b.MeasurementRoot[:]...)
	out = append(out, b.ConfigDigest[:]...)
	return append(out, b.GroupKeyDigest[:]...)
}

func (b *Binding) read(r *reader) {
	b.ChainID = r.uint64()
	r.read(b.Registry[:])
	r.read(b.IdentityID[:])
	r.read(b.Requester[:])
	r.read(b.ChannelKeyHash[:])
	b.Duration = r.uint64()
	b.BaseBlock = r.uint64()
	r.read(b.BaseBlockHash[:])
	r.read(b.MeasurementRoot[:])
	r.read(b.ConfigDigest[:])
	r.read(b.GroupKeyDigest[:])
}
