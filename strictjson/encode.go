// SPDX-License-Identifier: Apache-2.0

package strictjson

import (
	"encoding/base64"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Types that write themselves.
type (
	documentWriter interface{ MarshalJSON() ([]byte, error) }
	textWriter     interface{ MarshalText() ([]byte, error) }
)

// ownOf returns what the methods of a value are called on: with those of its pointer, if it has an address.
func ownOf(v reflect.Value) any {
	if !mayHaveMethods(v.Type()) {
		return nil
	}
	if v.CanAddr() {
		v = v.Addr()
	}
	return v.Interface()
}

// appendValue appends the document of a value.
func appendValue(out []byte, v reflect.Value, depth int) ([]byte, error) {
	if depth > MaxDepth {
		return nil, fmt.Errorf("nested deeper than %d", MaxDepth)
	}
	switch {
	case !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil():
		return append(out, "null"...), nil
	case v.Kind() == reflect.Pointer:
		return appendValue(out, v.Elem(), depth)
	case v.Kind() == reflect.Interface:
		return nil, errForm(v.Type())
	}
	switch own := ownOf(v).(type) {
	case documentWriter:
		document, err := own.MarshalJSON()
		if err != nil {
			return nil, err
		}
		return appendCompact(out, document, depth)
	case textWriter:
		text, err := own.MarshalText()
		return appendText(out, string(text)), err
	}
	switch v.Kind() {
	case reflect.Struct:
		return appendStruct(out, v, depth)
	case reflect.Map:
		return appendMap(out, v, depth)
	case reflect.Slice, reflect.Array:
		return appendList(out, v, depth)
	case reflect.String:
		return appendText(out, v.String()), nil
	case reflect.Bool:
		return strconv.AppendBool(out, v.Bool()), nil
	}
	switch {
	case v.CanInt():
		return strconv.AppendInt(out, v.Int(), 10), nil
	case v.CanUint():
		return strconv.AppendUint(out, v.Uint(), 10), nil
	}
	return nil, errForm(v.Type())
}

func appendStruct(out []byte, v reflect.Value, depth int) ([]byte, error) {
	fields, err := fieldsOf(v.Type())
	if err != nil {
		return nil, err
	}
	between := byte('{')
	for i := range fields {
		value := v.FieldByIndex(fields[i].index)
		if fields[i].omits(value) {
			continue
		}
		out = append(appendText(append(out, between), fields[i].name), ':')
		if out, err = appendValue(out, value, depth+1); err != nil {
			return nil, fmt.Errorf("%s: %w", fields[i].name, err)
		}
		between = ','
	}
	if between == '{' {
		out = append(out, '{')
	}
	return append(out, '}'), nil
}

func appendMap(out []byte, v reflect.Value, depth int) (_ []byte, err error) {
	switch {
	case !textKeys(v.Type()):
		return nil, errForm(v.Type())
	case v.IsNil():
		return append(out, "null"...), nil
	}
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
	out = append(out, '{')
	for i, key := range keys {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(appendText(out, key.String()), ':')
		if out, err = appendValue(out, v.MapIndex(key), depth+1); err != nil {
			return nil, err
		}
	}
	return append(out, '}'), nil
}

// roomBehind is what most documents have behind what is long in them, which should not be copied for that.
const roomBehind = 1 << 10

func appendList(out []byte, v reflect.Value, depth int) (_ []byte, err error) {
	t := v.Type()
	switch {
	case t.Kind() == reflect.Array:
	case v.IsNil():
		return append(out, "null"...), nil
	case isBytes(t):
		out = slices.Grow(out, base64.StdEncoding.EncodedLen(v.Len())+roomBehind)
		return append(base64.StdEncoding.AppendEncode(append(out, '"'), v.Bytes()), '"'), nil
	case t.Elem().Kind() == reflect.Uint8 && !reflect.PointerTo(t.Elem()).Implements(reflect.TypeFor[textWriter]()):
		return nil, errForm(t)
	}
	out = append(out, '[')
	for i := range v.Len() {
		if i > 0 {
			out = append(out, ',')
		}
		if out, err = appendValue(out, v.Index(i), depth+1); err != nil {
			return nil, err
		}
	}
	return append(out, ']'), nil
}

// appendText appends a string. What is not UTF-8 in it becomes U+FFFD; line ends that only JavaScript knows are escaped.
func appendText(out []byte, text string) []byte {
	out = append(out, '"')
	for i, c := range text {
		switch {
		case c == '"' || c == '\\':
			out = append(out, '\\', byte(c))
		case c >= ' ' && c < '\u2028':
			out = utf8.AppendRune(out, c)
		case c < ' ' && strings.IndexByte(escaped, byte(c)) >= 0:
			out = append(out, '\\', escapeLetters[strings.IndexByte(escaped, byte(c))])
		case c < ' ' || c <= '\u2029' || c == utf8.RuneError && !strings.HasPrefix(text[i:], "\ufffd"):
			out = fmt.Appendf(out, `\u%04x`, c)
		default:
			out = utf8.AppendRune(out, c)
		}
	}
	return append(out, '"')
}

// appendCompact appends a document without the white space between its tokens.
func appendCompact(out, document []byte, depth int) ([]byte, error) {
	if err := decode(document, len(document), reflect.Value{}, true, depth); err != nil {
		return nil, err
	}
	inside := false // of a string, where alone there are escapes
	for i := 0; i < len(document); i++ {
		c := document[i]
		if !inside && isSpace(c) {
			continue
		}
		out = append(out, c)
		if c == '"' {
			inside = !inside
		}
		if c == '\\' {
			i++
			out = append(out, document[i])
		}
	}
	return out, nil
}
