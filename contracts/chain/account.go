// SPDX-License-Identifier: Apache-2.0

package chain

import (
	"crypto/ecdsa"
	"errors"
	"fmt"
	"strings"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
)

// Account can pay for transactions and sign them.
type Account struct {
	key     *ecdsa.PrivateKey
	address common.Address
}

// NewAccount makes an account of its private key.
func NewAccount(key *ecdsa.PrivateKey) *Account {
	return &Account{key: key, address: crypto.PubkeyToAddress(key.PublicKey)}
}

// ParseAccount makes an account of a private key of 32 bytes in hex, with or without 0x. Its error does not repeat the key.
func ParseAccount(key string) (*Account, error) {
	parsed, err := crypto.HexToECDSA(strings.TrimPrefix(strings.TrimSpace(key), "0x"))
	if err != nil {
		return nil, fmt.Errorf("read private key: %w", errors.New("it is not a secp256k1 key of 64 hex digits"))
	}
	return NewAccount(parsed), nil
}

// Address is the account's.
func (a *Account) Address() common.Address { return a.address }
