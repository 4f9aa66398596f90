// SPDX-License-Identifier: Apache-2.0

// Package platform says in one word of 32 bytes what verified evidence tells of the platform below a guest, so that a
// contract can hold it against a floor and an allow-list without knowing any vendor's formats. (contracts/SPEC.md.)
package platform

import (
	"encoding/binary"

	"golang.org/x/crypto/sha3"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/claims"
	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/kds"
)

// Word is TEE ‖ status ‖ family (6 bytes) ‖ TCB (8) ‖ TCB evaluation data number (8) ‖ guest SVN (8), numbers big-endian.
// The zero Word is of no platform, and every contract refuses it.
type Word [32]byte

// Of returns the word of claims; zero if they hold none.
func Of(c claims.Claims) Word {
	if t, ok := c.TDX(); ok {
		return ofTDX(t)
	}
	if s, ok := c.SNP(); ok {
		return ofSNP(s)
	}
	return Word{}
}

// ofTDX: the family is the FMSPC; the TCB is the earlier date of the levels of processor and TDX module, seconds since the
// epoch; the status is the worst of processor, TDX module and quoting enclave.
func ofTDX(t claims.TDX) (w Word) {
	w[0] = byte(attest.TDX)
	w[1] = byte(max(t.TCB.Platform.Status, t.TCB.Module.Status, t.TCB.QE.Status))
	copy(w[2:8], t.Platform.FMSPC[:])
	date := t.TCB.Platform.Date
	if module := t.TCB.Module.Date; !module.IsZero() && module.Before(date) {
		date = module
	}
	binary.BigEndian.PutUint64(w[8:16], uint64(max(0, date.Unix())))
	binary.BigEndian.PutUint64(w[16:24], uint64(t.TCB.EvaluationNumber))
	return w
}

// ofSNP: the family is the product's name as AMD's certificates spell it, padded with zeros; the TCB is the security
// versions that the signing key was derived from: boot loader, TEE, SNP firmware, microcode, FMC, and three zeros. AMD
// publishes no verdicts: the status of what the chain of certificates vouches for is up to date.
func ofSNP(s claims.SNP) (w Word) {
	w[0] = byte(attest.SNP)
	w[1] = byte(collateral.UpToDate)
	copy(w[2:8], s.Chip.Product)
	copy(w[8:16], versions(s.Chip.TCB))
	binary.BigEndian.PutUint64(w[24:32], uint64(s.Report.GuestSVN))
	return w
}

func versions(t kds.TCB) []byte { return []byte{t.Bootloader, t.TEE, t.SNP, t.Microcode, t.FMC} }

// Author returns the Keccak-256 of the digest of the key that vouched for the author of an SNP guest's ID block; zero of
// guests launched without one, and of TDX guests, which have none.
func Author(c claims.Claims) [32]byte {
	s, ok := c.SNP()
	if !ok || s.Report.AuthorKeyDigest == (attest.Register{}) {
		return [32]byte{}
	}
	h := sha3.NewLegacyKeccak256()
	h.Write(s.Report.AuthorKeyDigest[:])
	return [32]byte(h.Sum(nil))
}

// TEE is whose platform the word is of.
func (w Word) TEE() attest.TEE { return attest.TEE(w[0]) }

// TCB is the date of the TCB level, in seconds since the epoch (TDX), or eight security versions (SNP).
func (w Word) TCB() uint64 { return binary.BigEndian.Uint64(w[8:16]) }

// GuestSVN is the version that an SNP guest's ID block gives it; zero of TDX guests.
func (w Word) GuestSVN() uint64 { return binary.BigEndian.Uint64(w[24:32]) }

// Reaches tells whether a TCB of a TEE is not below a floor: not earlier (TDX), or in no byte less (SNP).
func Reaches(tee attest.TEE, tcb, floor uint64) bool {
	if tee != attest.SNP {
		return tee == attest.TDX && tcb >= floor
	}
	for lane := 0; lane < 64; lane += 8 {
		if byte(tcb>>lane) < byte(floor>>lane) {
			return false
		}
	}
	return true
}
