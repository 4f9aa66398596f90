// SPDX-License-Identifier: Apache-2.0

package strictjson

import (
	"encoding/base64"
	"reflect"
)

// longLiteral is from which length on a string is worth a look.
const longLiteral = 512

// part is a long string of a document, what it encodes, and the field of the whole that it is for.
type part struct {
	start, end int // between its quotes
	value      []byte
	field      int
}

// cut takes the string that was just gone over out of the document, if it is long base64 for a field of bytes: Go's
// decoder would look at each of its bytes four times. Whatever is unusual is left to that.
func (w *walker) cut(field reflect.StructField, start int) {
	literal := w.data[start:w.at]
	if field.Type != reflect.TypeFor[[]byte]() || len(field.Index) != 1 || len(literal) < longLiteral || literal[0] != '"' {
		return
	}
	text := literal[1 : len(literal)-1]
	value := make([]byte, base64.StdEncoding.DecodedLen(len(text)))
	n, err := base64.StdEncoding.Decode(value, text)
	if err != nil || base64.StdEncoding.EncodedLen(n) != len(text) { // it goes over line ends, which no string has
		return
	}
	w.parts = append(w.parts, part{start + 1, w.at - 1, value[:n], field.Index[0]})
}

// without returns the document with empty strings in place of what was cut out.
func (w *walker) without() []byte {
	if len(w.parts) == 0 {
		return w.data
	}
	var out []byte
	from := 0
	for _, p := range w.parts {
		out = append(out, w.data[from:p.start]...)
		from = p.end
	}
	return append(out, w.data[from:]...)
}

// put sets the fields of what was cut out.
func (w *walker) put(whole reflect.Value) {
	for _, p := range w.parts {
		whole.Field(p.field).SetBytes(p.value)
	}
}
