// SPDX-License-Identifier: Apache-2.0

package collateral

import (
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
)

// pair is one part of the SGX extension.
type pair struct {
	ID    asn1.ObjectIdentifier
	Value asn1.RawValue
}

// Extension returns the SGX extension of a PCK certificate for p. Flags that are
// unsaid and an instance id of zero are left out.
func (p Platform) Extension() (pkix.Extension, error) {
	parts := []pair{
		{oidSGX(partPPID), octets(p.PPID[:])},
		{oidSGX(partTCB), list(p.tcb())},
		{oidSGX(partPCEID), octets(p.PCEID[:])},
		{oidSGX(partFMSPC), octets(p.FMSPC[:])},
		{oidSGX(partSGXType), number(asn1.TagEnum, uint16(p.SGXType))},
	}
	if p.InstanceID != [16]byte{} {
		parts = append(parts, pair{oidSGX(partInstanceID), octets(p.InstanceID[:])})
	}
	if flags := p.flags(); len(flags) > 0 {
		parts = append(parts, pair{oidSGX(partConfiguration), list(flags)})
	}
	der, err := asn1.Marshal(parts)
	if err != nil {
		return pkix.Extension{}, fmt.Errorf("encode PCK certificate: %w", err)
	}
	return pkix.Extension{Id: oidSGX(), Value: der}, nil
}

func (p Platform) tcb() (parts []pair) {
	for i, svn := range p.CPUSVN {
		parts = append(parts, pair{oidSGX(partTCB, i+1), number(asn1.TagInteger, uint16(svn))})
	}
	return append(parts,
		pair{oidSGX(partTCB, tcbPCESVN), number(asn1.TagInteger, p.PCESVN)},
		pair{oidSGX(partTCB, tcbCPUSVN), octets(p.CPUSVN[:])})
}

func (p Platform) flags() (parts []pair) {
	for i, flag := range []Flag{p.DynamicPlatform, p.CachedKeys, p.SMTEnabled} {
		value := asn1.RawValue{Tag: asn1.TagBoolean, Bytes: []byte{0}}
		if flag == True {
			value.Bytes[0] = 0xff
		}
		if flag != Unsaid {
			parts = append(parts, pair{oidSGX(partConfiguration, i+1), value})
		}
	}
	return parts
}

func octets(b []byte) asn1.RawValue { return asn1.RawValue{Tag: asn1.TagOctetString, Bytes: b} }

// number encodes n in the fewest bytes that keep it positive.
func number(tag int, n uint16) asn1.RawValue {
	out := []byte{0, byte(n >> 8), byte(n)}
	for len(out) > 1 && out[0] == 0 && out[1] < 0x80 {
		out = out[1:]
	}
	return asn1.RawValue{Tag: tag, Bytes: out}
}

func list(parts []pair) asn1.RawValue {
	var out []byte
	for _, p := range parts {
		der, err := asn1.Marshal(p)
		if err != nil {
			return asn1.RawValue{}
		}
		out = append(out, der...)
	}
	return asn1.RawValue{Tag: asn1.TagSequence, IsCompound: true, Bytes: out}
}
