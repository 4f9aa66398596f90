// SPDX-License-Identifier: Apache-2.0

package transact

import (
	"bytes"
	"crypto/rand"
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"pgregory.net/rapid"
)

// What go-ethereum would send for the same transaction, bit for bit.
func TestTransactionIsThatOfGoEthereum(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "secret")
		account, err := ParseAccount(secret)
		if err != nil {
			t.Skip("not a secret")
		}
		tx := Transaction{
			ChainID: rapid.Uint64Min(1).Draw(t, "chain"), Nonce: rapid.Uint64().Draw(t, "nonce"), Tip: rapid.Uint64().Draw(t, "tip"),
			FeeCap: rapid.Uint64().Draw(t, "fee"), Gas: rapid.Uint64().Draw(t, "gas"),
			Call: Call{Data: rapid.SliceOf(rapid.Byte()).Draw(t, "data")},
		}
		copy(tx.Call.To[:], rapid.SliceOfN(rapid.Byte(), 20, 20).Draw(t, "to"))
		raw, hash, err := tx.Sign(account)
		if err != nil {
			t.Fatal(err)
		}
		key, err := crypto.ToECDSA(secret)
		if err != nil {
			t.Fatal(err)
		}
		if account.Address() != [20]byte(crypto.PubkeyToAddress(key.PublicKey)) {
			t.Fatal("addresses differ")
		}
		to := common.Address(tx.Call.To)
		want, err := types.SignNewTx(key, types.LatestSignerForChainID(new(big.Int).SetUint64(tx.ChainID)), &types.DynamicFeeTx{
			ChainID: new(big.Int).SetUint64(tx.ChainID), Nonce: tx.Nonce, GasTipCap: new(big.Int).SetUint64(tx.Tip),
			GasFeeCap: new(big.Int).SetUint64(tx.FeeCap), Gas: tx.Gas, To: &to, Data: tx.Call.Data,
		})
		if err != nil {
			t.Fatal(err)
		}
		wantRaw, err := want.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(raw, wantRaw) || hash != [32]byte(want.Hash()) {
			t.Fatalf("got %x\nwant %x", raw, wantRaw)
		}
	})
}

func TestAccountRefusesWhatIsNoSecret(t *testing.T) {
	t.Parallel()
	order := crypto.S256().Params().N.Bytes()
	for name, b := range map[string][]byte{
		"nothing": nil, "zero": make([]byte, 32), "order": order, "short": order[:31], "long": append(make([]byte, 1), order...),
		"all ones": bytes.Repeat([]byte{0xff}, 32),
	} {
		if _, err := ParseAccount(b); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	a, err := NewAccount(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	again, err := ParseAccount(a.Bytes())
	if err != nil || again.Address() != a.Address() {
		t.Fatalf("round trip: %v", err)
	}
	if _, err := NewAccount(bytes.NewReader(make([]byte, 31))); err == nil {
		t.Fatal("drawn from too few bytes")
	}
}
