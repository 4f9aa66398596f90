// SPDX-License-Identifier: Apache-2.0

package deploy_test

import (
	"bytes"
	"encoding/json"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/ethereum/go-ethereum/ethclient"

	"github.com/escrin/escrin/attest/simulator"
	"github.com/escrin/escrin/cmd/escrin-devnet/devchain"
	"github.com/escrin/escrin/contracts/chaintest"
)

// dial connects to a node until the test ends.
func dial(t *testing.T, url string) *ethclient.Client {
	t.Helper()
	client, err := ethclient.DialContext(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

// start connects to a new chain on which two accounts have ether, and returns its URL too.
func start(t *testing.T, config devchain.Config) (*ethclient.Client, string) {
	t.Helper()
	config.Funded = accounts(t, 2)
	url := chaintest.StartChain(t, config)
	return dial(t, url), url
}

// call is a JSON-RPC request.
type call struct {
	ID     json.RawMessage   `json:"id"`
	Method string            `json:"method"`
	Params []json.RawMessage `json:"params"`
}

// lie connects to a node that answers as the one at url does, but for what the liar makes of it: nil tells the truth.
func lie(t *testing.T, url string, liar func(c call, truth json.RawMessage) json.RawMessage) *ethclient.Client {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		question, err := io.ReadAll(r.Body)
		var c call
		if err == nil {
			err = json.Unmarshal(question, &c)
		}
		var answer []byte
		if err == nil {
			answer, err = ask(url, question)
		}
		var truth struct{ Result json.RawMessage }
		if err == nil {
			err = json.Unmarshal(answer, &truth)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		if said := liar(c, truth.Result); said != nil {
			answer = []byte(`{"jsonrpc":"2.0","id":` + string(c.ID) + `,"result":` + string(said) + `}`)
		}
		w.Write(answer)
	}))
	t.Cleanup(server.Close)
	return dial(t, server.URL)
}

func ask(url string, question []byte) ([]byte, error) {
	reply, err := http.Post(url, "application/json", bytes.NewReader(question))
	if err != nil {
		return nil, err
	}
	defer reply.Body.Close()
	return io.ReadAll(reply.Body)
}

// simulatedRoot is the root certificate of a simulated TDX platform, in DER.
func simulatedRoot(t *testing.T) []byte {
	t.Helper()
	platform, err := simulator.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(platform.RootPEM())
	if block == nil {
		t.Fatal("the simulated platform has no root certificate")
	}
	return block.Bytes
}
