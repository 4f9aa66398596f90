// SPDX-License-Identifier: Apache-2.0

package kds

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
)

const bundleMagic = "escrin.collateral.snp\x01"

// Bounds of the parts of a bundle, in bytes.
const (
	maxCertificate = 4 << 10
	maxCRL         = 64 << 10
)

// Bundle is the collateral for one report. The verifier has the root certificate
// (ARK) that the rest is checked against.
type Bundle struct {
	VEK []byte // DER certificate of the key that signs reports: VCEK or VLEK
	ASK []byte // DER certificate of its issuer (ASK or ASVK), issued by the ARK
	CRL []byte // DER revocation list of the ARK
}

// Marshal returns the only encoding of b (SPEC.md §4d).
func (b Bundle) Marshal() ([]byte, error) {
	out := []byte(bundleMagic)
	for _, p := range b.parts() {
		if n := len(*p.der); n == 0 || n > p.limit {
			return nil, fmt.Errorf("encode collateral: %s of %d bytes, want 1 to %d", p.name, n, p.limit)
		}
		out = binary.BigEndian.AppendUint32(out, uint32(len(*p.der)))
		out = append(out, *p.der...)
	}
	return out, nil
}

// ParseBundle accepts exactly the bytes that [Bundle.Marshal] writes.
func ParseBundle(raw []byte) (Bundle, error) {
	rest, ok := bytes.CutPrefix(raw, []byte(bundleMagic))
	if !ok {
		return Bundle{}, errors.New("parse collateral: not an SNP collateral bundle of version 1")
	}
	var b Bundle
	for _, p := range b.parts() {
		if len(rest) < 4 {
			return Bundle{}, errors.New("parse collateral: cut short")
		}
		size := binary.BigEndian.Uint32(rest)
		rest = rest[4:]
		if size == 0 || uint64(size) > uint64(min(p.limit, len(rest))) {
			return Bundle{}, fmt.Errorf("parse collateral: %s of %d bytes, %d left, want 1 to %d", p.name, size, len(rest), p.limit)
		}
		*p.der = bytes.Clone(rest[:size])
		rest = rest[size:]
	}
	if len(rest) != 0 {
		return Bundle{}, fmt.Errorf("parse collateral: %d bytes left over", len(rest))
	}
	return b, nil
}

type part struct {
	name  string
	der   *[]byte
	limit int
}

func (b *Bundle) parts() []part {
	return []part{
		{"VEK certificate", &b.VEK, maxCertificate},
		{"ASK certificate", &b.ASK, maxCertificate},
		{"revocation list", &b.CRL, maxCRL},
	}
}
