// SPDX-License-Identifier: Apache-2.0

package envelope

import (
	"bytes"
	"encoding/hex"
	"errors"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// lowOrder are the encodings of X25519's points of low order, canonical or not, with which every secret gives zeros
// (RFC 7748, section 6.1; the rejected ones of Wycheproof's x25519 vectors).
func lowOrder(t *testing.T) [][]byte {
	t.Helper()
	var points [][]byte
	for _, text := range []string{
		"0000000000000000000000000000000000000000000000000000000000000000",
		"0100000000000000000000000000000000000000000000000000000000000000",
		"e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
		"5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	} {
		point, err := hex.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		high := bytes.Clone(point)
		high[31] |= 0x80 // the bit that is ignored
		points = append(points, point, high)
	}
	return points
}

// KR-16: a public key or an encapsulation whose X25519 part is of low order is refused, not used with zeros.
func TestKR16LowOrderPointsAreRefused(t *testing.T) {
	t.Parallel()
	priv, pub, err := GenerateRecipient()
	if err != nil {
		t.Fatal(err)
	}
	wrapped, err := Wrap(pub, "test", nil, []byte("message"))
	if err != nil {
		t.Fatal(err)
	}
	for i, point := range lowOrder(t) {
		if _, err := Wrap(slices.Concat(pub[:PublicKeySize-32], point), "test", nil, []byte("message")); err == nil {
			t.Errorf("point %d as a public key: sealed", i)
		}
		changed := slices.Concat(wrapped[:encapsulationSize-32], point, wrapped[encapsulationSize:])
		if _, err := Unwrap(priv, "test", nil, changed); !errors.Is(err, ErrOpen) {
			t.Errorf("point %d in an encapsulation: %v", i, err)
		}
	}
}

// KR-16: the context is part of the key: another info, or another associated data, opens nothing.
func TestKR16ContextsDoNotMix(t *testing.T) {
	t.Parallel()
	priv, pub, err := GenerateRecipient()
	if err != nil {
		t.Fatal(err)
	}
	contexts := [][2]string{{"a", ""}, {"", "a"}, {"a", "a"}, {"ab", ""}, {"a", "b"}, {"", ""}}
	for i, c := range contexts {
		wrapped, err := Wrap(pub, c[0], []byte(c[1]), []byte("message"))
		if err != nil {
			t.Fatal(err)
		}
		for j, d := range contexts {
			if _, err := Unwrap(priv, d[0], []byte(d[1]), wrapped); (err == nil) != (i == j) {
				t.Errorf("sealed for %q, opened for %q: %v", c, d, err)
			}
		}
	}
}

// KR-16: nothing that handles keys and shares agrees on a raw X25519 secret: what does is HPKE, the standard library's or
// this package's, which is held against it (hpke_test.go).
func TestKR16NoRawKeyAgreement(t *testing.T) {
	t.Parallel()
	list, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "github.com/escrin/escrin/keyholder/...", "github.com/escrin/escrin/guestagent/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	if strings.Count(string(list), "\n") < 20 {
		t.Fatalf("looked at too little: %s", list)
	}
	for _, banned := range []string{"crypto/ecdh", "curve25519", "crypto/mlkem", "circl/dh", "circl/kem"} {
		for line := range strings.Lines(string(list)) {
			if strings.Contains(line, banned) && !strings.HasPrefix(line, "github.com/escrin/escrin/keyholder/envelope ") {
				t.Errorf("%s: %s", banned, line)
			}
		}
	}
}
