// SPDX-License-Identifier: Apache-2.0

package deploy_test

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/accounts/abi/bind/v2"
	"github.com/ethereum/go-ethereum/common/hexutil"

	"github.com/escrin/escrin/cmd/escrin-devnet/devchain"
	"github.com/escrin/escrin/contracts/bindings"
	"github.com/escrin/escrin/contracts/chaintest"
	"github.com/escrin/escrin/contracts/deploy"
)

// TestDeploymentsAreWherePredicted deploys once more from another account, with the keyholders' own vector as the key.
func TestDeploymentsAreWherePredicted(t *testing.T) {
	n := chaintest.New(t)
	if want := predict(t, deploy.Terms{ClaimWindow: chaintest.ClaimWindow, GroupKey: n.GroupKey, Governor: n.Accounts[0].Address()}); n.At != want {
		t.Fatalf("deployed at %v, predicted %v", n.At, want)
	}
	compressed, encoded := vectorKey(t)
	client := n.Chain.Client()
	terms := deploy.Terms{ClaimWindow: time.Minute, GroupKey: compressed}
	at, sent, err := terms.Deploy(t.Context(), client, accounts(t, 2)[1].Key, devchain.ChainID)
	if err != nil {
		t.Fatal(err)
	}
	if want := predict(t, terms); at != want || sent != 3 || at.Registry != n.At.Registry {
		t.Fatalf("deployed %d at %v, predicted %v", sent, at, want)
	}
	permitter, hub := bindings.NewCertificatePermitter(), bindings.NewTaskHub()
	key, err := bind.Call(permitter.Instance(client, at.Permitter), nil, permitter.PackGroupKey(), permitter.UnpackGroupKey)
	if err != nil || !bytes.Equal(key, encoded) {
		t.Fatalf("group key is %x (%v)", key, err)
	}
	window, err := bind.Call(hub.Instance(client, at.TaskHub), nil, hub.PackClaimWindow(), hub.UnpackClaimWindow)
	if err != nil || window != 60 {
		t.Fatalf("claim window is %d (%v)", window, err)
	}
	registry, err := bind.Call(hub.Instance(client, at.TaskHub), nil, hub.PackRegistry(), hub.UnpackRegistry)
	if err != nil || registry != at.Registry {
		t.Fatalf("registry is %s (%v)", registry, err)
	}
}

func predict(t *testing.T, terms deploy.Terms) deploy.Addresses {
	t.Helper()
	at, err := deploy.Predict(terms)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func accounts(t *testing.T, n int) []devchain.Account {
	t.Helper()
	list, err := devchain.Accounts(n)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func vectorKey(t *testing.T) (compressed [96]byte, encoded []byte) {
	t.Helper()
	raw, err := os.ReadFile("../../keyholder/testdata/certificate.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors struct {
		GroupKey        hexutil.Bytes `json:"groupKey"`
		GroupKeyEIP2537 hexutil.Bytes `json:"groupKeyEip2537"`
	}
	if err := json.Unmarshal(raw, &vectors); err != nil {
		t.Fatal(err)
	}
	if len(vectors.GroupKey) != 96 {
		t.Fatal("the vector has no group key")
	}
	return [96]byte(vectors.GroupKey), vectors.GroupKeyEIP2537
}
