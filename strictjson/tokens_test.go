// SPDX-License-Identifier: Apache-2.0

package strictjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"
)

// tokens goes through a document by the tokens of encoding/json.
type tokens struct {
	*json.Decoder
}

// reference is what Decode is to accept, by the tokens of encoding/json and its decoder.
func reference(data []byte, set func(*json.Decoder)) (value sample, err error) {
	if !utf8.Valid(data) || !pairs(data) {
		return value, errors.New("not UTF-8")
	}
	w := tokens{json.NewDecoder(bytes.NewReader(data))}
	w.UseNumber()
	if err := w.check(reflect.TypeFor[sample](), 0); err != nil {
		return value, err
	}
	if _, err := w.Token(); !errors.Is(err, io.EOF) {
		return value, errors.New("something follows the document")
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	set(decoder)
	return value, decoder.Decode(&value)
}

func compare(t *testing.T, document []byte) {
	t.Helper()
	for name, c := range map[string]struct {
		decode func([]byte, int) (sample, error)
		set    func(*json.Decoder)
	}{
		"strict": {Decode[sample], (*json.Decoder).DisallowUnknownFields},
		"open":   {DecodeOpen[sample], func(*json.Decoder) {}},
	} {
		got, err := c.decode(document, len(document))
		want, wantErr := reference(document, c.set)
		if (err == nil) != (wantErr == nil) || (err == nil && !reflect.DeepEqual(got, want)) {
			t.Fatalf("%s: %q: %+v, %v, by tokens %+v, %v", name, document, got, err, want, wantErr)
		}
	}
}

// The walk over bytes accepts just what a walk over the tokens of encoding/json does.
func TestREG03TokensAreThoseOfTheDecoder(t *testing.T) {
	for _, d := range documents(20_000) {
		compare(t, d)
	}
}

func FuzzTokens(f *testing.F) {
	for _, d := range documents(200) {
		f.Add(d)
	}
	for _, d := range []string{`1x`, `{"name":"a",}`, `[1,]`, `{"name" "a"}`, `"\`, `"\"`, `{"labels":{"a\"":"b"}}`, "{} \v", "\x00", `{"layers":[}]`, `nullx`} {
		f.Add([]byte(d))
	}
	f.Fuzz(compare)
}

func (w tokens) check(t reflect.Type, depth int) error {
	if depth > MaxDepth {
		return fmt.Errorf("nested deeper than %d", MaxDepth)
	}
	token, err := w.Token()
	if err != nil {
		return endOf(err)
	}
	switch token {
	case json.Delim('{'):
		err = w.checkObject(t, depth)
	case json.Delim('['):
		err = w.checkArray(t, depth)
	default:
		return nil
	}
	if err != nil {
		return err
	}
	_, err = w.Token() // the closing bracket
	return endOf(err)
}

func (w tokens) checkObject(t reflect.Type, depth int) error {
	known := keysOf(t)
	seen := make(map[string]bool)
	for w.More() {
		token, err := w.Token()
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
		if err := w.check(field, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (w tokens) checkArray(t reflect.Type, depth int) error {
	t = indirect(t)
	var element reflect.Type
	if t != nil && (t.Kind() == reflect.Slice || t.Kind() == reflect.Array) {
		element = t.Elem()
	}
	for w.More() {
		if err := w.check(element, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func endOf(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// pairs says whether each escape of a surrogate is followed by that of its other half.
func pairs(data []byte) bool {
	for len(data) > 0 {
		at := bytes.IndexByte(data, '\\')
		if at < 0 || at+1 == len(data) {
			return true // an unfinished escape is for the parser to refuse
		}
		data = data[at:]
		first, isEscape := hexEscape(data)
		switch {
		case !isEscape:
			data = data[2:]
		case utf16.IsSurrogate(first):
			second, _ := hexEscape(data[6:])
			if utf16.DecodeRune(first, second) == utf8.RuneError {
				return false
			}
			data = data[12:]
		default:
			data = data[6:]
		}
	}
	return true
}

// hexEscape reads an escape of four hex digits at the start of data.
func hexEscape(data []byte) (rune, bool) {
	if len(data) < 6 || data[0] != '\\' || data[1] != 'u' {
		return 0, false
	}
	value, err := strconv.ParseUint(string(data[2:6]), 16, 16)
	return rune(value), err == nil
}

// typeKeys is what a type says about the keys of its JSON object.
type typeKeys struct {
	named map[string]reflect.StructField
	rest  reflect.Type // element type of a map, whose keys are data and not names
}

// lookup folds as encoding/json does, which takes "layer\u017f" for "layers".
func (f typeKeys) lookup(key string) (reflect.Type, error) {
	if field, ok := f.named[key]; ok {
		return field.Type, nil
	}
	for name := range f.named {
		if strings.EqualFold(name, key) {
			return nil, fmt.Errorf("key %q must be written %q", key, name)
		}
	}
	return f.rest, nil
}

// keysOf knows nothing of the keys of a type that decodes itself.
func keysOf(t reflect.Type) typeKeys {
	t = indirect(t)
	switch {
	case t == nil || reflect.PointerTo(t).Implements(reflect.TypeFor[json.Unmarshaler]()):
		return typeKeys{}
	case t.Kind() == reflect.Map:
		return typeKeys{rest: t.Elem()}
	case t.Kind() != reflect.Struct:
		return typeKeys{}
	}
	f := typeKeys{named: make(map[string]reflect.StructField)}
	for _, field := range visible(t) {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		embedded := field.Anonymous && name == "" && indirect(field.Type).Kind() == reflect.Struct
		if name == "-" || !field.IsExported() || embedded {
			continue
		}
		if name == "" {
			name = field.Name
		}
		f.named[name] = field
	}
	return f
}

// visible returns the fields of a struct; quickly, if it embeds nothing.
func visible(t reflect.Type) []reflect.StructField {
	direct := make([]reflect.StructField, t.NumField())
	for i := range direct {
		if direct[i] = t.Field(i); direct[i].Anonymous {
			return reflect.VisibleFields(t)
		}
	}
	return direct
}

func indirect(t reflect.Type) reflect.Type {
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
}
