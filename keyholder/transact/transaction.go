// SPDX-License-Identifier: Apache-2.0

package transact

import (
	"bytes"
	"fmt"

	"github.com/ethereum/go-ethereum/rlp"

	"github.com/escrin/escrin/keyholder/internal/abi"
)

// typeDynamicFee is the type of transactions of EIP-1559 (EIP-2718).
const typeDynamicFee = 2

// Transaction is one of EIP-1559 that calls a contract and gives it nothing.
type Transaction struct {
	ChainID uint64
	Nonce   uint64
	Tip     uint64 // highest priority fee, wei for each gas
	FeeCap  uint64 // highest fee in all, wei for each gas
	Gas     uint64 // limit
	Call    Call
}

// Call is what a contract is asked to do.
type Call struct {
	To   [20]byte
	Data []byte
}

func (c Call) equal(d Call) bool { return c.To == d.To && bytes.Equal(c.Data, d.Data) }

// fields are what a transaction is, in the order of EIP-1559.
type fields struct {
	ChainID    uint64
	Nonce      uint64
	Tip        uint64
	FeeCap     uint64
	Gas        uint64
	To         [20]byte
	Value      uint64
	Data       []byte
	AccessList []struct{}
}

// signed are the fields with the signature; r and s are integers, without
// leading zeros.
type signed struct {
	ChainID    uint64
	Nonce      uint64
	Tip        uint64
	FeeCap     uint64
	Gas        uint64
	To         [20]byte
	Value      uint64
	Data       []byte
	AccessList []struct{}
	Parity     uint64
	R, S       []byte
}

// Sign returns the transaction as it is sent, and its hash.
func (t Transaction) Sign(a Account) (raw []byte, hash [32]byte, err error) {
	f := fields{
		ChainID: t.ChainID, Nonce: t.Nonce, Tip: t.Tip, FeeCap: t.FeeCap, Gas: t.Gas, To: t.Call.To, Data: t.Call.Data,
	}
	unsigned, err := encode(f)
	if err != nil {
		return nil, hash, err
	}
	signature := a.Sign(abi.Keccak(unsigned))
	raw, err = encode(signed{
		ChainID: f.ChainID, Nonce: f.Nonce, Tip: f.Tip, FeeCap: f.FeeCap, Gas: f.Gas, To: f.To, Value: f.Value, Data: f.Data,
		Parity: uint64(signature[64] - 27), R: integer(signature[:32]), S: integer(signature[32:64]),
	})
	return raw, abi.Keccak(raw), err
}

func encode(list any) ([]byte, error) {
	body, err := rlp.EncodeToBytes(list)
	if err != nil {
		return nil, fmt.Errorf("encode transaction: %w", err)
	}
	return append([]byte{typeDynamicFee}, body...), nil
}

func integer(b []byte) []byte { return bytes.TrimLeft(b, "\x00") }
