// SPDX-License-Identifier: Apache-2.0

package snp_test

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/google/go-sev-guest/abi"
	"github.com/google/go-sev-guest/proto/sevsnp"
	"github.com/google/go-sev-guest/verify/testdata"

	"github.com/escrin/escrin/attest/snp"
)

// same reports whether go-sev-guest reads the same out of a report as we do.
func same(r snp.Report, l *sevsnp.Report) bool {
	processor := uint32(0)
	if r.Version >= 3 {
		processor = abi.FmsToCpuid1Eax(r.CPUID.Family, r.CPUID.Model, r.CPUID.Stepping)
	}
	current, committed := r.CurrentVersion, r.CommittedVersion
	for _, field := range [][2][]byte{
		{r.FamilyID[:], l.GetFamilyId()}, {r.ImageID[:], l.GetImageId()}, {r.ReportData[:], l.GetReportData()},
		{r.Measurement[:], l.GetMeasurement()}, {r.HostData[:], l.GetHostData()}, {r.IDKeyDigest[:], l.GetIdKeyDigest()},
		{r.AuthorKeyDigest[:], l.GetAuthorKeyDigest()}, {r.ReportID[:], l.GetReportId()}, {r.ReportIDMA[:], l.GetReportIdMa()},
		{r.ChipID[:], l.GetChipId()},
		{r.Signature.R[:], abi.AmdBigInt(l.GetSignature()[:72]).FillBytes(make([]byte, 48))},
		{r.Signature.S[:], abi.AmdBigInt(l.GetSignature()[72:144]).FillBytes(make([]byte, 48))},
		{{current.Build, current.Minor, current.Major}, {byte(l.GetCurrentBuild()), byte(l.GetCurrentMinor()), byte(l.GetCurrentMajor())}},
		{{committed.Build, committed.Minor, committed.Major}, {byte(l.GetCommittedBuild()), byte(l.GetCommittedMinor()), byte(l.GetCommittedMajor())}},
	} {
		if !bytes.Equal(field[0], field[1]) {
			return false
		}
	}
	key := abi.SignerInfo{SigningKey: abi.ReportSigner(r.KeyInfo.SigningKey), MaskChipKey: r.KeyInfo.MaskChipKey, AuthorKeyEn: r.KeyInfo.AuthorKeyEnabled}
	return r.Version == l.GetVersion() && r.GuestSVN == l.GetGuestSvn() && uint64(r.Policy) == l.GetPolicy() && r.VMPL == l.GetVmpl() &&
		r.SignatureAlgorithm == l.GetSignatureAlgo() && uint64(r.CurrentTCB) == l.GetCurrentTcb() && uint64(r.PlatformInfo) == l.GetPlatformInfo() &&
		abi.ComposeSignerInfo(key) == l.GetSignerInfo() && uint64(r.ReportedTCB) == l.GetReportedTcb() && processor == l.GetCpuid1EaxFms() &&
		uint64(r.CommittedTCB) == l.GetCommittedTcb() && uint64(r.LaunchTCB) == l.GetLaunchTcb() &&
		r.LaunchMitVector == l.GetLaunchMitVector() && r.CurrentMitVector == l.GetCurrentMitVector()
}

// What both read is the same. The library refuses nothing that we read but unknown
// bits of the guest's policy and reserved kinds of keys, which are for others to
// refuse.
func TestAT09AgainstGoSEVGuest(t *testing.T) {
	raws := [][]byte{testdata.AttestationBytes}
	for v := uint32(snp.MinVersion); v <= snp.MaxVersion; v++ {
		raw := full(v)
		binary.LittleEndian.PutUint64(raw[8:], uint64(snp.PolicyReservedOne|0x31f))
		raw[0x188], raw[0x189], raw[0x18a] = 0, 0, 0
		if v >= 3 {
			raw[0x188], raw[0x189], raw[0x18a] = 0x19, 0x11, 1
		}
		raws = append(raws, raw)
	}
	read := 0
	for i, good := range raws {
		for at := range good {
			for _, mask := range []byte{0, 1 << (at % 8), 0xff} {
				raw := bytes.Clone(good)
				raw[at] ^= mask
				r, err := snp.Parse(raw)
				if err != nil {
					continue
				}
				l, err := abi.ReportToProto(raw)
				theirs := err == nil
				ours := r.Policy.Unknown() == 0 && (r.KeyInfo.SigningKey < 2 || r.KeyInfo.SigningKey == 7)
				if theirs != ours || theirs && !same(r, l) && !(0x188 <= at && at < 0x18b) { // it has other bounds for processors
					t.Errorf("report %d, byte %#x, mask %#x: read differently, %v", i, at, mask, err)
				}
				read++
			}
		}
	}
	if read < 5000 {
		t.Errorf("only %d reports were read", read)
	}
}
