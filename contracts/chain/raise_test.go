// SPDX-License-Identifier: Apache-2.0

package chain_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"

	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/contracts/chaintest"
)

// TestNothingWaitsBehindAPrice: what was sent for a price that blocks do not take any more gets another, for the same call, and
// what the account sends after it gets into a block; also if who sent the first has given it up.
func TestNothingWaitsBehindAPrice(t *testing.T) {
	for name, givenUp := range map[string]bool{"given up": true, "waited for": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := chaintest.New(t)
			past := &past{url: n.URL, cheap: true}
			server := httptest.NewServer(past)
			defer server.Close()
			c, err := chain.Open(t.Context(), server.URL, n.Contracts())
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // only a hang lasts that long
			defer cancel()
			from, first := n.Accounts[6], make(chan error, 1)
			firstCtx, giveUp := context.WithCancel(ctx)
			defer giveUp()
			go func() { _, err := c.Pay(firstCtx, from, common.Address{1}, big.NewInt(1)); first <- err }()
			for len(past.all()) == 0 && ctx.Err() == nil {
				time.Sleep(time.Millisecond)
			}
			if givenUp {
				giveUp()
				if err := <-first; !errors.Is(err, context.Canceled) {
					t.Fatalf("given up: %v", err)
				}
			}
			if _, err := c.Pay(ctx, from, common.Address{2}, big.NewInt(2)); err != nil {
				t.Fatal(err)
			}
			if !givenUp {
				if err := <-first; err != nil {
					t.Fatal(err)
				}
			}
			raised(t, n, past.all())
		})
	}
}

// raised checks what was sent: one call for each nonce, the first in a block that was too dear for its first price.
func raised(t *testing.T, n *chaintest.Network, sent []*types.Transaction) {
	t.Helper()
	calls, times := map[uint64]*types.Transaction{}, map[uint64]int{}
	for _, tx := range sent {
		before := calls[tx.Nonce()]
		if before != nil && (*tx.To() != *before.To() || tx.Value().Cmp(before.Value()) != 0 || !bytes.Equal(tx.Data(), before.Data())) {
			t.Errorf("nonce %d: two calls", tx.Nonce())
		}
		calls[tx.Nonce()] = tx
		times[tx.Nonce()]++
	}
	if len(calls) != 2 || times[sent[0].Nonce()] < 2 {
		t.Errorf("sent %v by nonce", times)
	}
	for to := range int64(2) {
		balance, err := n.Chain.Balance(t.Context(), common.Address{byte(to + 1)})
		if err != nil || balance.Int64() != to+1 {
			t.Errorf("account %d has %v: %v", to+1, balance, err)
		}
	}
	for _, tx := range sent {
		receipt, err := n.Chain.Client().TransactionReceipt(t.Context(), tx.Hash())
		if err != nil || tx.Nonce() != sent[0].Nonce() {
			continue
		}
		header, err := n.Chain.Client().HeaderByNumber(t.Context(), receipt.BlockNumber)
		if err != nil || header.BaseFee.Cmp(sent[0].GasFeeCap()) <= 0 {
			t.Errorf("the first was taken for its price: %v", err)
		}
	}
}

// TestRefusedOffersAreNoSteps: a node that does not take a higher price for a while is offered the same one again, and not one that is
// higher each time, until the highest is reached for nothing.
func TestRefusedOffersAreNoSteps(t *testing.T) {
	t.Parallel()
	n := chaintest.New(t)
	past := &past{url: n.URL, cheap: true, full: 3}
	server := httptest.NewServer(past)
	defer server.Close()
	c, err := chain.Open(t.Context(), server.URL, n.Contracts())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // only a hang lasts that long
	defer cancel()
	receipt, err := c.Pay(ctx, n.Accounts[6], common.Address{1}, big.NewInt(1))
	if err != nil {
		t.Fatal(err)
	}
	sent := past.all()
	if len(sent) < 5 || receipt.TxHash != sent[len(sent)-1].Hash() {
		t.Fatalf("%d offers, and %s was taken", len(sent), receipt.TxHash)
	}
	for i, tx := range sent[2:5] {
		if tx.GasTipCapIntCmp(sent[1].GasTipCap()) != 0 {
			t.Errorf("after %d refusals the tip is %v, before %v", i+1, tx.GasTipCap(), sent[1].GasTipCap())
		}
	}
}

// past is a node in front of another that says, at first, what gas cost when it was a thirtieth of what it costs now.
type past struct {
	url   string
	mu    sync.Mutex
	cheap bool
	full  int // times that it takes no second offer
	sent  []*types.Transaction
}

func (p *past) all() []*types.Transaction {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]*types.Transaction(nil), p.sent...)
}

// ServeHTTP implements http.Handler.
func (p *past) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	question, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if refusal := p.refuse(question); refusal != nil {
		_ = json.NewEncoder(w).Encode(refusal)
		return
	}
	response, err := http.Post(p.url, "application/json", bytes.NewReader(question))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer response.Body.Close()
	var answer map[string]any
	if err = json.NewDecoder(response.Body).Decode(&answer); err == nil {
		err = p.see(question, answer)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(answer)
}

// refuse is the answer to another offer than the first while there is no place for it; nil if there is.
func (p *past) refuse(question []byte) map[string]any {
	var q struct {
		ID     json.RawMessage `json:"id"`
		Method string          `json:"method"`
		Params []string        `json:"params"`
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	tx := new(types.Transaction)
	if p.full == 0 || len(p.sent) == 0 || json.Unmarshal(question, &q) != nil || q.Method != "eth_sendRawTransaction" || tx.UnmarshalBinary(hexutil.MustDecode(q.Params[0])) != nil {
		return nil
	}
	p.full, p.sent = p.full-1, append(p.sent, tx)
	return map[string]any{"jsonrpc": "2.0", "id": q.ID, "error": map[string]any{"code": -32000, "message": "txpool is full"}}
}

// see notes what is sent, after which prices are what they are, and makes them cheap before.
func (p *past) see(question []byte, answer map[string]any) error {
	var q struct {
		Method string `json:"method"`
		Params []any  `json:"params"`
	}
	if err := json.Unmarshal(question, &q); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	switch q.Method {
	case "eth_sendRawTransaction":
		tx := new(types.Transaction)
		if err := tx.UnmarshalBinary(hexutil.MustDecode(q.Params[0].(string))); err != nil {
			return err
		}
		p.sent, p.cheap = append(p.sent, tx), false
	case "eth_maxPriorityFeePerGas":
		if p.cheap {
			answer["result"] = hexutil.EncodeUint64(1_000_000) // as little as makers of blocks take
		}
	case "eth_getBlockByNumber":
		if block, ok := answer["result"].(map[string]any); ok && p.cheap {
			fee := hexutil.MustDecodeBig(block["baseFeePerGas"].(string))
			block["baseFeePerGas"] = hexutil.EncodeBig(fee.Rsh(fee, 6))
		}
	}
	return nil
}
