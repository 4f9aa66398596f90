// SPDX-License-Identifier: Apache-2.0

// Package snp reads and writes the bytes of a SEV-SNP attestation report of
// versions 2 to 5, as specified in AMD's "SEV Secure Nested Paging Firmware ABI
// Specification" (56860), section 7.3. It checks no signature; see package
// attest/verify.
package snp

import (
	"encoding/binary"
	"fmt"

	"github.com/escrin/escrin/attest"
)

// Sizes of a report, in bytes.
const (
	ReportSize = 1184
	// SignedSize is the length of the part, from the start, that the signature covers.
	SignedSize = 672

	signatureSize = 512
	componentSize = 72 // of r and of s, little-endian
)

// The oldest and the newest version of a report that this package knows.
const (
	MinVersion = 2
	MaxVersion = 5
)

// ECDSAP384 is the only signature algorithm: ECDSA on P-384 with SHA-384.
const ECDSAP384 = 1

// TCBVersion is the security version of every part of a platform's firmware in
// one word. Its layout depends on the product; see attest/kds.SplitTCB.
type TCBVersion uint64

// Firmware is the version of the SNP firmware.
type Firmware struct{ Build, Minor, Major uint8 }

// String returns major.minor.build.
func (f Firmware) String() string { return fmt.Sprintf("%d.%d.%d", f.Major, f.Minor, f.Build) }

// CPUID is the processor in the words of CPUID leaf 1: combined family and model
// (extended parts included), and stepping. Reports have it since version 3.
type CPUID struct{ Family, Model, Stepping uint8 }

// Signature is an ECDSA signature on P-384. R and S are big-endian.
type Signature struct{ R, S [48]byte }

// Report is an attestation report: what AMD's secure processor signed about a
// guest and its platform.
type Report struct {
	Version            uint32 // MinVersion to MaxVersion
	GuestSVN           uint32
	Policy             Policy   // that the guest was launched with
	FamilyID, ImageID  [16]byte // of the ID block
	VMPL               uint32   // privilege level that asked, 0 to 3; more if the host asked
	SignatureAlgorithm uint32   // ECDSAP384
	CurrentTCB         TCBVersion
	PlatformInfo       PlatformInfo
	KeyInfo            KeyInfo
	ReportData         [64]byte        // chosen by the guest
	Measurement        attest.Register // launch digest
	HostData           [32]byte        // chosen by the host at launch
	IDKeyDigest        attest.Register
	AuthorKeyDigest    attest.Register
	ReportID           [32]byte
	ReportIDMA         [32]byte // of the migration agent; all ones if there is none
	ReportedTCB        TCBVersion
	CPUID              CPUID    // zero in version 2
	ChipID             [64]byte // zero if masked; Turin has 8 bytes and then zeros
	CommittedTCB       TCBVersion
	CurrentVersion     Firmware
	CommittedVersion   Firmware
	LaunchTCB          TCBVersion
	LaunchMitVector    uint64 // mitigations at launch; zero before version 5
	CurrentMitVector   uint64 // mitigations now; zero before version 5
	Signature          Signature
}

// Parse decodes a report of exactly ReportSize bytes. Another version, another
// signature algorithm and a nonzero reserved field are errors. Bits of Policy
// and PlatformInfo that are unknown are kept, for a policy to refuse.
// [Report.Marshal] gives the same bytes back.
func Parse(raw []byte) (Report, error) {
	if len(raw) != ReportSize {
		return Report{}, fmt.Errorf("parse report: %d bytes, want %d", len(raw), ReportSize)
	}
	var r Report
	from := reader{rest: raw}
	r.readHead(&from)
	r.readBody(&from)
	r.readPlatform(&from)
	r.Signature.read(&from)
	if from.err != nil {
		return Report{}, fmt.Errorf("parse report: %w", from.err)
	}
	return r, nil
}

func (r *Report) readHead(from *reader) {
	r.Version = from.uint32()
	from.within("version", flawVersion, r.Version, MinVersion, MaxVersion)
	r.GuestSVN = from.uint32()
	r.Policy = Policy(from.uint64())
	from.read(r.FamilyID[:])
	from.read(r.ImageID[:])
	r.VMPL = from.uint32()
	r.SignatureAlgorithm = from.uint32()
	from.within("signature algorithm", flawAlgorithm, r.SignatureAlgorithm, ECDSAP384, ECDSAP384)
	r.CurrentTCB = TCBVersion(from.uint64())
	r.PlatformInfo = PlatformInfo(from.uint64())
	r.KeyInfo.read(from)
	from.zero("reserved bytes after the key information", 4)
}

