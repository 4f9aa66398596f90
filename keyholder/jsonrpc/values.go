// SPDX-License-Identifier: Apache-2.0

package jsonrpc

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Text returns a parameter that is a string, such as a block's tag.
func Text(s string) json.RawMessage { return json.RawMessage(strconv.Quote(s)) }

// Hex returns a parameter that is data: 0x and two digits for each byte.
func Hex(b []byte) json.RawMessage { return json.RawMessage(`"0x` + hex.EncodeToString(b) + `"`) }

// Number returns a parameter that is a quantity.
func Number(n uint64) json.RawMessage { return json.RawMessage(fmt.Sprintf(`"0x%x"`, n)) }

// Quantity is a number of at most 64 bits, in JSON 0x and at most sixteen
// digits.
type Quantity uint64

// UnmarshalJSON implements json.Unmarshaler.
func (q *Quantity) UnmarshalJSON(b []byte) error {
	digits, err := digits(b)
	if err != nil {
		return err
	}
	v, err := strconv.ParseUint(digits, 16, 64)
	*q = Quantity(v)
	return err
}

// Data is any number of bytes, in JSON 0x and two digits for each.
type Data []byte

// UnmarshalJSON implements json.Unmarshaler.
func (d *Data) UnmarshalJSON(b []byte) error {
	digits, err := digits(b)
	if err != nil {
		return err
	}
	*d, err = hex.DecodeString(digits)
	return err
}

// Hash is 32 bytes.
type Hash [32]byte

// UnmarshalJSON implements json.Unmarshaler.
func (h *Hash) UnmarshalJSON(b []byte) error { return fixed(h[:], b) }

// Address is 20 bytes.
type Address [20]byte

// UnmarshalJSON implements json.Unmarshaler.
func (a *Address) UnmarshalJSON(b []byte) error { return fixed(a[:], b) }

func fixed(dst, b []byte) error {
	digits, err := digits(b)
	if err != nil {
		return err
	}
	if len(digits) != 2*len(dst) {
		return fmt.Errorf("want %d bytes of hexadecimal", len(dst))
	}
	_, err = hex.Decode(dst, []byte(digits))
	return err
}

// digits returns what follows 0x in a JSON string.
func digits(b []byte) (string, error) {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return "", err
	}
	digits, ok := strings.CutPrefix(s, "0x")
	if !ok {
		return "", errors.New("value is not hexadecimal")
	}
	return digits, nil
}
