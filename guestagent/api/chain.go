// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/escrin/escrin/guestagent/wallet"
	"github.com/escrin/escrin/guestagent/wire"
	"github.com/escrin/escrin/keyholder/ethsig"
	"github.com/escrin/escrin/strictjson"
)

// Methods are the calls of Ethereum's JSON-RPC that a workload may make.
func Methods() []string {
	return []string{"eth_blockNumber", "eth_call", "eth_chainId", "eth_estimateGas", "eth_gasPrice", "eth_getBalance", "eth_getBlockByNumber",
		"eth_getCode", "eth_getLogs", "eth_getProof", "eth_getStorageAt", "eth_getTransactionByHash", "eth_getTransactionCount", "eth_getTransactionReceipt",
		"eth_maxPriorityFeePerGas", "eth_sendRawTransaction"}
}

type rpcRequest struct {
	Method string         `json:"method"` // one of Methods
	Params strictjson.Raw `json:"params"` // a list
}

type rpcReply struct {
	Result    strictjson.Raw `json:"result"`
	Certified bool           `json:"certified"` // false: the host may have made it up
}

func (s *Server) rpc(ctx context.Context, r rpcRequest) (rpcReply, error) {
	if !slices.Contains(Methods(), r.Method) || len(r.Params) == 0 || r.Params[0] != '[' {
		return rpcReply{}, invalid("there is no such method, or params is no list")
	}
	if !s.chain {
		return rpcReply{}, &Error{403, "chain", "the enclave was made without calls of the chain: escrin.yaml says chain: true for them"}
	}
	result, err := s.agent.RPC(ctx, r.Method, r.Params)
	return rpcReply{Result: result}, err
}

// transaction is what a workload has signed. Nothing in it is of the host's choosing.
type transaction struct {
	Path string `json:"path"` // of the key that signs
	from
	To     *wire.Address `json:"to"`    // null to create a contract
	Value  string        `json:"value"` // 0x and an even number of hex digits; empty is zero
	Data   string        `json:"data"`  // likewise
	Gas    uint64        `json:"gas"`
	Nonce  uint64        `json:"nonce"`
	FeeCap uint64        `json:"maxFeePerGas"` // wei
	Tip    uint64        `json:"maxPriorityFeePerGas"`
}

type signedReply struct {
	Hash wire.Hash32  `json:"hash"`
	From wire.Address `json:"from"`
	Raw  string       `json:"raw"` // for eth_sendRawTransaction
}

// signTransaction signs a transaction for the chain of the task with a key of the identity.
func (s *Server) signTransaction(ctx context.Context, t transaction) (reply signedReply, err error) {
	secret, err := s.secret(ctx, keyRequest{"secp256k1", t.Path, t.from})
	if err != nil {
		return reply, err
	}
	key, err := ethsig.ParseKey(secret[:])
	if err != nil {
		return reply, err
	}
	value, okValue := unhex(t.Value)
	data, okData := unhex(t.Data)
	raw, hash, err := wallet.Transaction{
		ChainID: s.agent.Task().ChainID, Nonce: t.Nonce, Tip: t.Tip, FeeCap: t.FeeCap, Gas: t.Gas, To: (*[20]byte)(t.To), Value: value, Data: data,
	}.Sign(key)
	if err != nil || !okValue || !okData {
		return reply, invalid("the transaction has no gas, no chain (in a trial), a tip above its fee cap, or bytes that are not 0x and hex")
	}
	return signedReply{hash, key.Address(), "0x" + hex.EncodeToString(raw)}, nil
}

// unhex reads 0x and hex; nothing is no bytes.
func unhex(s string) ([]byte, bool) {
	digits, ok := strings.CutPrefix(s, "0x")
	b, err := hex.DecodeString(digits)
	return b, err == nil && (ok || s == "")
}
