// SPDX-License-Identifier: Apache-2.0

package tdx

import "encoding/binary"

// QEReportSize is the size of an encoded [QEReport], in bytes.
const QEReportSize = 384

// QEReport is the SGX report of the quoting enclave: what the processor signed
// about the software that signs quotes. Its reserved fields are zero.
type QEReport struct {
	CPUSVN     [16]byte
	MiscSelect [4]byte
	Attributes [16]byte
	MRENCLAVE  [32]byte
	MRSIGNER   [32]byte
	ISVProdID  uint16
	ISVSVN     uint16
	ReportData [64]byte // SHA-256 of attestation key and QE authentication data, then zeros
}

// Marshal returns the QEReportSize bytes of r.
func (r QEReport) Marshal() []byte {
	out := make([]byte, 0, QEReportSize)
	out = append(out, r.CPUSVN[:]...)
	out = append(out, r.MiscSelect[:]...)
	out = append(out, make([]byte, 28)...)
	out = append(out, r.Attributes[:]...)
	out = append(out, r.MRENCLAVE[:]...)
	out = append(out, make([]byte, 32)...)
	out = append(out, r.MRSIGNER[:]...)
	out = append(out, make([]byte, 96)...)
	out = binary.LittleEndian.AppendUint16(out, r.ISVProdID)
	out = binary.LittleEndian.AppendUint16(out, r.ISVSVN)
	out = append(out, make([]byte, 60)...)
	return append(out, r.ReportData[:]...)
}

func (r *QEReport) read(from *reader) {
	from.read(r.CPUSVN[:])
	from.read(r.MiscSelect[:])
	from.zero(flawReserved, "QE report reserved1", 28)
	from.read(r.Attributes[:])
	from.read(r.MRENCLAVE[:])
	from.zero(flawReserved, "QE report reserved2", 32)
	from.read(r.MRSIGNER[:])
	from.zero(flawReserved, "QE report reserved3", 96)
	r.ISVProdID = from.uint16()
	r.ISVSVN = from.uint16()
	from.zero(flawReserved, "QE report reserved4", 60)
	from.read(r.ReportData[:])
}
