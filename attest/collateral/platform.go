// SPDX-License-Identifier: Apache-2.0

package collateral

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"slices"
)

// Platform is what a PCK certificate says about the machine it certifies (Intel,
// "SGX PCK certificate and CRL profile specification", section 1.3.5).
type Platform struct {
	PPID   [16]byte // platform id
	CPUSVN [16]byte // one security version per TCB component
	PCESVN uint16
	PCEID  [2]byte
	FMSPC  [6]byte // family, model, stepping, platform type and custom SKU
	// SGXType is 0 for standard, 1 for scalable, 2 for scalable with integrity.
	SGXType uint8
	// InstanceID tells platforms apart that were registered anew; zero of platforms
	// with one processor package, whose certificates have none.
	InstanceID      [16]byte
	DynamicPlatform Flag // packages can be added after registration
	CachedKeys      Flag // Intel keeps the platform's root keys
	SMTEnabled      Flag // hyper-threading is on
}

// Flag is a bit that a certificate may leave out.
type Flag uint8

// The values of a Flag.
const (
	Unsaid Flag = iota
	False
	True
)

// String returns "true", "false" or "unsaid".
func (f Flag) String() string {
	switch f {
	case False:
		return "false"
	case True:
		return "true"
	}
	return "unsaid"
}

// Object identifiers of the SGX extension and, below it, of its parts.
func oidSGX(tail ...int) asn1.ObjectIdentifier {
	return append(asn1.ObjectIdentifier{1, 2, 840, 113741, 1, 13, 1}, tail...)
}

// Parts of the SGX extension.
const (
	partPPID = iota + 1
	partTCB
	partPCEID
	partFMSPC
	partSGXType
	partInstanceID
	partConfiguration
)

// Parts of the TCB, after the 16 components.
const (
	tcbPCESVN = 17
	tcbCPUSVN = 18
)

// ParsePlatform reads the SGX extension of a PCK certificate, which must be there
// once. Parts that are unknown, occur twice or have another size are errors, like
// the lack of one that every certificate has.
func ParsePlatform(cert *x509.Certificate) (Platform, error) {
	at := slices.IndexFunc(cert.Extensions, func(e pkix.Extension) bool { return e.Id.Equal(oidSGX()) })
	if at < 0 {
		return Platform{}, errors.New("parse PCK certificate: no SGX extension")
	}
	var p Platform
	seen, err := eachPart(cert.Extensions[at].Value, oidSGX(), p.readPart)
	if err != nil {
		return Platform{}, fmt.Errorf("parse PCK certificate: %w", err)
	}
	for part := partPPID; part <= partSGXType; part++ {
		if !seen[part] {
			return Platform{}, fmt.Errorf("parse PCK certificate: SGX extension lacks part %d", part)
		}
	}
	return p, nil
}

func (p *Platform) readPart(part int, value asn1.RawValue) error {
	switch part {
	case partPPID:
		return readOctets(value, p.PPID[:])
	case partTCB:
		return p.readTCB(value)
	case partPCEID:
		return readOctets(value, p.PCEID[:])
	case partFMSPC:
		return readOctets(value, p.FMSPC[:])
	case partSGXType:
		return readSmall(value, asn1.TagEnum, &p.SGXType)
	case partInstanceID:
		return readOctets(value, p.InstanceID[:])
	case partConfiguration:
		_, err := eachPart(value.FullBytes, oidSGX(partConfiguration), p.readFlag)
		return err
	}
	return errors.New("is unknown")
}

// readTCB reads the 16 components, PCESVN, and CPUSVN, which is the processor's
// raw form of the components and not used.
func (p *Platform) readTCB(list asn1.RawValue) error {
	seen, err := eachPart(list.FullBytes, oidSGX(partTCB), func(part int, value asn1.RawValue) error {
		switch {
		case part >= 1 && part <= len(p.CPUSVN):
			return readSmall(value, asn1.TagInteger, &p.CPUSVN[part-1])
		case part == tcbPCESVN:
			return readSmall(value, asn1.TagInteger, &p.PCESVN)
		case part == tcbCPUSVN:
			return readOctets(value, make([]byte, 16))
		}
		return errors.New("is unknown")
	})
	if err == nil && len(seen) != tcbCPUSVN {
		return fmt.Errorf("%d TCB components, want %d", len(seen), tcbCPUSVN)
	}
	return err
}

