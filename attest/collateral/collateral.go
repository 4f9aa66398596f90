// SPDX-License-Identifier: Apache-2.0

// Package collateral holds Intel's endorsements of a TDX platform: TCB info, QE
// identity and certificate revocation lists. A [Bundle] carries them beside a
// quote, so that verification needs no network. [TCBInfo] and [QEIdentity] judge
// the platform and the quoting enclave as Intel's "PCS API, version 4" says.
package collateral

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/escrin/escrin/attest"
)

const bundleMagic = "escrin.collateral\x01"

// maxSigned bounds each signed document and list, in bytes. The whole bundle
// fits into an evidence envelope.
const maxSigned = 128 << 10

// Signed is a JSON document and Intel's signature, r ‖ s, over its exact bytes.
// The envelope in which Intel's service sends the two is left behind, because
// JSON has more than one reading of an envelope.
type Signed struct {
	Document  []byte
	Signature [64]byte
}

// Bundle is the collateral for one quote. The certificates that its parts are
// checked against are the root, which the verifier has, the platform CA, which
// is in the quote, and TCBSigner.
type Bundle struct {
	TCBInfo     Signed
	QEIdentity  Signed
	TCBSigner   []byte // DER certificate that signs the two, issued by the root
	RootCRL     []byte // DER, by the root
	PlatformCRL []byte // DER, by the platform CA
}

// Marshal returns the only encoding of b (SPEC.md §4).
func (b Bundle) Marshal() ([]byte, error) {
	out := []byte(bundleMagic)
	out = append(out, b.TCBInfo.Signature[:]...)
	out = append(out, b.QEIdentity.Signature[:]...)
	for _, part := range b.parts() {
		if len(*part) == 0 || len(*part) > maxSigned {
			return nil, fmt.Errorf("encode collateral: part of %d bytes, want 1 to %d", len(*part), maxSigned)
		}
		out = binary.BigEndian.AppendUint32(out, uint32(len(*part)))
		out = append(out, *part...)
	}
	if len(out) > attest.MaxEvidenceSize {
		return nil, fmt.Errorf("encode collateral: %d bytes, at most %d allowed", len(out), attest.MaxEvidenceSize)
	}
	return out, nil
}

// ParseBundle accepts exactly the bytes that [Bundle.Marshal] writes.
func ParseBundle(raw []byte) (Bundle, error) {
	if len(raw) > attest.MaxEvidenceSize {
		return Bundle{}, fmt.Errorf("parse collateral: %d bytes, at most %d allowed", len(raw), attest.MaxEvidenceSize)
	}
	rest, ok := bytes.CutPrefix(raw, []byte(bundleMagic))
	if !ok || len(rest) < 2*64 {
		return Bundle{}, errors.New("parse collateral: not a collateral bundle of version 1")
	}
	var b Bundle
	copy(b.TCBInfo.Signature[:], rest)
	copy(b.QEIdentity.Signature[:], rest[64:])
	rest = rest[2*64:]
	for _, part := range b.parts() {
		if len(rest) < 4 {
			return Bundle{}, errors.New("parse collateral: cut short")
		}
		size := binary.BigEndian.Uint32(rest)
		rest = rest[4:]
		if size == 0 || size > maxSigned || int(size) > len(rest) {
			return Bundle{}, fmt.Errorf("parse collateral: part of %d bytes, %d left, want 1 to %d", size, len(rest), maxSigned)
		}
		*part = bytes.Clone(rest[:size])
		rest = rest[size:]
	}
	if len(rest) != 0 {
		return Bundle{}, fmt.Errorf("parse collateral: %d bytes left over", len(rest))
	}
	return b, nil
}

func (b *Bundle) parts() []*[]byte {
	return []*[]byte{&b.TCBInfo.Document, &b.QEIdentity.Document, &b.TCBSigner, &b.RootCRL, &b.PlatformCRL}
}
