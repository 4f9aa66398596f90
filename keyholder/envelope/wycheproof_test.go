// SPDX-License-Identifier: Apache-2.0

package envelope

import (
	"bytes"
	"crypto/ecdh"
	"crypto/mlkem"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"slices"
	"testing"

	"github.com/c2sp/wycheproof"
)

// wycheproofCase has the fields of Wycheproof's cases on X25519 and on ML-KEM-768, in hex.
type wycheproofCase struct {
	TCID                    int
	Comment, Result         string
	Public, Private, Shared string // X25519
	Seed, EK, C, K          string // ML-KEM
}

// eachWycheproof calls check with every case of a file.
func eachWycheproof(t *testing.T, file string, least int, check func(c wycheproofCase)) {
	t.Helper()
	raw, err := fs.ReadFile(wycheproof.TestVectors, file)
	if err != nil {
		t.Fatal(err)
	}
	var all struct {
		TestGroups []struct{ Tests []wycheproofCase }
	}
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, g := range all.TestGroups {
		for _, c := range g.Tests {
			n++
			check(c)
		}
	}
	if n < least {
		t.Errorf("%s: only %d cases", file, n)
	}
}

func unhexed(t *testing.T, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestKR16WycheproofX25519: in both directions, a point of low order is refused, and with any other one (on the twist, not
// canonical) the secret is made of what X25519 gives.
func TestKR16WycheproofX25519(t *testing.T) {
	t.Parallel()
	lattice, err := mlkem.GenerateKey768()
	if err != nil {
		t.Fatal(err)
	}
	shared, ciphertext := lattice.EncapsulationKey().Encapsulate()
	eachWycheproof(t, "x25519_test.json", 518, func(c wycheproofCase) {
		curve, err := ecdh.X25519().NewPrivateKey(unhexed(t, c.Private))
		if err != nil {
			t.Fatal(err)
		}
		point, agreed := unhexed(t, c.Public), unhexed(t, c.Shared)
		low := bytes.Equal(agreed, make([]byte, len(agreed)))
		secret, err := decapsulationKey{lattice, curve}.decapsulate(slices.Concat(ciphertext, point))
		if (err != nil) != low {
			t.Errorf("%d, %s: decapsulated with error %v", c.TCID, c.Comment, err)
		}
		if !low && secret != combine(shared, agreed, point, curve.PublicKey().Bytes()) {
			t.Errorf("%d, %s: another secret", c.TCID, c.Comment)
		}
		if _, err := Wrap(slices.Concat(lattice.EncapsulationKey().Bytes(), point), "test", nil, nil); (err != nil) != low {
			t.Errorf("%d, %s: wrapped with error %v", c.TCID, c.Comment, err)
		}
	})
}

// TestKR16WycheproofMLKEM: what encapsulations open to, those that are rejected without a word included, and which public keys
// are none.
func TestKR16WycheproofMLKEM(t *testing.T) {
	t.Parallel()
	curve, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	point := curve.PublicKey().Bytes()
	agreed, err := curve.ECDH(curve.PublicKey())
	if err != nil {
		t.Fatal(err)
	}
	opened := 0
	eachWycheproof(t, "mlkem_768_test.json", 201, func(c wycheproofCase) {
		if c.Result != "valid" { // seeds and ciphertexts of other sizes, which ours cannot have
			return
		}
		opened++
		lattice, err := mlkem.NewDecapsulationKey768(unhexed(t, c.Seed))
		if err != nil || !bytes.Equal(lattice.EncapsulationKey().Bytes(), unhexed(t, c.EK)) {
			t.Fatalf("%d: another public key, %v", c.TCID, err)
		}
		secret, err := decapsulationKey{lattice, curve}.decapsulate(append(unhexed(t, c.C), point...))
		if err != nil || secret != combine(unhexed(t, c.K), agreed, point, point) {
			t.Errorf("%d, %s: another secret, %v", c.TCID, c.Comment, err)
		}
	})
	if opened < 161 {
		t.Errorf("only %d encapsulations", opened)
	}
	eachWycheproof(t, "mlkem_768_encaps_test.json", 265, func(c wycheproofCase) {
		if _, err := Wrap(append(unhexed(t, c.EK), point...), "test", nil, nil); (err == nil) != (c.Result == "valid") {
			t.Errorf("%d, %s, %s: wrapped with error %v", c.TCID, c.Comment, c.Result, err)
		}
	})
}
