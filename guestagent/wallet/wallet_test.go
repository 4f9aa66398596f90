// SPDX-License-Identifier: Apache-2.0

package wallet

import (
	"bytes"
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"pgregory.net/rapid"

	"github.com/escrin/escrin/keyholder/ethsig"
)

// TestAgainstGoEthereum: every transaction has the bytes, the hash and the sender that go-ethereum finds.
func TestAgainstGoEthereum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.SliceOfN(rapid.Byte(), 32, 32).Filter(func(b []byte) bool { return b[0] > 0 && b[0] < 255 }).Draw(t, "key")
		key, err := ethsig.ParseKey(secret)
		if err != nil {
			t.Fatal(err)
		}
		feeCap := rapid.Uint64().Draw(t, "fee cap")
		tx := Transaction{
			ChainID: rapid.Uint64Min(1).Draw(t, "chain"), Nonce: rapid.Uint64().Draw(t, "nonce"), FeeCap: feeCap,
			Tip: rapid.Uint64Max(feeCap).Draw(t, "tip"), Gas: rapid.Uint64Min(1).Draw(t, "gas"),
			Value: rapid.SliceOfN(rapid.Byte(), 0, 32).Draw(t, "value"), Data: rapid.SliceOfN(rapid.Byte(), 0, 300).Draw(t, "data"),
		}
		var to *common.Address
		if rapid.Bool().Draw(t, "to") {
			tx.To = &[20]byte{0, 1, 19: byte(rapid.Uint8().Draw(t, "to"))}
			to = (*common.Address)(tx.To)
		}
		raw, hash, err := tx.Sign(key)
		if err != nil {
			t.Fatal(err)
		}
		signer := types.LatestSignerForChainID(new(big.Int).SetUint64(tx.ChainID))
		theirs, err := crypto.ToECDSA(secret)
		if err != nil {
			t.Fatal(err)
		}
		want, err := types.SignNewTx(theirs, signer, &types.DynamicFeeTx{
			ChainID: new(big.Int).SetUint64(tx.ChainID), Nonce: tx.Nonce, GasTipCap: new(big.Int).SetUint64(tx.Tip), GasFeeCap: new(big.Int).SetUint64(tx.FeeCap),
			Gas: tx.Gas, To: to, Value: new(big.Int).SetBytes(tx.Value), Data: tx.Data,
		})
		if err != nil {
			t.Fatal(err)
		}
		if binary, _ := want.MarshalBinary(); !bytes.Equal(raw, binary) || want.Hash() != hash {
			t.Fatalf("%x\nwant %x", raw, binary)
		}
		if key.Address() != crypto.PubkeyToAddress(theirs.PublicKey) {
			t.Fatal("another sender")
		}
	})
}

func TestWhatCannotBeATransactionIsNotSigned(t *testing.T) {
	key, err := ethsig.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	good := Transaction{ChainID: 1, Gas: 21000, FeeCap: 2, Tip: 1}
	for name, change := range map[string]func(*Transaction){
		"no chain": func(t *Transaction) { t.ChainID = 0 }, "no gas": func(t *Transaction) { t.Gas = 0 },
		"tip above the cap": func(t *Transaction) { t.Tip = 3 }, "large value": func(t *Transaction) { t.Value = make([]byte, 33) },
	} {
		tx := good
		change(&tx)
		if _, _, err := tx.Sign(key); err == nil {
			t.Errorf("%s: signed", name)
		}
	}
	if _, _, err := good.Sign(key); err != nil {
		t.Error(err)
	}
}
