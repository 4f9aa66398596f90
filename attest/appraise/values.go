// SPDX-License-Identifier: Apache-2.0

package appraise

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// The words of a policy file.
const (
	wordAny  = "any"
	wordZero = "zero"
)

// Values are the values that a field of bytes may have. The zero Values are a
// choice that was not made. In a policy file they are "any", or a list of 0x and
// lower-case hexadecimal digits, or "zero" for a field of zeros.
type Values struct {
	any  bool
	list [][]byte
}

// Any allows every value, in so many words.
func Any() Values { return Values{any: true} }

// Zero allows a field of zeros only.
func Zero() Values { return OneOf(nil) }

// OneOf allows the values of a list, of which an empty one stands for zeros.
func OneOf(values ...[]byte) Values {
	v := Values{}
	for _, value := range values {
		v.list = append(v.list, bytes.Clone(value))
	}
	return v
}

// contain reports whether field has one of the values.
func (v Values) contain(field []byte) bool {
	return v.any || slices.ContainsFunc(v.list, func(value []byte) bool {
		return bytes.Equal(value, field) || len(value) == 0 && allZero(field)
	})
}

// check checks that each value has one of the sizes; with size 0 among them the
// word for zeros is allowed.
func (v Values) check(anyAllowed bool, sizes ...int) error {
	if v.any && !anyAllowed {
		return errors.New(`cannot be "any"`)
	}
	for _, value := range v.list {
		if !slices.Contains(sizes, len(value)) {
			return fmt.Errorf("lists a value of %d bytes, want one of %v", len(value), sizes)
		}
	}
	return nil
}

// UnmarshalJSON reads the form of a policy file.
func (v *Values) UnmarshalJSON(data []byte) error {
	words, err := readWords(data)
	if err != nil {
		return err
	}
	read := Values{any: words.any}
	for _, word := range words.list {
		value, err := parseValue(word)
		if err != nil {
			return err
		}
		read.list = append(read.list, value)
	}
	*v = read
	return nil
}

func parseValue(word string) ([]byte, error) {
	if word == wordZero {
		return nil, nil
	}
	digits, ok := bytes.CutPrefix([]byte(word), []byte("0x"))
	value := make([]byte, len(digits)/2)
	if _, err := hex.Decode(value, digits); !ok || err != nil || len(value) == 0 || !lowerCase(digits) {
		return nil, fmt.Errorf(`%q is neither "zero" nor 0x and pairs of lower-case hexadecimal digits`, word)
	}
	return value, nil
}

func lowerCase(digits []byte) bool { return !bytes.ContainsAny(digits, "ABCDEF") }

func allZero(b []byte) bool { return len(bytes.Trim(b, "\x00")) == 0 }

// Names are the names that may stand in a place. The zero Names are a choice
// that was not made. In a policy file they are "any" or a list.
type Names struct {
	any  bool
	list []string
}

// AnyName allows every name, in so many words.
func AnyName() Names { return Names{any: true} }

// NoneBut allows the names of a list, which may be empty.
func NoneBut(names ...string) Names { return Names{list: append([]string{}, names...)} }

func (n Names) contain(name string) bool { return n.any || slices.Contains(n.list, name) }

// UnmarshalJSON reads the form of a policy file.
func (n *Names) UnmarshalJSON(data []byte) (err error) {
	*n, err = readWords(data)
	return err
}

func readWords(data []byte) (Names, error) {
	if string(data) == `"`+wordAny+`"` {
		return AnyName(), nil
	}
	var list []string
	if err := json.Unmarshal(data, &list); err != nil {
		return Names{}, fmt.Errorf("%s is neither %q nor a list of strings", excerpt(data), wordAny)
	}
	return Names{list: list}, nil
}

// excerpt is the start of a piece of a policy file, for messages.
func excerpt(data []byte) []byte { return data[:min(len(data), 40)] }
