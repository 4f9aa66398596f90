// SPDX-License-Identifier: Apache-2.0

package transact_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/ethclient"

	"github.com/escrin/escrin/cmd/escrin-devnet/devchain"
	"github.com/escrin/escrin/contracts/chaintest"
	"github.com/escrin/escrin/keyholder/jsonrpc"
	"github.com/escrin/escrin/keyholder/transact"
)

// echo is the creation code of a contract that logs its input, unless that
// begins with a zero byte: then it reverts with it.
const echo = "0x6019600c60003960196000f3" + "36600060003760003560001a601357366000fd5b366000a000"

// ledger is a chain, an account with ether on it, and a contract to call.
type ledger struct {
	url     string
	client  *ethclient.Client
	account transact.Account
	echo    [20]byte
}

func newLedger(t *testing.T) *ledger {
	t.Helper()
	funded, err := devchain.Accounts(2)
	if err != nil {
		t.Fatal(err)
	}
	l := &ledger{url: chaintest.StartChain(t, devchain.Config{Funded: funded})}
	if l.client, err = ethclient.Dial(l.url); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.client.Close)
	if l.account, err = transact.ParseAccount(funded[0].Key.D.FillBytes(make([]byte, 32))); err != nil {
		t.Fatal(err)
	}
	tx, err := types.SignNewTx(funded[1].Key, types.LatestSignerForChainID(big.NewInt(devchain.ChainID)), &types.DynamicFeeTx{
		ChainID: big.NewInt(devchain.ChainID), GasTipCap: big.NewInt(1e9), GasFeeCap: big.NewInt(100e9), Gas: 200_000,
		Data: common.FromHex(echo),
	})
	if err == nil {
		err = l.client.SendTransaction(t.Context(), tx)
	}
	if err != nil {
		t.Fatal(err)
	}
	receipt := l.receipt(t, tx.Hash())
	l.echo = receipt.ContractAddress
	return l
}

// receipt waits for a transaction to be in a block.
func (l *ledger) receipt(t *testing.T, hash common.Hash) *types.Receipt {
	t.Helper()
	for t.Context().Err() == nil {
		if receipt, err := l.client.TransactionReceipt(t.Context(), hash); err == nil {
			return receipt
		}
	}
	t.Fatal("transaction is in no block")
	return nil
}

