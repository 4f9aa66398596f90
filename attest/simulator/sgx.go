// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"crypto/x509/pkix"
	"encoding/asn1"
	"slices"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/escrin/escrin/attest/collateral"
)

// oidSGX returns an identifier in Intel's arc for SGX extensions.
func oidSGX(tail ...int) asn1.ObjectIdentifier {
	return append(asn1.ObjectIdentifier{1, 2, 840, 113741, 1, 13, 1}, tail...)
}

// sgxExtension is the SGX extension of a PCK certificate as a list of parts
// (Intel, "SGX PCK certificate and CRL profile specification", 1.3.5).
type sgxExtension struct {
	parts []sgxPart
	tcb   []sgxPart // parts of the part that oidSGX(2) names
	tail  []byte    // after everything
}

type sgxPart struct {
	id    asn1.ObjectIdentifier
	value []byte // DER
}

// newSGXExtension describes the platform p as Intel does, with the parts that
// only platforms with several packages have.
func newSGXExtension(p collateral.Platform) sgxExtension {
	var tcb []sgxPart
	for i, svn := range p.CPUSVN {
		tcb = append(tcb, sgxPart{oidSGX(2, i+1), derInt(int64(svn))})
	}
	tcb = append(tcb, sgxPart{oidSGX(2, 17), derInt(int64(p.PCESVN))}, sgxPart{oidSGX(2, 18), derOctets(p.CPUSVN[:])})
	var configuration []sgxPart
	for i, flag := range []collateral.Flag{p.DynamicPlatform, p.CachedKeys, p.SMTEnabled} {
		configuration = append(configuration, sgxPart{oidSGX(7, i+1), derBool(flag == collateral.True)})
	}
	return sgxExtension{tcb: tcb, parts: []sgxPart{
		{oidSGX(1), derOctets(p.PPID[:])},
		{oidSGX(2), nil},
		{oidSGX(3), derOctets(p.PCEID[:])},
		{oidSGX(4), derOctets(p.FMSPC[:])},
		{oidSGX(5), []byte{byte(casn1.ENUM), 1, p.SGXType}},
		{oidSGX(6), derOctets(p.InstanceID[:])},
		{oidSGX(7), sgxParts(configuration)},
	}}
}

func (e sgxExtension) encode() pkix.Extension {
	parts := slices.Clone(e.parts)
	for i, p := range parts {
		if p.id.Equal(oidSGX(2)) && p.value == nil {
			parts[i].value = sgxParts(e.tcb)
		}
	}
	return pkix.Extension{Id: oidSGX(), Value: append(sgxParts(parts), e.tail...)}
}

// part returns the part with this identifier, to be changed.
func (e *sgxExtension) part(tail ...int) *sgxPart {
	for _, list := range [][]sgxPart{e.parts, e.tcb} {
		for i := range list {
			if list[i].id.Equal(oidSGX(tail...)) {
				return &list[i]
			}
		}
	}
	return &sgxPart{}
}

// drop removes the part with this identifier.
func (e *sgxExtension) drop(tail ...int) {
	has := func(p sgxPart) bool { return p.id.Equal(oidSGX(tail...)) }
	e.parts, e.tcb = slices.DeleteFunc(e.parts, has), slices.DeleteFunc(e.tcb, has)
}

func sgxParts(parts []sgxPart) []byte {
	return der(func(b *cryptobyte.Builder) {
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			for _, p := range parts {
				b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
					b.AddASN1ObjectIdentifier(p.id)
					b.AddBytes(p.value)
				})
			}
		})
	})
}

// der returns what build builds. Nothing that is built here can fail.
func der(build cryptobyte.BuilderContinuation) []byte {
	var b cryptobyte.Builder
	build(&b)
	return b.BytesOrPanic()
}

func derInt(n int64) []byte { return der(func(b *cryptobyte.Builder) { b.AddASN1Int64(n) }) }

func derBool(v bool) []byte { return der(func(b *cryptobyte.Builder) { b.AddASN1Boolean(v) }) }

func derOctets(v []byte) []byte {
	return der(func(b *cryptobyte.Builder) { b.AddASN1OctetString(v) })
}

func derText(s string) []byte {
	return der(func(b *cryptobyte.Builder) {
		b.AddASN1(casn1.IA5String, func(b *cryptobyte.Builder) { b.AddBytes([]byte(s)) })
	})
}
