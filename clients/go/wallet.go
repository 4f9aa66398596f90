// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"context"
	"encoding/hex"
	"fmt"
	"math/big"
	"strconv"
	"strings"
)

// Transaction is what a wallet sends. Fields that are zero are filled with what the chain's node says, which the host may have made up:
// name your own MaxFeePerGas where it matters.
type Transaction struct {
	To                   string // 0x and hex; empty to create a contract
	Value                string // 0x and hex, wei
	Data                 string // 0x and hex
	Gas                  uint64
	MaxFeePerGas         uint64 // wei
	MaxPriorityFeePerGas uint64
}

// Send signs a transaction with the secp256k1 key of k and has it sent. It returns the transaction's hash; whether it is on chain, the
// chain says.
func (c *Client) Send(ctx context.Context, k Key, t Transaction) (hash string, err error) {
	k.Kind = "secp256k1"
	value, ok := wei(t.Value)
	if !ok {
		return "", refusal("the value is not 0x and hex")
	}
	key, err := c.DeriveKey(ctx, k)
	if err != nil {
		return "", err
	}
	// A node wants numbers without leading zeros, the agent in whole bytes.
	message := map[string]any{"from": key.Address, "value": fmt.Sprintf("%#x", value)}
	request := map[string]any{"path": k.Path, "policy": k.Policy, "version": k.Version, "value": fmt.Sprintf("0x%x", value.Bytes()), "data": t.Data}
	for name, value := range map[string]string{"to": t.To, "data": t.Data} {
		if value != "" {
			message[name] = value
		}
	}
	if t.To != "" {
		request["to"] = strings.ToLower(t.To)
	}
	nonce := uint64(0)
	for _, open := range []struct {
		name   string
		given  *uint64
		method string
		params []any
	}{
		{"nonce", &nonce, "eth_getTransactionCount", []any{key.Address, "pending"}},
		{"gas", &t.Gas, "eth_estimateGas", []any{message}},
		{"maxPriorityFeePerGas", &t.MaxPriorityFeePerGas, "eth_maxPriorityFeePerGas", nil},
		{"maxFeePerGas", &t.MaxFeePerGas, "eth_gasPrice", nil},
	} {
		if *open.given == 0 {
			if *open.given, err = c.quantity(ctx, open.method, open.params...); err != nil {
				return "", err
			}
			if open.name == "maxFeePerGas" {
				*open.given = 2**open.given + t.MaxPriorityFeePerGas
			}
		}
		request[open.name] = *open.given
	}
	var signed struct{ Hash, Raw string }
	if err := c.call(ctx, "POST", "/v1/chain/sign", request, &signed); err != nil {
		return "", err
	}
	return signed.Hash, c.RPC(ctx, &hash, "eth_sendRawTransaction", signed.Raw)
}

// wei reads 0x and hex; nothing is zero.
func wei(value string) (*big.Int, bool) {
	digits, ok := strings.CutPrefix(value, "0x")
	b, err := hex.DecodeString(strings.Repeat("0", len(digits)%2) + digits)
	return new(big.Int).SetBytes(b), err == nil && (ok || value == "")
}

func (c *Client) quantity(ctx context.Context, method string, params ...any) (uint64, error) {
	var said string
	if err := c.RPC(ctx, &said, method, params...); err != nil {
		return 0, err
	}
	n, err := strconv.ParseUint(strings.TrimPrefix(said, "0x"), 16, 64)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", method, err)
	}
	return n, nil
}
