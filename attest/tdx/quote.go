// SPDX-License-Identifier: Apache-2.0

// Package tdx reads and writes the bytes of TDX quotes of versions 4 and 5, as
// specified in Intel's "TDX DCAP Quoting Library API", appendix A, and in
// SPEC.md §4b. It checks no signature; see package attest/verify.
package tdx

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/internal/flaw"
)

// Sizes and constants of quotes.
const (
	HeaderSize     = 48
	Version4       = 4      // has a report of TDX 1.0
	Version5       = 5      // says which report it has
	descriptorSize = 6      // of a report, in version 5
	keyECDSAP256   = 2      // attestation key type
	teeTDX         = 0x81   // TEE type
	certQEReport   = 6      // certification data: QE report
	certPCKChain   = 5      // certification data: PCK certificate chain
	maxAuthData    = 0xffff // bytes of QE authentication data
	signatureSize  = 64
	keySize        = 64
)

// IntelQE returns the vendor id of Intel's quoting enclave, which every genuine
// quote names.
func IntelQE() [16]byte {
	return [16]byte{0x93, 0x9a, 0x72, 0x33, 0xf7, 0x9c, 0x4c, 0xa9, 0x94, 0x0a, 0x0d, 0xb3, 0x95, 0x7f, 0x06, 0x07}
}

// Header is the part of the quote header that is not constant.
type Header struct {
	QESVN      uint16 // reserved in later editions of the specification
	PCESVN     uint16 // likewise
	QEVendorID [16]byte
	UserData   [20]byte
}

// Quote is a TDX quote with an ECDSA P-256 attestation key and a PCK certificate
// chain. Signatures are r ‖ s and keys x ‖ y, big-endian.
type Quote struct {
	Version        uint16 // Version4 or Version5
	Header         Header
	Body           Body // TDX10 in version 4
	Report         Report
	Signature      [signatureSize]byte // by AttestationKey over SignedBytes
	AttestationKey [keySize]byte
	QEReport       QEReport
	QESignature    [signatureSize]byte // by the PCK certificate over the QE report
	QEAuthData     []byte              // at most 65,535 bytes
	PCKChain       []byte              // PEM: PCK certificate, its issuer, the root
	Padding        int                 // zero bytes behind the quote
}

// ParseQuote decodes a quote of at most attest.MaxSignedSize bytes with its
// padding. The quote ends where its lengths say; some services fill up their
// buffer with zeros behind it, and anything but zeros there is an error, like a
// nonzero reserved field, another key type or certification data, and bytes left
// over at any level. [Quote.Marshal] gives the same bytes back.
func ParseQuote(raw []byte) (Quote, error) {
	q, err := parse(raw)
	if err != nil {
		return Quote{}, fmt.Errorf("parse quote: %w", err)
	}
	return q, nil
}

func parse(raw []byte) (q Quote, err error) {
	if len(raw) > attest.MaxSignedSize {
		return Quote{}, fmt.Errorf("%d bytes, at most %d allowed", len(raw), attest.MaxSignedSize)
	}
	r := reader{rest: raw}
	q.readSigned(&r)
	data := reader{rest: r.take(r.uint32()), err: r.err}
	q.Padding = len(r.rest)
	data.read(q.Signature[:])
	data.read(q.AttestationKey[:])
	data.expect(flawCertification, "certification data type", uint32(data.uint16()), certQEReport)
	cert := reader{rest: data.take(data.uint32())}
	if err := data.end(); err != nil {
		return Quote{}, fmt.Errorf("signature data: %w", err)
	}
	if err := q.readCertification(&cert); err != nil {
		return Quote{}, fmt.Errorf("certification data: %w", err)
	}
	r.zero(flawPadding, "bytes behind the quote", uint32(q.Padding))
	return q, r.end()
}

// readSigned reads what the signature covers.
func (q *Quote) readSigned(r *reader) {
	q.Version = r.uint16()
	if q.Version != Version4 && q.Version != Version5 {
		r.fail(flawVersion, fmt.Errorf("version is %d, want %d or %d", q.Version, Version4, Version5))
	}
	r.expect(flawKeyType, "attestation key type", uint32(r.uint16()), keyECDSAP256)
	r.expect(flawTEEType, "TEE type", r.uint32(), teeTDX)
	q.Header.QESVN = r.uint16()
	q.Header.PCESVN = r.uint16()
	r.read(q.Header.QEVendorID[:])
	r.read(q.Header.UserData[:])
	q.Body = TDX10
	if q.Version == Version5 {
		q.Body = Body(r.uint16())
		if q.Body.Size() == 0 {
			r.fail(flawBody, fmt.Errorf("report is of kind %d, want %d or %d", q.Body, TDX10, TDX15))
		}
		r.expect(flaw.Malformed, "size of the report", r.uint32(), q.Body.Size())
	}
	q.Report.read(r, q.Body)
}

// readCertification reads what certifies the attestation key.
func (q *Quote) readCertification(r *reader) error {
	q.QEReport.read(r)
	r.read(q.QESignature[:])
	q.QEAuthData = bytes.Clone(r.take(uint32(r.uint16())))
	r.expect(flawCertification, "inner certification data type", uint32(r.uint16()), certPCKChain)
	q.PCKChain = bytes.Clone(r.take(r.uint32()))
	return r.end()
}

// Marshal returns the bytes of q, which [ParseQuote] reads if q is one: of a
// known version and kind, and within bounds.
func (q Quote) Marshal() []byte {
	cert := append(q.QEReport.Marshal(), q.QESignature[:]...)
	auth := q.QEAuthData[:min(len(q.QEAuthData), maxAuthData)]
	cert = binary.LittleEndian.AppendUint16(cert, uint16(len(auth)))
	cert = append(cert, auth...)
	cert = binary.LittleEndian.AppendUint16(cert, certPCKChain)
	cert = binary.LittleEndian.AppendUint32(cert, uint32(len(q.PCKChain)))
	cert = append(cert, q.PCKChain...)

	data := append(bytes.Clone(q.Signature[:]), q.AttestationKey[:]...)
	data = binary.LittleEndian.AppendUint16(data, certQEReport)
	data = binary.LittleEndian.AppendUint32(data, uint32(len(cert)))
	data = append(data, cert...)

	out := binary.LittleEndian.AppendUint32(q.SignedBytes(), uint32(len(data)))
	out = append(out, data...)
	return append(out, make([]byte, max(q.Padding, 0))...)
}

// SignedBytes returns what Signature covers: header, descriptor and report. They
// are written anew from the fields, so that what is verified is what is claimed.
func (q Quote) SignedBytes() []byte {
	out := make([]byte, 0, HeaderSize+descriptorSize+Report15Size)
	out = binary.LittleEndian.AppendUint16(out, q.Version)
	out = binary.LittleEndian.AppendUint16(out, keyECDSAP256)
	out = binary.LittleEndian.AppendUint32(out, teeTDX)
	out = binary.LittleEndian.AppendUint16(out, q.Header.QESVN)
	out = binary.LittleEndian.AppendUint16(out, q.Header.PCESVN)
	out = append(out, q.Header.QEVendorID[:]...)
	out = append(out, q.Header.UserData[:]...)
	if q.Version == Version5 {
		out = binary.LittleEndian.AppendUint16(out, uint16(q.Body))
		out = binary.LittleEndian.AppendUint32(out, q.Body.Size())
	}
	for _, field := range q.Report.fields(q.Body) {
		out = append(out, field...)
	}
	return out
}