func (r *Report) readBody(from *reader) {
	from.read(r.ReportData[:])
	from.read(r.Measurement[:])
	from.read(r.HostData[:])
	from.read(r.IDKeyDigest[:])
	from.read(r.AuthorKeyDigest[:])
	from.read(r.ReportID[:])
	from.read(r.ReportIDMA[:])
}

func (r *Report) readPlatform(from *reader) {
	r.ReportedTCB = TCBVersion(from.uint64())
	if r.Version >= 3 {
		r.CPUID = CPUID{from.uint8(), from.uint8(), from.uint8()}
		from.zero("reserved bytes after CPUID", 21)
	} else {
		from.zero("reserved bytes after the reported TCB", 24)
	}
	from.read(r.ChipID[:])
	r.CommittedTCB = TCBVersion(from.uint64())
	r.CurrentVersion.read(from, "reserved byte after the current version")
	r.CommittedVersion.read(from, "reserved byte after the committed version")
	r.LaunchTCB = TCBVersion(from.uint64())
	if r.Version >= 5 {
		r.LaunchMitVector = from.uint64()
		r.CurrentMitVector = from.uint64()
		from.zero("reserved bytes after the mitigation vectors", 152)
	} else {
		from.zero("reserved bytes after the launch TCB", 168)
	}
}

func (f *Firmware) read(from *reader, reserved string) {
	*f = Firmware{from.uint8(), from.uint8(), from.uint8()}
	from.zero(reserved, 1)
}

func (s *Signature) read(from *reader) {
	from.reversed("signature r", s.R[:], componentSize)
	from.reversed("signature s", s.S[:], componentSize)
	from.zero("reserved bytes after the signature", signatureSize-2*componentSize)
}

// Marshal returns the ReportSize bytes of r. A field that reports of r's version
// do not have is left out.
func (r Report) Marshal() []byte {
	out := make([]byte, 0, ReportSize)
	out = r.appendHead(out)
	for _, field := range [][]byte{
		r.ReportData[:], r.Measurement[:], r.HostData[:], r.IDKeyDigest[:], r.AuthorKeyDigest[:], r.ReportID[:], r.ReportIDMA[:],
	} {
		out = append(out, field...)
	}
	out = r.appendPlatform(out)
	out = pad(out, SignedSize)
	out = appendReversed(out, r.Signature.R[:], componentSize)
	out = appendReversed(out, r.Signature.S[:], componentSize)
	return pad(out, ReportSize)
}

func (r Report) appendHead(out []byte) []byte {
	out = binary.LittleEndian.AppendUint32(out, r.Version)
	out = binary.LittleEndian.AppendUint32(out, r.GuestSVN)
	out = binary.LittleEndian.AppendUint64(out, uint64(r.Policy))
	out = append(out, r.FamilyID[:]...)
	out = append(out, r.ImageID[:]...)
	out = binary.LittleEndian.AppendUint32(out, r.VMPL)
	out = binary.LittleEndian.AppendUint32(out, r.SignatureAlgorithm)
	out = binary.LittleEndian.AppendUint64(out, uint64(r.CurrentTCB))
	out = binary.LittleEndian.AppendUint64(out, uint64(r.PlatformInfo))
	out = binary.LittleEndian.AppendUint32(out, r.KeyInfo.word())
	return append(out, 0, 0, 0, 0)
}

func (r Report) appendPlatform(out []byte) []byte {
	out = binary.LittleEndian.AppendUint64(out, uint64(r.ReportedTCB))
	if r.Version >= 3 {
		out = append(out, r.CPUID.Family, r.CPUID.Model, r.CPUID.Stepping)
	}
	out = pad(out, 0x1A0)
	out = append(out, r.ChipID[:]...)
	out = binary.LittleEndian.AppendUint64(out, uint64(r.CommittedTCB))
	out = append(out, r.CurrentVersion.Build, r.CurrentVersion.Minor, r.CurrentVersion.Major, 0)
	out = append(out, r.CommittedVersion.Build, r.CommittedVersion.Minor, r.CommittedVersion.Major, 0)
	out = binary.LittleEndian.AppendUint64(out, uint64(r.LaunchTCB))
	if r.Version >= 5 {
		out = binary.LittleEndian.AppendUint64(out, r.LaunchMitVector)
		out = binary.LittleEndian.AppendUint64(out, r.CurrentMitVector)
	}
	return out
}
