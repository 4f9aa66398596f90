// SPDX-License-Identifier: Apache-2.0

package ibe_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"slices"
	"testing"

	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/ibe"
	"github.com/escrin/escrin/keyholder/keyname"
)

func setup(t testing.TB) (secret curve.Scalar, group curve.G2, name keyname.Name) {
	t.Helper()
	secret, err := curve.RandomScalar(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	name = keyname.ForTask(1, [20]byte{1}, [32]byte{2}, [32]byte{3}, [32]byte{4})
	return secret, secret.Public(), name
}

func TestDecryptsWhatWasEncrypted(t *testing.T) {
	t.Parallel()
	secret, group, name := setup(t)
	ct, err := ibe.Encrypt(rand.Reader, group, name, [32]byte{42})
	if err != nil {
		t.Fatal(err)
	}
	if len(ct) != ibe.Size {
		t.Fatalf("ciphertext has %d bytes", len(ct))
	}
	got, err := ibe.Decrypt(ibe.HashName(name).Mul(secret), name, ct)
	if err != nil || got != [32]byte{42} {
		t.Fatalf("%x, %v", got, err)
	}
}

// KR-15: every bit of a ciphertext counts.
func TestKR15EveryChangedByteIsRefused(t *testing.T) {
	t.Parallel()
	secret, group, name := setup(t)
	key := ibe.HashName(name).Mul(secret)
	ct, err := ibe.Encrypt(rand.Reader, group, name, [32]byte{42})
	if err != nil {
		t.Fatal(err)
	}
	for i := range ct {
		b := bytes.Clone(ct)
		b[i] ^= 1 << (i % 8)
		if _, err := ibe.Decrypt(key, name, b); !errors.Is(err, ibe.ErrDecrypt) {
			t.Fatalf("byte %d: %v", i, err)
		}
	}
	for _, b := range [][]byte{nil, ct[:len(ct)-1], append(bytes.Clone(ct), 0), make([]byte, len(ct))} {
		if _, err := ibe.Decrypt(key, name, b); !errors.Is(err, ibe.ErrDecrypt) {
			t.Fatalf("%d bytes: %v", len(b), err)
		}
	}
}

func TestKR15OtherNamesAndKeys(t *testing.T) {
	t.Parallel()
	secret, group, name := setup(t)
	key := ibe.HashName(name).Mul(secret)
	ct, err := ibe.Encrypt(rand.Reader, group, name, [32]byte{42})
	if err != nil {
		t.Fatal(err)
	}
	other := name
	other.Subject[31]++
	for what, err := range map[string]error{
		"key of another name":    decrypt(ibe.HashName(other).Mul(secret), name, ct),
		"another name":           decrypt(key, other, ct),
		"both of another name":   decrypt(ibe.HashName(other).Mul(secret), other, ct),
		"the hash itself":        decrypt(ibe.HashName(name), name, ct),
		"zero key":               decrypt(curve.G1{}, name, ct),
		"key of another network": decrypt(key.Add(key), name, ct),
	} {
		if !errors.Is(err, ibe.ErrDecrypt) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// KR-15: parts of two ciphertexts, be they of one name or of two, never open as a third.
func TestKR15PartsDoNotMix(t *testing.T) {
	t.Parallel()
	secret, group, name := setup(t)
	other := name
	other.Version++
	var cts [][]byte
	for _, n := range []keyname.Name{name, name, other} {
		ct, err := ibe.Encrypt(rand.Reader, group, n, [32]byte{42})
		if err != nil {
			t.Fatal(err)
		}
		cts = append(cts, ct)
	}
	for u := range cts {
		for v := range cts {
			for w := range cts {
				mixed := slices.Concat(cts[u][:96], cts[v][96:128], cts[w][128:])
				for _, n := range []keyname.Name{name, other} {
					whole := u == v && v == w && (u == 2) == (n == other)
					if err := decrypt(ibe.HashName(n).Mul(secret), n, mixed); (err == nil) != whole {
						t.Errorf("parts of %d, %d and %d: %v", u, v, w, err)
					}
				}
			}
		}
	}
}

func decrypt(key curve.G1, name keyname.Name, ct []byte) error {
	_, err := ibe.Decrypt(key, name, ct)
	return err
}

func TestEncryptRefusals(t *testing.T) {
	t.Parallel()
	_, group, name := setup(t)
	if _, err := ibe.Encrypt(rand.Reader, curve.G2{}, name, [32]byte{}); err == nil {
		t.Error("encrypted to the zero key")
	}
	if _, err := ibe.Encrypt(bytes.NewReader(make([]byte, 31)), group, name, [32]byte{}); err == nil {
		t.Error("encrypted with too little randomness")
	}
}

// Same key and message, fresh randomness: nothing repeats.
func TestEncryptionIsProbabilistic(t *testing.T) {
	t.Parallel()
	_, group, name := setup(t)
	a, errA := ibe.Encrypt(rand.Reader, group, name, [32]byte{})
	b, errB := ibe.Encrypt(rand.Reader, group, name, [32]byte{})
	if errA != nil || errB != nil || bytes.Equal(a[:96], b[:96]) || bytes.Equal(a[96:128], b[96:128]) || bytes.Equal(a[128:], b[128:]) {
		t.Fatal("parts repeat")
	}
}
