// SPDX-License-Identifier: Apache-2.0

package deploy_test

import (
	"errors"
	"math/big"
	"slices"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/ethclient"

	"github.com/escrin/escrin/cmd/escrin-devnet/devchain"
	"github.com/escrin/escrin/contracts/chaintest"
	"github.com/escrin/escrin/contracts/deploy"
	"github.com/escrin/escrin/keyholder"
)

// TestQuotesAgeAsKeyholdersCount: TdxPermitter's MAX_AGE is the age up to which keyholders certify, as CertificatePermitter's is
// (contracts/chain).
func TestQuotesAgeAsKeyholdersCount(t *testing.T) {
	client, _ := start(t, devchain.Config{})
	payer, terms := accounts(t, 1)[0], whole(t)
	plan, err := deploy.Survey(t.Context(), client, payer.Address, terms, deploy.TdxPermitter)
	if err == nil {
		err = plan.Send(t.Context(), payer.Key, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	contracts, err := terms.Contracts()
	if err != nil {
		t.Fatal(err)
	}
	at := contracts[slices.IndexFunc(contracts, func(c deploy.Contract) bool { return c.Name == deploy.TdxPermitter })].Address
	word, err := client.CallContract(t.Context(), ethereum.CallMsg{To: &at, Data: crypto.Keccak256([]byte("MAX_AGE()"))[:4]}, nil)
	if age := new(big.Int).SetBytes(word); err != nil || len(word) != 32 || age.Cmp(big.NewInt(keyholder.MaxBaseBlockAge)) != 0 {
		t.Errorf("MAX_AGE is %v, %v; keyholders have %d", age, err, keyholder.MaxBaseBlockAge)
	}
}

// TestClaimsLastUntilTheyAreFinal: what keyholders see only when it has lapsed is no claim.
func TestClaimsLastUntilTheyAreFinal(t *testing.T) {
	for _, c := range []struct {
		window   time.Duration
		final    deploy.Finality
		possible bool
	}{
		{deploy.DefaultClaimWindow, deploy.Finality{}, true},
		{deploy.DefaultClaimWindow, deploy.Finality{Blocks: 75, Lag: 15 * time.Minute}, false}, // Ethereum, "finalized"
		{40 * time.Minute, deploy.Finality{Blocks: 95, Lag: 19 * time.Minute}, true},
		{deploy.DefaultClaimWindow, deploy.Finality{Blocks: 12, Lag: 144 * time.Second}, true}, // Ethereum, 12 confirmations
		{time.Hour, deploy.Finality{Blocks: 600, Lag: 20 * time.Minute}, false},                // a rollup with blocks of two seconds, "finalized"
		{24 * time.Hour, deploy.Finality{Blocks: keyholder.MaxBaseBlockAge, Lag: time.Second}, false},
		{24 * time.Hour, deploy.Finality{Blocks: keyholder.MaxBaseBlockAge - 1, Lag: time.Second}, true},
	} {
		err := deploy.Terms{ClaimWindow: c.window}.Suffices(c.final)
		if _, refused := errors.AsType[*deploy.FinalityError](err); refused == c.possible {
			t.Errorf("a claim of %v where blocks are final after %+v: %v", c.window, c.final, err)
		}
	}
}

// TestFinalityIsMeasured on a chain whose blocks are a second or more apart.
func TestFinalityIsMeasured(t *testing.T) {
	n := chaintest.New(t)
	client, err := ethclient.DialContext(t.Context(), n.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if f, err := deploy.FinalityOf(t.Context(), client, 5); err != nil || f.Blocks != 5 || f.Lag < 5*time.Second {
		t.Errorf("%+v, %v", f, err)
	}
	if f, err := deploy.FinalityOf(t.Context(), client, 1_000_000); err != nil || f != (deploy.Finality{}) {
		t.Errorf("more confirmations than there are blocks: %+v, %v", f, err)
	}
	if f, err := deploy.FinalityOf(t.Context(), client, 0); err != nil || f.Blocks > 64 {
		t.Errorf("what the chain calls finalized: %+v, %v", f, err)
	}
}
