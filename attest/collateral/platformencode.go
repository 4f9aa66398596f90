// SPDX-License-Identifier: Apache-2.0

package collateral

import (
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// Extension returns the SGX extension of a PCK certificate for p.
func (p Platform) Extension() (pkix.Extension, error) {
	var b cryptobyte.Builder
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		addPart(b, oidSGX(1), func(b *cryptobyte.Builder) { b.AddASN1OctetString(p.PPID[:]) })
		addPart(b, oidSGX(2), p.addTCB)
		addPart(b, oidSGX(3), func(b *cryptobyte.Builder) { b.AddASN1OctetString(p.PCEID[:]) })
		addPart(b, oidSGX(4), func(b *cryptobyte.Builder) { b.AddASN1OctetString(p.FMSPC[:]) })
		addPart(b, oidSGX(5), func(b *cryptobyte.Builder) { b.AddASN1Enum(1) }) // SGX type: scalable
	})
	der, err := b.Bytes()
	if err != nil {
		return pkix.Extension{}, fmt.Errorf("encode PCK certificate: %w", err)
	}
	return pkix.Extension{Id: oidSGX(), Value: der}, nil
}

func (p Platform) addTCB(b *cryptobyte.Builder) {
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		for i, svn := range p.CPUSVN {
			addPart(b, oidSGX(2, i+1), func(b *cryptobyte.Builder) { b.AddASN1Uint64(uint64(svn)) })
		}
		addPart(b, oidSGX(2, 17), func(b *cryptobyte.Builder) { b.AddASN1Uint64(uint64(p.PCESVN)) })
		addPart(b, oidSGX(2, 18), func(b *cryptobyte.Builder) { b.AddASN1OctetString(p.CPUSVN[:]) })
	})
}

func addPart(b *cryptobyte.Builder, id asn1.ObjectIdentifier, value cryptobyte.BuilderContinuation) {
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(id)
		value(b)
	})
}
