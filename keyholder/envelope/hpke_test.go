// SPDX-License-Identifier: Apache-2.0

package envelope

import (
	"bytes"
	"crypto/hpke"
	"errors"
	"testing"

	"pgregory.net/rapid"
)

// TestKR16SealsAndOpensAsTheStandardLibrary: what either seals the other opens, with the same keys, for the same context.
func TestKR16SealsAndOpensAsTheStandardLibrary(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string, most int) []byte { return rapid.SliceOfN(rapid.Byte(), 0, most).Draw(t, name) }
		seed := rapid.SliceOfN(rapid.Byte(), PrivateKeySize, PrivateKeySize).Draw(t, "seed")
		info, aad, message := draw("info", 80), draw("aad", 80), draw("message", 200)
		key, err := hpke.MLKEM768X25519().NewPrivateKey(seed)
		if err != nil {
			t.Fatal(err)
		}
		public, err := PublicKey(seed)
		if err != nil || !bytes.Equal(public, key.PublicKey().Bytes()) {
			t.Fatalf("another public key, %v", err)
		}
		ours, err := Wrap(public, string(info), aad, message)
		if err != nil {
			t.Fatal(err)
		}
		recipient, err := hpke.NewRecipient(ours[:encapsulationSize], key, hpke.HKDFSHA256(), hpke.ChaCha20Poly1305(), info)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := recipient.Open(aad, ours[encapsulationSize:]); err != nil || !bytes.Equal(got, message) {
			t.Fatalf("the standard library opens %x, %v", got, err)
		}
		encapsulation, sender, err := hpke.NewSender(key.PublicKey(), hpke.HKDFSHA256(), hpke.ChaCha20Poly1305(), info)
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := sender.Seal(aad, message)
		if err != nil {
			t.Fatal(err)
		}
		wrapped := append(encapsulation, theirs...)
		if got, err := Unwrap(seed, string(info), aad, wrapped); err != nil || !bytes.Equal(got, message) {
			t.Fatalf("of the standard library's this opens %x, %v", got, err)
		}
		wrapped[rapid.IntRange(0, len(wrapped)-1).Draw(t, "changed")] ^= byte(rapid.IntRange(1, 255).Draw(t, "by"))
		if _, err := Unwrap(seed, string(info), aad, wrapped); !errors.Is(err, ErrOpen) {
			t.Fatalf("a changed byte: %v", err)
		}
	})
}
