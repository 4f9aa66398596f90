// SPDX-License-Identifier: Apache-2.0

package envelope

import (
	"bytes"
	"encoding/json"
	"flag"
	"io"
	mathrand "math/rand/v2"
	"os"
	"testing"

	"github.com/escrin/escrin/keyholder/curve"
)

var update = flag.Bool("update", false, "rewrite testdata/envelope.json")

// vectors is the shape of testdata/envelope.json. Bytes are base64.
type vectors struct {
	Comment string `json:"comment"`
	// Secret is the network's secret; the key name is that of keysOf.
	Secret        []byte   `json:"secret"`
	EncodedName   []byte   `json:"encodedName"`
	DerivedKey    []byte   `json:"derivedKey"`
	RecipientPriv []byte   `json:"recipientPrivateKey"`
	RecipientPub  []byte   `json:"recipientPublicKey"`
	AAD           []byte   `json:"aad"`
	Vectors       []vector `json:"vectors"`
}

type vector struct {
	Plaintext   []byte `json:"plaintext"`
	Randomness  []byte `json:"randomness"` // file key, salt, sigma
	ToName      []byte `json:"toName"`
	ToRecipient []byte `json:"toRecipient"` // its encapsulation is not reproducible
}

const vectorFile = "testdata/envelope.json"

func TestVectors(t *testing.T) {
	t.Parallel()
	if *update {
		writeVectors(t)
	}
	b, err := os.ReadFile(vectorFile)
	if err != nil {
		t.Fatal(err)
	}
	var v vectors
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	secret, err := curve.ScalarFromBytes(v.Secret)
	if err != nil {
		t.Fatal(err)
	}
	k := keysOf(secret)
	derived := k.derived.Bytes()
	if !bytes.Equal(derived[:], v.DerivedKey) || !bytes.Equal(k.name.Encode(), v.EncodedName) {
		t.Fatal("name or derived key differ")
	}
	for i, e := range v.Vectors {
		var out bytes.Buffer
		if err := SealToName(&out, bytes.NewReader(e.Randomness), k.group, k.name, bytes.NewReader(e.Plaintext)); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(out.Bytes(), e.ToName) {
			t.Errorf("vector %d: sealed differently", i)
		}
		if got, err := openAll(k, e.ToName); err != nil || !bytes.Equal(got, e.Plaintext) {
			t.Errorf("vector %d to a name: %v", i, err)
		}
		r, err := OpenWithRecipientKey(bytes.NewReader(e.ToRecipient), v.RecipientPriv, v.AAD)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, e.Plaintext) {
			t.Errorf("vector %d to a recipient: %v", i, err)
		}
	}
}

func writeVectors(t *testing.T) {
	t.Helper()
	random := mathrand.NewChaCha8([32]byte([]byte("escrin envelope vectors, seed 01")))
	secret, err := curve.RandomScalar(random)
	if err != nil {
		t.Fatal(err)
	}
	k, s := keysOf(secret), secret.Bytes()
	derived := k.derived.Bytes()
	v := vectors{
		Comment: "made by TestVectors -update", Secret: s[:], EncodedName: k.name.Encode(), DerivedKey: derived[:], AAD: []byte("context"),
	}
	if v.RecipientPriv, v.RecipientPub, err = GenerateRecipient(); err != nil {
		t.Fatal(err)
	}
	for _, plain := range []string{"", "hello", string(bytes.Repeat([]byte("0123456789"), 30))} {
		e := vector{Plaintext: []byte(plain), Randomness: make([]byte, 96)}
		if _, err := random.Read(e.Randomness); err != nil {
			t.Fatal(err)
		}
		var toName, toRecipient bytes.Buffer
		if err := SealToName(&toName, bytes.NewReader(e.Randomness), k.group, k.name, bytes.NewReader(e.Plaintext)); err != nil {
			t.Fatal(err)
		}
		if err := SealToRecipient(&toRecipient, random, v.RecipientPub, v.AAD, bytes.NewReader(e.Plaintext)); err != nil {
			t.Fatal(err)
		}
		e.ToName, e.ToRecipient = toName.Bytes(), toRecipient.Bytes()
		v.Vectors = append(v.Vectors, e)
	}
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(vectorFile, append(b, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}
