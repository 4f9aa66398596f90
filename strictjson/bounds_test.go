// SPDX-License-Identifier: Apache-2.0

package strictjson

import (
	"runtime"
	"strings"
	"testing"
)

// taking returns how many bytes f allocates, all in all.
func taking(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// longDocuments are of about so many bytes, each long in another way.
func longDocuments(n int) map[string]string {
	var keys strings.Builder
	for i := range n / 8 {
		keys.WriteString(`,"` + string(rune('a'+i%26)) + string(rune('a'+i/26%26)) + string(rune('a'+i/676%26)) + string(rune('a'+i/17576%26)) + `":1`)
	}
	around := func(begin, piece, end string) string { return begin + strings.Repeat(piece, n/len(piece)) + end }
	return map[string]string{
		"never ends":        around("", "[", ""),
		"deep":              around("", `{"":[`, ""),
		"string":            around(`{"name":"`, "a", `"}`),
		"string, escapes":   around(`{"name":"`, `\n`, `"}`),
		"string, not ended": around(`{"name":"`, `\\`, ``),
		"unknown string":    around(`{"x":"`, `\u00e9`, `"}`),
		"key":               around(`{"`, "k", `":1}`),
		"key, escapes":      around(`{"`, `\u0041`, `":1}`),
		"number":            around(`{"config":{"size":`, "1", `}}`),
		"unknown number":    around(`{"x":`, "1", `}`),
		"blanks":            around("", " ", "{}"),
		"bytes":             around(`{"blob":"`, "AAAA", `"}`),
		"bytes, spoiled":    around(`{"blob":"`, "AAAA", `AA\n="}`),
		"objects":           around(`{"layers":[`, "{},", `{}]}`),
		"nulls":             around(`{"layers":[`, "null,", `null]}`),
		"unknown lists":     around(`{"x":[`, "[],", `[]]}`),
		"unknown objects":   around(`{"x":[`, `{"":0},`, `{}]}`),
		"unknown keys":      `{"x":1` + keys.String() + "}",
		"keys of a map":     `{"labels":{"x":"1"` + strings.ReplaceAll(keys.String(), ":1", `:""`) + "}}",
	}
}

// TestREG03MemoryIsInProportion: whoever sends a document cannot have many times its size allocated, whether it is read or refused.
func TestREG03MemoryIsInProportion(t *testing.T) {
	type bounded struct {
		sample
		Blob []byte `json:"blob"`
	}
	const size, most = 1 << 18, 40 // the keys of a map take most
	for name, document := range longDocuments(size) {
		data := []byte(document)
		for how, read := range map[string]func() error{
			"open":   func() error { _, err := DecodeOpen[bounded](data, len(data)); return err },
			"strict": func() error { _, err := Decode[bounded](data, len(data)); return err },
			"raw":    func() error { _, err := Decode[Raw](data, len(data)); return err },
		} {
			var err error
			if n := taking(func() { err = read() }); n > most*uint64(len(data)) {
				t.Errorf("%s, %s: %d bytes for a document of %d (%.80v)", name, how, n, len(data), err)
			}
		}
	}
}

// TestREG03ErrorsAreShort: nor is what is said about a document as long as that.
func TestREG03ErrorsAreShort(t *testing.T) {
	for name, document := range longDocuments(1 << 16) {
		if _, err := Decode[sample]([]byte(document), len(document)); err != nil && len(err.Error()) > 1000 {
			t.Errorf("%s: an error of %d bytes", name, len(err.Error()))
		}
	}
}
