// SPDX-License-Identifier: Apache-2.0

package strictjson_test

import (
	"encoding/json"
	"errors"
	"io"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/escrin/escrin/strictjson"
	"github.com/escrin/escrin/strictjson/strictjsontest"
)

// Types with each way that a type has to its form.
type (
	whole struct {
		base
		Named
		Bool      bool
		I8        int8 `json:"i8"`
		I16       int16
		I32       int32
		I64       int64 `json:",omitempty"`
		I         int   `json:"i,omitzero"`
		U8        uint8
		U16       uint16
		U32       uint32 `json:"u32,omitempty"`
		U64       uint64
		U         uint
		Text      string           `json:"text"`
		Some      string           `json:"some,omitempty"`
		Bytes     []byte           `json:"bytes"`
		SomeBytes []byte           `json:"someBytes,omitempty"`
		Lists     [][]uint16       `json:"lists"`
		Pair      [2]int           `json:"pair"`
		None      [0]int           `json:"none,omitempty"`
		Pointer   *inside          `json:"pointer"`
		Some2     *inside          `json:"pointer2,omitempty"`
		Far       **uint8          `json:"far"`
		Inside    inside           `json:"inside,omitempty"`
		Zero      inside           `json:"zero,omitzero"`
		Insides   []inside         `json:"insides,omitempty"`
		Map       map[string]int   `json:"map"`
		SomeMap   map[kind]*inside `json:"someMap,omitempty"`
		Kind      kind             `json:"kind"`
		Word      word             `json:"word"`
		Words     []word           `json:"words"`
		WordZero  word             `json:"wordZero,omitzero"`
		Letter    letter           `json:"letter"`
		Letters   []letter         `json:"letters"`
		Odd       odd              `json:"odd"`
		Odds      map[string]*odd  `json:"odds"`
		Time      time.Time        `json:"time"`
		TimeZero  time.Time        `json:"timeZero,omitzero"`
		Raw       strictjson.Raw   `json:"raw"`
		Raws      []strictjson.Raw `json:"raws"`
		Anonymous struct {
			A, B int
			C    *struct{}
		}
		Left   int `json:"-"`
		Dash   int `json:"-,"`
		hidden int
		unused chan int
	}
	base   struct{ InBase, Both string }
	Named  struct{ InNamed *uint32 }
	inside struct {
		A string
		B []byte `json:"b"`
		C []inside
	}
	kind   string
	word   [2]byte
	letter uint8
	odd    struct{ digits string }
)

var errWord = errors.New("no word")

func (w word) MarshalText() ([]byte, error) { return []byte{'<', 'a' + w[0]%26, '>'}, nil }
func (w *word) UnmarshalText(text []byte) error {
	if len(text) != 3 {
		return errWord
	}
	*w = word{text[1] - 'a'}
	return nil
}
func (l letter) MarshalText() ([]byte, error) {
	if l%17 == 0 {
		return nil, errWord
	}
	return []byte{'a' + byte(l)%26}, nil
}
func (l *letter) UnmarshalText(text []byte) error {
	if *l = 1; len(text) == 1 {
		*l = letter(text[0] - 'a')
	}
	return nil
}
func (o odd) IsZero() bool { return o.digits == "1" }
func (o odd) MarshalJSON() ([]byte, error) {
	return []byte(` [ "` + strings.Repeat("&", len(o.digits)%5) + `" , 1.50 ] `), nil
}
func (o *odd) UnmarshalJSON(b []byte) error { o.digits = string(b); return nil }

// TestEncodesAsGoDoes is about documents of all values of a type with all kinds of fields.
func TestEncodesAsGoDoes(t *testing.T) { strictjsontest.Compare[whole](t, 2000) }

