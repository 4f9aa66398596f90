// SPDX-License-Identifier: Apache-2.0

package devchain

import (
	"context"
	"math/big"
	"sync"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/ethereum/go-ethereum/params"
)

// TestBurstsOfTransactionsAllGetIntoBlocks: many accounts send at once, while blocks are being made. (The pool waits for
// whoever does not read its events, and making a block waits for the pool.)
func TestBurstsOfTransactionsAllGetIntoBlocks(t *testing.T) {
	accounts, err := Accounts(10)
	if err != nil {
		t.Fatal(err)
	}
	chain, err := Start(Config{Dir: t.TempDir(), ChainID: 31337, Period: time.Second, Funded: accounts})
	if err != nil {
		t.Fatal(err)
	}
	defer chain.Stop()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute) // only a hang lasts that long
	defer cancel()
	var all sync.WaitGroup
	for _, account := range accounts {
		all.Go(func() { sendMany(ctx, t, chain, account) })
	}
	all.Wait()
}

// sendMany sends transfers as fast as the pool takes them, and waits until blocks have them.
func sendMany(ctx context.Context, t *testing.T, chain *Chain, account Account) {
	const count = 60
	client := ethclient.NewClient(chain.Client())
	defer client.Close()
	signer := types.LatestSignerForChainID(big.NewInt(31337))
	for nonce := range uint64(count) {
		tx := types.MustSignNewTx(account.Key, signer, &types.DynamicFeeTx{
			Nonce: nonce, Gas: params.TxGas, GasFeeCap: big.NewInt(100 * params.GWei), GasTipCap: big.NewInt(params.GWei),
			To: &account.Address, Value: big.NewInt(1),
		})
		if err := client.SendTransaction(ctx, tx); err != nil {
			t.Errorf("send: %v", err)
			return
		}
	}
	from := crypto.PubkeyToAddress(account.Key.PublicKey)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		if mined, err := client.NonceAt(ctx, from, nil); err == nil && mined == count {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			mined, err := client.NonceAt(context.Background(), from, nil)
			head, _ := client.BlockNumber(context.Background())
			t.Errorf("account %s: blocks have %d of its transactions at block %d: %v", from, mined, head, err)
			return
		}
	}
}

// TestTimeAheadOfTheClockGoesOn: after many blocks in a moment, time on the chain goes on nearly as fast as the clock.
func TestTimeAheadOfTheClockGoesOn(t *testing.T) {
	accounts, err := Accounts(1)
	if err != nil {
		t.Fatal(err)
	}
	chain, err := Start(Config{Dir: t.TempDir(), ChainID: 31337, Period: time.Hour, Funded: accounts})
	if err != nil {
		t.Fatal(err)
	}
	defer chain.Stop()
	for range 10 {
		chain.sealer.try()
	}
	before := chain.eth.BlockChain().CurrentBlock()
	chain.sealer.idle(4 * time.Second)
	after := chain.eth.BlockChain().CurrentBlock()
	if after.Number.Uint64() != before.Number.Uint64()+1 || after.Time != before.Time+3 {
		t.Errorf("block %d at %d follows block %d at %d", after.Number, after.Time, before.Number, before.Time)
	}
}
