// SPDX-License-Identifier: Apache-2.0

package chain_test

import (
	"errors"
	"math/big"
	"os"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/accounts/abi/bind/v2"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/escrin/escrin/cmd/escrin-devnet/devchain"
	"github.com/escrin/escrin/contracts/chain"
)

// deployToken deploys testdata/Token.sol; all of it is the submitter's.
func (r *run) deployToken() common.Address {
	r.t.Helper()
	code, err := os.ReadFile("testdata/token.hex")
	r.must(err)
	accounts, err := devchain.Accounts(4)
	r.must(err)
	opts := bind.NewKeyedTransactor(accounts[3].Key, new(big.Int).SetUint64(r.Contracts().ChainID))
	opts.Context = r.t.Context()
	at, tx, err := bind.DeployContract(opts, common.FromHex(strings.TrimSpace(string(code))), r.Chain.Client(), nil)
	r.must(err)
	_, err = bind.WaitDeployed(r.t.Context(), r.Chain.Client(), tx.Hash())
	r.must(err)
	return at
}

// balance is what an account has of a token.
func (r *run) balance(token, account common.Address) int64 {
	r.t.Helper()
	data := append(crypto.Keccak256([]byte("balanceOf(address)"))[:4], common.BytesToHash(account[:]).Bytes()...)
	answer, err := r.Chain.Client().CallContract(r.t.Context(), ethereum.CallMsg{To: &token, Data: data}, nil)
	r.must(err)
	return new(big.Int).SetBytes(answer).Int64()
}

// TestFeesInTokens goes from allowance to payment, and back to the submitter.
func TestFeesInTokens(t *testing.T) {
	r := newRun(t)
	r.acquire()
	token, submitter, runner := r.deployToken(), r.Accounts[3], r.Accounts[2]
	terms := r.submit("other", nil).terms
	terms.Token, terms.Fee = token, chain.Word(big.NewInt(7))
	_, _, err := r.Chain.Submit(t.Context(), submitter, terms, common.Hash{1})
	if err == nil {
		t.Fatal("a fee was taken without an allowance")
	}
	var poor *chain.PoorInTokenError
	if err := r.Chain.Allow(t.Context(), runner, token, big.NewInt(7)); !errors.As(err, &poor) || poor.Balance.Sign() != 0 {
		t.Errorf("an account without the token: %v", err)
	}
	r.must(r.Chain.Allow(t.Context(), submitter, token, big.NewInt(3)))
	for i, left := range []int64{993, 986} {
		r.must(r.Chain.Allow(t.Context(), submitter, token, big.NewInt(7)))
		r.must(r.Chain.Allow(t.Context(), submitter, token, big.NewInt(6))) // as much was allowed before
		id, _, err := r.Chain.Submit(t.Context(), submitter, terms, common.Hash{byte(i + 1)})
		r.must(err)
		if i == 0 {
			_, err = r.claim(batch{id, terms}, 1, runner)
			r.must(err)
			r.accept(batch{id, terms})
		} else {
			_, err = r.Chain.Cancel(t.Context(), submitter, id, terms)
			r.must(err)
		}
		if got := r.balance(token, submitter.Address()); got != left {
			t.Errorf("the submitter has %d left, want %d", got, left)
		}
	}
	for _, account := range []*chain.Account{runner, submitter} {
		credit, err := r.Chain.Credit(t.Context(), token, account.Address())
		r.must(err)
		before := r.balance(token, account.Address())
		_, err = r.Chain.Withdraw(t.Context(), account, token)
		r.must(err)
		if got := r.balance(token, account.Address()); credit.Int64() != 7 || got != before+7 {
			t.Errorf("account %s: credit %d, then %d tokens", account.Address(), credit, got)
		}
	}
	if err := r.Chain.Allow(t.Context(), submitter, runner.Address(), big.NewInt(1)); err == nil || !strings.Contains(err.Error(), "no ERC-20 token") {
		t.Errorf("an address without a token: %v", err)
	}
}