// What encoding/json reads in a way of its own has no form here, or one only.
func TestREG03TypesWithoutAForm(t *testing.T) {
	for name, value := range map[string]any{
		"float": 1.5, "float32": float32(1), "complex": 1i, "channel": make(chan int), "function": func() {}, "interface": []any{1}, "error": struct{ E error }{errWord},
		"map of numbers": map[int]int{1: 1}, "map of texts": map[word]int{{}: 1}, "byte of its own": []struct8{1}, "in a field": struct{ F float64 }{},
		"option string": struct {
			N int `json:",string"`
		}{}, "two alike": reflect.Zero(reflect.StructOf([]reflect.StructField{
			{Name: "A", Type: reflect.TypeFor[int](), Tag: `json:"x"`}, {Name: "B", Type: reflect.TypeFor[int](), Tag: `json:"x"`},
		})).Interface(), "two that fold": struct {
			A int `json:"task"`
			B int `json:"TASK"`
		}{}, "embedded pointer": struct{ *Named }{}, "embedded pointer to what is hidden": struct{ *base }{}, "hidden, under a name": struct {
			base `json:"x"`
		}{}, "shadowed": struct {
			base
			Both int
		}{},
	} {
		if document, err := strictjson.Encode(value); err == nil {
			t.Errorf("%s: written as %s", name, document)
		}
	}
	refuses(t, "float", decodes[float64](`1.5`))
	refuses(t, "any", decodes[any](`1`))
	refuses(t, "interface", decodes[[]any](`[1]`))
	refuses(t, "map of numbers", decodes[map[int]int](`{"1":1}`))
	refuses(t, "map of texts", decodes[map[word]int](`{"<a>":1}`))
	refuses(t, "bytes of a list", decodes[[]byte](`[1,2]`))
	refuses(t, "array too short", decodes[[2]int](`[1]`))
	refuses(t, "array too long", decodes[[2]int](`[1,2,3]`))
	refuses(t, "line end in base64", decodes[[]byte](`"aGk=\n"`))
	refuses(t, "option string", decodes[struct {
		N int `json:",string"`
	}](`{"N":"1"}`))
	refuses(t, "embedded pointer", decodes[struct{ *Named }](`{"InNamed":1}`))
	refuses(t, "embedded pointer to what is hidden", decodes[struct{ *base }](`{}`))
	refuses(t, "hidden, under a name", decodes[struct {
		base `json:"x"`
	}](`{}`))
}

type struct8 uint8

// A struct without a name has the methods of what it embeds.
func TestWithoutAName(t *testing.T) {
	type own struct{ odd }
	document := `{"a":1}`
	value, err := strictjson.Decode[struct{ odd }]([]byte(document), len(document))
	if err != nil || value.digits != document {
		t.Errorf("read as %+v, %v", value, err)
	}
	named, err := strictjson.Decode[own]([]byte(document), len(document))
	if err != nil || named.digits != document {
		t.Errorf("read as %+v, %v", named, err)
	}
}

// Whose document was cut off is told so.
func TestCutOff(t *testing.T) {
	for _, document := range []string{"", " ", "{", `{"A`, `{"A"`, `{"A":`, `{"A":1`, `{"A":-`, `{"A":tr`, `{"A":1,`, "[", "[1", "[1,", "nul", `"a`, "-", "1.", "1e", "1e+"} {
		if err := decodes[strictjson.Raw](document); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%q: %v", document, err)
		}
	}
	for _, document := range []string{"01", "x", "nulx", "{\"A\":1\x00}", "\x00", "{\x00", "[1\x00"} {
		if err := decodes[strictjson.Raw](document); err == nil || errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%q: %v", document, err)
		}
	}
}

// What is written can be read: a Raw counts as deep as it is in.
func TestDepthOfRaw(t *testing.T) {
	type reply struct{ Result strictjson.Raw }
	for _, depth := range []int{strictjson.MaxDepth - 1, strictjson.MaxDepth, strictjson.MaxDepth + 1} {
		raw := strictjson.Raw(strings.Repeat("[", depth) + strings.Repeat("]", depth))
		document, err := strictjson.Encode(reply{raw})
		if readable := decodes[reply](`{"Result":`+string(raw)+`}`) == nil; (err == nil) != readable {
			t.Errorf("%d lists: written as %q, %v, and can be read: %v", depth, document, err, readable)
		}
	}
}

func decodes[T any](document string) error {
	_, err := strictjson.Decode[T]([]byte(document), len(document))
	return err
}

func refuses(t *testing.T, name string, err error) {
	t.Helper()
	if err == nil {
		t.Errorf("%s: accepted", name)
	}
}

