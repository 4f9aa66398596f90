// SPDX-License-Identifier: Apache-2.0

package transact

import (
	"errors"
	"fmt"
	"io"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"

	"github.com/escrin/escrin/keyholder/ethsig"
)

// AccountSize is the number of bytes of an account's secret.
const AccountSize = 32

// Account is a secp256k1 key that owns an address of the chain. The zero value
// is none.
type Account struct{ key *secp256k1.PrivateKey }

var errAccount = errors.New("account: not a secret of secp256k1")

// NewAccount draws an account from rand.
func NewAccount(rand io.Reader) (Account, error) {
	var b [AccountSize]byte
	defer clear(b[:])
	if _, err := io.ReadFull(rand, b[:]); err != nil {
		return Account{}, fmt.Errorf("draw account: %w", err)
	}
	return ParseAccount(b[:])
}

// ParseAccount reads what Bytes returned: 32 bytes below the group order, not
// zero.
func ParseAccount(b []byte) (Account, error) {
	var secret secp256k1.ModNScalar
	if len(b) != AccountSize || secret.SetByteSlice(b) || secret.IsZero() {
		return Account{}, errAccount
	}
	return Account{secp256k1.NewPrivateKey(&secret)}, nil
}

// Bytes returns the 32 secret bytes.
func (a Account) Bytes() []byte { return a.key.Serialize() }

// Address returns the account's address.
func (a Account) Address() [20]byte {
	return ethsig.Address([ethsig.PublicSize]byte(a.key.PubKey().SerializeUncompressed()))
}

// Sign returns r, s and v (27 or 28) over a digest; s is the lower of two, and
// the nonce that of RFC 6979, so that equal digests have equal signatures.
func (a Account) Sign(digest [32]byte) (signature [ethsig.Size]byte) {
	compact := ecdsa.SignCompact(a.key, digest[:], false) // v, r, s
	copy(signature[:], compact[1:])
	signature[64] = compact[0]
	return signature
}
