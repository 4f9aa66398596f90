// SPDX-License-Identifier: Apache-2.0

package envelope

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"slices"
	"testing"

	"github.com/escrin/escrin/keyholder/curve"
)

// FuzzOpen: nothing opens but what was sealed, byte for byte. The seeds are the vectors, an envelope of several chunks
// among them.
func FuzzOpen(f *testing.F) {
	raw, err := os.ReadFile(vectorFile)
	if err != nil {
		f.Fatal(err)
	}
	var v vectors
	if err := json.Unmarshal(raw, &v); err != nil {
		f.Fatal(err)
	}
	secret, err := curve.ScalarFromBytes(v.Secret)
	if err != nil {
		f.Fatal(err)
	}
	k, key := keysOf(secret), [32]byte{7}
	openers := []func(io.Reader) (io.Reader, error){
		func(r io.Reader) (io.Reader, error) { return OpenWithKey(r, k.derived, k.name) },
		func(r io.Reader) (io.Reader, error) { return OpenWithRecipientKey(r, v.RecipientPriv, v.AAD) },
		func(r io.Reader) (io.Reader, error) { return OpenSealedWithKey(r, key, v.AAD) },
	}
	var long bytes.Buffer
	if err := SealWithKey(&long, bytes.NewReader(make([]byte, 64)), key, v.AAD, bytes.NewReader(make([]byte, 2*chunkData+1))); err != nil {
		f.Fatal(err)
	}
	sealed := [][]byte{long.Bytes()}
	f.Add(uint8(2), long.Bytes())
	f.Add(uint8(0), []byte(magic))
	for _, e := range v.Vectors {
		f.Add(uint8(0), e.ToName)
		f.Add(uint8(1), e.ToRecipient)
		sealed = append(sealed, e.ToName, e.ToRecipient)
	}
	f.Fuzz(func(t *testing.T, kind uint8, b []byte) {
		r, err := openers[int(kind)%len(openers)](bytes.NewReader(b))
		if err != nil {
			return
		}
		if n, err := io.Copy(io.Discard, r); err == nil && !slices.ContainsFunc(sealed, func(s []byte) bool { return bytes.Equal(s, b) }) {
			t.Fatalf("%d bytes opened to %d", len(b), n)
		}
	})
}
