// SPDX-License-Identifier: Apache-2.0

package deploy_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/ethclient"

	"github.com/escrin/escrin/contracts/deploy"
)

// TestSilentNodesAreNotOtherContracts: only what a chain says of a contract tells that it is another one.
func TestSilentNodesAreNotOtherContracts(t *testing.T) {
	for name, c := range map[string]struct {
		reply  string
		silent bool
	}{
		"limited":  {`{"jsonrpc":"2.0","id":1,"error":{"code":-32005,"message":"too many requests"}}`, true},
		"garbage":  {`<html>`, true},
		"reverted": {`{"jsonrpc":"2.0","id":1,"error":{"code":3,"message":"execution reverted","data":"0x"}}`, false},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.Write([]byte(c.reply))
		}))
		client, err := ethclient.DialContext(t.Context(), server.URL)
		if err != nil {
			t.Fatal(err)
		}
		_, hub := deploy.Terms{}.ReadTerms(t.Context(), client, common.Address{1})
		_, platforms := deploy.Terms{}.ReadGovernor(t.Context(), client, common.Address{1})
		for _, err := range []error{hub, platforms} {
			var node *deploy.NodeError
			if err == nil || errors.As(err, &node) != c.silent {
				t.Errorf("%s: %v", name, err)
			}
		}
		client.Close()
		server.Close()
	}
}
