// SPDX-License-Identifier: Apache-2.0

package predict

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha512"
	"encoding/asn1"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/big"
	"slices"

	"github.com/escrin/escrin/attest"
)

// IDAuthSize is the size of the ID authentication structure in bytes.
const IDAuthSize = 4096

// Layout of the ID authentication structure, in bytes, and of what is in it.
const (
	idAlgorithm     = 0x000 // of the signature over the ID block
	authorAlgorithm = 0x004 // of the signature over the ID key
	idSignature     = 0x040
	idKey           = 0x240
	keySignature    = 0x680
	authorKey       = 0x880

	ecdsaP384SHA384 = 1
	curveP384       = 2
	snpKeySize      = 0x404 // curve, x and y of 72 bytes each, zeros
	snpSigSize      = 0x200 // r and s of 72 bytes each, zeros
	snpNumber       = 72    // bytes of a little-endian number
	p384Number      = 48    // bytes of one on P-384
)

// IDAuth is the signatures that go with an ID block: of the block by the ID key,
// and, where there is an author, of the ID key by the author key. It is
// constructible by [SignIDBlock] and [ParseIDAuth] only; the zero value verifies
// nothing.
type IDAuth struct{ raw []byte }

// SignIDBlock signs block with id and, unless author is nil, the key of id with
// author. Both have keys on P-384. A report shows the digests of the public keys
// ([IDAuth.IDKeyDigest], [IDAuth.AuthorKeyDigest]).
func SignIDBlock(rand io.Reader, block IDBlock, id, author crypto.Signer) (IDAuth, error) {
	a, err := signIDBlock(rand, block, id, author)
	if err != nil {
		return IDAuth{}, fmt.Errorf("sign ID block: %w", err)
	}
	if err := a.Verify(block); err != nil {
		return IDAuth{}, fmt.Errorf("sign ID block: %w", err)
	}
	return a, nil
}

func signIDBlock(rand io.Reader, block IDBlock, id, author crypto.Signer) (IDAuth, error) {
	data, err := block.Marshal()
	if err != nil {
		return IDAuth{}, err
	}
	raw := make([]byte, IDAuthSize)
	binary.LittleEndian.PutUint32(raw[idAlgorithm:], ecdsaP384SHA384)
	if err := putSigned(rand, id, data, raw[idSignature:][:snpSigSize], raw[idKey:][:snpKeySize]); err != nil {
		return IDAuth{}, fmt.Errorf("ID key: %w", err)
	}
	if author != nil {
		binary.LittleEndian.PutUint32(raw[authorAlgorithm:], ecdsaP384SHA384)
		if err := putSigned(rand, author, raw[idKey:][:snpKeySize], raw[keySignature:][:snpSigSize], raw[authorKey:][:snpKeySize]); err != nil {
			return IDAuth{}, fmt.Errorf("author key: %w", err)
		}
	}
	return IDAuth{raw}, nil
}

// putSigned writes the signature over data and the public key.
func putSigned(rand io.Reader, signer crypto.Signer, data, signature, key []byte) error {
	if signer == nil {
		return errors.New("no key")
	}
	public, ok := signer.Public().(*ecdsa.PublicKey)
	if !ok || public.Curve != elliptic.P384() {
		return errors.New("not a key on P-384")
	}
	point, err := public.Bytes() // 0x04, x, y
	if err != nil {
		return err
	}
	sum := sha512.Sum384(data)
	der, err := signer.Sign(rand, sum[:], crypto.SHA384)
	if err != nil {
		return err
	}
	var rs struct{ R, S *big.Int }
	if rest, err := asn1.Unmarshal(der, &rs); err != nil || len(rest) > 0 || rs.R.Sign() <= 0 || rs.S.Sign() <= 0 || rs.R.BitLen() > 8*p384Number || rs.S.BitLen() > 8*p384Number {
		return errors.New("signer gave no ECDSA signature")
	}
	var number [p384Number]byte
	putNumber(signature, rs.R.FillBytes(number[:]))
	putNumber(signature[snpNumber:], rs.S.FillBytes(number[:]))
	binary.LittleEndian.PutUint32(key, curveP384)
	putNumber(key[4:], point[1:1+p384Number])
	putNumber(key[4+snpNumber:], point[1+p384Number:])
	return nil
}

// putNumber writes a big-endian number as little-endian.
func putNumber(to, number []byte) {
	n := copy(to, number)
	slices.Reverse(to[:n])
}

// number returns a little-endian number of 72 bytes as 48 big-endian ones.
func number(from []byte) ([]byte, error) {
	if !isZero(from[p384Number:snpNumber]) {
		return nil, errors.New("number of more than 384 bits")
	}
	out := bytes.Clone(from[:p384Number])
	slices.Reverse(out)
	return out, nil
}

// Marshal returns the 4096 bytes of a, or nothing of the zero value.
func (a IDAuth) Marshal() []byte { return bytes.Clone(a.raw) }

