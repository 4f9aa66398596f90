// SPDX-License-Identifier: Apache-2.0

package envelope

import (
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/mlkem"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha3"
	"fmt"
	"slices"

	"golang.org/x/crypto/chacha20poly1305"
)

// This file is the one suite of HPKE (RFC 9180, base mode) that envelopes use: KEM MLKEM768-X25519 (0x647a, also called
// X-Wing), HKDF-SHA256 (1), ChaCha20-Poly1305 (3). The standard library's crypto/hpke does the same, and the tests hold
// one against the other; but it brings three more curves and a second ChaCha20-Poly1305 along, 400 kB in the guest.

// suite is the suite's name in every label.
const suite = "HPKE\x64\x7a\x00\x01\x00\x03"

// combiner is X-Wing's label in the hash of both secrets.
const combiner = `\.//^\`

// decapsulationKey is a private key, expanded from its seed.
type decapsulationKey struct {
	lattice *mlkem.DecapsulationKey768
	curve   *ecdh.PrivateKey
}

// expand derives both keys from a seed of PrivateKeySize bytes.
func expand(seed []byte) (k decapsulationKey, err error) {
	xof := sha3.NewSHAKE256()
	xof.Write(seed)
	var expanded [mlkem.SeedSize + 32]byte
	xof.Read(expanded[:])
	if k.lattice, err = mlkem.NewDecapsulationKey768(expanded[:mlkem.SeedSize]); err != nil {
		return k, err
	}
	k.curve, err = ecdh.X25519().NewPrivateKey(expanded[mlkem.SeedSize:])
	return k, err
}

// public returns the PublicKeySize bytes of the public key.
func (k decapsulationKey) public() []byte {
	return append(k.lattice.EncapsulationKey().Bytes(), k.curve.PublicKey().Bytes()...)
}

// encapsulate makes a secret for the owner of a public key of PublicKeySize bytes. A point of low order is refused.
func encapsulate(public []byte) (secret [32]byte, encapsulation []byte, err error) {
	lattice, err := mlkem.NewEncapsulationKey768(public[:mlkem.EncapsulationKeySize768])
	if err != nil {
		return secret, nil, err
	}
	point, err := ecdh.X25519().NewPublicKey(public[mlkem.EncapsulationKeySize768:])
	if err != nil {
		return secret, nil, err
	}
	ephemeral, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		return secret, nil, err
	}
	agreed, err := ephemeral.ECDH(point)
	if err != nil {
		return secret, nil, err
	}
	shared, ciphertext := lattice.Encapsulate()
	sent := ephemeral.PublicKey().Bytes()
	return combine(shared, agreed, sent, point.Bytes()), append(ciphertext, sent...), nil
}

// decapsulate recovers the secret of an encapsulation of encapsulationSize bytes.
func (k decapsulationKey) decapsulate(encapsulation []byte) (secret [32]byte, err error) {
	sent := encapsulation[mlkem.CiphertextSize768:]
	shared, err := k.lattice.Decapsulate(encapsulation[:mlkem.CiphertextSize768])
	if err != nil {
		return secret, err
	}
	point, err := ecdh.X25519().NewPublicKey(sent)
	if err != nil {
		return secret, err
	}
	agreed, err := k.curve.ECDH(point)
	if err != nil {
		return secret, err
	}
	return combine(shared, agreed, sent, k.curve.PublicKey().Bytes()), nil
}

func combine(shared, agreed, sent, point []byte) [32]byte {
	return sha3.Sum256(slices.Concat(shared, agreed, sent, point, []byte(combiner)))
}

// oneMessage returns the cipher and the nonce of a context's first message, which is its only one here.
func oneMessage(secret [32]byte, info string) (cipher.AEAD, []byte, error) {
	base := []byte{0} // mode
	for _, part := range []struct{ label, input string }{{"psk_id_hash", ""}, {"info_hash", info}} {
		digest, err := extract(nil, part.label, []byte(part.input))
		if err != nil {
			return nil, nil, err
		}
		base = append(base, digest...)
	}
	prk, err := extract(secret[:], "secret", nil)
	if err != nil {
		return nil, nil, err
	}
	key, err := expandLabel(prk, "key", base, chacha20poly1305.KeySize)
	if err != nil {
		return nil, nil, err
	}
	nonce, err := expandLabel(prk, "base_nonce", base, chacha20poly1305.NonceSize)
	if err != nil {
		return nil, nil, err
	}
	aead, err := chacha20poly1305.New(key)
	return aead, nonce, err
}

// extract is LabeledExtract of RFC 9180, section 4.
func extract(salt []byte, label string, input []byte) ([]byte, error) {
	prk, err := hkdf.Extract(sha256.New, append([]byte("HPKE-v1"+suite+label), input...), salt)
	if err != nil {
		return nil, fmt.Errorf("extract: %w", err)
	}
	return prk, nil
}

// expandLabel is LabeledExpand of RFC 9180, section 4.
func expandLabel(prk []byte, label string, info []byte, size int) ([]byte, error) {
	return hkdf.Expand(sha256.New, prk, string([]byte{byte(size >> 8), byte(size)})+"HPKE-v1"+suite+label+string(info), size)
}
