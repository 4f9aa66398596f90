// SPDX-License-Identifier: Apache-2.0

package chainview

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/escrin/escrin/keyholder/jsonrpc"
	"github.com/escrin/escrin/keyholder/stateproof"
)

var record = flag.Bool("record", false, "write testdata/replies.json anew, from a real chain")

// recorded is what a node of go-ethereum answered about a chain with the contracts on it, and what is
// true there.
type recorded struct {
	StateRoot common.Hash     `json:"stateRoot"`
	Proofs    []recordedProof `json:"proofs"`
	Logs      []recordedLogs  `json:"logs"`
}

type recordedProof struct {
	Contract common.Address  `json:"contract"`
	Slots    []common.Hash   `json:"slots"`
	Values   []common.Hash   `json:"values"`
	Code     bool            `json:"code"` // whether it is a contract
	Reply    json.RawMessage `json:"reply"`
}

type recordedLogs struct {
	Contract common.Address  `json:"contract"`
	From     uint64          `json:"from"`
	To       uint64          `json:"to"`
	Count    int             `json:"count"`
	Reply    json.RawMessage `json:"reply"`
}

func (p recordedProof) request() request {
	r := request{contract: p.Contract}
	for _, s := range p.Slots {
		r.slots = append(r.slots, s)
	}
	return r
}

func readRecorded(t testing.TB) (r recorded) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "replies.json"))
	if err == nil {
		err = json.Unmarshal(b, &r)
	}
	if err != nil || len(r.Proofs) == 0 || len(r.Logs) == 0 {
		t.Fatal(len(r.Proofs), len(r.Logs), err)
	}
	return r
}

// What was recorded is taken as it was meant.
func TestRecordedReplies(t *testing.T) {
	t.Parallel()
	if *record {
		recordReplies(t)
	}
	all := readRecorded(t)
	h, zero := stateproof.Header{StateRoot: all.StateRoot}, 0
	for _, p := range all.Proofs {
		a, err := checkProof(h, p.request(), jsonrpc.Reply{Result: p.Reply})
		if err != nil || a.account.IsContract() != p.Code {
			t.Errorf("%s: %v", p.Contract, err)
			continue
		}
		for i, v := range a.values {
			if v != p.Values[i] {
				t.Errorf("%s, slot %s: %x, want %s", p.Contract, p.Slots[i], v, p.Values[i])
			}
			if v == [32]byte{} {
				zero++
			}
		}
	}
	if zero == 0 {
		t.Error("no slot is proven to be empty")
	}
	for _, l := range all.Logs {
		if logs, err := parseLogs(logQuery{contract: l.Contract, from: l.From, to: l.To}, l.Reply); err != nil || len(logs) != l.Count || l.Count == 0 {
			t.Errorf("%s: %d logs, %v", l.Contract, len(logs), err)
		}
	}
}

// recordReplies asks a real chain about contracts that have storage, and about accounts that have none.
func recordReplies(t *testing.T) {
	r := newReal(t)
	for _, name := range []string{"a", "b", "c"} {
		r.set(name)
	}
	node, head := jsonrpc.New(r.URL), r.head()
	ask := func(method string, params ...json.RawMessage) json.RawMessage {
		reply, err := node.Call(t.Context(), method, params...)
		if err != nil {
			t.Fatal(err)
		}
		return reply
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	var block struct {
		StateRoot common.Hash `json:"stateRoot"`
	}
	number := jsonrpc.Number(head.Number)
	must(json.Unmarshal(ask("eth_getBlockByNumber", number, json.RawMessage("false")), &block))
	all := recorded{StateRoot: block.StateRoot}
	var slots []common.Hash
	for i := range 5 {
		place := common.Hash{31: byte(i)}
		slots = append(slots, place, crypto.Keccak256Hash(r.identity[:], place[:]))
	}
	for _, contract := range []common.Address{r.At.Registry, r.At.Permitter, r.At.TaskHub, r.At.KeyNetwork, r.Accounts[1].Address(), {1}} {
		p := recordedProof{Contract: contract, Slots: slots}
		var code string
		must(json.Unmarshal(ask("eth_getCode", jsonrpc.Hex(contract[:]), number), &code))
		p.Code = code != "0x"
		for _, s := range slots {
			var value common.Hash
			must(json.Unmarshal(ask("eth_getStorageAt", jsonrpc.Hex(contract[:]), jsonrpc.Hex(s[:]), number), &value))
			p.Values = append(p.Values, value)
		}
		keys, err := json.Marshal(slots)
		must(err)
		p.Reply = ask("eth_getProof", jsonrpc.Hex(contract[:]), keys, number)
		all.Proofs = append(all.Proofs, p)
	}
	for _, contract := range []common.Address{r.At.Registry, r.At.Permitter} {
		q := logQuery{contract: contract, to: head.Number}
		filter, err := q.filter()
		must(err)
		reply := ask("eth_getLogs", filter)
		var each []json.RawMessage
		must(json.Unmarshal(reply, &each))
		all.Logs = append(all.Logs, recordedLogs{contract, 0, head.Number, len(each), reply})
	}
	b, err := json.MarshalIndent(all, "", " ")
	must(err)
	must(os.MkdirAll("testdata", 0o755))
	must(os.WriteFile(filepath.Join("testdata", "replies.json"), append(b, '\n'), 0o644))
}
