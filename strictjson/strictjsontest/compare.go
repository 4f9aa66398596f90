// SPDX-License-Identifier: Apache-2.0

// Package strictjsontest holds types against encoding/json: their documents are the same, and read the same.
package strictjsontest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"
	"unsafe"

	"github.com/escrin/escrin/strictjson"
)

// maxDocument bounds the documents that are compared, in bytes.
const maxDocument = 1 << 20

// Compare writes so many values of T, and reads the documents.
func Compare[T any](t *testing.T, values int) {
	t.Helper()
	if written, read := CompareSome[T](t, values); read < written/2 {
		t.Errorf("of %d documents of a %T, %d are read", written, *new(T), read)
	}
}

// CompareSome is Compare for types that refuse most of their values when they are read. It returns how many values were written, and how many
// of these documents were read.
func CompareSome[T any](t *testing.T, values int) (written, read int) {
	t.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	for range values {
		var value T
		fill(random, reflect.ValueOf(&value).Elem(), 0)
		if document := compareValue(t, value); document != nil {
			written++
			if CompareDocument[T](t, document) {
				read++
			}
			CompareDocument[T](t, spoil(random, document))
		}
	}
	if written < values/8 {
		t.Errorf("of %d values of %T, %d were written", values, *new(T), written)
	}
	return written, read
}

// Documents returns documents of n values of T, as far as they have one.
func Documents[T any](n int) (all [][]byte) {
	random := rand.New(rand.NewPCG(3, 4))
	for range n {
		var value T
		fill(random, reflect.ValueOf(&value).Elem(), 0)
		if document, err := strictjson.Encode(value); err == nil {
			all = append(all, document)
		}
	}
	return all
}

// CompareDocument reads a document, of which strictjson may refuse more than encoding/json, and reports whether strictjson takes it.
func CompareDocument[T any](t *testing.T, document []byte) (accepted bool) {
	t.Helper()
	for _, strict := range []bool{true, false} {
		decode := strictjson.DecodeOpen[T]
		if strict {
			decode = strictjson.Decode[T]
		}
		got, err := decode(document, maxDocument)
		if err != nil {
			continue
		}
		accepted = true
		var want T
		decoder := json.NewDecoder(bytes.NewReader(document))
		if strict {
			decoder.DisallowUnknownFields()
		}
		if err := decoder.Decode(&want); err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("%q:\n%+v, encoding/json has\n%+v, %v", document, got, want, err)
		}
		if _, err := decoder.Token(); err != io.EOF {
			t.Fatalf("%q: encoding/json sees more: %v", document, err)
		}
		compareValue(t, got)
	}
	return accepted
}

// compareValue returns the document of a value; nil if it has none.
func compareValue[T any](t *testing.T, value T) (document []byte) {
	t.Helper()
	for _, v := range []any{&value, value} {
		var text bytes.Buffer
		encoder := json.NewEncoder(&text)
		encoder.SetEscapeHTML(false)
		wantErr := encoder.Encode(v)
		want := bytes.TrimSuffix(text.Bytes(), []byte("\n"))
		got, err := strictjson.Encode(v)
		if (err == nil) != (wantErr == nil) || err == nil && !bytes.Equal(got, want) {
			t.Fatalf("%+v: %v\n%s, encoding/json writes: %v\n%s", value, err, got, wantErr, want)
		}
		document = got
	}
	return document
}

// spoil returns a document that is perhaps none any more.
func spoil(random *rand.Rand, document []byte) []byte {
	out := bytes.Clone(document)
	for range 1 + random.IntN(3) {
		at := random.IntN(len(out))
		switch random.IntN(3) {
		case 0:
			out[at] ^= 1 << random.IntN(8)
		case 1:
			out = append(out[:at], append([]byte(`\"{}[],: 0n`[random.IntN(11):][:1]), out[at:]...)...)
		case 2:
			out = append(out[:at:at], out[min(len(out), at+1+random.IntN(3)):]...)
		}
		if len(out) == 0 {
			return document
		}
	}
	return out
}

// texts are pieces of strings.
var texts = []string{"", "a", "name", "<&>", "\"\\/", "\b\f\n\r\t", "\x00\x1f\x7f", "é€😀", "\u2027\u2028\u2029\u202a", "\ufffd", "\xff", "\xed\xa0\x80", "0x00", "null"}

// fill sets all that reflection can set, and what it cannot by force: types have private fields that their methods read.
func fill(random *rand.Rand, v reflect.Value, depth int) {
	if !v.CanSet() {
		v = reflect.NewAt(v.Type(), unsafe.Pointer(v.UnsafeAddr())).Elem()
	}
	some := random.IntN(4) - depth/4
	switch {
	case some <= 0:
		return // zero
	case v.Type() == reflect.TypeFor[time.Time]():
		v.Set(reflect.ValueOf(time.Unix(random.Int64N(1e10), random.Int64N(2)).UTC()))
		return
	case v.Type() == reflect.TypeFor[strictjson.Raw]():
		v.SetBytes([]byte([]string{"null", `{"a":[1,2]}`, ` [ "<\u2028 \\" , 1.50 ] `, "{", ""}[random.IntN(5)]))
		return
	}
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(random.Int64() >> random.IntN(64) * int64(1-2*random.IntN(2)) << (64 - v.Type().Bits()) >> (64 - v.Type().Bits()))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint(random.Uint64() >> random.IntN(64) << (64 - v.Type().Bits()) >> (64 - v.Type().Bits()))
	case reflect.String:
		v.SetString(texts[random.IntN(len(texts))] + texts[random.IntN(len(texts))])
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(random, v.Elem(), depth+1)
	case reflect.Struct:
		for i := range v.NumField() {
			fill(random, v.Field(i), depth+1)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), some-1, some))
		fallthrough
	case reflect.Array:
		for i := range v.Len() {
			fill(random, v.Index(i), depth+1)
		}
	case reflect.Map:
		fillMap(random, v, some-1, depth)
	}
}

func fillMap(random *rand.Rand, v reflect.Value, n, depth int) {
	v.Set(reflect.MakeMap(v.Type()))
	for i := range n {
		key, element := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		key.SetString(fmt.Sprint(texts[random.IntN(len(texts)-3)], i))
		fill(random, element, depth+1)
		v.SetMapIndex(key, element)
	}
}