func (l *ledger) sender(t *testing.T, nodes ...transact.Node) *transact.Sender {
	t.Helper()
	if nodes == nil {
		nodes = []transact.Node{jsonrpc.New(l.url)}
	}
	s, err := transact.NewSender(transact.Config{ChainID: devchain.ChainID, Account: l.account, Nodes: nodes})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// include sends a call until a block has it.
func include(t *testing.T, s *transact.Sender, c transact.Call) {
	t.Helper()
	for t.Context().Err() == nil {
		status, err := s.Send(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		if status == transact.Included {
			return
		}
	}
}

func (l *ledger) nonce(t *testing.T) uint64 {
	t.Helper()
	n, err := l.client.NonceAt(t.Context(), l.account.Address(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestCallsAreSentOnce(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	s := l.sender(t)
	first, second := transact.Call{To: l.echo, Data: []byte{1}}, transact.Call{To: l.echo, Data: bytes.Repeat([]byte{2}, 100_000)}
	include(t, s, first)
	for range 3 {
		include(t, s, first) // is there already
	}
	include(t, s, second)
	if n := l.nonce(t); n != 2 {
		t.Fatalf("%d transactions for two calls", n)
	}
}

// A sender that remembers nothing goes on where the one before it stopped.
func TestCrashBetweenSendingAndInclusion(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	for i := range byte(4) {
		if _, err := l.sender(t).Send(t.Context(), transact.Call{To: l.echo, Data: []byte{1, i}}); err != nil {
			t.Fatal(err)
		}
	}
	s := l.sender(t)
	include(t, s, transact.Call{To: l.echo, Data: []byte{1, 9}})
	logs, err := l.client.FilterLogs(t.Context(), ethereum.FilterQuery{Addresses: []common.Address{l.echo}})
	if err != nil {
		t.Fatal(err)
	}
	if last := logs[len(logs)-1].Data; !bytes.Equal(last, []byte{1, 9}) || uint64(len(logs)) != l.nonce(t) {
		t.Fatalf("last is %x, %d logs", last, len(logs))
	}
}

func TestRefusalsOfContractsCostNothing(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	data := []byte{0, 1, 2, 3, 4}
	_, err := l.sender(t).Send(t.Context(), transact.Call{To: l.echo, Data: data})
	reverted, ok := errors.AsType[*transact.Reverted](err)
	if !ok || !bytes.Equal(reverted.Data, data) {
		t.Fatalf("got %v", err)
	}
	if n := l.nonce(t); n != 0 {
		t.Fatalf("%d transactions", n)
	}
}

func TestPoorAccount(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	poor, err := transact.ParseAccount(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	l.account = poor
	if _, err := l.sender(t).Send(t.Context(), transact.Call{To: l.echo, Data: []byte{1}}); !errors.Is(err, transact.ErrFunds) {
		t.Fatalf("got %v", err)
	}
}

// node answers some methods itself and passes the others on.
type node struct {
	transact.Node
	lies map[string]string
	sent []*types.Transaction
}

func (n *node) Call(ctx context.Context, method string, params ...json.RawMessage) (json.RawMessage, error) {
	if method == "eth_sendRawTransaction" {
		var raw jsonrpc.Data
		tx := new(types.Transaction)
		if err := json.Unmarshal(params[0], &raw); err != nil {
			return nil, err
		}
		if err := tx.UnmarshalBinary(raw); err != nil {
			return nil, err
		}
		n.sent = append(n.sent, tx)
	}
	if lie, ok := n.lies[method]; ok {
		return json.RawMessage(lie), nil
	}
	return n.Node.Call(ctx, method, params...)
}

// KR-17: a node cannot make an account pay more than was allowed.
func TestKR17FeesAreBounded(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	liar := &node{Node: jsonrpc.New(l.url), lies: map[string]string{
		"eth_maxPriorityFeePerGas": `"0xffffffffffffffff"`, "eth_sendRawTransaction": `"0x00"`,
	}}
	if _, err := l.sender(t, liar).Send(t.Context(), transact.Call{To: l.echo, Data: []byte{1}}); err != nil {
		t.Fatal(err)
	}
	if tx := liar.sent[0]; tx.GasTipCap().Uint64() > transact.DefaultFee/10 || tx.GasFeeCap().Uint64() > transact.DefaultFee {
		t.Fatalf("offers %v of %v", tx.GasTipCap(), tx.GasFeeCap())
	}
	liar.lies["eth_getBlockByNumber"] = `{"number":"0x1","baseFeePerGas":"0xffffffffffff"}`
	if _, err := l.sender(t, liar).Send(t.Context(), transact.Call{To: l.echo, Data: []byte{1}}); !errors.Is(err, transact.ErrFee) {
		t.Fatalf("got %v", err)
	}
	liar.lies = map[string]string{"eth_estimateGas": `"0xffffffffffff"`}
	if _, err := l.sender(t, liar).Send(t.Context(), transact.Call{To: l.echo, Data: []byte{1}}); err == nil {
		t.Fatal("sent a call of any price")
	}
}

// A node that swallows transactions is not the last that is asked, and what it
// swallowed is offered again, for more.
func TestStuckTransactionsAreReplaced(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	swallow := &node{Node: jsonrpc.New(l.url), lies: map[string]string{"eth_sendRawTransaction": `"0x00"`}}
	s := l.sender(t, swallow)
	call := transact.Call{To: l.echo, Data: []byte{1}}
	if _, err := s.Send(t.Context(), call); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Send(t.Context(), transact.Call{To: l.echo, Data: []byte{2}}); !errors.Is(err, transact.ErrBusy) {
		t.Fatalf("got %v", err)
	}
	for len(swallow.sent) < 2 || swallow.sent[len(swallow.sent)-1].Hash() == swallow.sent[0].Hash() {
		if _, err := s.Send(t.Context(), call); err != nil {
			t.Fatal(err)
		}
	}
	first, last := swallow.sent[0], swallow.sent[len(swallow.sent)-1]
	if first.Nonce() != last.Nonce() || first.GasTipCap().Cmp(last.GasTipCap()) >= 0 {
		t.Fatalf("nonces %d and %d, tips %v and %v", first.Nonce(), last.Nonce(), first.GasTipCap(), last.GasTipCap())
	}
	delete(swallow.lies, "eth_sendRawTransaction")
	include(t, s, call)
	if n := l.nonce(t); n != 1 {
		t.Fatalf("%d transactions for one call", n)
	}
}
