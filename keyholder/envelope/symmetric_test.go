// SPDX-License-Identifier: Apache-2.0

package envelope

import (
	"bytes"
	"crypto/rand"
	"io"
	"testing"
)

// TestSealedWithKeyOpensWithItAlone: another key, other data beside it, another kind or one changed byte do not open.
func TestSealedWithKeyOpensWithItAlone(t *testing.T) {
	key, plain := [32]byte{1}, bytes.Repeat([]byte("escrin"), 20_000)
	seal := func() []byte {
		var out bytes.Buffer
		if err := SealWithKey(&out, rand.Reader, key, []byte("aad"), bytes.NewReader(plain)); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	open := func(b []byte, key [32]byte, aad string) ([]byte, error) {
		r, err := OpenSealedWithKey(bytes.NewReader(b), key, []byte(aad))
		if err != nil {
			return nil, err
		}
		return io.ReadAll(r)
	}
	sealed := seal()
	if got, err := open(sealed, key, "aad"); err != nil || !bytes.Equal(got, plain) {
		t.Fatalf("%d bytes, %v", len(got), err)
	}
	if uint64(len(sealed)) != SealedWithKeySize(uint64(len(plain))) {
		t.Errorf("%d bytes", len(sealed))
	}
	if bytes.Equal(sealed[120:200], seal()[120:200]) {
		t.Error("two envelopes of one key are alike")
	}
	if _, err := open(sealed, [32]byte{2}, "aad"); err == nil {
		t.Error("another key opens it")
	}
	if _, err := open(sealed, key, "other"); err == nil {
		t.Error("it opens beside other data")
	}
	for i := 0; i < len(sealed); i += 1 + i/8 {
		changed := bytes.Clone(sealed)
		changed[i] ^= 1
		if _, err := open(changed, key, "aad"); err == nil {
			t.Errorf("byte %d may be changed", i)
		}
	}
	if _, err := OpenWithRecipientKey(bytes.NewReader(append(sealed, make([]byte, 2000)...)), make([]byte, 32), []byte("aad")); err == nil {
		t.Error("it opens as of another kind")
	}
}