// TestREG03NumbersFit: what is no whole number of its size is none.
func TestREG03NumbersFit(t *testing.T) {
	for document, err := range map[string]error{
		"128": decodes[int8]("128"), "-129": decodes[int8]("-129"), "256": decodes[uint8]("256"), "65536": decodes[uint16]("65536"), "-1": decodes[uint64]("-1"),
		"4294967296": decodes[uint32]("4294967296"), "18446744073709551616": decodes[uint64]("18446744073709551616"), "-0": decodes[uint]("-0"),
		"9223372036854775808": decodes[int64]("9223372036854775808"), "1.0": decodes[int]("1.0"), "1e3": decodes[int]("1e3"), `"1"`: decodes[int](`"1"`), "1e400": decodes[int]("1e400"),
	} {
		refuses(t, document, err)
	}
	type numbers struct {
		A int8
		B uint8
		C int64
		D uint64
		E int
	}
	got, err := strictjson.Decode[numbers]([]byte(`{"A":-128,"B":255,"C":-9223372036854775808,"D":18446744073709551615,"E":-0}`), 1000)
	if err != nil || got != (numbers{-128, 255, math.MinInt64, math.MaxUint64, 0}) {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestNullLeavesNothing: null is nothing of any type.
func TestNullLeavesNothing(t *testing.T) {
	value := whole{Bool: true, I: 1, Text: "a", Bytes: []byte{1}, Pointer: &inside{}, Map: map[string]int{"a": 1}, Pair: [2]int{1, 2}, Word: word{1}, hidden: 1, unused: make(chan int)}
	if err := strictjson.DecodeInto([]byte("null"), 4, &value); err != nil || value.Text != "" || value.Pointer != nil || value.hidden != 0 {
		t.Errorf("%+v, %v", value, err)
	}
	if err := strictjson.DecodeInto([]byte(`{"text":null,"pair":null,"Bool":null,"word":null,"inside":null,"bytes":null,"insides":[null,{"A":null}],"raw":null}`), 200, &value); err != nil ||
		len(value.Insides) != 2 || string(value.Raw) != "null" {
		t.Errorf("%+v, %v", value, err)
	}
}

// TestDepthIsBoundedBothWays: a value that refers to itself is not written for ever.
func TestDepthIsBoundedBothWays(t *testing.T) {
	type ring struct{ Next []*ring }
	r := &ring{}
	r.Next = []*ring{r}
	if _, err := strictjson.Encode(r); err == nil {
		t.Error("written")
	}
	refuses(t, "deep", decodes[ring](strings.Repeat(`{"Next":[`, 20)+strings.Repeat("]}", 20)))
	if err := decodes[ring](strings.Repeat(`{"Next":[`, 16) + strings.Repeat("]}", 16)); err != nil {
		t.Error(err)
	}
}

// FuzzDecodeWhole: what is accepted is what encoding/json reads, and is written as it writes it.
func FuzzDecodeWhole(f *testing.F) {
	for _, document := range strictjsontest.Documents[whole](50) {
		f.Add(document)
	}
	for _, document := range []string{
		`{}`, `{"text":"<\u2028\ud83d\ude00"}`, `{"bytes":"aGk="}`, `{"bytes":"aG\/k"}`, `{"lists":[[1],null,[]]}`, `{"pair":[1,2]}`, `{"far":7}`, `{"odd":{"a":[ 1 ]}}`,
		`{"word":"<b>"}`, `{"letters":["a",null]}`, `{"raw": {"a" : 1}}`, `{"time":"2026-11-22T00:00:00Z"}`, `{"someMap":{"a":{"C":[{}]}}}`, `{"-":1}`, `{"InBase":"a","InNamed":3}`,
	} {
		f.Add([]byte(document))
	}
	f.Fuzz(func(t *testing.T, document []byte) { strictjsontest.CompareDocument[whole](t, document) })
}

// What is asked of encoding/json by those who have not changed over stays what it was.
func TestRawInAHostsDocument(t *testing.T) {
	got, err := json.Marshal(struct{ A, B strictjson.Raw }{A: strictjson.Raw(` {"a" : "<"}`)})
	if err != nil || string(got) != `{"A":{"a":"\u003c"},"B":null}` {
		t.Errorf("%s, %v", got, err)
	}
}
