// SPDX-License-Identifier: Apache-2.0

package appraise

import (
	"encoding/binary"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/claims"
	"github.com/escrin/escrin/attest/tdx"
)

// Attribute bits of a TD (Intel, "TDX module ABI specification", ATTRIBUTES).
const (
	attributesDebug = 0xff    // bits 0–7: guest under debug; bit 0 is DEBUG
	attributesWant  = 1 << 28 // SEPT_VE_DISABLE, and nothing else
)

// Feature bits of a TD (same document, XFAM).
const (
	xfamAlways  = 0x3     // x87 and SSE
	xfamAllowed = 0x6dbe7 // every feature that the TDX module lets a guest have
)

// checkGuest checks what the TDX module says of the guest's protection.
func checkGuest(out *reasons, r tdx.Report) {
	attributes := binary.LittleEndian.Uint64(r.TDAttributes[:])
	if attributes&attributesDebug != 0 {
		out.add(TDDebug, "guest is under debug: attributes are %#x", attributes)
	}
	if attributes&^attributesDebug != attributesWant {
		out.add(TDAttributes, "attributes are %#x, want %#x", attributes, uint64(attributesWant))
	}
	xfam := binary.LittleEndian.Uint64(r.XFAM[:])
	if xfam&xfamAlways != xfamAlways || xfam&^xfamAllowed != 0 {
		out.add(TDXFAM, "XFAM is %#x", xfam)
	}
}

// checkHostFields checks that the host left the fields alone that it may choose,
// since nothing in this version gives them a meaning. In quotes of version 4 the
// service TD has no field of its own; it shows in the attributes (MIGRATABLE).
func checkHostFields(out *reasons, r tdx.Report) {
	fields := []struct {
		code  Code
		name  string
		value attest.Register
	}{
		{HostMRCONFIGID, "MRCONFIGID", r.MRCONFIGID},
		{HostMROWNER, "MROWNER", r.MROWNER},
		{HostMROWNERCONFIG, "MROWNERCONFIG", r.MROWNERCONFIG},
		{RTMR3, "RTMR3", r.RTMR[3]},
	}
	for _, f := range fields {
		if f.value != (attest.Register{}) {
			out.add(f.code, "%s is %v, want zero", f.name, f.value)
		}
	}
}

// checkMeasurement checks that the signed registers, with the asserted shape,
// are one of the measurements under the asserted root. That the root is the
// right one is for checkExpected.
func checkMeasurement(out *reasons, c claims.Claims) {
	e := c.Evidence()
	if !attest.VerifyProof(e.Binding.MeasurementRoot, c.Measurement().Leaf(), e.Proof) {
		out.add(MeasurementPath, "registers of a guest with %v are not under measurement root %x", e.Shape, e.Binding.MeasurementRoot)
	}
}

// checkStatement checks that the quote was made for the statement and the
// channel key beside it.
func checkStatement(out *reasons, c claims.Claims) {
	e := c.Evidence()
	if c.ReportData() != e.Binding.ReportData() {
		out.add(ReportData, "quote was made for another statement")
	}
	if attest.HashChannelKey(e.ChannelKey) != e.Binding.ChannelKeyHash {
		out.add(ChannelKey, "channel key is not the one in the statement")
	}
}

// checkExpected compares every field of the statement with what is wanted.
func checkExpected(out *reasons, have, want attest.Binding) {
	if want.ChainID == 0 || want.Registry == [20]byte{} || want.IdentityID == [32]byte{} || want.Requester == [20]byte{} ||
		want.ChannelKeyHash == [32]byte{} || want.Duration == 0 || want.BaseBlockHash == [32]byte{} ||
		want.MeasurementRoot == [32]byte{} || want.ConfigDigest == [32]byte{} {
		out.add(BindingIncomplete, "expected statement has an empty field")
	}
	compare(out, BindingChain, have.ChainID, want.ChainID, "chain id is %d, want %d")
	compare(out, BindingRegistry, have.Registry, want.Registry, "registry is %x, want %x")
	compare(out, BindingIdentity, have.IdentityID, want.IdentityID, "identity is %x, want %x")
	compare(out, BindingRequester, have.Requester, want.Requester, "requester is %x, want %x")
	compare(out, BindingChannel, have.ChannelKeyHash, want.ChannelKeyHash, "channel key hash is %x, want %x")
	compare(out, BindingDuration, have.Duration, want.Duration, "duration is %d s, want %d s")
	compare(out, BindingBlock, have.BaseBlock, want.BaseBlock, "base block is %d, want %d")
	compare(out, BindingBlockHash, have.BaseBlockHash, want.BaseBlockHash, "base block hash is %x, want %x")
	compare(out, BindingRoot, have.MeasurementRoot, want.MeasurementRoot, "measurement root is %x, want %x")
	compare(out, BindingConfig, have.ConfigDigest, want.ConfigDigest, "config digest is %x, want %x")
}

func compare[T comparable](out *reasons, code Code, have, want T, format string) {
	if have != want {
		out.add(code, format, have, want)
	}
}
