// SPDX-License-Identifier: Apache-2.0

package keynet_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/escrin/escrin/jobs/keynet"
	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/dkg"
	"github.com/escrin/escrin/keyholder/envelope"
)

// An epoch is started with members whose keys can be had and used.
func TestKeysOfEntries(t *testing.T) {
	t.Parallel()
	_, public, err := envelope.GenerateRecipient()
	if err != nil {
		t.Fatal(err)
	}
	shown := func(key []byte) keynet.Entry {
		digest := crypto.Keccak256Hash(key)
		mux := http.NewServeMux()
		mux.HandleFunc(fmt.Sprintf("GET /v1/keys/%s", digest), func(w http.ResponseWriter, _ *http.Request) {
			_ = json.NewEncoder(w).Encode(keyholder.KeyReply{Key: key})
		})
		s := httptest.NewServer(mux)
		t.Cleanup(s.Close)
		return keynet.Entry{Account: common.Address(digest[:20]), EncryptionKey: digest, URL: s.URL}
	}
	good, bad := shown(public), shown(public[1:])
	if err := keynet.CheckKeys(t.Context(), []keynet.Entry{good}); err != nil {
		t.Fatal(err)
	}
	hidden := good
	hidden.Account, hidden.EncryptionKey = common.Address{1}, common.Hash{1}
	for _, e := range []keynet.Entry{bad, hidden} {
		if err := keynet.CheckKeys(t.Context(), []keynet.Entry{good, e}); !errors.Is(err, dkg.ErrKey) {
			t.Errorf("%x: %v", e.Account, err)
		}
	}
}
