// SPDX-License-Identifier: Apache-2.0

// Package strictjson reads JSON documents of others so that every reader sees the same document. Go's
// decoder folds the case of keys, and more ("ta\u017fk" is "task" to it), and takes the last of two equal ones;
// another language's does not, and what two programs read differently can be approved as one thing and
// used as another. Here a repeated key, and a key that the decoder would take for one which the target type
// knows by another spelling, are errors; so is half of a surrogate pair, for which one program reads U+FFFD and
// another does not. It is linked into the guest and imports the standard library only.
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
	"unicode/utf16"
	"unicode/utf8"
)

// MaxDepth is how deep a document may nest.
const MaxDepth = 32

// Decode reads the one JSON document in data, of at most limit bytes, into a T. A key that T does not know is
// an error.
func Decode[T any](data []byte, limit int) (T, error) {
	var value, zero T
	if err := decode(data, limit, &value, (*json.Decoder).DisallowUnknownFields); err != nil {
		return zero, err
	}
	return value, nil
}

// DecodeOpen is Decode for documents in which keys that T does not know are to be ignored, as the OCI
// specifications ask.
func DecodeOpen[T any](data []byte, limit int) (T, error) {
	var value, zero T
	if err := decode(data, limit, &value, func(*json.Decoder) {}); err != nil {
		return zero, err
	}
	return value, nil
}

// decode decodes into what value points to. It is not generic, for the guest would have a copy of it for every type.
func decode(data []byte, limit int, value any, set func(*json.Decoder)) error {
	if len(data) > limit {
		return fmt.Errorf("%d bytes, more than the %d allowed", len(data), limit)
	}
	if !utf8.Valid(data) || !pairs(data) {
		return errors.New("not UTF-8")
	}
	into := reflect.ValueOf(value).Elem()
	w := &walker{data: data, known: make(map[reflect.Type]fields)}
	if err := w.check(into.Type(), 0); err != nil {
		return err
	}
	data = w.without()
	decoder := json.NewDecoder(bytes.NewReader(data))
	set(decoder)
	if err := decoder.Decode(value); err != nil {
		return err
	}
	if rest := data[decoder.InputOffset():]; len(bytes.Trim(rest, space)) > 0 {
		return errors.New("something follows the document")
	}
	w.put(into)
	return nil
}

