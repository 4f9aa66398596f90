// SPDX-License-Identifier: Apache-2.0

package chainview

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/escrin/escrin/keyholder/jsonrpc"
	"github.com/escrin/escrin/keyholder/release"
)

// endpoint is one JSON-RPC server.
type endpoint struct{ *jsonrpc.Client }

// errNoBlock reports that an endpoint does not know a block.
var errNoBlock = errors.New("no such block")

// chainID asks which chain the endpoint serves.
func (e endpoint) chainID(ctx context.Context) (uint64, error) {
	raw, err := e.Call(ctx, "eth_chainId")
	if err != nil {
		return 0, err
	}
	var q jsonrpc.Quantity
	err = json.Unmarshal(raw, &q)
	return uint64(q), err
}

// block asks for a block by tag ("latest", "finalized") or hexadecimal number.
func (e endpoint) block(ctx context.Context, which string) (release.Head, error) {
	raw, err := e.Call(ctx, "eth_getBlockByNumber", jsonrpc.Text(which), json.RawMessage("false"))
	if err != nil {
		return release.Head{}, err
	}
	var b *struct {
		Number    jsonrpc.Quantity `json:"number"`
		Hash      jsonrpc.Hash     `json:"hash"`
		Timestamp jsonrpc.Quantity `json:"timestamp"`
	}
	if err := json.Unmarshal(raw, &b); err != nil {
		return release.Head{}, fmt.Errorf("eth_getBlockByNumber: %w", err)
	}
	if b == nil {
		return release.Head{}, fmt.Errorf("eth_getBlockByNumber %s: %w", which, errNoBlock)
	}
	return release.Head{Number: uint64(b.Number), Hash: b.Hash, Time: uint64(b.Timestamp)}, nil
}

// contract calls a contract in the state after the block with hash at.
func (e endpoint) contract(ctx context.Context, to [20]byte, data []byte, at [32]byte) ([]byte, error) {
	call := json.RawMessage(fmt.Sprintf(`{"to":"0x%x","data":"0x%x"}`, to, data))
	raw, err := e.Call(ctx, "eth_call", call, block(at))
	if err != nil {
		return nil, err
	}
	var out jsonrpc.Data
	if err := json.Unmarshal(raw, &out); err != nil {
		return nil, fmt.Errorf("eth_call: %w", err)
	}
	return out, nil
}

// slot reads a contract's storage in the state after the block with hash at.
func (e endpoint) slot(ctx context.Context, contract [20]byte, slot, at [32]byte) ([32]byte, error) {
	raw, err := e.Call(ctx, "eth_getStorageAt", jsonrpc.Hex(contract[:]), jsonrpc.Hex(slot[:]), block(at))
	if err != nil {
		return [32]byte{}, err
	}
	var out jsonrpc.Hash
	if err := json.Unmarshal(raw, &out); err != nil {
		return [32]byte{}, fmt.Errorf("eth_getStorageAt: %w", err)
	}
	return out, nil
}

// block names a block of the main chain by its hash (EIP-1898).
func block(hash [32]byte) json.RawMessage {
	return json.RawMessage(fmt.Sprintf(`{"blockHash":"0x%x","requireCanonical":true}`, hash))
}
