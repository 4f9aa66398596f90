// SPDX-License-Identifier: Apache-2.0

// Package tdx reads and writes the bytes of a TDX quote of version 4, as
// specified in Intel's "TDX DCAP Quoting Library API", appendix A. It checks no
// signature; see package attest/verify.
package tdx

import "github.com/escrin/escrin/attest"

// ReportSize is the size of an encoded [Report], in bytes.
const ReportSize = 584

// Report is the TD report body of a quote: what the TDX module signed about the
// guest and itself.
type Report struct {
	TEETCBSVN      [16]byte        // security versions of the TDX module and platform
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
}

// Marshal returns the ReportSize bytes of r.
func (r Report) Marshal() []byte {
	out := make([]byte, 0, ReportSize)
	for _, field := range r.fields() {
		out = append(out, field...)
	}
	return out
}

func (r *Report) read(from *reader) {
	for _, field := range r.fields() {
		from.read(field)
	}
}

// fields lists the bytes of r in wire order.
func (r *Report) fields() [][]byte {
	return [][]byte{
		r.TEETCBSVN[:], r.MRSEAM[:], r.MRSIGNERSEAM[:], r.SEAMAttributes[:], r.TDAttributes[:], r.XFAM[:],
		r.MRTD[:], r.MRCONFIGID[:], r.MROWNER[:], r.MROWNERCONFIG[:],
		r.RTMR[0][:], r.RTMR[1][:], r.RTMR[2][:], r.RTMR[3][:], r.ReportData[:],
	}
}
