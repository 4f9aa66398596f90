// SPDX-License-Identifier: Apache-2.0

package ethsig

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"testing"

	"github.com/c2sp/wycheproof"
	"github.com/decred/dcrd/dcrec/secp256k1/v4"
)

// vectors are Wycheproof's for ECDSA on secp256k1, signatures as r ‖ s.
type vectors struct {
	Groups []struct {
		Key   struct{ Uncompressed string } `json:"publicKey"`
		Tests []struct {
			ID        int    `json:"tcId"`
			Comment   string `json:"comment"`
			Message   string `json:"msg"`
			Signature string `json:"sig"`
			Result    string `json:"result"`
		} `json:"tests"`
	} `json:"testGroups"`
}

func unhex(t *testing.T, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestKR03Wycheproof: a signature recovers its signer just where Wycheproof calls it valid, but for the two kinds that Ethereum
// has no form for: the greater value of s, and a point whose x is not below the group order.
func TestKR03Wycheproof(t *testing.T) {
	t.Parallel()
	for file, digest := range map[string]func([]byte) [32]byte{
		"ecdsa_secp256k1_sha256_p1363_test.json": sha256.Sum256,
		"ecdsa_secp256k1_sha512_p1363_test.json": func(m []byte) [32]byte { d := sha512.Sum512(m); return [32]byte(d[:]) },
	} {
		raw, err := fs.ReadFile(wycheproof.TestVectors, file)
		if err != nil {
			t.Fatal(err)
		}
		var v vectors
		if err := json.Unmarshal(raw, &v); err != nil {
			t.Fatal(err)
		}
		recovered, refused := 0, 0
		for _, g := range v.Groups {
			signer := Address([PublicSize]byte(unhex(t, g.Key.Uncompressed)))
			for _, c := range g.Tests {
				signature := unhex(t, c.Signature)
				want := c.Result == "valid" && lowS(signature) && c.Comment != "k*G has a large x-coordinate"
				if got := recovers(digest(unhex(t, c.Message)), signature, signer); got != want {
					t.Errorf("%s %d, %s: recovers its signer: %v, want %v", file, c.ID, c.Comment, got, want)
				}
				if want {
					recovered++
				} else {
					refused++
				}
			}
		}
		if recovered < 90 || refused < 85 {
			t.Errorf("%s: only %d good and %d bad signatures", file, recovered, refused)
		}
	}
}

// recovers tells whether r ‖ s is the signer's with one of the two values of v.
func recovers(digest [32]byte, signature []byte, signer [20]byte) bool {
	if len(signature) != Size-1 {
		return false
	}
	for v := byte(27); v <= 28; v++ {
		if by, err := Recover(digest, [Size]byte(append(signature[:Size-1:Size-1], v))); err == nil && by == signer {
			return true
		}
	}
	return false
}

func lowS(signature []byte) bool {
	var s secp256k1.ModNScalar
	return len(signature) == Size-1 && !s.SetByteSlice(signature[wordSize:]) && !s.IsOverHalfOrder()
}
