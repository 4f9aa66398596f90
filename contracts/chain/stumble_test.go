// SPDX-License-Identifier: Apache-2.0

package chain_test

import (
	"bytes"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/contracts/chaintest"
)

// TestNodeThatStumblesIsAskedAgain: a transaction that was sent is waited for, also where the node does not answer for a while.
func TestNodeThatStumblesIsAskedAgain(t *testing.T) {
	t.Parallel()
	n := chaintest.New(t)
	target, err := url.Parse(n.URL)
	if err != nil {
		t.Fatal(err)
	}
	node, stumbles := httputil.NewSingleHostReverseProxy(target), atomic.Int32{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		question, err := io.ReadAll(r.Body)
		if err != nil || strings.Contains(string(question), "eth_getTransactionReceipt") && stumbles.Add(1) <= 4 {
			http.Error(w, "not now", http.StatusServiceUnavailable)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(question))
		node.ServeHTTP(w, r)
	}))
	defer server.Close()
	c, err := chain.Open(t.Context(), server.URL, n.Contracts())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	receipt, err := c.Pay(t.Context(), n.Accounts[6], common.Address{1}, big.NewInt(1))
	if err != nil || receipt.Block == 0 || stumbles.Load() <= 4 {
		t.Errorf("%+v after %d questions: %v", receipt, stumbles.Load(), err)
	}
}
