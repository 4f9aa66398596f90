// SPDX-License-Identifier: Apache-2.0

package dkg

import (
	"crypto/hpke"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/envelope"
	"golang.org/x/crypto/sha3"
)

const (
	subShareInfo = "escrin dkg v2 sub-share"

	encapsulationSize = 1120
	sealedSize        = encapsulationSize + curve.ScalarSize + 16
)

// subShareContext is the associated data of a sealed sub-share.
func subShareContext(s Session, from, to uint32) []byte {
	b := append([]byte(nil), s.ID[:]...)
	b = binary.BigEndian.AppendUint32(b, from)
	return binary.BigEndian.AppendUint32(b, to)
}

// ErrKey reports a member's encryption key that is missing, is not the one on the
// board, or is one that nothing can be sealed to.
var ErrKey = errors.New("no key to seal to")

// CheckKey reports whether sub-shares can be sealed to a member's key.
func (m Member) CheckKey(key []byte) error {
	_, _, err := m.sender(key)
	return err
}

// sender returns an encapsulation for the member, and what seals with it.
func (m Member) sender(key []byte) ([]byte, *hpke.Sender, error) {
	if keccak(key) != m.EncryptionKey {
		return nil, nil, fmt.Errorf("%w: it is missing, or another than on the board", ErrKey)
	}
	public, err := hpke.MLKEM768X25519().NewPublicKey(key)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrKey, err)
	}
	encapsulation, sender, err := hpke.NewSender(public, hpke.HKDFSHA256(), hpke.ChaCha20Poly1305(), []byte(subShareInfo))
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrKey, err)
	}
	return encapsulation, sender, nil
}

// seal encrypts a sub-share to the member's key.
func seal(s Session, from, to uint32, m Member, key []byte, value curve.Scalar) ([]byte, error) {
	encapsulation, sender, err := m.sender(key)
	if err != nil {
		return nil, err
	}
	b := value.Bytes()
	sealed, err := sender.Seal(subShareContext(s, from, to), b[:])
	return append(encapsulation, sealed...), err
}

// decrypter opens the sub-shares for one member.
type decrypter struct {
	session Session
	self    uint32
	key     hpke.PrivateKey
	opened  map[uint32]curve.Scalar // by dealer
}

func newDecrypter(s Session, self uint32, key []byte) (*decrypter, error) {
	if err := s.checkMember(self); err != nil {
		return nil, err
	}
	if len(key) != envelope.PrivateKeySize {
		return nil, errors.New("decryption key has the wrong size")
	}
	parsed, err := hpke.MLKEM768X25519().NewPrivateKey(key)
	if err != nil {
		return nil, err
	}
	if keccak(parsed.PublicKey().Bytes()) != s.Members[self-1].EncryptionKey {
		return nil, errors.New("decryption key is not the one on the board")
	}
	return &decrypter{s, self, parsed, map[uint32]curve.Scalar{}}, nil
}

// open returns the sub-share that a dealer sealed to us. Nothing is known about
// its value yet.
func (d *decrypter) open(dealer uint32, sealed []byte) (curve.Scalar, error) {
	if value, ok := d.opened[dealer]; ok {
		return value, nil
	}
	if len(sealed) != sealedSize {
		return curve.Scalar{}, errMalformed
	}
	r, err := hpke.NewRecipient(sealed[:encapsulationSize], d.key,
		hpke.HKDFSHA256(), hpke.ChaCha20Poly1305(), []byte(subShareInfo))
	if err != nil {
		return curve.Scalar{}, err
	}
	plain, err := r.Open(subShareContext(d.session, dealer, d.self), sealed[encapsulationSize:])
	if err != nil {
		return curve.Scalar{}, err
	}
	value, err := curve.ScalarFromBytes(plain)
	if err == nil {
		d.opened[dealer] = value
	}
	return value, err
}

func keccak(parts ...[]byte) [32]byte {
	h := sha3.NewLegacyKeccak256()
	for _, p := range parts {
		h.Write(p)
	}
	return [32]byte(h.Sum(nil))
}
