// SPDX-License-Identifier: Apache-2.0

package envelope

import (
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
)

// Sizes in bytes of the hybrid KEM (ML-KEM-768 with X25519).
const (
	PublicKeySize  = 1216
	PrivateKeySize = 32

	encapsulationSize = 1120
	tagSize           = 16
)

const recipientInfo = "escrin envelope v1 recipient"

// GenerateRecipient makes an HPKE key pair: 32 bytes of private seed, 1216 bytes
// of public key.
func GenerateRecipient() (priv, pub []byte, err error) {
	priv = make([]byte, PrivateKeySize)
	rand.Read(priv) // never fails
	pub, err = PublicKey(priv)
	return priv, pub, err
}

// PublicKey returns the public key, 1216 bytes, of a private seed.
func PublicKey(priv []byte) ([]byte, error) {
	r, err := NewRecipient(priv)
	if err != nil {
		return nil, err
	}
	return r.key.public(), nil
}

// SealToRecipient encrypts plaintext to pub, bound to aad, and writes the
// envelope to dst. rand supplies 64 bytes; the encapsulation draws its own.
func SealToRecipient(dst io.Writer, rand io.Reader, pub, aad []byte, plaintext io.Reader) error {
	fileKey, salt, err := draw(rand)
	if err != nil {
		return fmt.Errorf("seal to recipient: %w", err)
	}
	context := sha256.Sum256(aad)
	wrapped, err := Wrap(pub, recipientInfo, context[:], fileKey[:])
	if err != nil {
		return fmt.Errorf("seal to recipient: %w", err)
	}
	h := header{kind: kindRecipient, context: context, wrapped: wrapped, salt: salt}
	return seal(dst, h, fileKey, plaintext)
}

// OpenWithRecipientKey opens an envelope that was sealed to the public key of
// priv with the same aad. The reader behaves as that of OpenWithKey.
func OpenWithRecipientKey(src io.Reader, priv, aad []byte) (io.Reader, error) {
	h, mac, err := readHeader(src, kindRecipient)
	if err != nil {
		return nil, err
	}
	context := sha256.Sum256(aad)
	if h.context != context {
		return nil, ErrOpen
	}
	fileKey, err := Unwrap(priv, recipientInfo, context[:], h.wrapped)
	if err != nil {
		return nil, err
	}
	if len(fileKey) != fileKeySize {
		return nil, ErrOpen
	}
	return open(src, h, mac, [fileKeySize]byte(fileKey))
}

// Wrap encrypts a short message to pub in one HPKE message (RFC 9180):
// encapsulation (1120 bytes) then ciphertext (16 bytes longer than message).
func Wrap(pub []byte, info string, aad, message []byte) ([]byte, error) {
	if len(pub) != PublicKeySize {
		return nil, fmt.Errorf("recipient key has %d bytes, not %d", len(pub), PublicKeySize)
	}
	secret, encapsulation, err := encapsulate(pub)
	if err != nil {
		return nil, fmt.Errorf("encapsulate to recipient key: %w", err)
	}
	aead, nonce, err := oneMessage(secret, info)
	if err != nil {
		return nil, fmt.Errorf("encrypt to recipient key: %w", err)
	}
	return aead.Seal(encapsulation, nonce, message, aad), nil
}

// Unwrap opens a message of Wrap. A wrong key, info, aad or byte is ErrOpen.
func Unwrap(priv []byte, info string, aad, wrapped []byte) ([]byte, error) {
	r, err := NewRecipient(priv)
	if err != nil {
		return nil, err
	}
	return r.Unwrap(info, aad, wrapped)
}

// Recipient opens messages of Wrap, which have its public key in common. It saves deriving the keys from the private
// seed for each of them, which takes as long as opening one. It is safe for concurrent use.
type Recipient struct{ key decapsulationKey }

// NewRecipient returns the recipient with a private seed.
func NewRecipient(priv []byte) (*Recipient, error) {
	if len(priv) != PrivateKeySize {
		return nil, errors.New("recipient private key has the wrong size")
	}
	key, err := expand(priv)
	if err != nil {
		return nil, fmt.Errorf("recipient private key: %w", err)
	}
	return &Recipient{key}, nil
}

// Unwrap opens a message of Wrap. A wrong info, aad or byte is ErrOpen.
func (r *Recipient) Unwrap(info string, aad, wrapped []byte) ([]byte, error) {
	if len(wrapped) < encapsulationSize+tagSize {
		return nil, ErrOpen
	}
	secret, err := r.key.decapsulate(wrapped[:encapsulationSize])
	if err != nil {
		return nil, ErrOpen
	}
	aead, nonce, err := oneMessage(secret, info)
	if err != nil {
		return nil, fmt.Errorf("open recipient's message: %w", err)
	}
	message, err := aead.Open(nil, nonce, wrapped[encapsulationSize:], aad)
	if err != nil {
		return nil, ErrOpen
	}
	return message, nil
}
