// SPDX-License-Identifier: Apache-2.0

// Package session binds a TLS connection to the guest that it ends in (threat AT-03). A client that offers the protocol
// [ALPN] is shown the guest's evidence, and a signature, by the key that the evidence vouches for, of this very connection:
// of its exporter (RFC 5705, RFC 9266), which nobody between client and guest can bring about on both sides, and of the
// client's nonce. SPEC.md beside this file is normative.
package session

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"golang.org/x/crypto/sha3"
)

const (
	// ALPN is the protocol by which a client asks to be shown the evidence before anything else.
	ALPN = "escrin/1"
	// NonceSize is the size of a client's nonce in bytes.
	NonceSize = 32
	// SignatureSize is the size of a signature in bytes: r, s and 27 or 28.
	SignatureSize = 65
	// MaxEvidence is the largest evidence in bytes.
	MaxEvidence = 256 << 10
	// StatementSize is the size of an encoded statement in bytes.
	StatementSize = 3*32 + 2

	exporterLabel = "EXPORTER-Channel-Binding" // RFC 9266
)

// Statement is what a guest's requester key signs of a connection.
type Statement struct {
	Exporter [32]byte        // of the connection
	Nonce    [NonceSize]byte // the client's
	Key      [32]byte        // SHA-256 of the subject public key info in the certificate
	Port     uint16          // of the service, in the measured config
}

// Encode returns the form in which the gateway hands a statement to the agent.
func (s Statement) Encode() [StatementSize]byte {
	var out [StatementSize]byte
	copy(out[:], s.Exporter[:])
	copy(out[32:], s.Nonce[:])
	copy(out[64:], s.Key[:])
	binary.BigEndian.PutUint16(out[96:], s.Port)
	return out
}

// Digest is what is signed: Keccak-256 over five words, the first of which separates it from everything else that a
// requester signs.
func (s Statement) Digest() [32]byte { return Digest(s.Encode()) }

// Digest returns [Statement.Digest] of an encoded statement. Each encoding is a statement.
func Digest(encoded [StatementSize]byte) [32]byte {
	tag := keccak([]byte("escrin.session.v1"))
	port := append(make([]byte, 30), encoded[96:]...)
	return keccak(tag[:], encoded[:96], port)
}

// Exporter asks a connection of TLS 1.3 for its channel binding: it is given ExportKeyingMaterial of its state.
func Exporter(export func(label string, context []byte, length int) ([]byte, error)) (exporter [32]byte, err error) {
	raw, err := export(exporterLabel, nil, len(exporter))
	if err != nil {
		return exporter, fmt.Errorf("bind session: %w", err)
	}
	copy(exporter[:], raw)
	return exporter, nil
}

// Answer is a guest's answer to a nonce. The zero Answer is that of a trial, where there is no evidence.
type Answer struct {
	Evidence  []byte // attest.Evidence
	Port      uint16 // of the service, in the measured config
	Signature [SignatureSize]byte
}

// ErrTrial says that the guest runs in a trial: it has no evidence, and nothing in it is confidential.
var ErrTrial = errors.New("the guest runs in a trial, without evidence: nothing in it is confidential")

// Write writes the length of the evidence (32 bits, big-endian) and, if it is not 0, evidence, port (16 bits) and signature.
func (a Answer) Write(w io.Writer) error {
	if len(a.Evidence) > MaxEvidence {
		return fmt.Errorf("show evidence: %d bytes, more than %d", len(a.Evidence), MaxEvidence)
	}
	raw := binary.BigEndian.AppendUint32(nil, uint32(len(a.Evidence)))
	if len(a.Evidence) > 0 {
		raw = binary.BigEndian.AppendUint16(append(raw, a.Evidence...), a.Port)
		raw = append(raw, a.Signature[:]...)
	}
	_, err := w.Write(raw)
	return err
}

// ReadAnswer reads an answer. Of a guest in a trial it returns ErrTrial.
func ReadAnswer(r io.Reader) (Answer, error) {
	var length [4]byte
	if _, err := io.ReadFull(r, length[:]); err != nil {
		return Answer{}, fmt.Errorf("read evidence: %w", err)
	}
	n := binary.BigEndian.Uint32(length[:])
	if n == 0 {
		return Answer{}, ErrTrial
	}
	if n > MaxEvidence {
		return Answer{}, fmt.Errorf("read evidence: %d bytes, more than %d", n, MaxEvidence)
	}
	raw := make([]byte, n+2+SignatureSize)
	if _, err := io.ReadFull(r, raw); err != nil {
		return Answer{}, fmt.Errorf("read evidence: %w", err)
	}
	return Answer{
		Evidence: raw[:n:n], Port: binary.BigEndian.Uint16(raw[n:]), Signature: [SignatureSize]byte(raw[n+2:]),
	}, nil
}

func keccak(parts ...[]byte) [32]byte {
	h := sha3.NewLegacyKeccak256()
	for _, p := range parts {
		h.Write(p)
	}
	return [32]byte(h.Sum(nil))
}