// pairs says whether each escape of a surrogate is followed by that of its other half.
func pairs(data []byte) bool {
	for len(data) > 0 {
		at := bytes.IndexByte(data, '\\')
		if at < 0 || at+1 == len(data) {
			return true // an unfinished escape is for the parser to refuse
		}
		data = data[at:]
		first, isEscape := escape(data)
		switch {
		case !isEscape:
			data = data[2:]
		case utf16.IsSurrogate(first):
			second, _ := escape(data[6:])
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

// escape reads an escape of four hex digits at the start of data.
func escape(data []byte) (rune, bool) {
	if len(data) < 6 || data[0] != '\\' || data[1] != 'u' {
		return 0, false
	}
	value, err := strconv.ParseUint(string(data[2:6]), 16, 16)
	return rune(value), err == nil
}

// space is what may stand between the tokens of a document.
const space = " \t\r\n"

// walker goes through a document, and remembers what the types on its way say about keys. It looks at the keys of
// what the decoder accepts; what that refuses, it need not understand.
type walker struct {
	data  []byte
	at    int
	known map[reflect.Type]fields
	parts []part
}

func (w *walker) fieldsOf(t reflect.Type) fields {
	f, ok := w.known[t]
	if !ok {
		f = fieldsOf(t)
		w.known[t] = f
	}
	return f
}

// check walks one value of the document beside the type that it will be read into; t is nil below a key
// that the type does not know.
func (w *walker) check(t reflect.Type, depth int) error {
	if depth > MaxDepth {
		return fmt.Errorf("nested deeper than %d", MaxDepth)
	}
	switch w.next() {
	case '{':
		w.at++
		return w.checkObject(t, depth)
	case '[':
		w.at++
		return w.checkArray(t, depth)
	case '"':
		_, err := w.literal()
		return err
	}
	for w.at < len(w.data) && strings.IndexByte(space+",]}", w.data[w.at]) < 0 {
		w.at++ // a number, or a word
	}
	return nil
}

func (w *walker) checkObject(t reflect.Type, depth int) error {
	known := w.fieldsOf(t)
	seen := make(map[string]bool)
	for more := w.next() != '}'; more; {
		key, err := w.key()
		if err != nil {
			return err
		}
		if seen[key] {
			return fmt.Errorf("key %q appears twice", key)
		}
		seen[key] = true
		field, err := known.lookup(key)
		if err != nil {
			return err
		}
		w.next()
		start := w.at
		if err := w.check(field, depth+1); err != nil {
			return err
		}
		if depth == 0 && t != nil && t.Kind() == reflect.Struct {
			w.cut(known.named[key], start)
		}
		if more, err = w.more('}'); err != nil {
			return err
		}
	}
	w.at++ // the closing bracket
	return nil
}

func (w *walker) checkArray(t reflect.Type, depth int) error {
	t = indirect(t)
	var element reflect.Type
	if t != nil && (t.Kind() == reflect.Slice || t.Kind() == reflect.Array) {
		element = t.Elem()
	}
	for more := w.next() != ']'; more; {
		err := w.check(element, depth+1)
		if err == nil {
			more, err = w.more(']')
		}
		if err != nil {
			return err
		}
	}
	w.at++ // the closing bracket
	return nil
}

// next returns the byte that the next token begins with, 0 at the end.
func (w *walker) next() byte {
	for w.at < len(w.data) && strings.IndexByte(space, w.data[w.at]) >= 0 {
		w.at++
	}
	if w.at == len(w.data) {
		return 0
	}
	return w.data[w.at]
}

// more goes over a comma, and reports false at the closing bracket.
func (w *walker) more(end byte) (bool, error) {
	switch w.next() {
	case ',':
		w.at++
		return true, nil
	case end:
		return false, nil
	case 0:
		return false, io.ErrUnexpectedEOF
	}
	return false, fmt.Errorf("neither a comma nor %q after a value", end)
}

// key reads the key of an object, and goes over its colon.
func (w *walker) key() (key string, err error) {
	switch w.next() {
	case 0:
		return "", io.ErrUnexpectedEOF
	default:
		return "", errors.New("a key is not a string")
	case '"':
	}
	literal, err := w.literal()
	if err != nil {
		return "", err
	}
	if bytes.IndexByte(literal, '\\') < 0 {
		key = string(literal[1 : len(literal)-1])
	} else if err := json.Unmarshal(literal, &key); err != nil {
		return "", err
	}
	if w.next() != ':' {
		return "", errors.New("a key is not followed by a colon")
	}
	w.at++
	return key, nil
}

// literal goes over a string, and returns it with its quotes.
func (w *walker) literal() ([]byte, error) {
	start := w.at
	for w.at++; ; {
		rest := w.data[w.at:]
		quote := bytes.IndexByte(rest, '"')
		if quote < 0 {
			return nil, io.ErrUnexpectedEOF
		}
		escape := bytes.IndexByte(rest[:quote], '\\')
		if escape < 0 {
			w.at += quote + 1
			return w.data[start:w.at], nil
		}
		w.at += escape + 2 // over what is escaped; there is at least the quote behind it
	}
}

// fields is what a type says about the keys of its JSON object.
type fields struct {
	named map[string]reflect.StructField
	rest  reflect.Type // element type of a map, whose keys are data and not names
}

// lookup folds as encoding/json does, which takes "layer\u017f" for "layers".
func (f fields) lookup(key string) (reflect.Type, error) {
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

// fieldsOf knows nothing of the keys of a type that decodes itself.
func fieldsOf(t reflect.Type) fields {
	t = indirect(t)
	switch {
	case t == nil || reflect.PointerTo(t).Implements(reflect.TypeFor[json.Unmarshaler]()):
		return fields{}
	case t.Kind() == reflect.Map:
		return fields{rest: t.Elem()}
	case t.Kind() != reflect.Struct:
		return fields{}
	}
	f := fields{named: make(map[string]reflect.StructField)}
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
