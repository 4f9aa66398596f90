// SPDX-License-Identifier: Apache-2.0

package deploy

import (
	"context"
	"crypto/ecdsa"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/ethclient"
)

// Event tells how far Send is.
type Event struct {
	Name   Name // of the contract; empty for the proxy's transactions
	Doing  string
	Tx     common.Hash
	Waited time.Duration // since the transaction was sent; zero when it is
	Done   bool
	Block  uint64 // when Done
	Gas    uint64 // used, when Done
}

// Send carries out the plan: one transaction after the other, each waited for. It spends no more than Cost. When ctx
// ends it returns at once; what was sent stays, and a new Survey finds it. Before it, Settle waits for what is pending.
func (p *Plan) Send(ctx context.Context, key *ecdsa.PrivateKey, report func(Event)) error {
	if crypto.PubkeyToAddress(key.PublicKey) != p.Account {
		return errors.New("send deployment: the key is not that of the plan's account")
	}
	if err := p.Affordable(); err != nil {
		return err
	}
	s := sender{Plan: p, key: key, report: report}
	if p.Pending() && !p.Proxy.There {
		if err := s.makeProxy(ctx); err != nil {
			return err
		}
	}
	for _, step := range p.Steps {
		if step.There {
			continue
		}
		if err := s.deploy(ctx, step); err != nil {
			return err
		}
	}
	return nil
}

type sender struct {
	*Plan
	key    *ecdsa.PrivateKey
	report func(Event)
}

func (s sender) tell(e Event) {
	if s.report != nil {
		s.report(e)
	}
}

// deploy sends one contract, unless somebody else did meanwhile.
func (s sender) deploy(ctx context.Context, step Step) error {
	if there, err := s.hasCode(ctx, step.Address); err != nil || there {
		return err
	}
	message := s.message(step.Contract)
	gas, err := s.client.EstimateGas(ctx, message)
	if err != nil {
		return estimateError(step.Contract, err)
	}
	if gas > step.Gas {
		return &FailedError{Name: step.Name, Reason: fmt.Sprintf("the node wants %d gas, more than the %d that were planned", gas, step.Gas)}
	}
	message.Gas = step.Gas
	receipt, err := s.transact(ctx, step.Name, "deploy", message)
	if err != nil {
		return err
	}
	if receipt.Status == types.ReceiptStatusSuccessful {
		return nil
	}
	if there, err := s.hasCode(ctx, step.Address); err != nil || there {
		return err // somebody else was quicker
	}
	return &FailedError{Name: step.Name, Reason: fmt.Sprintf("transaction %s was reverted", receipt.TxHash)}
}

func (s sender) hasCode(ctx context.Context, at common.Address) (bool, error) {
	code, err := s.client.CodeAt(ctx, at, nil)
	if err != nil {
		return false, &NodeError{fmt.Sprintf("look for code at %s", at), err}
	}
	return len(code) > 0, nil
}

// transact signs a call, sends it and waits for its block.
func (s sender) transact(ctx context.Context, name Name, doing string, message ethereum.CallMsg) (*types.Receipt, error) {
	nonce, err := s.client.PendingNonceAt(ctx, s.Account)
	if err != nil {
		return nil, &NodeError{fmt.Sprintf("read nonce of %s", s.Account), err}
	}
	tx, err := types.SignNewTx(s.key, types.LatestSignerForChainID(s.ChainID), s.envelope(nonce, message))
	if err != nil {
		return nil, fmt.Errorf("sign transaction: %w", err)
	}
	if err := s.client.SendTransaction(ctx, tx); err != nil && !strings.Contains(err.Error(), "already known") {
		return nil, &NodeError{fmt.Sprintf("send transaction %s", tx.Hash()), err}
	}
	return s.await(ctx, Event{Name: name, Doing: doing, Tx: tx.Hash()})
}

func (s sender) envelope(nonce uint64, m ethereum.CallMsg) types.TxData {
	if s.Price.old {
		return &types.LegacyTx{Nonce: nonce, To: m.To, Value: m.Value, Data: m.Data, Gas: m.Gas, GasPrice: s.Price.Max}
	}
	return &types.DynamicFeeTx{ChainID: s.ChainID, Nonce: nonce, To: m.To, Value: m.Value, Data: m.Data, Gas: m.Gas,
		GasTipCap: s.Price.Tip, GasFeeCap: s.Price.Max}
}

// makeProxy pays the proxy's signer and sends its transaction. The node is asked to take it before anything is paid.
func (s sender) makeProxy(ctx context.Context) error {
	tx := ProxyTransaction()
	err := s.client.SendTransaction(ctx, tx)
	if err != nil && isFunds(err) && s.Proxy.Value.Sign() > 0 {
		if err := s.fund(ctx); err != nil {
			return err
		}
		err = s.sendFunded(ctx, tx)
	}
	if err != nil && !sentBefore(err) {
		return &ProxyError{ChainID: s.ChainID, Reason: fmt.Sprintf("the node refuses its transaction: %v", err)}
	}
	receipt, err := s.await(ctx, Event{Doing: "create the deployment proxy", Tx: tx.Hash()})
	if err != nil {
		return err
	}
	if receipt.Status != types.ReceiptStatusSuccessful {
		return &ProxyError{ChainID: s.ChainID, Reason: "its transaction failed", Final: true}
	}
	return nil
}

