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
	if _, err := hpke.MLKEM768X25519().NewPublicKey(key); err != nil {
		return make([]byte, sealedSize), nil
	}
	b := value.Bytes()
	return envelope.Wrap(key, subShareInfo, subShareContext(s, from, to), b[:])
}

// decrypter opens the sub-shares for one member.
type decrypter struct {
	session Session
	self    uint32
	key     hpke.PrivateKey
}

func newDecrypter(s Session, self uint32, key []byte) (decrypter, error) {
	if err := s.checkMember(self); err != nil {
		return decrypter{}, err
	}
	if len(key) != envelope.PrivateKeySize {
		return decrypter{}, errors.New("decryption key has the wrong size")
	}
	parsed, err := hpke.MLKEM768X25519().NewPrivateKey(key)
	if err != nil {
		return decrypter{}, err
	}
	if keccak(parsed.PublicKey().Bytes()) != s.Members[self-1].EncryptionKey {
		return decrypter{}, errors.New("decryption key is not the one on the board")
	}
	return decrypter{s, self, parsed}, nil
}

// open returns the sub-share that a dealer sealed to us. Nothing is known about
// its value yet.
func (d decrypter) open(dealer uint32, sealed []byte) (curve.Scalar, error) {
	r, err := hpke.NewRecipient(sealed[:encapsulationSize], d.key,
		hpke.HKDFSHA256(), hpke.ChaCha20Poly1305(), []byte(subShareInfo))
	if err != nil {
		return curve.Scalar{}, err
	}
	value, err := r.Open(subShareContext(d.session, dealer, d.self), sealed[encapsulationSize:])
	if err != nil {
		return curve.Scalar{}, err
	}
	return curve.ScalarFromBytes(value)
}

func keccak(parts ...[]byte) [32]byte {
	h := sha3.NewLegacyKeccak256()
	for _, p := range parts {
		h.Write(p)
	}
	return [32]byte(h.Sum(nil))
}
