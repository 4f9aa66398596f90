// SPDX-License-Identifier: Apache-2.0

// Package exchange is what client and gateway say to each other before a session is bound (package session). The agent has
// no part in it, and does not link it.
package exchange

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/escrin/escrin/guestagent/session"
)

const (
	// ALPN is the protocol by which a client asks to be shown the evidence before anything else.
	ALPN = "escrin/1"
	// MaxEvidence is the largest evidence in bytes.
	MaxEvidence = 256 << 10

	exporterLabel = "EXPORTER-Channel-Binding" // RFC 9266
)

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
	Signature [session.SignatureSize]byte
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
	raw := make([]byte, n+2+session.SignatureSize)
	if _, err := io.ReadFull(r, raw); err != nil {
		return Answer{}, fmt.Errorf("read evidence: %w", err)
	}
	return Answer{
		Evidence: raw[:n:n], Port: binary.BigEndian.Uint16(raw[n:]), Signature: [session.SignatureSize]byte(raw[n+2:]),
	}, nil
}
