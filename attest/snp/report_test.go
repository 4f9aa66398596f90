// SPDX-License-Identifier: Apache-2.0

package snp_test

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"

	"github.com/google/go-sev-guest/verify/testdata"

	"github.com/escrin/escrin/attest/snp"
)

// full returns a report of a version in which every field that it has is set to
// bytes of its own.
func full(version uint32) []byte {
	raw := make([]byte, snp.ReportSize)
	for i := range raw {
		raw[i] = byte(i%251) + 1
	}
	binary.LittleEndian.PutUint32(raw, version)
	binary.LittleEndian.PutUint32(raw[0x34:], snp.ECDSAP384)
	binary.LittleEndian.PutUint32(raw[0x48:], 1|2|1<<2)
	for _, r := range reserved(version) {
		clear(raw[r.from:r.to])
	}
	return raw
}

type span struct{ from, to int }

// reserved lists the bytes that are zero in every report of a version.
func reserved(version uint32) []span {
	common := []span{{0x4c, 0x50}, {0x18b, 0x1a0}, {0x1eb, 0x1ec}, {0x1ef, 0x1f0}, {0x208, 0x2a0}, {0x2d0, 0x2e8}, {0x318, 0x4a0}}
	if version < 3 {
		common = append(common, span{0x188, 0x18b})
	}
	if version < 5 {
		common = append(common, span{0x1f8, 0x208})
	}
	return common
}

func TestParseEveryVersion(t *testing.T) {
	raws := [][]byte{testdata.AttestationBytes}
	for v := uint32(snp.MinVersion); v <= snp.MaxVersion; v++ {
		raws = append(raws, full(v))
	}
	for i, raw := range raws {
		r, err := snp.Parse(raw)
		if err != nil {
			t.Errorf("report %d: %v", i, err)
			continue
		}
		if !bytes.Equal(r.Marshal(), raw) {
			t.Errorf("report %d: another encoding", i)
		}
	}
}

// A report of real hardware, as google/go-sev-guest publishes it.
func TestParseGenuineReport(t *testing.T) {
	r, err := snp.Parse(testdata.AttestationBytes)
	if err != nil {
		t.Fatal(err)
	}
	const tcb = 0x44_05_00_00_00_00_00_02
	if r.Version != 2 || r.VMPL != 0 || r.KeyInfo != (snp.KeyInfo{}) || r.CPUID != (snp.CPUID{}) ||
		r.Policy != 0xb0000 || r.PlatformInfo != snp.PlatformSMT || r.ReportData != [64]byte{1, 2, 3, 4, 5} ||
		r.CurrentTCB != tcb || r.ReportedTCB != tcb || r.CommittedTCB != tcb || r.LaunchTCB != tcb ||
		r.CurrentVersion != (snp.Firmware{Build: 3, Minor: 0x31, Major: 1}) || r.CommittedVersion != r.CurrentVersion {
		t.Errorf("read %+v", r)
	}
	if r.CurrentVersion.String() != "1.49.3" || r.ChipID[0] != 0x3a || r.ChipID[63] != 0x5d || r.Measurement[0] != 0xb0 ||
		r.Signature.R[47] != 0x4f || r.Signature.R[0] != 0x21 || r.Signature.S[47] != 0xe6 || r.Signature.S[0] != 0xe0 {
		t.Errorf("read %+v", r)
	}
}

