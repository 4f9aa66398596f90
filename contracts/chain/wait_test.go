// SPDX-License-Identifier: Apache-2.0

package chain

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/ethclient"
)

// TestNobodyWaitsForEver: not for a transaction that the node has dropped, nor for one that stays where it waits.
func TestNobodyWaitsForEver(t *testing.T) {
	const pending = `{"type":"0x0","nonce":"0x0","gasPrice":"0x1","gas":"0x5208","to":"0x0000000000000000000000000000000000000001","value":"0x0",` +
		`"input":"0x","v":"0x1b","r":"0x1","s":"0x1","hash":"0x0100000000000000000000000000000000000000000000000000000000000000"}`
	for want, c := range map[string]struct {
		known string
		patience
	}{
		"dropped":            {"null", patience{block: time.Hour, dropped: 20 * time.Millisecond}},
		"no block took it":   {pending, patience{block: 20 * time.Millisecond, dropped: time.Hour}},
		"within 21ms":        {"null", patience{block: 21 * time.Millisecond, dropped: time.Hour}},
		"the node has dropp": {"null", patience{block: time.Hour, dropped: 0}},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			question, _ := io.ReadAll(r.Body)
			result := "null"
			if strings.Contains(string(question), "eth_getTransactionByHash") {
				result = c.known
			}
			id := string(question[strings.Index(string(question), `"id":`)+5:])
			id = id[:strings.IndexAny(id, ",}")]
			w.Header().Set("Content-Type", "application/json")
			io.WriteString(w, `{"jsonrpc":"2.0","id":`+id+`,"result":`+result+`}`)
		}))
		eth, err := ethclient.DialContext(t.Context(), server.URL)
		if err != nil {
			t.Fatal(err)
		}
		_, err = (&Chain{eth: eth, patience: c.patience}).wait(t.Context(), &Account{}, &offer{hashes: []common.Hash{{1}}})
		var dropped *DroppedError
		if !errors.As(err, &dropped) || !strings.Contains(err.Error(), want) || dropped.Tx != (common.Hash{1}) {
			t.Errorf("%v, want %q", err, want)
		}
		eth.Close()
		server.Close()
	}
}

// TestSilentNodeIsNotAskedForEver: nobody knows what became of the transaction then, and nothing says that it was dropped.
func TestSilentNodeIsNotAskedForEver(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "not now", http.StatusServiceUnavailable)
	}))
	defer server.Close()
	eth, err := ethclient.DialContext(t.Context(), server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer eth.Close()
	c := &Chain{eth: eth, patience: patience{block: time.Hour, dropped: 20 * time.Millisecond}}
	_, err = c.wait(t.Context(), &Account{}, &offer{hashes: []common.Hash{{1}}})
	if _, dropped := errors.AsType[*DroppedError](err); dropped || err == nil || !strings.Contains(err.Error(), "read receipt of transaction 0x01") {
		t.Errorf("%v", err)
	}
}
