// SPDX-License-Identifier: Apache-2.0

// Package ibe encrypts a 32-byte file key to a key name with the network's
// public key alone: identity-based encryption after Boneh and Franklin with the
// Fujisaki-Okamoto transform, so that a changed ciphertext never opens.
// (SPEC.md, section 3.)
package ibe

import (
	"crypto/sha512"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"

	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/keyname"
)

// Size is the number of bytes of a ciphertext: U (96), V (32), W (32).
const Size = curve.G2Size + 2*keySize

const keySize = 32

// ErrDecrypt reports a ciphertext that was changed, or made for another name or
// another network.
var ErrDecrypt = errors.New("identity-based ciphertext does not open under this key and name")

// Encrypt seals fileKey to name under the network's group key. rand supplies 32
// bytes.
func Encrypt(rand io.Reader, group curve.G2, name keyname.Name, fileKey [32]byte) ([]byte, error) {
	var sigma [keySize]byte
	if _, err := io.ReadFull(rand, sigma[:]); err != nil {
		return nil, fmt.Errorf("encrypt to key name: draw randomness: %w", err)
	}
	r := blinding(name, sigma, fileKey)
	u := r.Public().Bytes()
	shared, err := curve.Pair(HashName(name).Mul(r), group)
	if err != nil {
		return nil, fmt.Errorf("encrypt to key name: group key: %w", err)
	}
	v := xor(sigma, sigmaMask(name, u, shared))
	w := xor(fileKey, keyMask(name, sigma))
	out := make([]byte, 0, Size)
	out = append(out, u[:]...)
	out = append(out, v[:]...)
	return append(out, w[:]...), nil
}

// Decrypt opens ct with d, the derived key of name. Every failure is ErrDecrypt.
func Decrypt(d curve.G1, name keyname.Name, ct []byte) ([32]byte, error) {
	if len(ct) != Size {
		return [32]byte{}, ErrDecrypt
	}
	u, err := curve.G2FromBytes(ct[:curve.G2Size])
	if err != nil {
		return [32]byte{}, ErrDecrypt
	}
	shared, err := curve.Pair(d, u)
	if err != nil {
		return [32]byte{}, ErrDecrypt
	}
	v, w := [keySize]byte(ct[curve.G2Size:]), [keySize]byte(ct[curve.G2Size+keySize:])
	encodedU := u.Bytes()
	sigma := xor(v, sigmaMask(name, encodedU, shared))
	fileKey := xor(w, keyMask(name, sigma))
	expected := blinding(name, sigma, fileKey).Public().Bytes()
	if subtle.ConstantTimeCompare(expected[:], encodedU[:]) != 1 {
		return [32]byte{}, ErrDecrypt
	}
	return fileKey, nil
}

// HashName maps a key name to the point whose multiple by the group secret is
// the derived key.
func HashName(name keyname.Name) curve.G1 {
	return curve.HashToG1(curve.DSTKey, name.Encode())
}

// blinding is the Fujisaki-Okamoto randomness. It depends on everything that is
// encrypted, hence recomputing it proves that the ciphertext is whole.
func blinding(name keyname.Name, sigma, fileKey [32]byte) curve.Scalar {
	return curve.ScalarFromWide(hash("escrin.ibe.v1.blinding", name, sigma[:], fileKey[:]))
}

func sigmaMask(name keyname.Name, u [curve.G2Size]byte, shared [curve.PairingSize]byte) [32]byte {
	h := hash("escrin.ibe.v1.sigma", name, u[:], shared[:])
	return [32]byte(h[:32])
}

func keyMask(name keyname.Name, sigma [32]byte) [32]byte {
	h := hash("escrin.ibe.v1.key", name, sigma[:])
	return [32]byte(h[:32])
}

// hash is SHA-512 over the length of tag, tag, the name and parts. The parts of
// one tag have fixed sizes, so two different inputs never write the same bytes.
func hash(tag string, name keyname.Name, parts ...[]byte) [64]byte {
	h := sha512.New()
	h.Write([]byte{byte(len(tag))})
	h.Write([]byte(tag))
	h.Write(name.Encode())
	for _, p := range parts {
		h.Write(p)
	}
	return [64]byte(h.Sum(nil))
}

func xor(a, b [32]byte) (out [32]byte) {
	subtle.XORBytes(out[:], a[:], b[:])
	return out
}
