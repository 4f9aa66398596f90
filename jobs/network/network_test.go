// SPDX-License-Identifier: Apache-2.0

package network

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/cloudflare/circl/ecc/bls12381"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/escrin/escrin/keyholder"
)

// testNetwork is a complete network whose keys are small multiples of the generator.
func testNetwork(t testing.TB) Network {
	t.Helper()
	key, err := crypto.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	g2 := func(k uint64) (out [96]byte) {
		var s bls12381.Scalar
		s.SetUint64(k)
		var p bls12381.G2
		p.ScalarMult(&s, bls12381.G2Generator())
		copy(out[:], p.BytesCompressed())
		return out
	}
	return Network{
		Chain:     Chain{ID: 31337, HTTP: "http://127.0.0.1:8545", WS: "ws://127.0.0.1:8546"},
		Contracts: Contracts{common.Address{1}, common.Address{2}, common.Address{3}, common.Address{4}, common.Address{5}, common.Address{6}},
		Accounts:  []Account{{crypto.PubkeyToAddress(key.PublicKey), "0x" + common.Bytes2Hex(crypto.FromECDSA(key))}},
		Registry:  "localhost:5000",
		KeyNetwork: keyholder.Network{Board: keyholder.Board{ChainID: 31337, KeyNetwork: [20]byte{5}}, Epoch: 1, Threshold: 2, GroupKey: g2(7), Holders: []keyholder.Holder{
			{Index: 1, URL: "http://127.0.0.1:1075", PublicShare: g2(8)},
			{Index: 2, URL: "http://127.0.0.1:1076", PublicShare: g2(9)},
		}},
		Jobs:      "http://127.0.0.1:1057",
		TEE:       TEE{Socket: "/run/tee.sock", Roots: "/run/roots.pem", Policy: "/run/policy.json"},
		Processes: []Process{{Name: "devnet", PID: 4242, StartTime: 99, Log: "/run/devnet.log"}},
	}
}

func TestSaveAndLoad(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "network.json")
	want := testNetwork(t)
	if err := Save(path, want); err != nil {
		t.Fatal(err)
	}
	got, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("a file with private keys has mode %o", info.Mode().Perm())
	}
}

func TestParseRefuses(t *testing.T) {
	for name, change := range map[string]func(*Network){
		"no chain id":            func(n *Network) { n.Chain.ID = 0 },
		"chain of another kind":  func(n *Network) { n.Chain.HTTP = "file:///etc/passwd" },
		"chain without host":     func(n *Network) { n.Chain.HTTP = "http://" },
		"http for ws":            func(n *Network) { n.Chain.WS = "http://127.0.0.1:1" },
		"no hub":                 func(n *Network) { n.Contracts.TaskHub = common.Address{} },
		"no platform registry":   func(n *Network) { n.Contracts.Platforms = common.Address{} },
		"no anchors":             func(n *Network) { n.Contracts.Anchors = common.Address{} },
		"no board":               func(n *Network) { n.Contracts.KeyNetwork = common.Address{} },
		"no registry":            func(n *Network) { n.Registry = "" },
		"jobs with slash":        func(n *Network) { n.Jobs = "http://127.0.0.1:1057/" },
		"key of another account": func(n *Network) { n.Accounts[0].Address = common.Address{9} },
		"short key":              func(n *Network) { n.Accounts[0].PrivateKey = "0x01" },
		"relative socket":        func(n *Network) { n.TEE.Socket = "tee.sock" },
		"no roots":               func(n *Network) { n.TEE.Roots = "" },
		"relative policy":        func(n *Network) { n.TEE.Policy = "policy.json" },
		"process one":            func(n *Network) { n.Processes[0].PID = 1 },
		"holder without url":     func(n *Network) { n.KeyNetwork.Holders[0].URL = "" },
	} {
		n := testNetwork(t)
		change(&n)
		raw, err := json.Marshal(n)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Parse(raw); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestParseIsStrict(t *testing.T) {
	good, err := json.Marshal(testNetwork(t))
	if err != nil {
		t.Fatal(err)
	}
	for name, raw := range map[string]string{
		"nothing":       "",
		"null":          "null",
		"empty object":  "{}",
		"unknown field": strings.Replace(string(good), `{"chain"`, `{"extra":1,"chain"`, 1),
		"repeated":      strings.Replace(string(good), `{"chain"`, `{"jobs":"http://127.0.0.1:1","chain"`, 1),
		"other case":    strings.Replace(string(good), `"taskHub"`, `"taskhub"`, 1),
		"second object": string(good) + "{}",
		"too large":     string(good) + strings.Repeat(" ", maxFile),
	} {
		if _, err := Parse([]byte(raw)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestFind(t *testing.T) {
	state := t.TempDir()
	t.Setenv("XDG_STATE_HOME", state)
	t.Setenv("ESCRIN_NETWORK", "")
	if _, err := Find(""); !errors.Is(err, ErrNotFound) {
		t.Errorf("no file: %v", err)
	}
	path := filepath.Join(state, "escrin", "dev", "network.json")
	if err := Save(path, testNetwork(t)); err != nil {
		t.Fatal(err)
	}
	if got, err := Find(""); got != path || err != nil {
		t.Errorf("Find = %q, %v", got, err)
	}
	if _, err := Find(filepath.Join(state, "other.json")); !errors.Is(err, ErrNotFound) {
		t.Errorf("a flag that names no file: %v", err)
	}
	t.Setenv("ESCRIN_NETWORK", path+".other")
	if _, err := Find(""); !errors.Is(err, ErrNotFound) {
		t.Errorf("a variable that names no file: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	good, err := json.Marshal(testNetwork(f))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Fuzz(func(t *testing.T, raw []byte) {
		if n, err := Parse(raw); err == nil && n.Validate() != nil {
			t.Error("parsed what is not valid")
		}
	})
}
