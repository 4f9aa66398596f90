// SPDX-License-Identifier: Apache-2.0

package chainview

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/escrin/escrin/keyholder/jsonrpc"
	"github.com/escrin/escrin/keyholder/stateproof"
)

// attemptTimeout is how long one endpoint is waited for before the next is asked.
const attemptTimeout = 4 * time.Second

// errNoBlock reports that an endpoint does not know a block.
var errNoBlock = errors.New("no such block")

// endpoint is one JSON-RPC server.
type endpoint struct {
	*jsonrpc.Client
	index int // in the configuration
}

func blockCall(which json.RawMessage) jsonrpc.Call {
	return jsonrpc.NewCall("eth_getBlockByNumber", which, json.RawMessage("false"))
}

// look asks which chain the endpoint serves, for the block with a tag, and, unless floor
// is 0, for the block with that number, which it may not have.
func (e endpoint) look(ctx context.Context, chainID uint64, tag string, floor uint64) (sight, error) {
	calls := []jsonrpc.Call{jsonrpc.NewCall("eth_chainId"), blockCall(jsonrpc.Text(tag))}
	if floor > 0 {
		calls = append(calls, blockCall(jsonrpc.Number(floor)))
	}
	replies, err := e.Batch(ctx, calls...)
	if err != nil {
		return sight{}, err
	}
	if err := checkChain(replies[0], chainID); err != nil {
		return sight{}, err
	}
	newest, err := parseBlock(replies[1])
	if err != nil {
		return sight{}, err
	}
	s := sight{settled: newest.Number, blocks: map[uint64]stateproof.Header{newest.Number: newest}}
	if floor > 0 {
		if h, err := parseBlock(replies[2]); err == nil && h.Number == floor {
			s.blocks[floor] = h
		}
	}
	return s, nil
}

func checkChain(reply jsonrpc.Reply, want uint64) error {
	if reply.Err != nil {
		return reply.Err
	}
	var id jsonrpc.Quantity
	if err := json.Unmarshal(reply.Result, &id); err != nil {
		return fmt.Errorf("eth_chainId: %w", err)
	}
	if uint64(id) != want {
		return fmt.Errorf("endpoint serves chain %d, not %d", id, want)
	}
	return nil
}

func parseBlock(reply jsonrpc.Reply) (stateproof.Header, error) {
	if reply.Err != nil {
		return stateproof.Header{}, reply.Err
	}
	if bytes.Equal(reply.Result, []byte("null")) {
		return stateproof.Header{}, errNoBlock
	}
	return stateproof.ParseHeader(reply.Result)
}

// block asks for the block with a number.
func (e endpoint) block(ctx context.Context, number uint64) (stateproof.Header, error) {
	call := blockCall(jsonrpc.Number(number))
	raw, err := e.Call(ctx, call.Method, call.Params...)
	if err != nil {
		return stateproof.Header{}, err
	}
	h, err := parseBlock(jsonrpc.Reply{Result: raw})
	if err == nil && h.Number != number {
		err = fmt.Errorf("answers with block %d for %d", h.Number, number)
	}
	return h, err
}

// request is what is to be read of a contract.
type request struct {
	contract [20]byte
	slots    [][32]byte
}

// answer is what was proven of it.
type answer struct {
	account stateproof.Account
	values  [][32]byte
	err     error // why it was not
}

// prove reads storage as it is after a block and checks the proofs against the block's
// state root. What is wrong with one answer is told there. The error is that of the exchange.
func (e endpoint) prove(ctx context.Context, h stateproof.Header, requests []request) ([]answer, error) {
	at := json.RawMessage(fmt.Sprintf(`{"blockHash":"0x%x"}`, h.Hash)) // EIP-1898
	calls := make([]jsonrpc.Call, len(requests))
	for i, r := range requests {
		keys := make([]json.RawMessage, len(r.slots))
		for j, slot := range r.slots {
			keys[j] = jsonrpc.Hex(slot[:])
		}
		list, err := json.Marshal(keys)
		if err != nil {
			return nil, err
		}
		calls[i] = jsonrpc.NewCall("eth_getProof", jsonrpc.Hex(r.contract[:]), list, at)
	}
	replies, err := e.Batch(ctx, calls...)
	if err != nil {
		return nil, err
	}
	answers := make([]answer, len(requests))
	for i, reply := range replies {
		if answers[i], err = checkProof(h, requests[i], reply); err != nil {
			answers[i] = answer{err: fmt.Errorf("eth_getProof of %x at block %d: %w", requests[i].contract, h.Number, err)}
		}
	}
	return answers, nil
}

// checkProof takes out of a reply what it proves. The rest of it, such as the values that
// it states, is not read.
func checkProof(h stateproof.Header, r request, reply jsonrpc.Reply) (answer, error) {
	if reply.Err != nil {
		return answer{}, reply.Err
	}
	var p struct {
		AccountProof []jsonrpc.Data `json:"accountProof"`
		StorageProof []struct {
			Proof []jsonrpc.Data `json:"proof"`
		} `json:"storageProof"`
	}
	if err := json.Unmarshal(reply.Result, &p); err != nil {
		return answer{}, err
	}
	if len(p.StorageProof) != len(r.slots) {
		return answer{}, fmt.Errorf("%d proofs of %d slots", len(p.StorageProof), len(r.slots))
	}
	account, err := stateproof.ProveAccount(h.StateRoot, r.contract, nodes(p.AccountProof))
	if err != nil {
		return answer{}, err
	}
	values := make([][32]byte, len(r.slots))
	for i, slot := range r.slots {
		if values[i], err = account.ProveSlot(slot, nodes(p.StorageProof[i].Proof)); err != nil {
			return answer{}, err
		}
	}
	return answer{account: account, values: values}, nil
}

func nodes(data []jsonrpc.Data) [][]byte {
	out := make([][]byte, len(data))
	for i, d := range data {
		out[i] = d
	}
	return out
}
