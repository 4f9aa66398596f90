// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// ErrNotCanonical says that a JSON document decodes but is not the one encoding of its value:
// a key is unknown, repeated, missing, out of order or in another case, or there is white space.
var ErrNotCanonical = errors.New("not canonical JSON")

// Encode returns the one encoding of v: encoding/json without HTML escaping and without the
// final newline. The type fixes the order of keys.
func Encode[T any](v T) ([]byte, error) { return encode(v) }

// Decode reads a document of at most limit bytes into v and requires that encoding v again gives
// the same bytes (else ErrNotCanonical), so that one value has one digest.
func Decode[T any](document []byte, limit int, v *T) error {
	return decodeCanonical(document, limit, v)
}

// encode is not generic, for the guest would have a copy of it for every type.
func encode(v any) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), nil
}

// decodeCanonical decodes into what v points to.
func decodeCanonical(document []byte, limit int, v any) error {
	if len(document) > limit {
		return fmt.Errorf("%d bytes, more than %d", len(document), limit)
	}
	if err := decodeKnown(document, v); err != nil {
		return err
	}
	again, err := encode(v)
	if err != nil {
		return err
	}
	if !bytes.Equal(again, document) {
		return ErrNotCanonical
	}
	return nil
}

// decodeKnown decodes one JSON value and refuses unknown keys and trailing bytes.
func decodeKnown(document []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(document))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		return err
	}
	if _, err := dec.Token(); err != io.EOF {
		return errors.New("bytes after the document")
	}
	return nil
}
