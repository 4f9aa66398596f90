// SPDX-License-Identifier: Apache-2.0

// Package strictjson decodes JSON that has one meaning only: unknown keys,
// keys that repeat (also in another case), trailing data and deep nesting are
// errors. The standard decoder lets the last of two equal keys win.
package strictjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

const maxDepth = 16

// Decode parses b into the value that v points to, under the rules of this
// package.
func Decode[T any](b []byte, v *T) error {
	if err := unambiguous(b); err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	return d.Decode(v)
}

// unambiguous walks the tokens of exactly one JSON value.
func unambiguous(b []byte) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	if err := value(d, 0); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("data after the JSON value")
	}
	return nil
}

func value(d *json.Decoder, depth int) error {
	if depth > maxDepth {
		return errors.New("JSON nested too deeply")
	}
	t, err := d.Token()
	if err != nil {
		return err
	}
	delim, ok := t.(json.Delim)
	if !ok {
		return nil
	}
	seen := map[string]bool{}
	for d.More() {
		if delim == '{' {
			if err := key(d, seen); err != nil {
				return err
			}
		}
		if err := value(d, depth+1); err != nil {
			return err
		}
	}
	_, err = d.Token()
	return err
}

func key(d *json.Decoder, seen map[string]bool) error {
	t, err := d.Token()
	if err != nil {
		return err
	}
	name, ok := t.(string)
	if !ok {
		return errors.New("JSON key is not a string")
	}
	folded := strings.ToLower(name)
	if seen[folded] {
		return fmt.Errorf("JSON key %q repeats", name)
	}
	seen[folded] = true
	return nil
}
