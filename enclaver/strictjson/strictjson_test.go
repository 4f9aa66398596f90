// SPDX-License-Identifier: Apache-2.0

package strictjson

import (
	"encoding/json"
	"strings"
	"testing"
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
		if _, err := Decode[sample]([]byte(document), 1000); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestUnknownKeysAndMapKeysAreData(t *testing.T) {
	got, err := Decode[sample]([]byte(`{"name":"a","x":{"Name":1},"labels":{"k":"1","K":"2"},"config":{"size":3}}`), 1000)
	if err != nil {
		t.Fatal(err)
	}
	if got.Name != "a" || got.Config.Size != 3 || got.Labels["K"] != "2" {
		t.Errorf("got %+v", got)
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