// Every field is read from its place in the specification's table.
func TestPlacesOfFields(t *testing.T) {
	raw := full(5)
	r, err := snp.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	for name, at := range map[string]struct {
		want uint64
		have uint64
	}{
		"guest SVN":         {want: le(raw, 0x04, 4), have: uint64(r.GuestSVN)},
		"policy":            {want: le(raw, 0x08, 8), have: uint64(r.Policy)},
		"VMPL":              {want: le(raw, 0x30, 4), have: uint64(r.VMPL)},
		"current TCB":       {want: le(raw, 0x38, 8), have: uint64(r.CurrentTCB)},
		"platform info":     {want: le(raw, 0x40, 8), have: uint64(r.PlatformInfo)},
		"report data":       {want: le(raw, 0x50, 1), have: uint64(r.ReportData[0])},
		"measurement":       {want: le(raw, 0x90, 1), have: uint64(r.Measurement[0])},
		"host data":         {want: le(raw, 0xc0, 1), have: uint64(r.HostData[0])},
		"id key digest":     {want: le(raw, 0xe0, 1), have: uint64(r.IDKeyDigest[0])},
		"author key digest": {want: le(raw, 0x110, 1), have: uint64(r.AuthorKeyDigest[0])},
		"report id":         {want: le(raw, 0x140, 1), have: uint64(r.ReportID[0])},
		"report id of MA":   {want: le(raw, 0x160, 1), have: uint64(r.ReportIDMA[0])},
		"reported TCB":      {want: le(raw, 0x180, 8), have: uint64(r.ReportedTCB)},
		"family":            {want: le(raw, 0x188, 1), have: uint64(r.CPUID.Family)},
		"model":             {want: le(raw, 0x189, 1), have: uint64(r.CPUID.Model)},
		"current minor":     {want: le(raw, 0x1e9, 1), have: uint64(r.CurrentVersion.Minor)},
		"current major":     {want: le(raw, 0x1ea, 1), have: uint64(r.CurrentVersion.Major)},
		"committed build":   {want: le(raw, 0x1ec, 1), have: uint64(r.CommittedVersion.Build)},
		"family id":         {want: le(raw, 0x10, 1), have: uint64(r.FamilyID[0])},
		"image id":          {want: le(raw, 0x20, 1), have: uint64(r.ImageID[0])},
		"signature r":       {want: le(raw, 0x2a0, 1), have: uint64(r.Signature.R[47])},
		"signature s":       {want: le(raw, 0x2e8, 1), have: uint64(r.Signature.S[47])},
		"stepping":          {want: le(raw, 0x18a, 1), have: uint64(r.CPUID.Stepping)},
		"chip id":           {want: le(raw, 0x1a0, 1), have: uint64(r.ChipID[0])},
		"committed TCB":     {want: le(raw, 0x1e0, 8), have: uint64(r.CommittedTCB)},
		"current build":     {want: le(raw, 0x1e8, 1), have: uint64(r.CurrentVersion.Build)},
		"committed major":   {want: le(raw, 0x1ee, 1), have: uint64(r.CommittedVersion.Major)},
		"launch TCB":        {want: le(raw, 0x1f0, 8), have: uint64(r.LaunchTCB)},
		"launch vector":     {want: le(raw, 0x1f8, 8), have: r.LaunchMitVector},
		"current vector":    {want: le(raw, 0x200, 8), have: r.CurrentMitVector},
	} {
		if at.want != at.have {
			t.Errorf("%s is %#x, want %#x", name, at.have, at.want)
		}
	}
}

// le returns n bytes as a little-endian number.
func le(raw []byte, at, n int) uint64 {
	var word [8]byte
	copy(word[:], raw[at:at+n])
	return binary.LittleEndian.Uint64(word[:])
}

func TestAT09ReportOfAnotherSize(t *testing.T) {
	for n := range snp.ReportSize {
		if _, err := snp.Parse(testdata.AttestationBytes[:n]); err == nil {
			t.Fatalf("accepted the first %d bytes", n)
		}
	}
	if _, err := snp.Parse(append(bytes.Clone(testdata.AttestationBytes), 0)); err == nil {
		t.Error("accepted a byte too many")
	}
}

func TestAT09ReservedBytes(t *testing.T) {
	for v := uint32(snp.MinVersion); v <= snp.MaxVersion; v++ {
		for _, r := range reserved(v) {
			for at := r.from; at < r.to; at++ {
				raw := full(v)
				raw[at] = 0x80
				if _, err := snp.Parse(raw); err == nil || !strings.HasPrefix(err.Error(), "parse report: ") {
					t.Errorf("version %d, byte %#x: error is %v", v, at, err)
				}
			}
		}
	}
}

func TestAT09ConstantFields(t *testing.T) {
	for name, f := range map[string]struct {
		at    int
		value uint32
		says  string
	}{
		"version 0":             {0, 0, "version is 0"},
		"version 1":             {0, 1, "version is 1"},
		"version 6":             {0, 6, "version is 6"},
		"version with top bit":  {0, 1<<31 | 2, "version is"},
		"no algorithm":          {0x34, 0, "signature algorithm is 0"},
		"algorithm 2":           {0x34, 2, "signature algorithm is 2"},
		"key information bit 5": {0x48, 1 << 5, "key information is 32"},
		"key information bit31": {0x48, 1 << 31, "key information is"},
	} {
		raw := full(3)
		binary.LittleEndian.PutUint32(raw[f.at:], f.value)
		if _, err := snp.Parse(raw); err == nil || !strings.Contains(err.Error(), f.says) {
			t.Errorf("%s: error is %v, want one that says %q", name, err, f.says)
		}
	}
}

