// SPDX-License-Identifier: Apache-2.0

package keynet

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"github.com/ethereum/go-ethereum/common"

	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/strictjson"
)

// Entry is what an operator shows to become a member of an epoch: what `escrin-keyholder join` prints. The board has all of it but
// the URL.
type Entry struct {
	Account       common.Address `json:"account"`
	Signer        common.Address `json:"signer"`
	EncryptionKey common.Hash    `json:"encryptionKey"`
	URL           string         `json:"url"`
}

// maxEntries bounds a file of entries, in bytes.
const maxEntries = 1 << 20

// ParseEntries reads one entry, or a list of them, in JSON.
func ParseEntries(raw []byte) ([]Entry, error) {
	if trimmed := bytes.TrimLeft(raw, " \t\r\n"); len(trimmed) > 0 && trimmed[0] == '[' {
		return strictjson.Decode[[]Entry](raw, maxEntries)
	}
	entry, err := strictjson.Decode[Entry](raw, maxEntries)
	if err != nil {
		return nil, err
	}
	return []Entry{entry}, nil
}

// Members are the members of an epoch in the order that the board wants, by ascending account. It refuses what the board would
// refuse, and networks that keyholders would: bounds of members and threshold, members without signer or key, and two of one account or
// signer.
func Members(entries []Entry, threshold int) ([]chain.Member, error) {
	if err := keyholder.CheckThreshold(threshold, len(entries)); err != nil {
		return nil, err
	}
	var members []chain.Member
	signers := map[common.Address]bool{}
	for _, e := range entries {
		switch {
		case e.Account == common.Address{} || e.Signer == common.Address{} || e.EncryptionKey == common.Hash{}:
			return nil, fmt.Errorf("the entry of account %s lacks an account, a signer or an encryption key", e.Account)
		case signers[e.Signer]:
			return nil, fmt.Errorf("two members have the signer %s", e.Signer)
		}
		signers[e.Signer] = true
		members = append(members, chain.Member{Account: e.Account, Signer: e.Signer, EncryptionKey: e.EncryptionKey})
	}
	slices.SortFunc(members, func(a, b chain.Member) int { return a.Account.Cmp(b.Account) })
	for i := 1; i < len(members); i++ {
		if members[i].Account == members[i-1].Account {
			return nil, fmt.Errorf("two members have the account %s", members[i].Account)
		}
	}
	return members, nil
}

// ErrReused says that an encryption key was a member's in an earlier epoch.
var ErrReused = errors.New("the encryption key was used in an earlier epoch")

// CheckFresh refuses members whose encryption key was used before: one key is for one epoch, and its owner has destroyed it.
func (v View) CheckFresh(members []chain.Member) error {
	for _, e := range v.Epochs {
		for _, old := range e.Members {
			for _, m := range members {
				if m.EncryptionKey == old.EncryptionKey {
					return fmt.Errorf("account %s: %w (%d)", m.Account, ErrReused, e.Number)
				}
			}
		}
	}
	return nil
}
