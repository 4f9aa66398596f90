// SPDX-License-Identifier: Apache-2.0

package transact_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"

	"github.com/escrin/escrin/keyholder/jsonrpc"
	"github.com/escrin/escrin/keyholder/transact"
)

// liar is an endpoint of the chain that answers a method with something of its own; with nothing at
// all if that is empty.
func (l *ledger) liar(t *testing.T, method, answer string) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var call struct{ Method string }
		if err != nil || json.Unmarshal(body, &call) != nil {
			return
		}
		if call.Method == method {
			if answer == "" {
				<-r.Context().Done()
			}
			fmt.Fprintf(w, `{"jsonrpc":"2.0","id":0,%s}`, answer)
			return
		}
		resp, err := http.Post(l.url, "application/json", bytes.NewReader(body))
		if err != nil {
			return
		}
		defer resp.Body.Close()
		_, _ = io.Copy(w, resp.Body)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// KR-17: whatever one of three endpoints says, and be it the first one, calls get into the chain, once each, and
// at the price that the others ask.
func TestKR17OneLyingEndpointKeepsNothingFromTheChain(t *testing.T) {
	t.Parallel()
	block := `"result":{"number":"%s","baseFeePerGas":"%s"}`
	for name, lie := range map[string][2]string{
		"nonce too high":   {"eth_getTransactionCount", `"result":"0xff"`},
		"nonce too low":    {"eth_getTransactionCount", `"result":"0x0"`},
		"block too high":   {"eth_getBlockByNumber", fmt.Sprintf(block, "0xffffffff", "0x7")},
		"block too low":    {"eth_getBlockByNumber", fmt.Sprintf(block, "0x0", "0x7")},
		"fee too high":     {"eth_getBlockByNumber", fmt.Sprintf(block, "0x9", "0xffffffffffffff")},
		"tip too high":     {"eth_maxPriorityFeePerGas", `"result":"0xffffffffff"`},
		"no receipt":       {"eth_getTransactionReceipt", `"result":null`},
		"every receipt":    {"eth_getTransactionReceipt", `"result":{"status":"0x1"}`},
		"all fail":         {"eth_getTransactionReceipt", `"result":{"status":"0x0"}`},
		"gas too low":      {"eth_estimateGas", `"result":"0x1"`},
		"gas too high":     {"eth_estimateGas", `"result":"0xffffff"`},
		"refused":          {"eth_estimateGas", `"error":{"code":3,"message":"execution reverted","data":"0x01020304"}`},
		"swallowed":        {"eth_sendRawTransaction", `"result":"0x00"`},
		"underpriced":      {"eth_sendRawTransaction", `"error":{"code":-32000,"message":"replacement transaction underpriced"}`},
		"poor":             {"eth_sendRawTransaction", `"error":{"code":-32000,"message":"insufficient funds"}`},
		"silent":           {"eth_getTransactionCount", ""},
		"silent when sent": {"eth_sendRawTransaction", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLedger(t)
			s := l.sender(t, jsonrpc.New(l.liar(t, lie[0], lie[1])), jsonrpc.New(l.url), jsonrpc.New(l.url))
			for i := range byte(2) {
				include(t, s, transact.Call{To: l.echo, Data: []byte{1, i}})
			}
			logs, err := l.client.FilterLogs(t.Context(), ethereum.FilterQuery{Addresses: []common.Address{l.echo}})
			if err != nil || len(logs) != 2 || l.nonce(t) != 2 || !bytes.Equal(logs[1].Data, []byte{1, 1}) {
				t.Fatalf("%d calls in %d transactions, %v", len(logs), l.nonce(t), err)
			}
			for _, log := range logs {
				tx, _, err := l.client.TransactionByHash(t.Context(), log.TxHash)
				if err != nil || tx.GasTipCap().Uint64() > 2e9 || tx.Gas() > 100_000 {
					t.Errorf("offers %v for each of %d gas, %v", tx.GasTipCap(), tx.Gas(), err)
				}
			}
		})
	}
}

// KR-17: alone it can keep a call from the chain; the newest block is still not what one of three says.
func TestKR17NewestBlockIsNotOneEndpointsWord(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	honest := jsonrpc.New(l.url)
	for _, lie := range []string{`"result":"0xffffffff"`, `"result":"0x0"`, `"error":{"code":1,"message":"no"}`, ""} {
		liar := jsonrpc.New(l.liar(t, "eth_blockNumber", lie))
		before, err := l.client.BlockNumber(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		got, err := transact.Newest(t.Context(), []transact.Node{liar, honest, honest})
		if err != nil || got < before || got > before+100 {
			t.Errorf("%s: block %d after %d, %v", strings.TrimSpace(lie), got, before, err)
		}
	}
}
