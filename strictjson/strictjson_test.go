// SPDX-License-Identifier: Apache-2.0

package strictjson

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"
)

type inner struct {
	Size int `json:"size"`
}

type sample struct {
	Name   string            `json:"name"`
	Layers []inner           `json:"layers"`
	Config *inner            `json:"config"`
	Labels map[string]string `json:"labels"`
}

func TestREG03KeysMustBeExactAndUnique(t *testing.T) {
	for name, document := range map[string]string{
		"repeated":              `{"name":"a","name":"b"}`,
		"repeated, escaped":     `{"name":"a","n\u0061me":"b"}`,
		"another case":          `{"NAME":"a"}`,
		"another case, beside":  `{"layers":[],"LAYERS":[{"size":1}]}`,
		"long s folds to s":     "{\"layer\u017f\":[]}",
		"in an array":           `{"layers":[{"size":1,"Size":2}]}`,
		"in a pointer":          `{"config":{"Size":2}}`,
		"repeated in a map":     `{"labels":{"a":"1","a":"2"}}`,
		"repeated, unknown key": `{"other":{"a":1,"a":2}}`,
		"below an unknown key":  `{"other":[{"a":1,"a":2}]}`,
	} {
		if got, err := DecodeOpen[sample]([]byte(document), 1000); err == nil {
			t.Errorf("%s: accepted as %+v", name, got)
		}
		if got, err := Decode[sample]([]byte(document), 1000); err == nil {
			t.Errorf("%s: accepted as %+v", name, got)
		}
	}
}

