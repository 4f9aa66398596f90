// SPDX-License-Identifier: Apache-2.0

package keyname_test

import (
	"bytes"
	"encoding/hex"
	"hash/maphash"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/escrin/escrin/keyholder/keyname"
)

func draw(t *rapid.T, label string) keyname.Name {
	// Few values per field, so that names that differ in one field are common.
	small := func(f string) [32]byte {
		var w [32]byte
		w[rapid.IntRange(0, 31).Draw(t, label+f+" at")] = byte(rapid.IntRange(0, 2).Draw(t, label+f))
		return w
	}
	registry := small("registry")
	return keyname.Name{
		ChainID: uint64(rapid.IntRange(0, 2).Draw(t, label+"chain")), Registry: [20]byte(registry[:20]),
		IdentityID: small("identity"), Kind: keyname.Kind(rapid.IntRange(0, 3).Draw(t, label+"kind")),
		Subject: small("subject"), Policy: small("policy"), Version: uint64(rapid.IntRange(0, 2).Draw(t, label+"version")),
	}
}

func TestKR14EncodingIsInjective(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := draw(t, "a "), draw(t, "b ")
		if (a == b) != bytes.Equal(a.Encode(), b.Encode()) {
			t.Fatalf("%+v and %+v", a, b)
		}
		if len(a.Encode()) != keyname.EncodedSize {
			t.Fatal("wrong size")
		}
	})
}

// The encoding, written out once by hand.
func TestEncodingIsThatOfTheSpecification(t *testing.T) {
	t.Parallel()
	n := keyname.ForTask(0x0102, [20]byte{0: 3, 19: 4}, [32]byte{5}, [32]byte{6}, [32]byte{7})
	got := n.Encode()
	words := []string{
		"0000000000000000000000000000000000000000000000000000000000000102",
		"0000000000000000000000000300000000000000000000000000000000000004",
		"0500000000000000000000000000000000000000000000000000000000000000",
		"0000000000000000000000000000000000000000000000000000000000000001",
		"0600000000000000000000000000000000000000000000000000000000000000",
		"0700000000000000000000000000000000000000000000000000000000000000",
		"0000000000000000000000000000000000000000000000000000000000000001",
	}
	for i, w := range words {
		if g := hex.EncodeToString(got[32*(i+1) : 32*(i+2)]); g != w {
			t.Errorf("word %d is %s, want %s", i+1, g, w)
		}
	}
}

func TestValidate(t *testing.T) {
	t.Parallel()
	good := keyname.ForTask(1, [20]byte{1}, [32]byte{1}, [32]byte{1}, [32]byte{1})
	if err := good.Validate(); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(n *keyname.Name){
		"version 0":            func(n *keyname.Name) { n.Version = 0 },
		"version 2":            func(n *keyname.Name) { n.Version = 2 },
		"kind 0":               func(n *keyname.Name) { n.Kind = 0 },
		"kind 4":               func(n *keyname.Name) { n.Kind = 4 },
		"chain":                func(n *keyname.Name) { n.ChainID = 0 },
		"registry":             func(n *keyname.Name) { n.Registry = [20]byte{} },
		"identity":             func(n *keyname.Name) { n.IdentityID = [32]byte{} },
		"policy":               func(n *keyname.Name) { n.Policy = [32]byte{} },
		"task without subject": func(n *keyname.Name) { n.Subject = [32]byte{} },
		"omni with subject":    func(n *keyname.Name) { n.Kind = keyname.Omni },
		"secret of no label":   func(n *keyname.Name) { n.Kind, n.Subject = keyname.Secret, [32]byte{} },
		"secret, version 0":    func(n *keyname.Name) { n.Kind, n.Version = keyname.Secret, 0 },
	} {
		n := good
		change(&n)
		if n.Validate() == nil {
			t.Errorf("%s: valid", name)
		}
	}
	if (keyname.Name{}).Validate() == nil {
		t.Error("zero name is valid")
	}
	for _, n := range []keyname.Name{
		keyname.ForOmni(1, [20]byte{1}, [32]byte{1}, [32]byte{}, 7), keyname.ForOmni(1, [20]byte{1}, [32]byte{1}, [32]byte{1}, math.MaxUint64),
		secret(t, "a", 1), secret(t, "DB_password-2.x", 9),
	} {
		if err := n.Validate(); err != nil {
			t.Error(err)
		}
	}
}

