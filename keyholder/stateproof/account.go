// SPDX-License-Identifier: Apache-2.0

package stateproof

import (
	"errors"
	"fmt"

	"github.com/ethereum/go-ethereum/rlp"

	"github.com/escrin/escrin/keyholder/internal/abi"
)

// Account is what a block's state says of an address. The zero value is that of an
// address that there is nothing at.
type Account struct {
	StorageRoot [32]byte
	CodeHash    [32]byte
}

// IsContract reports whether there is code at the address.
func (a Account) IsContract() bool { return a.CodeHash != [32]byte{} && a.CodeHash != abi.Keccak(nil) }

// ProveAccount returns the account at an address in the state with this root.
func ProveAccount(stateRoot [32]byte, address [20]byte, proof [][]byte) (Account, error) {
	value, err := lookup(stateRoot, abi.Keccak(address[:]), proof)
	if err != nil {
		return Account{}, fmt.Errorf("account %x: %w", address, err)
	}
	if value == nil {
		return Account{}, nil
	}
	a, err := parseAccount(value)
	if err != nil {
		return Account{}, fmt.Errorf("account %x: %w", address, err)
	}
	return a, nil
}

// parseAccount decodes nonce, balance, storage root and code hash.
func parseAccount(value []byte) (Account, error) {
	rest, after, err := rlp.SplitList(value)
	if err != nil || len(after) != 0 {
		return Account{}, errors.New("malformed account")
	}
	var parts [4][]byte
	for i := range parts {
		if parts[i], rest, err = rlp.SplitString(rest); err != nil {
			return Account{}, errors.New("malformed account")
		}
	}
	if len(rest) != 0 || len(parts[2]) != 32 || len(parts[3]) != 32 {
		return Account{}, errors.New("malformed account")
	}
	return Account{StorageRoot: [32]byte(parts[2]), CodeHash: [32]byte(parts[3])}, nil
}

// ProveSlot returns the value of a slot in the storage of an account, zero if it was
// never written. For an address that there is nothing at, the proof does not matter.
func (a Account) ProveSlot(slot [32]byte, proof [][]byte) (value [32]byte, err error) {
	if a == (Account{}) {
		return value, nil
	}
	encoded, err := lookup(a.StorageRoot, abi.Keccak(slot[:]), proof)
	if err != nil {
		return value, fmt.Errorf("slot %x: %w", slot, err)
	}
	if encoded == nil {
		return value, nil
	}
	content, after, err := rlp.SplitString(encoded)
	if err != nil || len(after) != 0 || len(content) == 0 || len(content) > len(value) || content[0] == 0 {
		return value, fmt.Errorf("slot %x: malformed value", slot)
	}
	copy(value[len(value)-len(content):], content)
	return value, nil
}
