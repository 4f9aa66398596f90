// SPDX-License-Identifier: Apache-2.0

// Package stateproof checks what a node says of a block against the block's hash:
// the header hashes to it, the header's state root proves an account, and the
// account's storage root proves slots of its storage (eth_getProof, EIP-1186).
// Whoever knows the hash of a block has to believe nobody about its state. It is
// pure, bounded, and refuses what it does not know.
package stateproof

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/ethereum/go-ethereum/rlp"

	"github.com/escrin/escrin/keyholder/internal/abi"
)

// Header is what a keyholder has to know of a block. Only ParseHeader makes one
// whose fields belong to its hash.
type Header struct {
	Hash       [32]byte
	ParentHash [32]byte
	Number     uint64
	Time       uint64 // seconds since the epoch
	StateRoot  [32]byte
}

// field is one of a header's, as nodes name it, and how many bytes it has.
type field struct {
	name string
	size int
}

// Sizes of fields that have no fixed one.
const (
	integer  = 0  // of at most 256 bits, hashed without leading zeros
	variable = -1 // at most maxExtra bytes
)

const (
	maxInteger = 32
	maxExtra   = 4 << 10
	required   = 15 // how many fields every header has
)

// layout is the order in which fields are hashed. Those after the first fifteen came
// with later forks; a header has the first few of them.
var layout = [...]field{
	{"parentHash", 32}, {"sha3Uncles", 32}, {"miner", 20}, {"stateRoot", 32}, {"transactionsRoot", 32}, {"receiptsRoot", 32},
	{"logsBloom", 256}, {"difficulty", integer}, {"number", integer}, {"gasLimit", integer}, {"gasUsed", integer},
	{"timestamp", integer}, {"extraData", variable}, {"mixHash", 32}, {"nonce", 8},
	{"baseFeePerGas", integer},    // EIP-1559
	{"withdrawalsRoot", 32},       // EIP-4895
	{"blobGasUsed", integer},      // EIP-4844
	{"excessBlobGas", integer},    // EIP-4844
	{"parentBeaconBlockRoot", 32}, // EIP-4788
	{"requestsHash", 32},          // EIP-7685
	{"blockAccessListHash", 32},   // EIP-7928
	{"slotNumber", integer},       // EIP-7843
}

var errHeader = errors.New("not the header of a block")

// ParseHeader reads a block as eth_getBlockByNumber returns it, and computes its
// hash from its fields. It refuses a block that states another hash: so also one
// with fields of a fork that it does not know.
func ParseHeader(block []byte) (Header, error) {
	var stated map[string]json.RawMessage
	if err := json.Unmarshal(block, &stated); err != nil {
		return Header{}, fmt.Errorf("%w: %w", errHeader, err)
	}
	values, err := read(stated)
	if err != nil {
		return Header{}, fmt.Errorf("%w: %w", errHeader, err)
	}
	h, err := header(values)
	if err != nil {
		return Header{}, fmt.Errorf("%w: %w", errHeader, err)
	}
	hash, err := field{"hash", 32}.parse(stated["hash"])
	if err != nil || !bytes.Equal(hash, h.Hash[:]) {
		return Header{}, fmt.Errorf("%w: fields hash to %x, not to the stated hash", errHeader, h.Hash)
	}
	return h, nil
}

// read returns the fields that a block has, in the order of layout.
func read(stated map[string]json.RawMessage) ([][]byte, error) {
	var values [][]byte
	for i, f := range layout {
		raw, present := stated[f.name]
		if present = present && !bytes.Equal(raw, []byte("null")); !present {
			if i < required {
				return nil, fmt.Errorf("%s is missing", f.name)
			}
			continue
		}
		if i != len(values) {
			return nil, fmt.Errorf("%s is there, but not what came before it", f.name)
		}
		value, err := f.parse(raw)
		if err != nil {
			return nil, err
		}
		values = append(values, value)
	}
	return values, nil
}

// parse returns what is hashed of a field.
func (f field) parse(raw json.RawMessage) ([]byte, error) {
	var text string
	if err := json.Unmarshal(raw, &text); err != nil {
		return nil, fmt.Errorf("%s: %w", f.name, err)
	}
	digits, ok := strings.CutPrefix(text, "0x")
	if f.size == integer && len(digits)%2 == 1 {
		digits = "0" + digits
	}
	value, err := hex.DecodeString(digits)
	switch {
	case !ok || err != nil:
		return nil, fmt.Errorf("%s is not hexadecimal", f.name)
	case f.size > 0 && len(value) != f.size, f.size == integer && len(value) > maxInteger, len(value) > maxExtra:
		return nil, fmt.Errorf("%s has %d bytes", f.name, len(value))
	case f.size == integer:
		return bytes.TrimLeft(value, "\x00"), nil
	}
	return value, nil
}

// header hashes fields and takes out what is of use.
func header(values [][]byte) (Header, error) {
	w := rlp.NewEncoderBuffer(nil)
	list := w.List()
	for _, v := range values {
		w.WriteBytes(v)
	}
	w.ListEnd(list)
	h := Header{Hash: abi.Keccak(w.ToBytes()), ParentHash: [32]byte(values[0]), StateRoot: [32]byte(values[3])}
	if err := w.Flush(); err != nil {
		return Header{}, err
	}
	var err error
	if h.Number, err = uint64Of(values[8]); err != nil {
		return Header{}, err
	}
	h.Time, err = uint64Of(values[11])
	return h, err
}

func uint64Of(b []byte) (uint64, error) {
	if len(b) > 8 {
		return 0, errors.New("number of more than 64 bits")
	}
	var word [8]byte
	copy(word[8-len(b):], b)
	return binary.BigEndian.Uint64(word[:]), nil
}
