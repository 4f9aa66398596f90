// SPDX-License-Identifier: Apache-2.0

package collateral

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// Platform is what a PCK certificate says about the machine it certifies (Intel,
// "SGX PCK certificate and CRL profile specification", section 1.3.5).
type Platform struct {
	PPID   [16]byte // platform id
	CPUSVN [16]byte // one security version per TCB component
	PCESVN uint16
	PCEID  [2]byte
	FMSPC  [6]byte // family, model, stepping, platform type and custom SKU
}

// Object identifiers of the SGX extension and, below it, of its parts.
func oidSGX(tail ...int) asn1.ObjectIdentifier {
	return append(asn1.ObjectIdentifier{1, 2, 840, 113741, 1, 13, 1}, tail...)
}

// ParsePlatform reads the SGX extension of a PCK certificate.
func ParsePlatform(cert *x509.Certificate) (Platform, error) {
	at := slices.IndexFunc(cert.Extensions, func(e pkix.Extension) bool { return e.Id.Equal(oidSGX()) })
	if at < 0 {
		return Platform{}, errors.New("parse PCK certificate: no SGX extension")
	}
	var p Platform
	seen := parts{}
	err := eachPart(cert.Extensions[at].Value, func(id asn1.ObjectIdentifier, value cryptobyte.String) error {
		return p.readPart(seen, id, value)
	})
	if err != nil {
		return Platform{}, fmt.Errorf("parse PCK certificate: %w", err)
	}
	for _, id := range []asn1.ObjectIdentifier{oidSGX(1), oidSGX(2), oidSGX(3), oidSGX(4)} {
		if !seen[id.String()] {
			return Platform{}, fmt.Errorf("parse PCK certificate: SGX extension lacks %v", id)
		}
	}
	return p, nil
}

// parts remembers which parts were read, so that none is read twice.
type parts map[string]bool

func (s parts) once(id asn1.ObjectIdentifier) error {
	if s[id.String()] {
		return fmt.Errorf("%v occurs twice", id)
	}
	s[id.String()] = true
	return nil
}

func (p *Platform) readPart(seen parts, id asn1.ObjectIdentifier, value cryptobyte.String) error {
	if err := seen.once(id); err != nil {
		return err
	}
	switch {
	case id.Equal(oidSGX(1)):
		return readOctets(id, value, p.PPID[:])
	case id.Equal(oidSGX(2)):
		return p.readTCB(value)
	case id.Equal(oidSGX(3)):
		return readOctets(id, value, p.PCEID[:])
	case id.Equal(oidSGX(4)):
		return readOctets(id, value, p.FMSPC[:])
	}
	return nil // platform instance, configuration: not used
}

// readTCB reads the 16 components and PCESVN. The part after them repeats the
// components as one string.
func (p *Platform) readTCB(der cryptobyte.String) error {
	const pceSVN, cpuSVN = 17, 18
	seen := parts{}
	err := eachPart(der, func(id asn1.ObjectIdentifier, value cryptobyte.String) error {
		if err := seen.once(id); err != nil {
			return err
		}
		n := id[len(id)-1]
		if !id.Equal(oidSGX(2, n)) || n < 1 || n > cpuSVN {
			return fmt.Errorf("%v is unknown", id)
		}
		switch {
		case n == pceSVN:
			return readUint(id, value, &p.PCESVN)
		case n == cpuSVN:
			var echo [16]byte
			return readOctets(id, value, echo[:])
		}
		var svn uint8
		err := readUint(id, value, &svn)
		p.CPUSVN[n-1] = svn
		return err
	})
	if err == nil && len(seen) != cpuSVN {
		return fmt.Errorf("%d TCB components, want %d", len(seen), cpuSVN)
	}
	return err
}

// eachPart calls f for each SEQUENCE { OBJECT IDENTIFIER, value } in a SEQUENCE.
func eachPart(der cryptobyte.String, f func(asn1.ObjectIdentifier, cryptobyte.String) error) error {
	var list cryptobyte.String
	if !der.ReadASN1(&list, casn1.SEQUENCE) || !der.Empty() {
		return errors.New("SGX extension is not a sequence")
	}
	for !list.Empty() {
		var part cryptobyte.String
		var id asn1.ObjectIdentifier
		if !list.ReadASN1(&part, casn1.SEQUENCE) || !part.ReadASN1ObjectIdentifier(&id) {
			return errors.New("SGX extension has a malformed part")
		}
		if err := f(id, part); err != nil {
			return err
		}
	}
	return nil
}

func readOctets(id asn1.ObjectIdentifier, der cryptobyte.String, dst []byte) error {
	var value cryptobyte.String
	if !der.ReadASN1(&value, casn1.OCTET_STRING) || !der.Empty() || len(value) != len(dst) {
		return fmt.Errorf("%v is not a string of %d bytes", id, len(dst))
	}
	copy(dst, value)
	return nil
}

func readUint[T uint8 | uint16](id asn1.ObjectIdentifier, der cryptobyte.String, dst *T) error {
	if !der.ReadASN1Integer(dst) || !der.Empty() {
		return fmt.Errorf("%v is not a small number", id)
	}
	return nil
}
