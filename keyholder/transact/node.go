// SPDX-License-Identifier: Apache-2.0

package transact

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/escrin/escrin/keyholder/jsonrpc"
)

// Node is asked and sent to by JSON-RPC. [jsonrpc.Client] is one.
type Node interface {
	Call(ctx context.Context, method string, params ...json.RawMessage) (json.RawMessage, error)
}

// Reverted reports that a contract refuses a call.
type Reverted struct {
	Data []byte // what it says: the selector of an error and its arguments
}

// Error implements error.
func (r *Reverted) Error() string { return fmt.Sprintf("contract refuses the call: 0x%.64x", r.Data) }

// codeReverted is the JSON-RPC error code of a call that a contract refuses.
const codeReverted = 3

// situation is what a transaction is made from.
type situation struct {
	block   uint64 // number of the newest
	baseFee uint64 // wei for each gas
	tip     uint64 // wei for each gas, that the node suggests
	nonce   uint64 // the lowest that is not used
}

func ask[T any](ctx context.Context, n Node, method string, params ...json.RawMessage) (T, error) {
	var out T
	raw, err := n.Call(ctx, method, params...)
	if err != nil {
		return out, err
	}
	if err := json.Unmarshal(raw, &out); err != nil {
		return out, fmt.Errorf("%s: %w", method, err)
	}
	return out, nil
}

// lookAround asks all nodes. Each number is one that more than half of them reach.
func (s *Sender) lookAround(ctx context.Context) (now situation, err error) {
	all, err := poll(ctx, s.config.Nodes, func(ctx context.Context, n Node) (situation, error) { return look(ctx, n, s.Address()) })
	if err != nil {
		return situation{}, err
	}
	agreed := func(value func(situation) uint64) uint64 { return highest(all, majority(len(s.config.Nodes)), value) }
	return situation{
		block:   agreed(func(s situation) uint64 { return s.block }),
		baseFee: agreed(func(s situation) uint64 { return s.baseFee }),
		tip:     agreed(func(s situation) uint64 { return s.tip }),
		nonce:   agreed(func(s situation) uint64 { return s.nonce }),
	}, nil
}

// look asks one node.
func look(ctx context.Context, n Node, account [20]byte) (situation, error) {
	block, err := ask[*struct {
		Number  jsonrpc.Quantity `json:"number"`
		BaseFee jsonrpc.Quantity `json:"baseFeePerGas"`
	}](ctx, n, "eth_getBlockByNumber", jsonrpc.Text("latest"), json.RawMessage("false"))
	if err == nil && block == nil {
		err = errors.New("eth_getBlockByNumber: there is no newest block")
	}
	if err != nil {
		return situation{}, err
	}
	nonce, err := ask[jsonrpc.Quantity](ctx, n, "eth_getTransactionCount", jsonrpc.Hex(account[:]), jsonrpc.Text("latest"))
	if err != nil {
		return situation{}, err
	}
	tip, err := ask[jsonrpc.Quantity](ctx, n, "eth_maxPriorityFeePerGas")
	if err != nil {
		return situation{}, err
	}
	return situation{block: uint64(block.Number), baseFee: uint64(block.BaseFee), tip: uint64(tip), nonce: uint64(nonce)}, nil
}

// estimate returns how much gas a call uses as more than half of the nodes say; else *Reverted, with
// what most of those say that refuse it, if there are some.
func (s *Sender) estimate(ctx context.Context, c Call) (uint64, error) {
	type opinion struct {
		gas     uint64
		refusal *Reverted
	}
	opinions, err := poll(ctx, s.config.Nodes, func(ctx context.Context, n Node) (opinion, error) {
		gas, err := estimate(ctx, n, s.Address(), c)
		if refusal, ok := errors.AsType[*Reverted](err); ok {
			return opinion{refusal: refusal}, nil
		}
		return opinion{gas: gas}, err
	})
	if err != nil {
		return 0, err
	}
	var gas []uint64
	var refusal *Reverted
	votes := make(map[string]int)
	for _, o := range opinions {
		if o.refusal == nil {
			gas = append(gas, o.gas)
			continue
		}
		votes[string(o.refusal.Data)]++
		if refusal == nil || votes[string(o.refusal.Data)] > votes[string(refusal.Data)] {
			refusal = o.refusal
		}
	}
	if k := majority(len(s.config.Nodes)); len(gas) >= k {
		return highest(gas, k, func(n uint64) uint64 { return n }), nil
	}
	return 0, refusal
}

// estimate asks one node.
func estimate(ctx context.Context, n Node, from [20]byte, c Call) (uint64, error) {
	call := json.RawMessage(fmt.Sprintf(`{"from":"0x%x","to":"0x%x","data":"0x%x"}`, from, c.To, c.Data))
	gas, err := ask[jsonrpc.Quantity](ctx, n, "eth_estimateGas", call)
	if refusal, ok := errors.AsType[*jsonrpc.Error](err); ok && (refusal.Code == codeReverted || strings.Contains(refusal.Message, "execution reverted")) {
		return 0, &Reverted{refusal.Data}
	}
	return uint64(gas), err
}

// landed tells how many nodes say that the chain has one of the last call's transactions and that
// it did what was asked.
func (s *Sender) landed(ctx context.Context) (int, error) {
	hashes := s.last.hashes
	answers, err := poll(ctx, s.config.Nodes, func(ctx context.Context, n Node) (bool, error) { return landed(ctx, n, hashes) })
	count := 0
	for _, done := range answers {
		if done {
			count++
		}
	}
	return count, err
}

// landed asks one node.
func landed(ctx context.Context, n Node, hashes [][32]byte) (bool, error) {
	for _, hash := range hashes {
		receipt, err := ask[*struct {
			Status jsonrpc.Quantity `json:"status"`
		}](ctx, n, "eth_getTransactionReceipt", jsonrpc.Hex(hash[:]))
		if err != nil {
			return false, err
		}
		if receipt != nil {
			return receipt.Status == 1, nil
		}
	}
	return false, nil
}
