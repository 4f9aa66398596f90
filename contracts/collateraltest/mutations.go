// SPDX-License-Identifier: Apache-2.0

package collateraltest

import (
	"crypto/ecdsa"
	"encoding/binary"

	"github.com/escrin/escrin/attest/collateral"
)

// mutations are documents with one change each, and what package collateral makes of
// them: the digest of what is to be kept, or zeros where it refuses them.
type mutations struct {
	Signer   uint64  `json:"signer"` // mark of the certificate
	TCBInfo  mutated `json:"tcbInfo"`
	Identity mutated `json:"qeIdentity"`
}

type mutated struct {
	Document hexBytes `json:"document"`
	// Changes are kind (0 replace, 1 remove, 2 insert), place (2 bytes) and byte, four each.
	Changes hexBytes   `json:"changes"`
	Kept    []hexBytes `json:"kept"` // keccak256
}

// alphabet is what stands in documents, and some of what does not.
const alphabet = `0123456789ABCDEFabcdef"",,::{}[]  \TZ-.+eUpOutRevokd` + "\n\x00\xff"

func newMutations(p pki) (m mutations, err error) {
	serial := p.signer.cert.SerialNumber
	m.Signer = binary.BigEndian.Uint64(mark(serial))
	public := p.signer.cert.PublicKey.(*ecdsa.PublicKey)
	m.TCBInfo, err = mutate(baseInfo, 900, func(document []byte) ([]byte, error) {
		s, err := p.signer.key.signJSON(document)
		if err != nil {
			return nil, err
		}
		info, err := collateral.OpenTCBInfo(s, public)
		if err != nil {
			return nil, nil
		}
		kept, err := packTCBInfo(info, serial)
		if err != nil || [2]byte(info.PCEID) != [2]byte{} {
			return nil, nil // not for the contract
		}
		return kept, nil
	})
	if err != nil {
		return m, err
	}
	m.Identity, err = mutate(baseIdentity, 300, func(document []byte) ([]byte, error) {
		s, err := p.signer.key.signJSON(document)
		if err != nil {
			return nil, err
		}
		identity, err := collateral.OpenQEIdentity(s, public)
		if err != nil {
			return nil, nil
		}
		return packQEIdentity(identity, serial), nil
	})
	return m, err
}

// mutate changes a document n times; open returns what is kept, or nothing.
func mutate(document string, n int, open func([]byte) ([]byte, error)) (m mutated, err error) {
	m.Document = hexBytes(document)
	d := newDice(document)
	for range n {
		kind, place, char := d.below(3), d.below(len(document)), alphabet[d.below(len(alphabet))]
		if d.below(2) == 0 { // a digit for a digit is what is most often still a document
			for ; document[place] < '0' || document[place] > '9'; place = d.below(len(document)) {
			}
			kind, char = 0, alphabet[d.below(10)]
		}
		changed := []byte(document[:place])
		if kind != 1 {
			changed = append(changed, char)
		}
		if kind == 2 {
			changed = append(changed, document[place])
		}
		changed = append(changed, document[place+1:]...)
		kept, err := open(changed)
		if err != nil {
			return m, err
		}
		digest := make([]byte, 32)
		if kept != nil {
			hash := keccak(kept)
			copy(digest, hash[:])
		}
		m.Changes = append(m.Changes, byte(kind), byte(place>>8), byte(place), char)
		m.Kept = append(m.Kept, digest)
	}
	return m, nil
}
