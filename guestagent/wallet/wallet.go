// SPDX-License-Identifier: Apache-2.0

// Package wallet signs transactions of type 2 (EIP-1559) with a key that never leaves the guest.
package wallet

import (
	"encoding/binary"
	"errors"

	"github.com/escrin/escrin/guestagent/wire"
	"github.com/escrin/escrin/keyholder/ethsig"
)

// Transaction is what is signed. Amounts are in wei.
type Transaction struct {
	ChainID uint64
	Nonce   uint64
	Tip     uint64 // most for each unit of gas beside the base fee
	FeeCap  uint64 // most for each unit of gas in all, at least Tip
	Gas     uint64
	To      *[20]byte // nil to create a contract
	Value   []byte    // big-endian, at most 32 bytes
	Data    []byte
}

// Sign returns the transaction as it goes to the chain, and its hash.
func (t Transaction) Sign(key *ethsig.Key) (raw []byte, hash [32]byte, err error) {
	if t.ChainID == 0 || t.Gas == 0 || t.Tip > t.FeeCap || len(t.Value) > 32 {
		return nil, hash, errors.New("sign transaction: it has no chain or no gas, a tip above its fee cap, or too large a value")
	}
	digest := wire.Keccak(typed(t.fields()))
	signature := key.Sign(digest) // r, s, 27 + parity
	signed := append(t.fields(), number(uint64(signature[64]-27)), integer(signature[:32]), integer(signature[32:64]))
	raw = typed(signed)
	return raw, wire.Keccak(raw), nil
}

// fields are the encoded fields without a signature.
func (t Transaction) fields() [][]byte {
	var to []byte
	if t.To != nil {
		to = t.To[:]
	}
	return [][]byte{number(t.ChainID), number(t.Nonce), number(t.Tip), number(t.FeeCap), number(t.Gas), text(to), integer(t.Value), text(t.Data), list(nil)}
}

// typed is the list of fields behind the type's byte.
func typed(fields [][]byte) []byte { return append([]byte{2}, list(fields)...) }

// text encodes a string of bytes in RLP (Ethereum's Yellow Paper, appendix B).
func text(b []byte) []byte {
	if len(b) == 1 && b[0] < 0x80 {
		return b
	}
	return append(head(0x80, len(b)), b...)
}

// list encodes a list of encoded items in RLP.
func list(items [][]byte) []byte {
	var all []byte
	for _, i := range items {
		all = append(all, i...)
	}
	return append(head(0xc0, len(all)), all...)
}

func head(kind byte, n int) []byte {
	if n < 56 {
		return []byte{kind + byte(n)}
	}
	size := trim(binary.BigEndian.AppendUint64(nil, uint64(n)))
	return append([]byte{kind + 55 + byte(len(size))}, size...)
}

// integer encodes a big-endian number, whose leading zeros do not count.
func integer(b []byte) []byte { return text(trim(b)) }

func number(n uint64) []byte { return integer(binary.BigEndian.AppendUint64(nil, n)) }

func trim(b []byte) []byte {
	for len(b) > 0 && b[0] == 0 {
		b = b[1:]
	}
	return b
}
