// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"bytes"
	"errors"

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
	if err != nil {
		return err
	}
	if !bytes.Equal(again, document) {
		return ErrNotCanonical
	}
	return nil
}