func secret(t *testing.T, label string, version uint64) keyname.Name {
	t.Helper()
	n, err := keyname.ForSecret(1, [20]byte{1}, [32]byte{1}, label, [32]byte{}, version)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// KR-14: over a million random names, an encoding and a digest belong to one name.
func TestKR14MillionNames(t *testing.T) {
	t.Parallel()
	count := 1_000_000
	if testing.Short() {
		count = 10_000
	}
	random := rand.New(rand.NewChaCha8([32]byte{14}))
	seed, seen := maphash.MakeSeed(), make(map[[16]byte]uint64, count)
	for range count {
		// Words of few values, so that names that differ in one place are common.
		word := func() (w [32]byte) {
			w[random.IntN(32)] = byte(random.IntN(4))
			return w
		}
		registry := word()
		n := keyname.Name{
			ChainID: random.Uint64N(4) << random.UintN(63), Registry: [20]byte(registry[:20]), IdentityID: word(),
			Kind: keyname.Kind(random.IntN(5)), Subject: word(), Policy: word(), Version: random.Uint64N(4) << random.UintN(63),
		}
		digest, which := n.Digest(), maphash.Comparable(seed, n)
		if other, ok := seen[[16]byte(digest[:])]; ok && other != which {
			t.Fatalf("%+v and another name have one digest", n)
		}
		seen[[16]byte(digest[:])] = which
		if again, err := keyname.Parse(n.Encode()); (err == nil) != (n.Validate() == nil) || err == nil && again != n {
			t.Fatalf("%+v is read as %+v, %v", n, again, err)
		}
	}
}

// KR-14: what looks like another label is none.
func TestKR14Labels(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"a", "0", "TLS_KEY", "db.password-2", "escrin", "escrins.a", "Escrin.config", "my.escrin.config", strings.Repeat("x", keyname.MaxLabel)} {
		if !keyname.ValidLabel(good) {
			t.Errorf("%q is refused", good)
		}
	}
	for _, bad := range []string{
		"", ".", "..", "-a", "_a", ".hidden", "a/b", "a b", "a\x00", "a\n", "a:b", "раssword", "pаssword", "ｐassword", "password\u200b", "pass\u00adword",
		"é", "e\u0301", "ß", "\u212aey", "\u017fecret", strings.Repeat("x", keyname.MaxLabel+1), "a\xff",
		"escrin.", "escrin.config", "escrin.a",
	} {
		if keyname.ValidLabel(bad) {
			t.Errorf("%q is accepted", bad)
		}
		if _, err := keyname.ForSecret(1, [20]byte{1}, [32]byte{1}, bad, [32]byte{}, 1); err == nil {
			t.Errorf("%q names a key", bad)
		}
	}
	if secret(t, "key", 1).Digest() == secret(t, "KEY", 1).Digest() || secret(t, "key", 1).Digest() == secret(t, "key", 2).Digest() {
		t.Error("two secrets have one key")
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	good := keyname.ForTask(1, [20]byte{1}, [32]byte{1}, [32]byte{1}, [32]byte{1}).Encode()
	if _, err := keyname.Parse(good); err != nil {
		t.Fatal(err)
	}
	for i := range good { // a flipped top bit is another tag, padding, or another name
		b := bytes.Clone(good)
		b[i] ^= 0x80
		if n, err := keyname.Parse(b); err == nil && !bytes.Equal(n.Encode(), b) {
			t.Errorf("byte %d: read as %+v", i, n)
		}
	}
	for _, b := range [][]byte{nil, good[:255], append(bytes.Clone(good), 0), make([]byte, 256)} {
		if _, err := keyname.Parse(b); err == nil {
			t.Errorf("%d bytes are a name", len(b))
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(keyname.ForTask(1, [20]byte{1}, [32]byte{1}, [32]byte{1}, [32]byte{1}).Encode())
	f.Fuzz(func(t *testing.T, b []byte) {
		if n, err := keyname.Parse(b); err == nil && !bytes.Equal(n.Encode(), b) {
			t.Fatal("another encoding of a name is read")
		}
	})
}
