// SPDX-License-Identifier: Apache-2.0

package tdx

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"github.com/escrin/escrin/attest"
)

// Sizes and constants of a quote of version 4.
const (
	HeaderSize    = 48
	version4      = 4
	keyECDSAP256  = 2    // attestation key type
	teeTDX        = 0x81 // TEE type
	certQEReport  = 6    // certification data: QE report
	certPCKChain  = 5    // certification data: PCK certificate chain
	signatureSize = 64
	keySize       = 64
)

// Header is the part of the quote header that is not constant.
type Header struct {
	QESVN      uint16
	PCESVN     uint16
	QEVendorID [16]byte
	UserData   [20]byte
}

// Quote is a TDX quote of version 4 with an ECDSA P-256 attestation key and a
// PCK certificate chain. Signatures are r ‖ s and keys x ‖ y, big-endian.
type Quote struct {
	Header         Header
	Report         Report
	Signature      [signatureSize]byte // by AttestationKey over SignedBytes
	AttestationKey [keySize]byte
	QEReport       QEReport
	QESignature    [signatureSize]byte // by the PCK certificate over the QE report
	QEAuthData     []byte
	PCKChain       []byte // PEM: PCK certificate, its issuer, the root
}

// ParseQuote decodes a quote of at most attest.MaxSignedSize bytes. Another
// version, key type or certification data, a nonzero reserved field, and bytes
// left over at any level are errors. [Quote.Marshal] gives the same bytes back.
func ParseQuote(raw []byte) (Quote, error) {
	if len(raw) > attest.MaxSignedSize {
		return Quote{}, fmt.Errorf("parse quote: %d bytes, at most %d allowed", len(raw), attest.MaxSignedSize)
	}
	var q Quote
	r := reader{rest: raw}
	q.Header.read(&r)
	q.Report.read(&r)
	data := reader{rest: r.take(int(r.uint32()))}
	if err := r.end("parse quote"); err != nil {
		return Quote{}, err
	}
	data.read(q.Signature[:])
	data.read(q.AttestationKey[:])
	data.expect("certification data type", uint32(data.uint16()), certQEReport)
	cert := reader{rest: data.take(int(data.uint32()))}
	if err := data.end("parse quote signature data"); err != nil {
		return Quote{}, err
	}
	q.QEReport.read(&cert)
	cert.read(q.QESignature[:])
	q.QEAuthData = bytes.Clone(cert.take(int(cert.uint16())))
	cert.expect("inner certification data type", uint32(cert.uint16()), certPCKChain)
	q.PCKChain = bytes.Clone(cert.take(int(cert.uint32())))
	if err := cert.end("parse quote certification data"); err != nil {
		return Quote{}, err
	}
	return q, nil
}

// Marshal returns the bytes of q. QEAuthData must be shorter than 64 KiB.
func (q Quote) Marshal() []byte {
	cert := append(q.QEReport.Marshal(), q.QESignature[:]...)
	cert = binary.LittleEndian.AppendUint16(cert, uint16(len(q.QEAuthData)))
	cert = append(cert, q.QEAuthData...)
	cert = binary.LittleEndian.AppendUint16(cert, certPCKChain)
	cert = binary.LittleEndian.AppendUint32(cert, uint32(len(q.PCKChain)))
	cert = append(cert, q.PCKChain...)

	data := append(bytes.Clone(q.Signature[:]), q.AttestationKey[:]...)
	data = binary.LittleEndian.AppendUint16(data, certQEReport)
	data = binary.LittleEndian.AppendUint32(data, uint32(len(cert)))
	data = append(data, cert...)

	out := binary.LittleEndian.AppendUint32(q.SignedBytes(), uint32(len(data)))
	return append(out, data...)
}

// SignedBytes returns what Signature covers: header and report.
func (q Quote) SignedBytes() []byte {
	return append(q.Header.marshal(), q.Report.Marshal()...)
}

func (h Header) marshal() []byte {
	out := make([]byte, 0, HeaderSize+ReportSize)
	out = binary.LittleEndian.AppendUint16(out, version4)
	out = binary.LittleEndian.AppendUint16(out, keyECDSAP256)
	out = binary.LittleEndian.AppendUint32(out, teeTDX)
	out = binary.LittleEndian.AppendUint16(out, h.QESVN)
	out = binary.LittleEndian.AppendUint16(out, h.PCESVN)
	out = append(out, h.QEVendorID[:]...)
	return append(out, h.UserData[:]...)
}

func (h *Header) read(r *reader) {
	r.expect("quote version", uint32(r.uint16()), version4)
	r.expect("attestation key type", uint32(r.uint16()), keyECDSAP256)
	r.expect("TEE type", r.uint32(), teeTDX)
	h.QESVN = r.uint16()
	h.PCESVN = r.uint16()
	r.read(h.QEVendorID[:])
	r.read(h.UserData[:])
}