// Every byte of a report either comes back from what was read, or is refused.
func TestAT09NoByteIsLost(t *testing.T) {
	for v := uint32(snp.MinVersion); v <= snp.MaxVersion; v++ {
		for at := range snp.ReportSize {
			raw := full(v)
			raw[at] ^= 0x40
			if r, err := snp.Parse(raw); err == nil && !bytes.Equal(r.Marshal(), raw) {
				t.Errorf("version %d: byte %#x is lost", v, at)
			}
		}
	}
}

func TestMB08Bits(t *testing.T) {
	const good = snp.PolicyReservedOne | 0x1f
	for bit := range 64 {
		p := good ^ snp.Policy(1)<<bit
		known := bit < 17 || bit > 17 && bit < 26
		if (p.Unknown() == 0) != known {
			t.Errorf("policy bit %d: unknown is %#x", bit, uint64(p.Unknown()))
		}
		i := snp.PlatformInfo(1) << bit
		if (i.Unknown() == 0) != (bit < 6 || bit == 7) {
			t.Errorf("platform bit %d: unknown is %#x", bit, uint64(i.Unknown()))
		}
	}
	if major, minor := snp.Policy(0x0102).ABI(); major != 1 || minor != 2 {
		t.Errorf("ABI is %d.%d", major, minor)
	}
	if !good.Has(snp.PolicyReservedOne) || good.Has(snp.PolicyReservedOne|snp.PolicyDebug) {
		t.Error("Has is wrong")
	}
	both := snp.PlatformSMT | snp.PlatformTSME
	if !both.Has(both) || snp.PlatformSMT.Has(both) {
		t.Error("Has is wrong")
	}
	for k, want := range map[snp.SigningKey]string{0: "VCEK", 1: "VLEK", 7: "none", 3: "signing key(3)"} {
		if k.String() != want {
			t.Errorf("key %d is %q", uint8(k), k)
		}
	}
}

// The numbers of the bits are those of the specification's tables.
func TestMB08NumbersOfBits(t *testing.T) {
	for bit, have := range map[int]snp.Policy{
		16: snp.PolicySMT, 17: snp.PolicyReservedOne, 18: snp.PolicyMigrateMA, 19: snp.PolicyDebug, 20: snp.PolicySingleSocket,
		21: snp.PolicyCXLAllow, 22: snp.PolicyMemAES256XTS, 23: snp.PolicyRAPLDisabled, 24: snp.PolicyCiphertextHidingDRAM,
		25: snp.PolicyPageSwapDisabled,
	} {
		if have != 1<<bit {
			t.Errorf("policy bit %d is %#x", bit, uint64(have))
		}
	}
	for bit, have := range map[int]snp.PlatformInfo{
		0: snp.PlatformSMT, 1: snp.PlatformTSME, 2: snp.PlatformECC, 3: snp.PlatformRAPLDisabled,
		4: snp.PlatformCiphertextHidingDRAM, 5: snp.PlatformAliasCheckComplete, 7: snp.PlatformTIO,
	} {
		if have != 1<<bit {
			t.Errorf("platform bit %d is %#x", bit, uint64(have))
		}
	}
}

func TestKeyInformation(t *testing.T) {
	for word := range uint32(32) {
		raw := full(5)
		binary.LittleEndian.PutUint32(raw[0x48:], word)
		r, err := snp.Parse(raw)
		want := snp.KeyInfo{AuthorKeyEnabled: word&1 == 1, MaskChipKey: word&2 == 2, SigningKey: snp.SigningKey(word / 4)}
		if err != nil || r.KeyInfo != want || !bytes.Equal(r.Marshal(), raw) {
			t.Errorf("%d: %+v, %v", word, r.KeyInfo, err)
		}
	}
	if snp.SignedByVCEK != 0 || snp.SignedByVLEK != 1 || snp.SignedByNobody != 7 {
		t.Error("signing keys have other numbers")
	}
}

func FuzzParse(f *testing.F) {
	f.Add(testdata.AttestationBytes)
	for v := uint32(snp.MinVersion); v <= snp.MaxVersion; v++ {
		f.Add(full(v))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if r, err := snp.Parse(raw); err == nil && !bytes.Equal(r.Marshal(), raw) {
			t.Fatal("two encodings of one report")
		}
	})
}