func TestREG03DocumentMustBeOneBoundedValue(t *testing.T) {
	for name, document := range map[string]string{
		"empty":        ``,
		"two":          `{} {}`,
		"trailing":     `{}x`,
		"unfinished":   `{"name":`,
		"not UTF-8":    "{\"name\":\"\xff\"}",
		"deep":         strings.Repeat("[", MaxDepth+2) + strings.Repeat("]", MaxDepth+2),
		"long":         `{"name":"` + strings.Repeat("a", 1000) + `"}`,
		"wrong type":   `{"name":1}`,
		"wrong bound":  `{"config":{"size":1e99}}`,
		"key no quote": `{name:1}`,
	} {
		if _, err := DecodeOpen[sample]([]byte(document), 1000); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestUnknownKeysAndMapKeysAreData(t *testing.T) {
	got, err := DecodeOpen[sample]([]byte(`{"name":"a","x":{"Name":1},"labels":{"k":"1","K":"2"},"config":{"size":3}}`), 1000)
	if err != nil {
		t.Fatal(err)
	}
	if got.Name != "a" || got.Config.Size != 3 || got.Labels["K"] != "2" {
		t.Errorf("got %+v", got)
	}
}

func TestUnknownKeysAreRefusedWhereTheTypeIsAll(t *testing.T) {
	for name, document := range map[string]string{
		"top": `{"name":"a","x":1}`, "below": `{"config":{"x":1}}`, "in an array": `{"layers":[{"size":1},{"x":1}]}`,
	} {
		if _, err := Decode[sample]([]byte(document), 1000); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	got, err := Decode[sample]([]byte(` {"name":"a","labels":{"k":"1","K":"2"},"config":{"size":3}} `), 1000)
	if err != nil || got.Name != "a" || got.Labels["K"] != "2" || got.Config.Size != 3 {
		t.Errorf("got %+v, %v", got, err)
	}
}

type base struct {
	Task string `json:"task"`
}

// request has the kinds of names that a type can give to its keys.
type request struct {
	base
	Plain string
	Kiss  string `json:"kiss"`
	inner string
}

// keys are those that a request knows.
var keys = []string{"task", "Plain", "kiss"}

// spelling draws another way to write a key that Go's decoder takes for the same: case, and the letters that
// fold to s and k.
func spelling(t *rapid.T, key string) string {
	var out []rune
	for _, r := range key {
		for range rapid.IntRange(0, 3).Draw(t, "steps") {
			r = unicode.SimpleFold(r)
		}
		out = append(out, r)
	}
	return string(out)
}

// A document is accepted if, and only if, each key is one that the type knows, letter by letter, and occurs
// once: no other spelling replaces, precedes or follows it.
func TestREG03OneSpellingOfEachKey(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var document bytes.Buffer
		document.WriteByte('{')
		want, good := map[string]string{}, true
		for i := range rapid.IntRange(0, 4).Draw(t, "length") {
			key := spelling(t, rapid.SampledFrom(keys).Draw(t, "key"))
			value := strconv.Itoa(i)
			if _, twice := want[key]; twice || !slices.Contains(keys, key) {
				good = false
			}
			want[key] = value
			if i > 0 {
				document.WriteByte(',')
			}
			quoted := strconv.Quote(key)
			if rapid.Bool().Draw(t, "escaped") {
				quoted = strconv.QuoteToASCII(key)
			}
			document.WriteString(quoted + `:"` + value + `"`)
		}
		document.WriteByte('}')
		got, err := Decode[request](document.Bytes(), 1000)
		open, openErr := DecodeOpen[request](document.Bytes(), 1000)
		if (err == nil) != good || (openErr == nil) != good || got != open {
			t.Fatalf("%s: %v, %v, want it accepted: %v", document.Bytes(), err, openErr, good)
		}
		if good && (got.Task != want["task"] || got.Plain != want["Plain"] || got.Kiss != want["kiss"]) {
			t.Fatalf("%s is read as %+v", document.Bytes(), got)
		}
	})
}

func TestREG03TheLongS(t *testing.T) {
	for _, document := range []string{
		"{\"task\":\"a\",\"ta\u017fk\":\"b\"}", `{"task":"a","ta\u017fk":"b"}`, "{\"ta\u017fk\":\"b\"}",
		"{\"kiss\":\"a\",\"\u212aiss\":\"b\"}", `{"plain":"a"}`, `{"inner":"a"}`,
	} {
		if got, err := Decode[request]([]byte(document), 1000); err == nil {
			t.Errorf("%s: accepted as %+v", document, got)
		}
	}
}

func TestREG03HalvesOfSurrogatePairs(t *testing.T) {
	for document, ok := range map[string]bool{
		`"\ud83d\ude00"`: true, `"\uD83D\uDE00x"`: true, `"a\\ud800"`: true, `"\\\\ud800"`: true, `"\u00e9\n\\"`: true,
		`"\ud83d"`: false, `"\ude00"`: false, `"\ude00\ud83d"`: false, `"\ud83d\ud83d"`: false, `"\ud83dx"`: false, `"\ud83d\n"`: false,
		`"\\\ud800"`: false, `"\ud83d\u0061"`: false, `"\ud8`: false, `"\`: false,
	} {
		_, err := Decode[string]([]byte(document), 1000)
		if (err == nil) != ok {
			t.Errorf("%s: %v", document, err)
		}
	}
	for _, document := range []string{`{"other":{"\ud800":1,"\ud801":2}}`, `{"labels":{"\ufffd":"1","\udfff":"2"}}`} {
		if _, err := DecodeOpen[sample]([]byte(document), 1000); err == nil {
			t.Errorf("%s: accepted", document)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"name":"a","layers":[{"size":1}],"config":{"size":3},"labels":{"k":"v"}}`))
	f.Add([]byte(`{"Name":"a"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := Decode[sample](data, 4096)
		if err != nil {
			return
		}
		// Who accepts all keys accepts those of the type, and reads the same.
		open, err := DecodeOpen[sample](data, 4096)
		if err != nil || !reflect.DeepEqual(got, open) {
			t.Errorf("%s: read as %+v and %+v, %v", data, got, open, err)
		}
	})
}

func FuzzDecodeOpen(f *testing.F) {
	f.Add([]byte(`{"name":"a","layers":[{"size":1}],"config":{"size":3},"labels":{"k":"v"}}`))
	f.Add([]byte(`{"Name":"a"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := DecodeOpen[sample](data, 4096)
		if err != nil {
			return
		}
		// Whatever is accepted decodes to the same with unknown keys gone and every key in place.
		again, err := json.Marshal(got)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Decode[sample](again, 1<<20); err != nil {
			t.Errorf("%s: %v", again, err)
		}
	})
}
