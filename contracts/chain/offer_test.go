// SPDX-License-Identifier: Apache-2.0

package chain

import (
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
)

// TestOffersEnd: each is enough for nodes to replace the one before, is the same call, and none is above ten times the first.
func TestOffersEnd(t *testing.T) {
	for _, c := range []struct{ tip, fee, baseFee int64 }{{0, 1, 0}, {1, 1, 100}, {1e9, 3e9, 2e9}, {1e9, 3e9, 1e15}, {5, 1000, 0}} {
		first := types.NewTx(&types.DynamicFeeTx{
			ChainID: big.NewInt(7), Nonce: 3, To: &common.Address{1}, Value: big.NewInt(2), Data: []byte{4}, Gas: 5,
			GasTipCap: big.NewInt(c.tip), GasFeeCap: big.NewInt(c.fee),
		})
		o, raised := newOffer(first, 0), 0
		for {
			content := o.dearer(big.NewInt(c.baseFee), big.NewInt(c.tip))
			if content == nil {
				break
			}
			tx := types.NewTx(content)
			if tx.ChainId().Int64() != 7 || tx.Nonce() != 3 || *tx.To() != *first.To() || tx.Value().Int64() != 2 || string(tx.Data()) != "\x04" || tx.Gas() != 5 {
				t.Errorf("%+v: another call: %+v", c, content)
			}
			if !suffices(tx.GasFeeCap(), o.last.GasFeeCap()) || !suffices(tx.GasTipCap(), o.last.GasTipCap()) || tx.GasFeeCapIntCmp(o.limit) > 0 || tx.GasTipCapIntCmp(tx.GasFeeCap()) > 0 {
				t.Errorf("%+v: after %v of %v, %v of %v", c, o.last.GasTipCap(), o.last.GasFeeCap(), tx.GasTipCap(), tx.GasFeeCap())
			}
			o.replace(tx)
			if raised++; raised > 20 {
				t.Fatalf("%+v: no end", c)
			}
		}
		if raised == 0 || len(o.sent()) != raised+1 {
			t.Errorf("%+v: raised %d times, %d hashes", c, raised, len(o.sent()))
		}
	}
}

// suffices tells whether a fee is an eighth above another, and above it.
func suffices(fee, before *big.Int) bool {
	return fee.Cmp(before) > 0 && new(big.Int).Lsh(fee, 3).Cmp(new(big.Int).Mul(before, big.NewInt(9))) >= 0
}