// ParseIDAuth reads an ID authentication structure. Every reserved byte must be
// zero, and an author's signature and key either both there or both zero. It
// verifies nothing: see [IDAuth.Verify].
func ParseIDAuth(raw []byte) (IDAuth, error) {
	if err := checkIDAuth(raw); err != nil {
		return IDAuth{}, fmt.Errorf("parse ID authentication: %w", err)
	}
	return IDAuth{bytes.Clone(raw)}, nil
}

func checkIDAuth(raw []byte) error {
	if len(raw) != IDAuthSize {
		return fmt.Errorf("%d bytes, want %d", len(raw), IDAuthSize)
	}
	const word = 4
	for _, r := range []extent{
		{authorAlgorithm + word, idSignature},
		{idSignature + 2*snpNumber, idKey},
		{idKey + word + 2*snpNumber, keySignature},
		{keySignature + 2*snpNumber, authorKey},
		{authorKey + word + 2*snpNumber, IDAuthSize},
	} {
		if !isZero(raw[r.from:r.to]) {
			return fmt.Errorf("reserved bytes %#x to %#x are not zero", r.from, r.to)
		}
	}
	if algorithm := binary.LittleEndian.Uint32(raw[idAlgorithm:]); algorithm != ecdsaP384SHA384 {
		return fmt.Errorf("algorithm %d of the ID key is unknown", algorithm)
	}
	if _, err := publicKey(raw[idKey:]); err != nil {
		return fmt.Errorf("ID key: %w", err)
	}
	switch algorithm := binary.LittleEndian.Uint32(raw[authorAlgorithm:]); algorithm {
	case 0:
		if !isZero(raw[keySignature:]) {
			return errors.New("an author key without its algorithm")
		}
		return nil
	case ecdsaP384SHA384:
		if _, err := publicKey(raw[authorKey:]); err != nil {
			return fmt.Errorf("author key: %w", err)
		}
		return nil
	default:
		return fmt.Errorf("algorithm %d of the author key is unknown", algorithm)
	}
}

// publicKey reads a key on P-384.
func publicKey(raw []byte) (*ecdsa.PublicKey, error) {
	if curve := binary.LittleEndian.Uint32(raw); curve != curveP384 {
		return nil, fmt.Errorf("curve %d is not P-384", curve)
	}
	x, err := number(raw[4:])
	if err != nil {
		return nil, err
	}
	y, err := number(raw[4+snpNumber:])
	if err != nil {
		return nil, err
	}
	return ecdsa.ParseUncompressedPublicKey(elliptic.P384(), slices.Concat([]byte{4}, x, y))
}

// Verify says whether a's ID key signed block, and, if there is an author, the
// author key the ID key.
func (a IDAuth) Verify(block IDBlock) error {
	data, err := block.Marshal()
	if err != nil {
		return err
	}
	if len(a.raw) != IDAuthSize {
		return errors.New("verify ID block: no signatures")
	}
	if err := verifySigned(a.raw[idKey:], data, a.raw[idSignature:]); err != nil {
		return fmt.Errorf("verify ID block: signature of the ID key: %w", err)
	}
	if _, ok := a.AuthorKeyDigest(); ok {
		if err := verifySigned(a.raw[authorKey:], a.raw[idKey:][:snpKeySize], a.raw[keySignature:]); err != nil {
			return fmt.Errorf("verify ID block: signature of the author key: %w", err)
		}
	}
	return nil
}

func verifySigned(key, data, signature []byte) error {
	public, err := publicKey(key)
	if err != nil {
		return err
	}
	r, err := number(signature)
	if err != nil {
		return err
	}
	s, err := number(signature[snpNumber:])
	if err != nil {
		return err
	}
	sum := sha512.Sum384(data)
	if !ecdsa.Verify(public, sum[:], new(big.Int).SetBytes(r), new(big.Int).SetBytes(s)) {
		return errors.New("does not verify")
	}
	return nil
}

// IDKeyDigest returns what a report has as ID_KEY_DIGEST: the SHA-384 of the ID
// key as the structure has it. The zero value has none.
func (a IDAuth) IDKeyDigest() (attest.Register, bool) {
	if len(a.raw) != IDAuthSize {
		return attest.Register{}, false
	}
	return sha512.Sum384(a.raw[idKey:][:snpKeySize]), true
}

// AuthorKeyDigest returns what a report has as AUTHOR_KEY_DIGEST, if there is an
// author key.
func (a IDAuth) AuthorKeyDigest() (attest.Register, bool) {
	if len(a.raw) != IDAuthSize || binary.LittleEndian.Uint32(a.raw[authorAlgorithm:]) == 0 {
		return attest.Register{}, false
	}
	return sha512.Sum384(a.raw[authorKey:][:snpKeySize]), true
}

func isZero(data []byte) bool {
	for _, b := range data {
		if b != 0 {
			return false
		}
	}
	return true
}
