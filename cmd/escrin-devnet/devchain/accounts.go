// SPDX-License-Identifier: Apache-2.0

package devchain

import (
	"crypto/ecdsa"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha512"
	"encoding/binary"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
)

// Mnemonic is the well-known one of development networks. Its keys are public: never send anything of value to them.
const Mnemonic = "test test test test test test test test test test test junk"

// hardened marks an index of BIP-32 whose child needs the private key.
const hardened = 1 << 31

// Account is one of the funded accounts.
type Account struct {
	Address common.Address
	Key     *ecdsa.PrivateKey
}

// Accounts derives the first n accounts of Mnemonic, at m/44'/60'/0'/0/i (BIP-39, BIP-32, BIP-44).
func Accounts(n int) ([]Account, error) {
	seed, err := pbkdf2.Key(sha512.New, Mnemonic, []byte("mnemonic"), 2048, 64)
	if err != nil {
		return nil, fmt.Errorf("derive seed: %w", err)
	}
	parent := extendedKey(hmacSHA512([]byte("Bitcoin seed"), seed))
	for _, index := range []uint32{44 + hardened, 60 + hardened, hardened, 0} {
		if parent, err = parent.child(index); err != nil {
			return nil, err
		}
	}
	accounts := make([]Account, n)
	for i := range accounts {
		child, err := parent.child(uint32(i))
		if err != nil {
			return nil, err
		}
		key, err := crypto.ToECDSA(child[:32])
		if err != nil {
			return nil, fmt.Errorf("derive account %d: %w", i, err)
		}
		accounts[i] = Account{Address: crypto.PubkeyToAddress(key.PublicKey), Key: key}
	}
	return accounts, nil
}

// extendedKey is a private key of BIP-32: 32 bytes of key, 32 of chain code.
type extendedKey [64]byte

func (k extendedKey) child(index uint32) (extendedKey, error) {
	key, err := crypto.ToECDSA(k[:32])
	if err != nil {
		return extendedKey{}, fmt.Errorf("derive key: %w", err)
	}
	data := make([]byte, 0, 37)
	if index >= hardened {
		data = append(append(data, 0), k[:32]...)
	} else {
		data = append(data, crypto.CompressPubkey(&key.PublicKey)...)
	}
	child := extendedKey(hmacSHA512(k[32:], binary.BigEndian.AppendUint32(data, index)))
	sum := new(big.Int).Add(new(big.Int).SetBytes(child[:32]), key.D)
	sum.Mod(sum, crypto.S256().Params().N).FillBytes(child[:32])
	return child, nil
}

func hmacSHA512(key, data []byte) []byte {
	h := hmac.New(sha512.New, key)
	h.Write(data)
	return h.Sum(nil)
}
