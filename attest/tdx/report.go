// SPDX-License-Identifier: Apache-2.0

package tdx

import "github.com/escrin/escrin/attest"

// Sizes of an encoded [Report], in bytes.
const (
	ReportSize   = 584 // of TDX 1.0
	Report15Size = 648 // of TDX 1.5
)

// Body is the kind of report in a quote, by Intel's numbers. The zero Body is
// none. Kind 1, the report of an SGX enclave, is not read.
type Body uint16

// The kinds.
const (
	TDX10 Body = 2
	TDX15 Body = 3
)

// Size returns the size of an encoded report of this kind, in bytes, or zero of
// an unknown one.
func (b Body) Size() uint32 {
	switch b {
	case TDX10:
		return ReportSize
	case TDX15:
		return Report15Size
	}
	return 0
}

// Report is the TD report body of a quote: what the TDX module signed about the
// guest and itself. The last two fields are zero in reports of TDX 1.0, which do
// not have them.
type Report struct {
	TEETCBSVN      [16]byte        // security versions of the TDX module and platform when the guest was launched
	MRSEAM         attest.Register // measurement of the TDX module
	MRSIGNERSEAM   attest.Register // its signer; zero for Intel
	SEAMAttributes [8]byte
	TDAttributes   [8]byte // little-endian bits; bit 0 is debug
	XFAM           [8]byte // processor features the guest may use
	MRTD           attest.Register
	MRCONFIGID     attest.Register // chosen by the host, like the next two
	MROWNER        attest.Register
	MROWNERCONFIG  attest.Register
	RTMR           [4]attest.Register
	ReportData     [64]byte // chosen by the guest
	TEETCBSVN2     [16]byte // security versions now: the TDX module can be updated under running guests
	MRSERVICETD    attest.Register
}

// Marshal returns the bytes of r as a report of kind b, and nil for an unknown
// kind.
func (r Report) Marshal(b Body) []byte {
	out := make([]byte, 0, b.Size())
	for _, field := range r.fields(b) {
		out = append(out, field...)
	}
	return out
}

func (r *Report) read(from *reader, b Body) {
	for _, field := range r.fields(b) {
		from.read(field)
	}
}

// fields lists the bytes of r in wire order.
func (r *Report) fields(b Body) [][]byte {
	all := [...][]byte{
		r.TEETCBSVN[:], r.MRSEAM[:], r.MRSIGNERSEAM[:], r.SEAMAttributes[:], r.TDAttributes[:], r.XFAM[:],
		r.MRTD[:], r.MRCONFIGID[:], r.MROWNER[:], r.MROWNERCONFIG[:],
		r.RTMR[0][:], r.RTMR[1][:], r.RTMR[2][:], r.RTMR[3][:], r.ReportData[:],
		r.TEETCBSVN2[:], r.MRSERVICETD[:],
	}
	switch b {
	case TDX10:
		return all[:15]
	case TDX15:
		return all[:]
	}
	return nil
}
