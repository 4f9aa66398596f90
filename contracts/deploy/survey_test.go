// SPDX-License-Identifier: Apache-2.0

package deploy_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math/big"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/ethereum/go-ethereum/params"

	"github.com/escrin/escrin/cmd/escrin-devnet/devchain"
	"github.com/escrin/escrin/contracts/deploy"
)

// whole are terms that suffice for every contract.
func whole(t *testing.T) deploy.Terms {
	t.Helper()
	key, _ := vectorKey(t)
	return deploy.Terms{ClaimWindow: time.Minute, ClaimBond: big.NewInt(7), GroupKey: key, Governor: common.Address{0: 0x90}, TDXRoot: simulatedRoot(t)}
}

// nonce is how many transactions of an account blocks have.
func nonce(t *testing.T, client *ethclient.Client, account common.Address) uint64 {
	t.Helper()
	n, err := client.NonceAt(t.Context(), account, nil)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// few are contracts that with what they need make a small deployment: a chain makes a block a second at best.
func few() []deploy.Name { return []deploy.Name{deploy.TaskHub, deploy.CertificatePermitter} }

// missing are those of the few that are not there, byte for byte.
func missing(t *testing.T, client *ethclient.Client, terms deploy.Terms) (names []deploy.Name) {
	t.Helper()
	findings, err := deploy.Inspect(t.Context(), client, terms, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range findings {
		if f.State != deploy.Same && (f.Name == deploy.IdentityRegistry || slices.Contains(few(), f.Name)) {
			names = append(names, f.Name)
		}
	}
	return names
}

// TestProxyTransactionIsThePublicOne recovers who signed it, and where the proxy gets by that.
func TestProxyTransactionIsThePublicOne(t *testing.T) {
	signer, err := types.Sender(types.HomesteadSigner{}, deploy.ProxyTransaction())
	if err != nil || signer != deploy.ProxySigner() {
		t.Fatalf("signed by %s (%v)", signer, err)
	}
	if at := crypto.CreateAddress(signer, 0); at != deploy.ProxyAddress() || at != params.DeterministicFactoryAddress {
		t.Fatalf("the proxy gets to %s", at)
	}
	if !bytes.Equal(deploy.ProxyCode(), params.DeterministicFactoryCode) {
		t.Fatal("the proxy's code is not that of EIP-7997")
	}
}

// TestBareChainGetsTheProxy starts from nothing, and compares what it cost with what was said before.
func TestBareChainGetsTheProxy(t *testing.T) {
	client, _ := start(t, devchain.Config{Bare: true, Unprotected: true})
	payer, terms := accounts(t, 1)[0], whole(t)
	plan, err := deploy.Survey(t.Context(), client, payer.Address, terms, few()...)
	if err != nil || plan.Proxy.There || plan.Proxy.Value.Cmp(big.NewInt(params.Ether/100)) != 0 {
		t.Fatalf("plan %+v, %v", plan, err)
	}
	var gas []uint64
	err = plan.Send(t.Context(), payer.Key, func(e deploy.Event) {
		if e.Done && e.Name != "" {
			gas = append(gas, e.Gas)
		}
	})
	if err != nil || missing(t, client, terms) != nil {
		t.Fatalf("missing %v, %v", missing(t, client, terms), err)
	}
	for i, step := range plan.Steps {
		if gas[i] > step.Gas || gas[i] < step.Gas*3/4 {
			t.Errorf("%s: planned %d gas, used %d", step.Name, step.Gas, gas[i])
		}
	}
	after, err := client.BalanceAt(t.Context(), payer.Address, nil)
	if spent := new(big.Int).Sub(plan.Balance, after); err != nil || spent.Cmp(plan.Cost()) > 0 {
		t.Errorf("spent %s, planned %s (%v)", spent, plan.Cost(), err)
	}
	again, err := deploy.Survey(t.Context(), client, payer.Address, terms, few()...)
	if err != nil || again.Pending() || again.Cost().Sign() != 0 || !again.Proxy.There {
		t.Errorf("a second plan is %+v, %v", again, err)
	}
}

// TestBareChainThatRefusesTheProxy takes no money for it.
func TestBareChainThatRefusesTheProxy(t *testing.T) {
	client, _ := start(t, devchain.Config{Bare: true})
	payer := accounts(t, 1)[0]
	_, _, err := whole(t).Deploy(t.Context(), client, payer.Key, devchain.ChainID)
	refused, ok := errors.AsType[*deploy.ProxyError](err)
	if !ok || refused.Final || !strings.Contains(refused.Hint(), "0xf8a5") {
		t.Fatalf("deployed on a chain that refuses: %v", err)
	}
	if nonce(t, client, payer.Address) != 0 {
		t.Error("something was sent")
	}
}

// TestInterruptedAnywhereItGoesOn is interrupted whenever it tells of something, and begun again.
func TestInterruptedAnywhereItGoesOn(t *testing.T) {
	client, _ := start(t, devchain.Config{Bare: true, Unprotected: true})
	payer, terms := accounts(t, 1)[0], whole(t)
	once := func(patience int) error {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		if err := deploy.Settle(ctx, client, payer.Address, nil); err != nil {
			return err
		}
		plan, err := deploy.Survey(ctx, client, payer.Address, terms, few()...)
		if err != nil {
			return err
		}
		return plan.Send(ctx, payer.Key, func(deploy.Event) {
			if patience--; patience <= 0 {
				cancel()
			}
		})
	}
	interruptions := 0
	for err := once(1); err != nil; err = once(1 + interruptions/4) {
		if interruptions++; !errors.Is(err, context.Canceled) || interruptions > 100 {
			t.Fatalf("interrupted %d times: %v", interruptions, err)
		}
	}
	if gone := missing(t, client, terms); gone != nil || interruptions < 4 {
		t.Fatalf("after %d interruptions, missing %v", interruptions, gone)
	}
	if got, want := nonce(t, client, payer.Address), uint64(1+1+len(few())); got != want {
		t.Errorf("%d transactions, want %d", got, want)
	}
}

func TestTooLittleMoneyIsToldBeforeAnythingIsSent(t *testing.T) {
	client, _ := start(t, devchain.Config{})
	poor := accounts(t, 3)[2]
	plan, err := deploy.Survey(t.Context(), client, poor.Address, whole(t), few()...)
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{plan.Affordable(), plan.Send(t.Context(), poor.Key, nil)} {
		if lacks, ok := errors.AsType[*deploy.FundsError](err); !ok || lacks.Cost.Cmp(plan.Cost()) != 0 {
			t.Errorf("without money: %v", err)
		}
	}
}

// TestSomebodyElsesDeploymentIsTaken plans twice and sends twice: the second finds what the first left.
func TestSomebodyElsesDeploymentIsTaken(t *testing.T) {
	client, _ := start(t, devchain.Config{})
	terms := whole(t)
	var plans []*deploy.Plan
	for _, a := range accounts(t, 2) {
		plan, err := deploy.Survey(t.Context(), client, a.Address, terms, few()...)
		if err != nil {
			t.Fatal(err)
		}
		plans = append(plans, plan)
	}
	for i, a := range accounts(t, 2) {
		if err := plans[i].Send(t.Context(), a.Key, nil); err != nil {
			t.Fatal(err)
		}
	}
	if other := accounts(t, 2)[1].Address; nonce(t, client, other) != 0 {
		t.Error("the second paid for what was there")
	}
	if err := plans[0].Send(t.Context(), accounts(t, 2)[1].Key, nil); err == nil {
		t.Error("a plan was carried out with another account's key")
	}
}

// TestOtherCodeIsNotTaken has a chain where something else is at the registry's address.
func TestOtherCodeIsNotTaken(t *testing.T) {
	_, url := start(t, devchain.Config{})
	terms, payer := whole(t), accounts(t, 1)[0]
	registry := strings.ToLower(predict(t, terms).Registry.Hex())
	client := lie(t, url, func(c call, _ json.RawMessage) json.RawMessage {
		if c.Method == "eth_getCode" && strings.Contains(strings.ToLower(string(c.Params[0])), registry) {
			return json.RawMessage(`"0x60016000"`)
		}
		return nil
	})
	_, _, err := terms.Deploy(t.Context(), client, payer.Key, devchain.ChainID)
	if wrong, ok := errors.AsType[*deploy.CodeError](err); !ok || wrong.Name != deploy.IdentityRegistry {
		t.Errorf("other code was taken: %v", err)
	}
	if gone := missing(t, client, terms); !slices.Contains(gone, deploy.IdentityRegistry) {
		t.Errorf("other code is found the same; missing are %v", gone)
	}
}

// TestChainWithoutBaseFee pays as before EIP-1559.
func TestChainWithoutBaseFee(t *testing.T) {
	_, url := start(t, devchain.Config{})
	client := lie(t, url, func(c call, truth json.RawMessage) json.RawMessage {
		if c.Method != "eth_getBlockByNumber" {
			return nil
		}
		var block map[string]json.RawMessage
		if err := json.Unmarshal(truth, &block); err != nil {
			return nil
		}
		delete(block, "baseFeePerGas")
		old, err := json.Marshal(block)
		if err != nil {
			return nil
		}
		return old
	})
	if _, sent, err := whole(t).Deploy(t.Context(), client, accounts(t, 1)[0].Key, devchain.ChainID); err != nil || sent == 0 {
		t.Fatalf("sent %d: %v", sent, err)
	}
}

// TestPendingTransactionsAreWaitedFor has a node that knows of two, then of none.
func TestPendingTransactionsAreWaitedFor(t *testing.T) {
	_, url := start(t, devchain.Config{})
	var asked atomic.Int32
	client := lie(t, url, func(c call, _ json.RawMessage) json.RawMessage {
		if c.Method == "eth_getTransactionCount" && string(c.Params[1]) == `"pending"` && asked.Add(1) == 1 {
			return json.RawMessage(`"0x2"`)
		}
		return nil
	})
	var told []uint64
	err := deploy.Settle(t.Context(), client, accounts(t, 1)[0].Address, func(pending uint64) { told = append(told, pending) })
	if err != nil || !slices.Equal(told, []uint64{2}) {
		t.Fatalf("told of %v, %v", told, err)
	}
}

func TestWrongChainAndNoNode(t *testing.T) {
	client, _ := start(t, devchain.Config{})
	key := accounts(t, 1)[0].Key
	if _, _, err := whole(t).Deploy(t.Context(), client, key, 1); !strings.Contains(err.Error(), "serves chain 31337, not 1") {
		t.Errorf("another chain: %v", err)
	}
	_, _, err := whole(t).Deploy(t.Context(), dial(t, "http://127.0.0.1:1"), key, devchain.ChainID)
	if _, ok := errors.AsType[*deploy.NodeError](err); !ok {
		t.Errorf("no node: %v", err)
	}
}
