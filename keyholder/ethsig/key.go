// SPDX-License-Identifier: Apache-2.0

package ethsig

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"math/big"

	curve "github.com/consensys/gnark-crypto/ecc/secp256k1"
	"github.com/consensys/gnark-crypto/ecc/secp256k1/fr"
)

// KeySize is the number of bytes of a private key.
const KeySize = 32

// Key is a private key. GenerateKey and ParseKey make it; the zero value is none.
type Key struct {
	secret fr.Element
	public [PublicSize]byte
}

// GenerateKey draws a key.
func GenerateKey() (*Key, error) {
	for {
		var b [KeySize]byte
		rand.Read(b[:]) // never fails
		if k, err := ParseKey(b[:]); err == nil {
			return k, nil
		}
	}
}

// ParseKey reads 32 bytes, big-endian, below the group order and not zero.
func ParseKey(b []byte) (*Key, error) {
	k := new(Key)
	if len(b) != KeySize || k.secret.SetBytesCanonical(b) != nil || k.secret.IsZero() {
		return nil, errors.New("not a secret of secp256k1")
	}
	public := timesBase(&k.secret)
	k.public = marshal(&public)
	return k, nil
}

// Public returns the public key.
func (k *Key) Public() [PublicSize]byte { return k.public }

// Address returns the account of the key.
func (k *Key) Address() [20]byte { return Address(k.public) }

// Wipe makes k no key at all.
func (k *Key) Wipe() { *k = Key{} }

// Sign returns r, s and v (27 or 28) over a digest; s is the lower of two, and
// the nonce that of RFC 6979, so that equal digests have equal signatures.
func (k *Key) Sign(digest [32]byte) [Size]byte {
	nonces := newNonces(k.secret.Bytes(), digest)
	for {
		if signature, ok := k.sign(digest, nonces.next()); ok {
			return signature
		}
	}
}

// sign makes the signature with a nonce, unless there is none.
func (k *Key) sign(digest [32]byte, nonce fr.Element) (out [Size]byte, ok bool) {
	point := timesBase(&nonce)
	var r, s fr.Element
	x := point.X.Bytes()
	if r.SetBytesCanonical(x[:]) != nil || r.IsZero() { // v has no room for an x above the order
		return out, false
	}
	s.SetBytes(digest[:])
	var product fr.Element
	s.Add(&s, product.Mul(&r, &k.secret))
	inverse := inverse(&nonce)
	if s.Mul(&s, &inverse); s.IsZero() {
		return out, false
	}
	odd := parity(&point.Y)
	if s.LexicographicallyLargest() {
		s.Neg(&s)
		odd ^= 1
	}
	low := s.Bytes()
	copy(out[:], x[:])
	copy(out[wordSize:], low[:])
	out[Size-1] = 27 + odd
	return out, true
}

// timesBase returns k·G. The time of the multiplication depends on the scalar,
// so that it gets two: a random one, and what is missing to k.
func timesBase(k *fr.Element) (out curve.G1Affine) {
	blind := random()
	var rest fr.Element
	rest.Sub(k, &blind)
	var a, b curve.G1Jac
	a.ScalarMultiplicationBase(blind.BigInt(new(big.Int)))
	b.ScalarMultiplicationBase(rest.BigInt(new(big.Int)))
	out.FromJacobian(a.AddAssign(&b))
	return out
}

// inverse returns 1/k. Its time depends on what is inverted, so that this is a
// random multiple of k.
func inverse(k *fr.Element) (out fr.Element) {
	blind := random()
	out.Mul(k, &blind)
	out.Inverse(&out)
	out.Mul(&out, &blind)
	return out
}

// random is uniform but for a bias below 2^-128.
func random() (out fr.Element) {
	var wide [wordSize + 16]byte
	rand.Read(wide[:]) // never fails
	out.SetBytes(wide[:])
	return out
}

// nonces is the generator of RFC 6979, section 3.2, with HMAC-SHA256.
type nonces struct{ k, v [32]byte }

func newNonces(secret [KeySize]byte, digest [32]byte) *nonces {
	var e fr.Element
	reduced := e.SetBytes(digest[:]).Bytes() // bits2octets
	n := &nonces{}
	for i := range n.v {
		n.v[i] = 1
	}
	n.update([]byte{0}, secret[:], reduced[:])
	n.update([]byte{1}, secret[:], reduced[:])
	return n
}

// update makes the next key and value of the generator.
func (n *nonces) update(more ...[]byte) {
	n.k = n.mac(append([][]byte{n.v[:]}, more...)...)
	n.v = n.mac(n.v[:])
}

func (n *nonces) mac(parts ...[]byte) [32]byte {
	h := hmac.New(sha256.New, n.k[:])
	for _, p := range parts {
		h.Write(p)
	}
	return [32]byte(h.Sum(nil))
}

// next returns a nonce below the order, not zero.
func (n *nonces) next() (k fr.Element) {
	for {
		n.v = n.mac(n.v[:])
		candidate := n.v
		n.update([]byte{0}) // for the one after this
		if k.SetBytesCanonical(candidate[:]) == nil && !k.IsZero() {
			return k
		}
	}
}
