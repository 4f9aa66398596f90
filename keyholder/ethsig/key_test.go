// SPDX-License-Identifier: Apache-2.0

package ethsig

import (
	"bytes"
	"testing"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"
	"pgregory.net/rapid"
)

// TestSignsAsAnotherImplementation: with the nonce of RFC 6979 there is one signature.
func TestSignsAsAnotherImplementation(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.SliceOfN(rapid.Byte(), KeySize, KeySize).Draw(t, "secret")
		digest := [32]byte(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "digest"))
		checkAgainstOther(t, secret, digest)
	})
}

// TestSignsExtremeDigests takes digests around the group order, and none at all.
func TestSignsExtremeDigests(t *testing.T) {
	t.Parallel()
	order := secp256k1.Params().N.Bytes()
	above, below := bytes.Clone(order), bytes.Clone(order)
	above[31]++
	below[31]--
	all := bytes.Repeat([]byte{0xff}, 32)
	for _, digest := range [][]byte{order, above, below, all, make([]byte, 32)} {
		checkAgainstOther(t, below, [32]byte(digest))
		checkAgainstOther(t, append(make([]byte, 31), 1), [32]byte(digest))
	}
}

func checkAgainstOther(t interface {
	Fatalf(string, ...any)
}, secret []byte, digest [32]byte) {
	key, err := ParseKey(secret)
	var other secp256k1.ModNScalar
	if overflow := other.SetByteSlice(secret); (err != nil) != (overflow || other.IsZero()) {
		t.Fatalf("secret %x: %v", secret, err)
	}
	if err != nil {
		return
	}
	private := secp256k1.NewPrivateKey(&other)
	if public := key.Public(); !bytes.Equal(public[:], private.PubKey().SerializeUncompressed()) {
		t.Fatalf("secret %x: another public key", secret)
	}
	want := ecdsa.SignCompact(private, digest[:], false)
	got := key.Sign(digest)
	// The other one does not reduce the digest for its nonce, as RFC 6979 says.
	reduced := bytes.Compare(digest[:], secp256k1.Params().N.Bytes()) < 0
	if reduced && (!bytes.Equal(got[:64], want[1:]) || got[64] != want[0]) {
		t.Fatalf("secret %x, digest %x: signature %x, want %x", secret, digest, got, want)
	}
	if by, err := Recover(digest, got); err != nil || by != key.Address() {
		t.Fatalf("secret %x, digest %x: recovered %x, %v", secret, digest, by, err)
	}
}

// TestRecoversWhatAnotherImplementationDoes, of signatures that nobody made too.
func TestRecoversWhatAnotherImplementationDoes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		signature := [Size]byte(rapid.SliceOfN(rapid.Byte(), Size, Size).Draw(t, "signature"))
		signature[32] &= 0x7f // mostly the lower s
		signature[64] = 27 + signature[64]&1
		digest := [32]byte(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "digest"))
		got, err := Recover(digest, signature)
		var s secp256k1.ModNScalar
		s.SetByteSlice(signature[32:64])
		public, _, wrong := ecdsa.RecoverCompact(append([]byte{signature[64]}, signature[:64]...), digest[:])
		if (err != nil) != (wrong != nil || s.IsOverHalfOrder()) {
			t.Fatalf("%v, but the other says %v", err, wrong)
		}
		if err == nil && got != Address([PublicSize]byte(public.SerializeUncompressed())) {
			t.Fatalf("recovered %x", got)
		}
	})
}

func TestParseKeyRefuses(t *testing.T) {
	t.Parallel()
	for _, b := range [][]byte{nil, make([]byte, KeySize), make([]byte, KeySize-1), append(make([]byte, KeySize), 1), secp256k1.Params().N.Bytes()} {
		if _, err := ParseKey(b); err == nil {
			t.Errorf("%x was taken", b)
		}
	}
}

func TestGenerateKey(t *testing.T) {
	t.Parallel()
	a, err := GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	if b, err := GenerateKey(); err != nil || a.Address() == b.Address() {
		t.Errorf("the same key twice, or none: %v", err)
	}
}

func BenchmarkRecover(b *testing.B) {
	key, err := GenerateKey()
	if err != nil {
		b.Fatal(err)
	}
	digest := [32]byte{1}
	signature := key.Sign(digest)
	b.Run("ours", func(b *testing.B) {
		for b.Loop() {
			if _, err := Recover(digest, signature); err != nil {
				b.Fatal(err)
			}
		}
	})
	compact := append([]byte{signature[64]}, signature[:64]...)
	b.Run("decred", func(b *testing.B) {
		for b.Loop() {
			if _, _, err := ecdsa.RecoverCompact(compact, digest[:]); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("sign", func(b *testing.B) {
		for b.Loop() {
			key.Sign(digest)
		}
	})
}
