// SPDX-License-Identifier: Apache-2.0

package deploy_test

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/accounts/abi/bind/v2"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"

	"github.com/escrin/escrin/cmd/escrin-devnet/devchain"
	"github.com/escrin/escrin/contracts/bindings"
	"github.com/escrin/escrin/contracts/chaintest"
	"github.com/escrin/escrin/contracts/deploy"
)

// TestDeploymentsAreWherePredicted deploys once more from another account, with the keyholders' own vector as the key.
func TestDeploymentsAreWherePredicted(t *testing.T) {
	n := chaintest.New(t)
	accounts, err := devchain.Accounts(2)
	if err != nil {
		t.Fatal(err)
	}
	if want := deploy.Predict(accounts[0].Address, 0); n.At != want {
		t.Fatalf("deployed at %v, predicted %v", n.At, want)
	}
	compressed, encoded := vectorKey(t)
	client := n.Chain.Client()
	terms := deploy.Terms{ClaimWindow: time.Minute}
	at, err := terms.Deploy(t.Context(), client, accounts[1].Key, devchain.ChainID, compressed)
	if err != nil {
		t.Fatal(err)
	}
	if want := deploy.Predict(accounts[1].Address, 0); at != want {
		t.Fatalf("deployed at %v, predicted %v", at, want)
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

// TestDeployRefuses covers keys that are none, and the zero value.
func TestDeployRefuses(t *testing.T) {
	n := chaintest.New(t)
	accounts, err := devchain.Accounts(1)
	if err != nil {
		t.Fatal(err)
	}
	key := accounts[0].Key
	notOnCurve, infinity := n.GroupKey, [96]byte{0: 0xc0}
	notOnCurve[95] ^= 1
	for name, groupKey := range map[string][96]byte{"zero": {}, "infinity": infinity, "not a point": notOnCurve} {
		if _, err := deploy.Deploy(t.Context(), n.Chain.Client(), key, devchain.ChainID, groupKey); err == nil {
			t.Errorf("%s: deployed", name)
		}
	}
	if _, err := (deploy.Terms{}).Deploy(t.Context(), n.Chain.Client(), key, devchain.ChainID, n.GroupKey); err == nil {
		t.Error("zero terms: deployed")
	}
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

// TestPredictKnownAddresses pins the addresses of the development network.
func TestPredictKnownAddresses(t *testing.T) {
	at := deploy.Predict(common.HexToAddress("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"), 0)
	want := deploy.Addresses{
		Registry:  common.HexToAddress("0x5FbDB2315678afecb367f032d93F642f64180aa3"),
		TaskHub:   common.HexToAddress("0xe7f1725E7734CE288F8367e1Bb143E90bb3F0512"),
		Permitter: common.HexToAddress("0x9fE46736679d2D9a65F0992F2272dE9f3c7fa6e0"),
	}
	if at != want {
		t.Fatalf("predicted %v", at)
	}
}
