// SPDX-License-Identifier: Apache-2.0

package chainview

import (
	"encoding/json"
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"github.com/escrin/escrin/keyholder/jsonrpc"
	"github.com/escrin/escrin/keyholder/stateproof"
)

// FuzzProofReply: whatever a node answers to eth_getProof, a value other than the true one is never taken as proven.
func FuzzProofReply(f *testing.F) {
	n := newNode()
	contract, key, value := [20]byte{1}, [32]byte{5}, [32]byte{6}
	n.storage[contract][key] = value
	n.storage[contract][[32]byte{4}] = common.Hash{7}
	root := n.accounts(nil).Hash()
	text, err := json.Marshal(n.header(1).Hash())
	if err != nil {
		f.Fatal(err)
	}
	params := []json.RawMessage{jsonrpc.Hex(contract[:]), json.RawMessage(`["0x` + common.Hash(key).Hex()[2:] + `"]`), json.RawMessage(`{"blockHash":` + string(text) + `}`)}
	honest, err := n.proof(params)
	if err != nil {
		f.Fatal(err)
	}
	reply, err := json.Marshal(honest)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(reply)
	f.Add([]byte(`{"accountProof":[],"storageProof":[{"proof":[]}]}`))
	f.Add([]byte(`{"storageProof":[null]}`))
	h := stateproof.Header{StateRoot: root}
	f.Fuzz(func(t *testing.T, reply []byte) {
		a, err := checkProof(h, request{contract, [][32]byte{key}}, jsonrpc.Reply{Result: reply})
		if err == nil && (len(a.values) != 1 || a.values[0] != value || !a.account.IsContract()) {
			t.Errorf("%x was taken as proven by %s", a.values, reply)
		}
	})
}

// FuzzLogs: only logs that were asked for, in order.
func FuzzLogs(f *testing.F) {
	f.Add([]byte(`[{"address":"0x0100000000000000000000000000000000000000","blockNumber":"0x5","logIndex":"0x1","topics":[],"data":"0x01","removed":false}]`))
	f.Add([]byte(`[null,{}]`))
	f.Fuzz(func(t *testing.T, reply []byte) {
		logs, err := parseLogs(logQuery{contract: [20]byte{1}, from: 4, to: 6}, reply)
		if err != nil {
			return
		}
		for i, l := range logs {
			if l.Block < 4 || l.Block > 6 || len(l.Topics) > maxTopics || (i > 0 && !after(logs[i-1], l)) {
				t.Errorf("%+v in %s", l, reply)
			}
		}
	})
}
