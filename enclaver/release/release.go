// SPDX-License-Identifier: Apache-2.0

// Package release is an author's word that an enclave is a version of theirs: a signature over its measurement root, which
// names no chain and no contract (contracts/SPEC.md, 4.7). An identity whose policy names the author admits whatever the
// author releases, so that an upgrade needs no transaction. A release is attached to its enclave in a registry as
// a small JSON document; who fetched it there has learnt nothing before Author has.
package release

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"
	"golang.org/x/crypto/sha3"

	"github.com/escrin/escrin/guestagent/wire"
	"github.com/escrin/escrin/strictjson"
)

const (
	// MediaType is that of the document, and of the artifact that has it.
	MediaType = "application/vnd.escrin.release.v1+json"
	// MaxSize bounds a document, in bytes.
	MaxSize = 1024
	// MaxVersion is the greatest version: every reader of JSON has its number exactly.
	MaxVersion = 1<<53 - 1
	// WordsSize is that of a release in a certificate's context, in bytes.
	WordsSize = 96
)

var errSignature = errors.New("the release's signature is none in its one form (ERC-2098, s in the lower half)")

// Statement is what an author signs.
type Statement struct {
	MeasurementRoot [32]byte
	Version         uint64
}

// Digest is the EIP-712 digest of EnclaveRelease in the domain ("escrin enclave", "1").
func (s Statement) Digest() [32]byte {
	domain := keccak(
		hashOf("EIP712Domain(string name,string version)"), hashOf("escrin enclave"), hashOf("1"))
	version := word(s.Version)
	message := keccak(hashOf("EnclaveRelease(bytes32 measurementRoot,uint64 version)"), s.MeasurementRoot[:], version[:])
	return keccak([]byte{0x19, 0x01}, domain[:], message[:])
}

// Release is a statement and its author's signature.
type Release struct {
	Statement
	R, VS [32]byte // as ERC-2098 has them
}

// Sign makes a release. key is a secp256k1 secret, 32 bytes.
func Sign(s Statement, key [32]byte) (Release, error) {
	if s.Version > MaxVersion || s.MeasurementRoot == [32]byte{} {
		return Release{}, fmt.Errorf("sign release: want a measurement root and a version of at most %d", uint64(MaxVersion))
	}
	var secret secp256k1.ModNScalar
	if overflow := secret.SetBytes(&key); overflow != 0 || secret.IsZero() {
		return Release{}, errors.New("sign release: the key is no secp256k1 secret")
	}
	digest := s.Digest()
	compact := ecdsa.SignCompact(secp256k1.NewPrivateKey(&secret), digest[:], false) // v‖r‖s, s in the lower half
	r := Release{Statement: s, R: [32]byte(compact[1:33]), VS: [32]byte(compact[33:])}
	r.VS[0] |= (compact[0] - 27) << 7
	return r, nil
}

// Author recovers who signed the release: an address.
func (r Release) Author() ([20]byte, error) {
	low := r.VS
	low[0] &= 0x7f
	var s secp256k1.ModNScalar
	if overflow := s.SetBytes(&low); overflow != 0 || s.IsOverHalfOrder() {
		return [20]byte{}, errSignature
	}
	digest := r.Digest()
	compact := bytes.Join([][]byte{{27 + r.VS[0]>>7}, r.R[:], low[:]}, nil)
	key, _, err := ecdsa.RecoverCompact(compact, digest[:])
	if err != nil {
		return [20]byte{}, errSignature
	}
	h := keccak(key.SerializeUncompressed()[1:])
	return [20]byte(h[12:]), nil
}

// Words is what follows a certificate's context: version, r and vs, 32 bytes each.
func (r Release) Words() []byte {
	version := word(r.Version)
	return bytes.Join([][]byte{version[:], r.R[:], r.VS[:]}, nil)
}

// FromWords reads what follows a certificate's context, which is about an enclave of this measurement root.
func FromWords(root [32]byte, words []byte) (Release, error) {
	if len(words) != WordsSize || !bytes.Equal(words[:24], make([]byte, 24)) {
		return Release{}, errors.New("a release has three words, the first of them a version of 64 bits")
	}
	return Release{Statement{root, binary.BigEndian.Uint64(words[24:32])}, [32]byte(words[32:64]), [32]byte(words[64:])}, nil
}

// document is a release in JSON.
type document struct {
	MeasurementRoot wire.Hash32 `json:"measurementRoot"`
	Version         uint64      `json:"version"`
	R               wire.Hash32 `json:"r"`
	VS              wire.Hash32 `json:"vs"`
}

// Marshal writes the document that is attached to an enclave.
func (r Release) Marshal() ([]byte, error) {
	return json.Marshal(document{wire.Hash32(r.MeasurementRoot), r.Version, wire.Hash32(r.R), wire.Hash32(r.VS)})
}

// Parse reads a document: exactly the bytes that Marshal would write, with a signature that somebody made.
func Parse(data []byte) (Release, error) {
	d, err := strictjson.Decode[document](data, MaxSize)
	if err != nil {
		return Release{}, fmt.Errorf("read release: %w", err)
	}
	r := Release{Statement{d.MeasurementRoot, d.Version}, d.R, d.VS}
	if d.Version > MaxVersion || d.MeasurementRoot == (wire.Hash32{}) {
		return Release{}, fmt.Errorf("read release: want a measurement root and a version of at most %d", uint64(MaxVersion))
	}
	if again, err := r.Marshal(); err != nil || !bytes.Equal(again, data) {
		return Release{}, errors.New("read release: it is not written in the one form")
	}
	if _, err := r.Author(); err != nil {
		return Release{}, fmt.Errorf("read release: %w", err)
	}
	return r, nil
}

func word(v uint64) (w [32]byte) {
	binary.BigEndian.PutUint64(w[24:], v)
	return w
}

func hashOf(text string) []byte {
	h := keccak([]byte(text))
	return h[:]
}

func keccak(parts ...[]byte) (sum [32]byte) {
	h := sha3.NewLegacyKeccak256()
	for _, part := range parts {
		h.Write(part)
	}
	h.Sum(sum[:0])
	return sum
}
