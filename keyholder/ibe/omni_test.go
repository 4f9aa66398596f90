// SPDX-License-Identifier: Apache-2.0

package ibe

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"testing"

	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/keyname"
)

// The key is written out here by hand, and what WebCrypto of Node.js v20 derives
// from it: crypto.subtle.importKey("raw", key, "HKDF", false, ["deriveBits"]), then
// deriveBits({name: "HKDF", hash, salt, info}, key, 256), as workers of Escrin v1 do.
func TestOmniKeyIsARootOfHKDF(t *testing.T) {
	t.Parallel()
	name := keyname.ForOmni(1, [20]byte{1}, [32]byte{2}, [32]byte{}, 1)
	d := HashName(name).Mul(curve.ScalarFromIndex(7))
	key, err := OmniKey(d, name)
	if err != nil {
		t.Fatal(err)
	}
	salt, secret := name.Digest(), d.Bytes()
	extract := hmac.New(sha256.New, salt[:])
	extract.Write(secret[:])
	if !hmac.Equal(key[:], extract.Sum(nil)) {
		t.Fatal("not the extraction of the specification")
	}
	for _, c := range []struct {
		hash, salt, info, want string
	}{
		{"SHA-256", "", "escrin", "118bbd1fb0c4047180c99848757d1f13b2f66bec2d3592cde6513cd0b66f5f02"},
		{"SHA-512", "salt", "ai-rose/bridge", "dca7ade05fed8231e11072e2d02d959e0e9ad0a5de50b6cf630d3a39737df633"},
	} {
		var got []byte
		if c.hash == "SHA-256" {
			got, err = hkdf.Key(sha256.New, key[:], []byte(c.salt), c.info, 32)
		} else {
			got, err = hkdf.Key(sha512.New, key[:], []byte(c.salt), c.info, 32)
		}
		if err != nil || hex.EncodeToString(got) != c.want {
			t.Errorf("%s derives %x, want %s", c.hash, got, c.want)
		}
	}
}

func TestOmniKeyRefuses(t *testing.T) {
	t.Parallel()
	name := keyname.ForOmni(1, [20]byte{1}, [32]byte{2}, [32]byte{}, 1)
	if _, err := OmniKey(curve.G1{}, name); err == nil {
		t.Error("a key of no point")
	}
	task := keyname.ForTask(1, [20]byte{1}, [32]byte{2}, [32]byte{3}, [32]byte{4})
	if _, err := OmniKey(HashName(task), task); err == nil {
		t.Error("a task's key is the identity's")
	}
}
