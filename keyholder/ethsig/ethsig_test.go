// SPDX-License-Identifier: Apache-2.0

package ethsig

import (
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum/crypto"
)

func TestRecoversAsEthereumDoes(t *testing.T) {
	t.Parallel()
	key, err := crypto.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	digest := [32]byte{1, 2, 3}
	raw, err := crypto.Sign(digest[:], key)
	if err != nil {
		t.Fatal(err)
	}
	good := [Size]byte(raw)
	good[64] += 27
	if got, err := Recover(digest, good); err != nil || got != [20]byte(crypto.PubkeyToAddress(key.PublicKey)) {
		t.Fatalf("%x, %v", got, err)
	}
	high := good
	s := new(big.Int).Sub(crypto.S256().Params().N, new(big.Int).SetBytes(good[32:64]))
	s.FillBytes(high[32:64])
	high[64] ^= 27 ^ 28
	for name, change := range map[string]func(b *[Size]byte){
		"high s": func(b *[Size]byte) { *b = high },
		"v 0":    func(b *[Size]byte) { b[64] = 0 },
		"v 26":   func(b *[Size]byte) { b[64] = 26 },
		"v 31":   func(b *[Size]byte) { b[64] = 31 },
		"r zero": func(b *[Size]byte) { clear(b[:32]) },
		"s zero": func(b *[Size]byte) { clear(b[32:64]) },
		"r max":  func(b *[Size]byte) { copy(b[:32], crypto.S256().Params().N.Bytes()) },
		"zero":   func(b *[Size]byte) { *b = [Size]byte{} },
	} {
		b := good
		change(&b)
		if _, err := Recover(digest, b); err == nil {
			t.Errorf("%s: recovered", name)
		}
	}
	digest[0]++
	if got, err := Recover(digest, good); err == nil && got == [20]byte(crypto.PubkeyToAddress(key.PublicKey)) {
		t.Error("another digest recovers the same address")
	}
}