// fundsLag bounds how long a node's pool of transactions may lag behind its newest block.
const fundsLag = 5 * time.Second

// sendFunded sends a transaction whose signer was just paid: the pool may not know of that yet.
func (s sender) sendFunded(ctx context.Context, tx *types.Transaction) error {
	began := time.Now()
	for {
		err := s.client.SendTransaction(ctx, tx)
		if err == nil || !isFunds(err) || time.Since(began) > fundsLag {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func (s sender) fund(ctx context.Context) error {
	signer := ProxySigner()
	message := ethereum.CallMsg{To: &signer, Value: s.Proxy.Value, Gas: s.Proxy.Gas}
	receipt, err := s.transact(ctx, "", "pay for the deployment proxy", message)
	if err == nil && receipt.Status != types.ReceiptStatusSuccessful {
		err = &ProxyError{ChainID: s.ChainID, Reason: fmt.Sprintf("its signer cannot be paid: transaction %s failed", receipt.TxHash)}
	}
	return err
}

// await polls for a receipt: soon at first, for a chain that makes a block per transaction, then every second.
func (s sender) await(ctx context.Context, e Event) (*types.Receipt, error) {
	sent := time.Now()
	s.tell(e)
	for pause := 10 * time.Millisecond; ; pause = min(2*pause, time.Second) {
		receipt, err := s.client.TransactionReceipt(ctx, e.Tx)
		if err == nil && !s.hasReached(ctx, receipt.BlockNumber) {
			err = ethereum.NotFound
		}
		if err == nil {
			e.Done, e.Block, e.Gas, e.Waited = true, receipt.BlockNumber.Uint64(), receipt.GasUsed, time.Since(sent)
			s.tell(e)
			return receipt, nil
		}
		if !errors.Is(err, ethereum.NotFound) && !strings.Contains(err.Error(), "indexing is in progress") {
			return nil, &NodeError{fmt.Sprintf("read receipt of transaction %s", e.Tx), err}
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("wait for transaction %s: %w", e.Tx, ctx.Err())
		case <-time.After(pause):
		}
		e.Waited = time.Since(sent)
		s.tell(e)
	}
}

// hasReached tells whether a block is part of the newest state. A node may know a receipt some moments earlier, and then
// a constructor that calls the contract before it would find no code there.
func (s sender) hasReached(ctx context.Context, block *big.Int) bool {
	newest, err := s.client.BlockNumber(ctx)
	return err == nil && new(big.Int).SetUint64(newest).Cmp(block) >= 0
}

// Settle waits until an account has no pending transactions, so that none is sent twice after an interruption. It
// reports how many there are each time it looks.
func Settle(ctx context.Context, client *ethclient.Client, account common.Address, report func(pending uint64)) error {
	for {
		mined, err := client.NonceAt(ctx, account, nil)
		if err != nil {
			return &NodeError{fmt.Sprintf("read nonce of %s", account), err}
		}
		next, err := client.PendingNonceAt(ctx, account)
		if err != nil {
			return &NodeError{fmt.Sprintf("read nonce of %s", account), err}
		}
		if next <= mined {
			return nil
		}
		if report != nil {
			report(next - mined)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for %d pending transactions of %s: %w", next-mined, account, ctx.Err())
		case <-time.After(time.Second):
		}
	}
}

// sentBefore tells whether a node refuses the proxy's transaction because it, or a block, has it. The protocol has only
// words for that.
func sentBefore(err error) bool {
	return strings.Contains(err.Error(), "already known") || strings.Contains(err.Error(), "nonce too low")
}

// isFunds tells whether a node refuses for lack of money.
func isFunds(err error) bool {
	return strings.Contains(err.Error(), "insufficient funds") || strings.Contains(err.Error(), "gas required exceeds allowance")
}

// Deploy surveys and sends what every network needs, as far as the terms suffice, without asking anybody. It returns how
// many contracts it sent.
func (t Terms) Deploy(ctx context.Context, client *ethclient.Client, key *ecdsa.PrivateKey, chainID uint64) (at Addresses, sent int, err error) {
	if at, err = Predict(t); err != nil {
		return Addresses{}, 0, err
	}
	needed, err := t.needed()
	if err != nil {
		return Addresses{}, 0, err
	}
	plan, err := Survey(ctx, client, crypto.PubkeyToAddress(key.PublicKey), t, needed...)
	if err != nil {
		return Addresses{}, 0, err
	}
	if want := new(big.Int).SetUint64(chainID); plan.ChainID.Cmp(want) != 0 {
		return Addresses{}, 0, &WrongChainError{Got: plan.ChainID, Want: want}
	}
	for _, step := range plan.Steps {
		if !step.There {
			sent++
		}
	}
	return at, sent, plan.Send(ctx, key, nil)
}

// needed are the contracts that every network has, but for those that the terms do not suffice for.
func (t Terms) needed() (names []Name, err error) {
	contracts, err := t.Contracts()
	for _, c := range contracts {
		switch c.Name {
		case IdentityRegistry, TaskHub, TaskScheduler, CertificatePermitter, PlatformRegistry, KeyNetwork, Anchors:
			if c.Lacks == "" {
				names = append(names, c.Name)
			}
		}
	}
	return names, err
}
