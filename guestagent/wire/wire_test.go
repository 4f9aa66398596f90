// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestOneSpellingOfEachValue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := Hash32(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "bytes"))
		document, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var got Hash32
		if err := json.Unmarshal(document, &got); err != nil || got != want {
			t.Fatalf("%s is read as %v, %v", document, got, err)
		}
	})
}

func TestOtherSpellingsAreRefused(t *testing.T) {
	hex := strings.Repeat("ab", 32)
	for _, text := range []string{"", "0x", hex, "0X" + hex, "0x" + strings.ToUpper(hex), "0x" + hex + "00", "0x" + hex[2:], " 0x" + hex, "0x" + hex[:62] + "zz"} {
		if new(Hash32).UnmarshalText([]byte(text)) == nil {
			t.Errorf("hash %q was accepted", text)
		}
		if new(Address).UnmarshalText([]byte(text)) == nil {
			t.Errorf("address %q was accepted", text)
		}
	}
	for _, text := range []string{"", "0x" + hex, "sha256:", "sha256:" + strings.ToUpper(hex), "sha512:" + hex, "sha256:" + hex + "0"} {
		if new(Digest).UnmarshalText([]byte(text)) == nil {
			t.Errorf("digest %q was accepted", text)
		}
	}
}

func TestDigestOf(t *testing.T) {
	const abc = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" // FIPS 180-4
	if got := DigestOf([]byte("abc")).String(); got != abc {
		t.Errorf("digest %s", got)
	}
}

func TestDecodeBoundsTheDocument(t *testing.T) {
	var v []int
	if err := Decode([]byte("[1,2]"), 4, &v); err == nil {
		t.Error("five bytes passed a limit of four")
	}
	if err := Decode([]byte("[1,2]"), 5, &v); err != nil {
		t.Error(err)
	}
}
