// SPDX-License-Identifier: Apache-2.0

package pki

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"testing"

	"github.com/c2sp/wycheproof"
)

// vectors are Wycheproof's for ECDSA on P-256 with SHA-256.
type vectors struct {
	Groups []struct {
		Key struct {
			Uncompressed string `json:"uncompressed"`
		} `json:"publicKey"`
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

// eachVector calls verify with every vector of a file, and compares.
func eachVector(t *testing.T, file string, least int, verify func(key *ecdsa.PublicKey, message, signature []byte) bool) {
	t.Helper()
	raw, err := fs.ReadFile(wycheproof.TestVectors, file)
	if err != nil {
		t.Fatal(err)
	}
	var v vectors
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, group := range v.Groups {
		key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), unhex(t, group.Key.Uncompressed))
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range group.Tests {
			n++
			if got := verify(key, unhex(t, c.Message), unhex(t, c.Signature)); got != (c.Result == "valid") {
				t.Errorf("%s %d (%s): %v, want %s", file, c.ID, c.Comment, got, c.Result)
			}
		}
	}
	if n < least {
		t.Errorf("%s: only %d vectors", file, n)
	}
}

// AT-11: the signatures of quotes, QE reports and documents.
func TestAT11WycheproofRaw(t *testing.T) {
	eachVector(t, "ecdsa_secp256r1_sha256_p1363_test.json", 262, func(key *ecdsa.PublicKey, message, signature []byte) bool {
		return len(signature) == 64 && Verify(key, message, [64]byte(signature))
	})
}

// AT-11: the signatures of certificates and lists.
func TestAT11WycheproofDER(t *testing.T) {
	eachVector(t, "ecdsa_secp256r1_sha256_test.json", 484, func(key *ecdsa.PublicKey, message, signature []byte) bool {
		issuer := x509.Certificate{PublicKeyAlgorithm: x509.ECDSA, PublicKey: key}
		return issuer.CheckSignature(x509.ECDSAWithSHA256, message, signature) == nil
	})
}
