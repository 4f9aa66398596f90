// SPDX-License-Identifier: Apache-2.0

package dkg

import (
	"crypto/hpke"
	"encoding/binary"
	"errors"

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

// seal encrypts a sub-share to the member's key. Zeros take its place if the key
// is not the member's, or is none.
func seal(s Session, from, to uint32, m Member, key []byte, value curve.Scalar) ([]byte, error) {
	if keccak(key) != m.EncryptionKey {
		return make([]byte, sealedSize), nil
	}
	public, err := hpke.MLKEM768X25519().NewPublicKey(key)
	if err != nil {
		return make([]byte, sealedSize), nil
	}
	encapsulation, sender, err := hpke.NewSender(public, hpke.HKDFSHA256(), hpke.ChaCha20Poly1305(), []byte(subShareInfo))
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
