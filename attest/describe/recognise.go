// SPDX-License-Identifier: Apache-2.0

package describe

import (
	"bytes"
	"encoding/binary"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/snp"
	"github.com/escrin/escrin/attest/tdx"
)

// Recognise says which TEE's quote or report raw begins like, or zero. It looks at
// the head alone, and not closely: what is of another version, cut short or too
// long is recognised too, so that a verifier can say what is wrong with it.
func Recognise(raw []byte) attest.TEE {
	switch {
	case likeQuote(raw):
		return attest.TDX
	case likeReport(raw):
		return attest.SNP
	}
	return 0
}

// newest is the highest version that is still taken for one, of either vendor.
const newest = 15

// likeQuote says whether raw begins like an ECDSA quote of Intel's: a version, and
// then a key type and the TEE type of TDX, or the vendor of Intel's quoting enclaves.
func likeQuote(raw []byte) bool {
	const vendor, teeTDX = 12, 0x81
	if len(raw) < 8 || raw[0] == 0 || raw[0] > newest || raw[1] != 0 {
		return false
	}
	intel := tdx.IntelQE()
	keyType, teeType := binary.LittleEndian.Uint16(raw[2:]), binary.LittleEndian.Uint32(raw[4:])
	return keyType != 0 && keyType <= newest && teeType == teeTDX || bytes.HasPrefix(raw[min(vendor, len(raw)):], intel[:])
}

// likeReport says whether raw begins like a report of AMD's: a version, and either
// the size or the signature algorithm of reports.
func likeReport(raw []byte) bool {
	const algorithm = 52 // where its number is
	if len(raw) < 4 || binary.LittleEndian.Uint32(raw) == 0 || binary.LittleEndian.Uint32(raw) > newest {
		return false
	}
	return len(raw) == snp.ReportSize || len(raw) >= algorithm+4 && binary.LittleEndian.Uint32(raw[algorithm:]) == snp.ECDSAP384
}
