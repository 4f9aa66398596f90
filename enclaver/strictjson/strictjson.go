// SPDX-License-Identifier: Apache-2.0

// Package strictjson reads JSON documents of others so that every reader sees the same document. Go's
// decoder folds the case of keys and takes the last of two equal ones; another language's does not, and
// an image that two tools read differently can be approved as one thing and run as another. Here a
// repeated key, and a key that differs by case alone from one the target type knows, are errors. Unknown keys are ignored, as the OCI specifications ask.
package strictjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"unicode/utf8"
)

// MaxDepth is how deep a document may nest.
const MaxDepth = 32

// Decode reads the one JSON document in data, of at most limit bytes, into a T.
func Decode[T any](data []byte, limit int) (T, error) {
	var zero, value T
	if len(data) > limit {
		return zero, fmt.Errorf("%d bytes, more than the %d allowed", len(data), limit)
	}
	if !utf8.Valid(data) {
		return zero, errors.New("not UTF-8")
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	if err := check(decoder, reflect.TypeFor[T](), 0); err != nil {
		return zero, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return zero, errors.New("something follows the document")
	}
	if err := json.Unmarshal(data, &value); err != nil {
		return zero, err
	}
	return value, nil
}

// check walks one value of the document beside the type that it will be read into; t is nil below a key
// that the type does not know.
func check(decoder *json.Decoder, t reflect.Type, depth int) error {
	if depth > MaxDepth {
		return fmt.Errorf("nested deeper than %d", MaxDepth)
	}
	token, err := decoder.Token()
	if err != nil {
		return endOf(err)
	}
	switch token {
	case json.Delim('{'):
		err = checkObject(decoder, t, depth)
	case json.Delim('['):
		err = checkArray(decoder, t, depth)
	default:
		return nil
	}
	if err != nil {
		return err
	}
	_, err = decoder.Token() // the closing bracket
	return endOf(err)
}

func checkObject(decoder *json.Decoder, t reflect.Type, depth int) error {
	known := fieldsOf(t)
	seen := make(map[string]bool)
	for decoder.More() {
		token, err := decoder.Token()
		if err != nil {
			return endOf(err)
		}
		key, isString := token.(string)
		if !isString {
			return errors.New("a key is not a string")
		}
		if seen[key] {
			return fmt.Errorf("key %q appears twice", key)
		}
		seen[key] = true
		field, err := known.lookup(key)
		if err != nil {
			return err
		}
		if err := check(decoder, field, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func checkArray(decoder *json.Decoder, t reflect.Type, depth int) error {
	t = indirect(t)
	var element reflect.Type
	if t != nil && (t.Kind() == reflect.Slice || t.Kind() == reflect.Array) {
		element = t.Elem()
	}
	for decoder.More() {
		if err := check(decoder, element, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// fields is what a type says about the keys of its JSON object.
type fields struct {
	named map[string]reflect.Type
	rest  reflect.Type // element type of a map, whose keys are data and not names
}

// lookup folds as encoding/json does, which takes "layer\u017f" for "layers".
func (f fields) lookup(key string) (reflect.Type, error) {
	if field, ok := f.named[key]; ok {
		return field, nil
	}
	for name := range f.named {
		if strings.EqualFold(name, key) {
			return nil, fmt.Errorf("key %q must be written %q", key, name)
		}
	}
	return f.rest, nil
}

func fieldsOf(t reflect.Type) fields {
	t = indirect(t)
	switch {
	case t == nil:
		return fields{}
	case t.Kind() == reflect.Map:
		return fields{rest: t.Elem()}
	case t.Kind() != reflect.Struct:
		return fields{}
	}
	f := fields{named: make(map[string]reflect.Type)}
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if name != "" && name != "-" {
			f.named[name] = t.Field(i).Type
		}
	}
	return f
}

func indirect(t reflect.Type) reflect.Type {
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
}

func endOf(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
