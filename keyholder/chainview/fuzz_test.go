// SPDX-License-Identifier: Apache-2.0

package chainview

import (
	"encoding/json"
	"testing"

	"github.com/escrin/escrin/keyholder/jsonrpc"
	"github.com/escrin/escrin/keyholder/stateproof"
)

// wantTruth demands that a reply about what was recorded is refused, or taken for what is true.
func wantTruth(t *testing.T, all recorded, p recordedProof, reply []byte) {
	t.Helper()
	a, err := checkProof(stateproof.Header{StateRoot: all.StateRoot}, p.request(), jsonrpc.Reply{Result: reply})
	if err != nil {
		return
	}
	if len(a.values) != len(p.Values) || a.account.IsContract() != p.Code {
		t.Fatalf("%d values of %s, a contract: %v", len(a.values), p.Contract, a.account.IsContract())
	}
	for i, v := range a.values {
		if v != p.Values[i] {
			t.Fatalf("%x was taken as proven for slot %s of %s", v, p.Slots[i], p.Contract)
		}
	}
}

// FuzzProofReply: whatever a node answers to eth_getProof, a value other than the true one is never taken as proven. The seeds
// are what a real node said of a real chain.
func FuzzProofReply(f *testing.F) {
	all := readRecorded(f)
	for i, p := range all.Proofs {
		f.Add(uint8(i), []byte(p.Reply))
	}
	f.Add(uint8(0), []byte(`{"accountProof":[],"storageProof":[{"proof":[]}]}`))
	f.Add(uint8(0), []byte(`{"storageProof":[null]}`))
	f.Fuzz(func(t *testing.T, of uint8, reply []byte) {
		wantTruth(t, all, all.Proofs[int(of)%len(all.Proofs)], reply)
	})
}

// FuzzProofNodes changes the nodes of real proofs: bytes in one, the order of two, or one for that of another proof.
func FuzzProofNodes(f *testing.F) {
	all := readRecorded(f)
	for i := range all.Proofs {
		f.Add(uint8(i), uint8(0), uint8(i), uint16(7*i), []byte{0xa0, 1})
		f.Add(uint8(i), uint8(1), uint8(3*i), uint16(i+1), []byte{})
		f.Add(uint8(i), uint8(2), uint8(2), uint16(1), []byte{})
	}
	f.Fuzz(func(t *testing.T, of, how, which uint8, at uint16, with []byte) {
		p := all.Proofs[int(of)%len(all.Proofs)]
		wantTruth(t, all, p, changedNodes(t, p.Reply, how, which, at, with))
	})
}

// changedNodes is a reply with one of its proofs changed.
func changedNodes(t *testing.T, reply []byte, how, which uint8, at uint16, with []byte) []byte {
	t.Helper()
	type storage struct {
		Proof []json.RawMessage `json:"proof"`
	}
	var p struct {
		Account []json.RawMessage `json:"accountProof"`
		Storage []storage         `json:"storageProof"`
	}
	if err := json.Unmarshal(reply, &p); err != nil {
		t.Fatal(err)
	}
	lists := []*[]json.RawMessage{&p.Account}
	for i := range p.Storage {
		lists = append(lists, &p.Storage[i].Proof)
	}
	list, other := lists[int(which)%len(lists)], lists[int(at)%len(lists)]
	switch nodes := *list; {
	case how%3 == 0 && len(nodes) > 0:
		i := int(at) % len(nodes)
		var node jsonrpc.Data
		if err := json.Unmarshal(nodes[i], &node); err != nil {
			t.Fatal(err)
		}
		start := int(at) % (len(node) + 1)
		copy(node[start:], with)
		nodes[i] = jsonrpc.Hex(node)
	case how%3 == 1 && len(nodes) > 0:
		i := int(at) % len(nodes)
		nodes[i], nodes[0] = nodes[0], nodes[i]
	default:
		*list, *other = *other, *list
	}
	b, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// FuzzLogs: only logs that were asked for, in order. The seeds are a real node's.
func FuzzLogs(f *testing.F) {
	all := readRecorded(f)
	for i, l := range all.Logs {
		f.Add(uint8(i), uint16(l.From), uint16(l.To), []byte(l.Reply))
		f.Add(uint8(i), uint16(l.From), uint16(l.To/2), []byte(l.Reply))
	}
	f.Add(uint8(0), uint16(4), uint16(6), []byte(`[null,{}]`))
	f.Fuzz(func(t *testing.T, of uint8, from, to uint16, reply []byte) {
		q := logQuery{contract: all.Logs[int(of)%len(all.Logs)].Contract, from: uint64(from), to: uint64(to)}
		logs, err := parseLogs(q, reply)
		if err != nil {
			return
		}
		for i, l := range logs {
			if l.Block < q.from || l.Block > q.to || len(l.Topics) > maxTopics || (i > 0 && !after(logs[i-1], l)) {
				t.Errorf("%+v in %s", l, reply)
			}
		}
	})
}