func (p *Platform) readFlag(part int, value asn1.RawValue) error {
	flags := []*Flag{&p.DynamicPlatform, &p.CachedKeys, &p.SMTEnabled}
	if part < 1 || part > len(flags) {
		return errors.New("is unknown")
	}
	var set bool
	if rest, err := asn1.Unmarshal(value.FullBytes, &set); err != nil || len(rest) != 0 {
		return errors.New("is not a boolean")
	}
	*flags[part-1] = False
	if set {
		*flags[part-1] = True
	}
	return nil
}

// eachPart calls f for each SEQUENCE { OBJECT IDENTIFIER, value } in a SEQUENCE,
// with the number of the part below prefix, and returns the numbers. No part may
// occur twice.
func eachPart(der []byte, prefix asn1.ObjectIdentifier, f func(part int, value asn1.RawValue) error) (map[int]bool, error) {
	list, err := sequence(der)
	if err != nil {
		return nil, err
	}
	seen := make(map[int]bool)
	for len(list) > 0 {
		var pair asn1.RawValue
		if list, err = asn1.Unmarshal(list, &pair); err != nil {
			return nil, errors.New("malformed part")
		}
		part, value, err := readPair(pair.FullBytes, prefix)
		if err != nil {
			return nil, err
		}
		if seen[part] {
			return nil, fmt.Errorf("part %d occurs twice", part)
		}
		seen[part] = true
		if err := f(part, value); err != nil {
			return nil, fmt.Errorf("part %d of %v: %w", part, prefix, err)
		}
	}
	return seen, nil
}

// readPair reads one SEQUENCE { OBJECT IDENTIFIER, value }.
func readPair(der []byte, prefix asn1.ObjectIdentifier) (part int, value asn1.RawValue, err error) {
	pair, err := sequence(der)
	if err != nil {
		return 0, value, err
	}
	var id asn1.ObjectIdentifier
	rest, err := asn1.Unmarshal(pair, &id)
	if err != nil || len(id) != len(prefix)+1 || !id[:len(prefix)].Equal(prefix) {
		return 0, value, fmt.Errorf("part %v is not below %v", id, prefix)
	}
	if rest, err = asn1.Unmarshal(rest, &value); err != nil || len(rest) != 0 {
		return 0, value, fmt.Errorf("%v has no single value", id)
	}
	return id[len(prefix)], value, nil
}

// sequence returns the contents of the SEQUENCE that der is.
func sequence(der []byte) ([]byte, error) {
	var s asn1.RawValue
	rest, err := asn1.Unmarshal(der, &s)
	if err != nil || len(rest) != 0 || s.Class != asn1.ClassUniversal || s.Tag != asn1.TagSequence || !s.IsCompound {
		return nil, errors.New("not a sequence")
	}
	return s.Bytes, nil
}

func readOctets(value asn1.RawValue, dst []byte) error {
	if value.Class != asn1.ClassUniversal || value.Tag != asn1.TagOctetString || value.IsCompound || len(value.Bytes) != len(dst) {
		return fmt.Errorf("is not a string of %d bytes", len(dst))
	}
	copy(dst, value.Bytes)
	return nil
}

// readSmall reads a number, in its only encoding, that fits into dst.
func readSmall[T uint8 | uint16](value asn1.RawValue, tag int, dst *T) error {
	if value.Class != asn1.ClassUniversal || value.Tag != tag {
		return fmt.Errorf("has tag %d, want %d", value.Tag, tag)
	}
	var n int64
	plain, err := asn1.Marshal(asn1.RawValue{Tag: asn1.TagInteger, Bytes: value.Bytes})
	if err == nil {
		_, err = asn1.Unmarshal(plain, &n)
	}
	if err != nil || n < 0 || n > int64(^T(0)) {
		return errors.New("is not a small number")
	}
	*dst = T(n)
	return nil
}
