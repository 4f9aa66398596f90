// SPDX-License-Identifier: Apache-2.0

package strictjson

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// Types that read themselves.
type (
	documentReader interface{ UnmarshalJSON([]byte) error }
	textReader     interface{ UnmarshalText([]byte) error }
)

// value reads one value into v, which is zero; without a v, it goes over it.
func (r *reader) value(v reflect.Value, depth int) error {
	if depth > MaxDepth {
		return fmt.Errorf("nested deeper than %d", MaxDepth)
	}
	first := r.next()
	if v.Kind() == reflect.Pointer && first != 'n' {
		v.Set(reflect.New(v.Type().Elem()))
		return r.value(v.Elem(), depth)
	}
	if v.IsValid() && v.Kind() != reflect.Pointer && mayHaveMethods(v.Type()) {
		switch own := v.Addr().Interface().(type) {
		case documentReader:
			start := r.at
			if err := r.value(reflect.Value{}, depth); err != nil {
				return err
			}
			return own.UnmarshalJSON(r.data[start:r.at:r.at])
		case textReader:
			return r.textInto(own, first)
		}
	}
	switch first {
	case '{':
		return r.object(v, depth)
	case '[':
		return r.list(v, depth)
	case '"':
		return r.stringInto(v)
	case 't':
		return r.truth(v, "true")
	case 'f':
		return r.truth(v, "false")
	case 'n':
		return r.word("null") // what is zero stays it, of whatever type
	}
	return r.numberInto(v)
}

// textInto reads a string into what reads itself from one; null leaves it as it is.
func (r *reader) textInto(own textReader, first byte) error {
	switch first {
	case 'n':
		return r.word("null")
	case '"':
		text, err := r.text()
		if err != nil {
			return err
		}
		return own.UnmarshalText(text)
	}
	return unfit("what is no string", reflect.ValueOf(own).Elem())
}

// unfit says that a value is none of a type.
func unfit(what string, v reflect.Value) error { return fmt.Errorf("%s for a %s", what, v.Type()) }

func (r *reader) object(v reflect.Value, depth int) error {
	switch v.Kind() {
	case reflect.Struct:
		return r.structure(v, depth)
	case reflect.Map:
		return r.mapping(v, depth)
	case reflect.Invalid:
	default:
		return unfit("an object", v)
	}
	var seen keySet
	return r.members(func(key []byte) error {
		if err := seen.add(key); err != nil {
			return err
		}
		return r.value(v, depth+1)
	})
}

// keySet has those keys of an object that no type knows.
type keySet map[string]bool

func (k *keySet) add(key []byte) error {
	if (*k)[string(key)] {
		return errTwice
	}
	if *k == nil {
		*k = keySet{}
	}
	(*k)[string(key)] = true
	return nil
}

func (r *reader) structure(v reflect.Value, depth int) error {
	known, err := fieldsOf(v.Type())
	if err != nil {
		return err
	}
	set := make([]bool, len(known))
	var unknown keySet
	return r.members(func(key []byte) error {
		i, err := lookup(known, key)
		switch {
		case err != nil:
			return err
		case i >= 0 && set[i]:
			return errTwice
		case i >= 0:
			set[i] = true
			return r.value(v.FieldByIndex(known[i].index), depth+1)
		case !r.open:
			return errUnknown
		}
		if err := unknown.add(key); err != nil {
			return err
		}
		return r.value(reflect.Value{}, depth+1)
	})
}

func (r *reader) mapping(v reflect.Value, depth int) error {
	t := v.Type()
	if !textKeys(t) {
		return errForm(t)
	}
	v.Set(reflect.MakeMap(t))
	return r.members(func(text []byte) error {
		key, element := reflect.New(t.Key()).Elem(), reflect.New(t.Elem()).Elem()
		if key.SetString(string(text)); v.MapIndex(key).IsValid() {
			return errTwice
		}
		err := r.value(element, depth+1)
		v.SetMapIndex(key, element)
		return err
	})
}

func (r *reader) list(v reflect.Value, depth int) error {
	grows := v.Kind() == reflect.Slice && !isBytes(v.Type())
	switch {
	case grows:
		v.Set(reflect.MakeSlice(v.Type(), 0, 0))
	case v.IsValid() && v.Kind() != reflect.Array:
		return unfit("a list", v)
	}
	n := 0
	err := r.elements(func() error {
		n++
		switch {
		case grows:
			v.Grow(1)
			v.SetLen(n)
		case !v.IsValid():
			return r.value(v, depth+1)
		case n > v.Len():
			return unfit("too many elements", v)
		}
		return r.value(v.Index(n-1), depth+1)
	})
	if err == nil && v.IsValid() && n < v.Len() {
		err = unfit("too few elements", v)
	}
	return err
}

func (r *reader) stringInto(v reflect.Value) error {
	if v.Kind() == reflect.Slice && isBytes(v.Type()) {
		return r.base64Into(v)
	}
	text, err := r.text()
	switch {
	case err != nil || !v.IsValid():
		return err
	case v.Kind() != reflect.String:
		return unfit("a string", v)
	}
	v.SetString(string(text))
	return nil
}

// base64Into does not look at each byte of a long string before it decodes it: only where it fails are there
// escapes to look for.
func (r *reader) base64Into(v reflect.Value) error {
	text := r.data[r.at+1:]
	if end := bytes.IndexByte(text, '"'); end >= 0 {
		if decoded, ok := fromBase64(text[:end]); ok {
			r.at += end + 2
			v.SetBytes(decoded)
			return nil
		}
	}
	text, err := r.text()
	if err != nil {
		return err
	}
	decoded, ok := fromBase64(text)
	if !ok {
		return unfit("what is not base64", v)
	}
	v.SetBytes(decoded)
	return nil
}

func fromBase64(text []byte) ([]byte, bool) {
	decoded := make([]byte, base64.StdEncoding.DecodedLen(len(text)))
	n, err := base64.StdEncoding.Decode(decoded, text)
	return decoded[:n], err == nil && base64.StdEncoding.EncodedLen(n) == len(text) // it goes over line ends
}

func (r *reader) truth(v reflect.Value, word string) error {
	switch {
	case v.Kind() == reflect.Bool:
		v.SetBool(word == "true")
	case v.IsValid():
		return unfit(word, v)
	}
	return r.word(word)
}

func (r *reader) numberInto(v reflect.Value) error {
	digits, err := r.number()
	if err != nil || !v.IsValid() {
		return err
	}
	switch {
	case v.CanInt():
		n, err := strconv.ParseInt(string(digits), 10, v.Type().Bits())
		if v.SetInt(n); err == nil {
			return nil
		}
	case v.CanUint():
		n, err := strconv.ParseUint(string(digits), 10, v.Type().Bits())
		if v.SetUint(n); err == nil {
			return nil
		}
	}
	return unfit(fmt.Sprintf("%.40s", digits), v)
}

// lookup returns the index of the field that a key names, or -1. It folds as encoding/json does, which takes
// "layer\u017f" for "layers".
func lookup(known []field, key []byte) (int, error) {
	for i := range known {
		if known[i].name == string(key) {
			return i, nil
		}
	}
	for i := range known {
		if strings.EqualFold(known[i].name, string(key)) {
			return 0, fmt.Errorf("the key must be written %q", known[i].name)
		}
	}
	return -1, nil
}
