// SPDX-License-Identifier: Apache-2.0

package strictjson

import (
	"strings"
	"testing"
)

type shape struct {
	A int
	B []struct{ C string }
}

func TestOneMeaningOnly(t *testing.T) {
	t.Parallel()
	var v shape
	if err := Decode([]byte(` {"A":1,"B":[{"C":"x"},{"C":"y"}]} `), &v); err != nil || v.A != 1 || len(v.B) != 2 {
		t.Fatalf("%+v, %v", v, err)
	}
	for _, text := range []string{
		``, `{`, `}`, `{"A":1}{}`, `{"A":1} x`, `{"A":1,"A":2}`, `{"A":1,"a":2}`, `{"B":[{"C":"x","c":"y"}]}`,
		`{"D":1}`, `{"B":[{"D":1}]}`, `[1]`, `{"A":1,}`, strings.Repeat("[", 100000), strings.Repeat(`{"A":`, 100),
	} {
		var v shape
		if err := Decode([]byte(text), &v); err == nil {
			t.Errorf("%.40s: accepted", text)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"A":1,"B":[{"C":"x"}]}`))
	f.Fuzz(func(_ *testing.T, b []byte) {
		var v shape
		_ = Decode(b, &v)
	})
}
