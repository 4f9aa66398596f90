// SPDX-License-Identifier: Apache-2.0

package strictjson

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// refused are documents that are none, and such as two readers take for different ones.
func refused() []string {
	return []string{
		"", " ", "\t", "\x00", "\ufeff", "\ufeff{}", "nul", "Null", "NULL", "nulll", "null null", "tru", "TRUE", "truee", "t", "fals", "False", "None",
		"undefined", "NaN", "Infinity", "-Infinity", "+1", "-", "--1", "01", "-01", "00", "1.", ".1", "-.1", "1.e1", "1e", "1e+", "1E-", "1e1.5", "0x1", "1_000",
		"1 2", "1,", "1a", "0b1", "١", "１", "1e٣", "∞", "{", "}", "[", "]", "[1", "[1,", "[,]", "[,1]", "[1,,2]", "[1 2]", "[1;2]", "[1}", "{]",
		"[\v1]", "[\f1]", "[\u00a01]", "[1]\x00", "[1]]", "[1],", "[1][", "// x\n1", "/* x */1", "1 // x", "[1]#",
		"{1:2}", "{a:1}", "{'a':1}", `{"a"}`, `{"a":}`, `{"a":1,}`, `{,"a":1}`, `{"a" 1}`, `{"a"::1}`, `{"a":1 "b":2}`, `{"a":1,,"b":2}`, `{"a":1;"b":2}`,
		`{"a":1]`, `{"a":1}}`, `{null:1}`, `{true:1}`, `{[]:1}`, `{"a":1,"a":1}`, `{"a":1,"\u0061":2}`, `[{"":1,"":2}]`, `{"a":{"b":1,"b":1}}`,
		`"`, `'a'`, `"a`, `a"`, `"a""`, `"a" "b"`, `"\"`, `"\a"`, `"\'"`, `"\0"`, `"\x41"`, `"\U0041"`, `"\u"`, `"\u0"`, `"\u004"`, `"\u004g"`, `"\u 041"`,
		`"\u+041"`, `"\u-041"`, `"\u00_1"`, `"\ud800"`, `"\udfff"`, `"\ud800\ud800"`, `"\udc00\ud800"`, `"\ud800x"`, `"\ud800\n"`, `"\ud800\u0041"`, `"\ud800\`,
		`"\ud800\u"`, `"\ud800\udc0"`, "\"\n\"", "\"\t\"", "\"\x00\"", "\"\x1f\"", "\"a\\\n\"", "\"\xff\"", "\"\xc0\xaf\"", "\"\xed\xa0\x80\"", "\"\xf4\x90\x80\x80\"", "\"\xe2\x82\"",
		"[\xff]", "{\"\xff\":1}", "1\xff", strings.Repeat("[", 40) + strings.Repeat("]", 40), strings.Repeat(`{"a":`, 40) + "1" + strings.Repeat("}", 40),
		strings.Repeat("[", 100_000), strings.Repeat(`[{"":`, 50_000), strings.Repeat("[", MaxDepth+1) + "1" + strings.Repeat("]", MaxDepth+1),
	}
}

// taken are documents, each of another form.
func taken() []string {
	return []string{
		"null", "true", "false", "0", "-0", "1", "-1", "10", "0.0", "-0.5", "1.25e10", "1E5", "1e+5", "1e-05", "0e0", "123456789012345678901234567890", "1e400", "-1e-400",
		`""`, `"a"`, `"é"`, `"\u00e9"`, `"\""`, `"\\"`, `"\/"`, `"\b\f\n\r\t"`, `"\u0000"`, `"\uFFFF"`, `"\ufffd"`, `"\ud83d\ude00"`, `"\uD83D\uDE00"`, `"😀"`, "\"\x7f\"", "\"\u2028\"",
		`"\\u0041"`, `"\\\\"`, "[]", "[ ]", "[1]", "[1,2]", "[[],[[]]]", "{}", "{ }", `{"":1}`, `{"a":1,"A":2}`, `{"a":{"a":1}}`, `[{"a":1},{"a":1}]`, `{"a":[1,{"a":null}]}`,
		" \t\r\n1 \t\r\n", " [ 1 , 2 ] ", "\n{\n\"a\"\n:\n1\n,\n\"b\"\n:\n2\n}\n", `{"\u0061":1,"b":2}`,
		strings.Repeat("[", MaxDepth) + "1" + strings.Repeat("]", MaxDepth), strings.Repeat(`{"a":`, MaxDepth) + "1" + strings.Repeat("}", MaxDepth),
	}
}

func TestREG03WhatIsNoDocument(t *testing.T) {
	t.Parallel()
	for _, document := range refused() {
		if Valid([]byte(document)) {
			t.Errorf("%.60q is taken for a document", document)
		}
		for _, around := range [][2]string{{"[", "]"}, {`{"x":`, "}"}, {" ", " "}} {
			if text := around[0] + document + around[1]; Valid([]byte(text)) && !slices.Contains([]string{"[]", "[ ]", "[\t]"}, text) {
				t.Errorf("%.60q is taken for a document", text)
			}
		}
	}
}

func TestWhatIsADocument(t *testing.T) {
	t.Parallel()
	for _, document := range taken() {
		if !Valid([]byte(document)) || !json.Valid([]byte(document)) {
			t.Errorf("%.60q is refused", document)
		}
		for end := range len(document) { // what is cut off is none, but for numbers and blanks
			if part := []byte(document[:end]); Valid(part) && !json.Valid(part) {
				t.Errorf("%.60q is taken for a document", part)
			}
		}
	}
}

// asGo encodes as encoding/json does without HTML escaping.
func asGo(v any) ([]byte, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(v)
	return bytes.TrimSuffix(text.Bytes(), []byte("\n")), err
}

// compareRaw holds what is taken for a document, and how it is written, against encoding/json.
func compareRaw(t *testing.T, document []byte) {
	t.Helper()
	raw, err := Decode[Raw](document, len(document))
	if (err == nil) != Valid(document) {
		t.Fatalf("%q: %v, but valid is %v", document, err, !Valid(document))
	}
	if err != nil {
		return
	}
	want, err := asGo(json.RawMessage(document))
	if err != nil {
		t.Fatalf("%q is taken for a document: %v", document, err)
	}
	got, err := Encode(raw)
	if err != nil || !bytes.Equal(got, want) {
		t.Fatalf("%q: written as %q, %v, not %q", document, got, err, want)
	}
	if through, err := asGo(raw); err != nil || !bytes.Equal(through, want) {
		t.Fatalf("%q: encoding/json writes %q, %v, not %q", document, through, err, want)
	}
	var again Raw
	if err := json.Unmarshal(document, &again); err != nil || !bytes.Equal(again, raw) {
		t.Fatalf("%q: encoding/json reads %q, %v, not %q", document, again, err, raw)
	}
}

func TestRawIsThatOfGo(t *testing.T) {
	t.Parallel()
	for _, document := range append(refused(), taken()...) {
		compareRaw(t, []byte(document))
	}
	for _, document := range documents(5000) {
		compareRaw(t, document)
	}
}

func FuzzRaw(f *testing.F) {
	for _, document := range append(refused(), taken()...) {
		if len(document) < 1000 {
			f.Add([]byte(document))
		}
	}
	f.Fuzz(compareRaw)
}
