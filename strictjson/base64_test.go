// SPDX-License-Identifier: Apache-2.0

package strictjson

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

type blobs struct {
	A     []byte `json:"a"`
	Text  string `json:"text"`
	B     []byte `json:"b"`
	Plain below  `json:"plain"`
	C     own    `json:"c"`
	Many  [][]byte
	folded
}

type (
	below struct {
		D []byte `json:"d"`
	}
	folded struct {
		E []byte `json:"e"`
	}
	own []byte
)

// plainly decodes as Go does.
func plainly(data []byte) (value blobs, err error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err = decoder.Decode(&value); err == nil && len(bytes.TrimSpace(data[decoder.InputOffset():])) > 0 {
		err = fmt.Errorf("more")
	}
	return value, err
}

// long returns base64 of n bytes.
func long(n int) string {
	return base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{1, 2, 0xff}, n)[:n])
}

// stricter says whether an error is of what Go's decoder does not mind.
func stricter(err error) bool {
	for _, why := range []string{"twice", "must be written", "not base64", "a list for", "elements for"} {
		if strings.Contains(err.Error(), why) {
			return true
		}
	}
	return false
}

// blobDocuments have long base64, or almost.
func blobDocuments() []string {
	var out []string
	for _, n := range []int{0, 1, 300, 382, 383, 384, 385, 386, 10_000} {
		text := long(n)
		for _, key := range []string{"a", "b", "c", "e", "text", "x", "A"} {
			out = append(out, fmt.Sprintf(`{"%s":"%s"}`, key, text), fmt.Sprintf(` { "%s" : "%s" , "text":"t" } `, key, text),
				fmt.Sprintf(`{"%s":"%s"} 1`, key, text), fmt.Sprintf(`{"%s":"%s","%s":""}`, key, text, key), fmt.Sprintf(`{"%s":["%s"]}`, key, text))
		}
		out = append(out, fmt.Sprintf(`{"a":"%s","b":"%s","plain":{"d":"%s"},"Many":["%s",""]}`, text, text+text, text, text),
			fmt.Sprintf(`"%s"`, text), fmt.Sprintf(`{"plain":{"a":"%s"}}`, text), fmt.Sprintf(`{"b":"%s","a":null,"text":"\u0041"}`, text))
	}
	text := long(900)
	for _, odd := range []string{"\n", "\r", "\r\n", `\n`, `\/`, "=", "-", "_", " ", "\x00", "é", `"`, `\u0041`} {
		out = append(out, `{"a":"`+text+odd+`"}`, `{"a":"`+odd+text+`"}`, `{"a":"`+text[:600]+odd+text[600:]+`"}`)
	}
	for _, end := range []string{"", `"`, `",`, `"}`, `"}}`, `"]`, `":1}`} {
		out = append(out, `{"a":"`+text+end)
	}
	return out
}

// Base64 is read as by Go's decoder, and what that refuses is refused.
func TestLongStringsAreReadAsByGo(t *testing.T) {
	t.Parallel()
	accepted := 0
	for _, document := range blobDocuments() {
		got, err := Decode[blobs]([]byte(document), 1<<20)
		want, refused := plainly([]byte(document))
		switch {
		case err == nil && refused != nil:
			t.Errorf("%.60q…: accepted; else: %v", document, refused)
		case err == nil && !reflect.DeepEqual(got, want):
			t.Errorf("%.60q…: %.60v, not %.60v", document, got, want)
		case err != nil && refused == nil && !stricter(err):
			t.Errorf("%.60q…: %v", document, err)
		case err == nil:
			accepted++
		}
	}
	if accepted < 50 {
		t.Errorf("only %d accepted", accepted)
	}
}

func FuzzLongStrings(f *testing.F) {
	for _, document := range blobDocuments() {
		f.Add([]byte(document))
	}
	f.Fuzz(func(t *testing.T, document []byte) {
		got, err := Decode[blobs](document, 1<<20)
		if err != nil {
			return
		}
		if want, refused := plainly(document); refused != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("%v, not %v, %v", got, want, refused)
		}
	})
}

// What is read does not point into the document, which its owner may use again.
func TestLongStringsAreCopies(t *testing.T) {
	t.Parallel()
	document := []byte(`{"a":"` + long(600) + `"}`)
	got, err := Decode[blobs](document, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	before := bytes.Clone(got.A)
	clear(document)
	if !bytes.Equal(got.A, before) {
		t.Error("changed with the document")
	}
}
