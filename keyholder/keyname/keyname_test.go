// SPDX-License-Identifier: Apache-2.0

package keyname_test

import (
	"bytes"
	"encoding/hex"
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
		IdentityID: small("identity"), Kind: keyname.Kind(rapid.IntRange(0, 2).Draw(t, label+"kind")),
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
		"kind 3":               func(n *keyname.Name) { n.Kind = 3 },
		"chain":                func(n *keyname.Name) { n.ChainID = 0 },
		"registry":             func(n *keyname.Name) { n.Registry = [20]byte{} },
		"identity":             func(n *keyname.Name) { n.IdentityID = [32]byte{} },
		"policy":               func(n *keyname.Name) { n.Policy = [32]byte{} },
		"task without subject": func(n *keyname.Name) { n.Subject = [32]byte{} },
		"omni with subject":    func(n *keyname.Name) { n.Kind = keyname.Omni },
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
}
