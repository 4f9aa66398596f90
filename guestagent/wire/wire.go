// SPDX-License-Identifier: Apache-2.0

// Package wire holds the fixed-size values that the guest's JSON documents carry: 32-byte hashes
// and 20-byte addresses in lower-case 0x hex, and SHA-256 blob digests in the form of the OCI
// image specification ("sha256:<hex>"). Each decodes from exactly one spelling.
package wire

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/sha3"
)

// Hash32 is a 32-byte value; in JSON "0x" and 64 lower-case hex digits.
type Hash32 [32]byte

// String returns the JSON form of h.
func (h Hash32) String() string { return "0x" + hex.EncodeToString(h[:]) }

// MarshalText implements encoding.TextMarshaler; it never fails.
func (h Hash32) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// UnmarshalText accepts only what MarshalText writes.
func (h *Hash32) UnmarshalText(text []byte) error { return DecodeHex(h[:], string(text), "0x") }

// Address is a 20-byte account or contract address; in JSON "0x" and 40 lower-case hex digits
// (without the upper-case checksum of EIP-55).
type Address [20]byte

// String returns the JSON form of a.
func (a Address) String() string { return "0x" + hex.EncodeToString(a[:]) }

// MarshalText implements encoding.TextMarshaler; it never fails.
func (a Address) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText accepts only what MarshalText writes.
func (a *Address) UnmarshalText(text []byte) error { return DecodeHex(a[:], string(text), "0x") }

// Digest is the SHA-256 of a blob; in JSON "sha256:" and 64 lower-case hex digits.
type Digest [32]byte

// DigestOf returns the digest of b.
func DigestOf(b []byte) Digest { return sha256.Sum256(b) }

// String returns the JSON form of d.
func (d Digest) String() string { return "sha256:" + hex.EncodeToString(d[:]) }

// MarshalText implements encoding.TextMarshaler; it never fails.
func (d Digest) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText accepts only what MarshalText writes.
func (d *Digest) UnmarshalText(text []byte) error { return DecodeHex(d[:], string(text), "sha256:") }

// Keccak is Keccak-256 of the parts, one behind the other.
func Keccak(parts ...[]byte) [32]byte {
	h := sha3.NewLegacyKeccak256()
	for _, p := range parts {
		h.Write(p)
	}
	return [32]byte(h.Sum(nil))
}

// DecodeHex fills dst from prefix and exactly 2·len(dst) lower-case hex digits.
func DecodeHex(dst []byte, s, prefix string) error {
	digits, ok := strings.CutPrefix(s, prefix)
	if !ok || len(digits) != 2*len(dst) {
		return fmt.Errorf("want %s and %d hex digits", prefix, 2*len(dst))
	}
	if digits != strings.ToLower(digits) {
		return errors.New("hex digits must be lower-case")
	}
	if _, err := hex.Decode(dst, []byte(digits)); err != nil {
		return errors.New("not hex")
	}
	return nil
}
