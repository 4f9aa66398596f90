// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/escrin/escrin/strictjson"
)

// ErrNotCanonical says that a JSON document decodes but is not the one encoding of its value:
// a key is missing or out of order, a string is written in another way, or there is white space.
var ErrNotCanonical = errors.New("not canonical JSON")

// Encode returns the one encoding of v, which is strictjson's. The type fixes the order of keys.
func Encode(v any) ([]byte, error) { return strictjson.Encode(v) }

// Decode reads a document of at most limit bytes into what v points to and requires that encoding that again gives
// the same bytes (else ErrNotCanonical), so that one value has one digest.
func Decode(document []byte, limit int, v any) error {
	if err := strictjson.DecodeInto(document, limit, v); err != nil {
		return err
	}
	again, err := strictjson.Encode(v)
	if err == nil && !bytes.Equal(again, document) {
		err = ErrNotCanonical
	}
	return err
}

// Parse is Decode of a document that must be valid too. An error says what kind of document it is not.
func Parse[T any](what string, document []byte, limit int, validate func(T) error) (T, error) {
	var v, none T
	err := Decode(document, limit, &v)
	if err == nil {
		err = validate(v)
	}
	if err != nil {
		return none, fmt.Errorf("parse %s: %w", what, err)
	}
	return v, nil
}

// Marshal returns the one encoding of v, or an error where Parse would refuse it.
func Marshal[T any](what string, v T, limit int, validate func(T) error) (document []byte, err error) {
	if err = validate(v); err == nil {
		document, err = Encode(v)
	}
	if err == nil && len(document) > limit {
		err = fmt.Errorf("%d bytes, more than %d", len(document), limit)
	}
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", what, err)
	}
	return document, nil
}
