// SPDX-License-Identifier: Apache-2.0

// Package strictjson reads JSON documents of others so that every reader sees the same document, and writes those of
// our own, byte by byte as encoding/json does without HTML escaping.
//
// Most decoders fold the case of keys, and more (Go's takes "ta\u017fk" for "task"), and take the last of two equal
// ones; another language's do not, and what two programs read differently can be approved as one thing and used as
// another. Here a repeated key, and a key that such a decoder would take for one which the target type knows by another
// spelling, are errors; so is half of a surrogate pair, for which one program reads U+FFFD and another does not.
//
// A type has the JSON form that encoding/json gives it, by the same tags and methods, but that: base64 has no line ends
// in it, slices of bytes are never lists of numbers, and an array has as many elements as its type. Embedded pointers, embedded
// types that are not exported but for plain structs, and the option "string" have no form, and a struct with them is an error;
// nor have numbers with a fraction, interfaces, and maps with keys that are no strings: a value of those is an error. It is
// linked into the guest and imports the standard library only.
package strictjson

import (
	"errors"
	"fmt"
	"reflect"
	"unicode/utf8"
)

// MaxDepth is how deep a document may nest.
const MaxDepth = 32

// Decode reads the one JSON document in data, of at most limit bytes, into a T. A key that T does not know is
// an error.
func Decode[T any](data []byte, limit int) (T, error) {
	var value, zero T
	if err := DecodeInto(data, limit, &value); err != nil {
		return zero, err
	}
	return value, nil
}

// DecodeOpen is Decode for documents in which keys that T does not know are to be ignored, as the OCI
// specifications ask.
func DecodeOpen[T any](data []byte, limit int) (T, error) {
	var value, zero T
	if err := decode(data, limit, reflect.ValueOf(&value).Elem(), true, 0); err != nil {
		return zero, err
	}
	return value, nil
}

// DecodeInto is Decode into what a pointer points to. Nothing that was there before is left; after an error there
// may be a part of the document.
func DecodeInto(data []byte, limit int, pointer any) error {
	into := reflect.ValueOf(pointer).Elem()
	into.SetZero()
	return decode(data, limit, into, false, 0)
}

// Valid reports whether data is one document that a Raw could be read from.
func Valid(data []byte) bool { return decode(data, len(data), reflect.Value{}, true, 0) == nil }

// decode reads a document into a value that is zero, or goes over it if there is none. Depth is that of what it is in. It is
// not generic, for the guest would have a copy of it for every type.
func decode(data []byte, limit int, into reflect.Value, open bool, depth int) error {
	if len(data) > limit {
		return fmt.Errorf("%d bytes, more than the %d allowed", len(data), limit)
	}
	if !utf8.Valid(data) {
		return errors.New("not UTF-8")
	}
	r := &reader{data: data, open: open}
	if err := r.value(into, depth); err != nil {
		return err
	}
	if r.next(); r.at < len(r.data) {
		return errors.New("something follows the document")
	}
	return nil
}

// Encode returns the document of a value, which may be a pointer.
func Encode(v any) ([]byte, error) { return appendValue(nil, reflect.ValueOf(v), 0) }

// Raw is a document inside of another, as it is there. The zero Raw is written as null.
type Raw []byte

// MarshalJSON returns the document, for encoding/json and for Encode.
func (r Raw) MarshalJSON() ([]byte, error) {
	if r == nil {
		return []byte("null"), nil
	}
	return r, nil
}

// UnmarshalJSON keeps a copy of a document.
func (r *Raw) UnmarshalJSON(document []byte) error {
	*r = append(Raw{}, document...)
	return nil
}
