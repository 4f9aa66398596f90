// SPDX-License-Identifier: Apache-2.0

// Package describe says in words what evidence says of itself: every field, and
// what it means. It verifies nothing and knows no clock: what it describes can be
// forged from the first byte to the last. See packages attest/verify and
// attest/appraise.
package describe

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"time"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/snp"
	"github.com/escrin/escrin/attest/tdx"
)

// Field is one thing that evidence says.
type Field struct {
	Name    string // unique in its section; stable, for machines too
	Value   string // as it stands there; texts of others may hold anything
	Meaning string // in words; may be empty
}

// Section is a part of evidence.
type Section struct {
	Name    string // unique in its description; stable, for machines too
	Title   string // in words
	Fields  []Field
	Problem string // why the part, or the rest of it, cannot be read; else empty
}

// Description is evidence in words, from the outside in.
type Description []Section

// Problems returns what could not be read.
func (d Description) Problems() (problems []string) {
	for _, s := range d {
		if s.Problem != "" {
			problems = append(problems, s.Title+": "+s.Problem)
		}
	}
	return problems
}

// Envelope describes an evidence envelope and everything in it.
func Envelope(e attest.Evidence) Description {
	d := Description{envelope(e), binding(e)}
	d = append(d, Signed(e.TEE, e.Signed, e.Collateral)...)
	if len(e.EventLog) > 0 {
		d = append(d, events(e))
	}
	return d
}

// Signed describes a quote or a report, and the collateral beside it, if there
// is any. What the one says of the other is said too.
func Signed(tee attest.TEE, signed, bundle []byte) Description {
	switch tee {
	case attest.TDX:
		return intel(signed, bundle)
	case attest.SNP:
		return amd(signed, bundle)
	}
	return Description{{Name: "signed", Title: "What the hardware signed", Problem: fmt.Sprintf("TEE kind %v is unknown", tee)}}
}

// Collateral describes a bundle of collateral on its own.
func Collateral(tee attest.TEE, bundle []byte) Description {
	switch tee {
	case attest.TDX:
		return intelCollateral(bundle, nil)
	case attest.SNP:
		d, _ := amdCollateral(bundle)
		return d
	}
	return Description{{Name: "collateral", Title: "Collateral", Problem: fmt.Sprintf("TEE kind %v is unknown", tee)}}
}

// add appends a field. The value is written as write does.
func (s *Section) add(name string, value any, meaning string) {
	s.Fields = append(s.Fields, Field{name, write(value), meaning})
}

// write gives numbers in decimal, bytes in hexadecimal, times in UTC.
func write(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case []byte:
		return "0x" + hex.EncodeToString(v)
	case bool:
		return strconv.FormatBool(v)
	case time.Time:
		return v.UTC().Format(time.RFC3339)
	case attest.Register:
		return "0x" + v.String()
	}
	return fmt.Sprint(value)
}

func envelope(e attest.Evidence) Section {
	s := Section{Name: "envelope", Title: "Evidence envelope, version 3"}
	digest := e.Digest()
	s.add("digest", digest[:], "Keccak-256 of the envelope: what a permit's certificate names")
	s.add("tee", e.TEE, teeWords(e.TEE))
	s.add("vcpus", e.Shape.VCPUs, "asserted by the guest; the launch registers depend on it")
	s.add("memoryMiB", e.Shape.MemoryMiB, "asserted by the guest; a TDX guest's launch registers depend on it")
	leadsTo := attest.VerifyProof(e.Binding.MeasurementRoot, measurementOf(e).Leaf(), e.Proof)
	s.add("proof", len(e.Proof), "nodes of the Merkle path from the registers to the measurement root; it "+does(leadsTo, "leads there"))
	for i, node := range e.Proof {
		s.add(fmt.Sprintf("proof.%d", i), node[:], "")
	}
	s.add("channelKey", e.ChannelKey, "HPKE public key (ML-KEM-768 with X25519) that key shares are sealed to")
	s.add("signed", len(e.Signed), "bytes that the hardware signed, or vouches for")
	s.add("eventLog", len(e.EventLog), "bytes of event log: a hint, never proof")
	s.add("collateral", len(e.Collateral), "bytes of the vendor's endorsements")
	return s
}

func teeWords(t attest.TEE) string {
	switch t {
	case attest.TDX:
		return "Intel Trust Domain Extensions"
	case attest.SNP:
		return "AMD Secure Encrypted Virtualization with Secure Nested Paging"
	}
	return "unknown"
}

func does(yes bool, what string) string {
	if yes {
		return what
	}
	return "does NOT: " + what
}

// measurementOf is what the hardware is said to have signed, with the shape that
// the guest asserts; zero registers if it cannot be read.
func measurementOf(e attest.Evidence) attest.Measurement {
	m := attest.Measurement{TEE: e.TEE, Shape: e.Shape}
	if q, err := tdx.ParseQuote(e.Signed); err == nil && e.TEE == attest.TDX {
		m.Registers = attest.Registers{MRTD: q.Report.MRTD, RTMR0: q.Report.RTMR[0], RTMR1: q.Report.RTMR[1], RTMR2: q.Report.RTMR[2]}
	}
	if r, err := snp.Parse(e.Signed); err == nil && e.TEE == attest.SNP {
		m.LaunchDigest = r.Measurement
	}
	return m
}

// reportDataOf is the report data of a quote or report, zero if it cannot be read.
func reportDataOf(e attest.Evidence) (data [64]byte) {
	if q, err := tdx.ParseQuote(e.Signed); err == nil && e.TEE == attest.TDX {
		return q.Report.ReportData
	}
	if r, err := snp.Parse(e.Signed); err == nil && e.TEE == attest.SNP {
		return r.ReportData
	}
	return data
}

func binding(e attest.Evidence) Section {
	b, s := e.Binding, Section{Name: "binding", Title: "Statement that the evidence is bound to (binding version 3)"}
	s.add("chainId", b.ChainID, "EVM chain of the registry")
	s.add("registry", b.Registry[:], "identity registry contract")
	s.add("identityId", b.IdentityID[:], "identity that the enclave asks for")
	s.add("requester", b.Requester[:], "address of the enclave's own key, which signs results")
	s.add("channelKeyHash", b.ChannelKeyHash[:], "Keccak-256 of an HPKE public key; it is "+
		isNot(b.ChannelKeyHash == attest.HashChannelKey(e.ChannelKey))+"that of the channel key in the envelope")
	s.add("duration", b.Duration, "seconds: lifetime of the permit asked for")
	s.add("baseBlock", b.BaseBlock, "number of a block: the evidence is younger than it")
	s.add("baseBlockHash", b.BaseBlockHash[:], "its hash: the freshness")
	s.add("measurementRoot", b.MeasurementRoot[:], "Merkle root over all of the enclave's measurements: what a policy on chain names")
	s.add("configDigest", b.ConfigDigest[:], "SHA-256 of the measured configuration")
	s.add("groupKeyDigest", b.GroupKeyDigest[:], "Keccak-256 of the public key of the key network that the enclave lives in")
	digest := b.Digest()
	s.add("digest", digest[:], "Keccak-256 of the statement; the report data is "+isNot(reportDataOf(e) == b.ReportData())+"this and 32 zero bytes")
	return s
}

func isNot(yes bool) string {
	if yes {
		return ""
	}
	return "NOT "
}
