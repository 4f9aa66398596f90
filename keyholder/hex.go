// SPDX-License-Identifier: Apache-2.0

package keyholder

import (
	"encoding/hex"
	"errors"
	"strings"

	"github.com/escrin/escrin/keyholder/curve"
)

// Lower-case 0x-prefixed hexadecimal of exactly the type's size.
type (
	hexG2      [curve.G2Size]byte
	hexG1      [curve.G1Size]byte
	hex32      [32]byte
	hexAddress [20]byte
	hexSig     [SignatureSize]byte
	hexTerms   [TermsSize]byte
)

var errHex = errors.New("want lower-case 0x-prefixed hex of the exact size")

func (h hexG2) MarshalText() ([]byte, error)      { return encodeHex(h[:]), nil }
func (h hexG1) MarshalText() ([]byte, error)      { return encodeHex(h[:]), nil }
func (h hex32) MarshalText() ([]byte, error)      { return encodeHex(h[:]), nil }
func (h hexAddress) MarshalText() ([]byte, error) { return encodeHex(h[:]), nil }
func (h hexSig) MarshalText() ([]byte, error)     { return encodeHex(h[:]), nil }
func (h hexTerms) MarshalText() ([]byte, error)   { return encodeHex(h[:]), nil }

func (h *hexG2) UnmarshalText(b []byte) error      { return decodeHex(h[:], b) }
func (h *hexG1) UnmarshalText(b []byte) error      { return decodeHex(h[:], b) }
func (h *hex32) UnmarshalText(b []byte) error      { return decodeHex(h[:], b) }
func (h *hexAddress) UnmarshalText(b []byte) error { return decodeHex(h[:], b) }
func (h *hexSig) UnmarshalText(b []byte) error     { return decodeHex(h[:], b) }
func (h *hexTerms) UnmarshalText(b []byte) error   { return decodeHex(h[:], b) }

func encodeHex(b []byte) []byte { return []byte("0x" + hex.EncodeToString(b)) }

func decodeHex(dst, text []byte) error {
	s, prefixed := strings.CutPrefix(string(text), "0x")
	if !prefixed || len(s) != 2*len(dst) || s != strings.ToLower(s) {
		return errHex
	}
	if _, err := hex.Decode(dst, []byte(s)); err != nil {
		return errHex
	}
	return nil
}
