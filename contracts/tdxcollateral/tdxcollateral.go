// SPDX-License-Identifier: Apache-2.0

// Package tdxcollateral says what to send to the contract TdxCollateral, so that
// it has Intel's collateral.
package tdxcollateral

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"fmt"

	"golang.org/x/crypto/sha3"

	"github.com/escrin/escrin/attest/collateral"
)

// Root is the authority that the contract trusts, as its constructor takes it.
type Root struct {
	X, Y     [32]byte // of the public key on P-256
	Name     [32]byte // keccak256 of the encoded subject
	KeyID    [20]byte // subject key identifier
	NotAfter uint64   // seconds since the epoch
}

// NewRoot returns what the contract must know of a root certificate.
func NewRoot(cert *x509.Certificate) (Root, error) {
	public, ok := cert.PublicKey.(*ecdsa.PublicKey)
	if !ok || public.Curve != elliptic.P256() || len(cert.SubjectKeyId) != 20 {
		return Root{}, errors.New("describe root: no key on P-256 with an identifier of 20 bytes")
	}
	point, err := public.Bytes() // 4 ‖ x ‖ y
	if err != nil {
		return Root{}, fmt.Errorf("describe root: %w", err)
	}
	return Root{
		X: [32]byte(point[1:33]), Y: [32]byte(point[33:]), Name: keccak(cert.RawSubject),
		KeyID: [20]byte(cert.SubjectKeyId), NotAfter: uint64(cert.NotAfter.Unix()),
	}, nil
}

// Encode returns the argument of the constructor: 160 bytes.
func (r Root) Encode() []byte {
	out := append(append(append([]byte{}, r.X[:]...), r.Y[:]...), r.Name[:]...)
	out = append(append(out, r.KeyID[:]...), make([]byte, 12+24)...)
	return binary.BigEndian.AppendUint64(out, r.NotAfter)
}

// Call is one transaction to the contract.
type Call struct {
	Name string // of the function, such as "updateTcbInfo"
	Data []byte
}

// Calls returns what brings a bundle and the certificate (DER) of the platform CA,
// in an order that works on a contract that knows nothing yet. Calls about what the
// contract has already fail there, and may.
func Calls(b collateral.Bundle, platformCA []byte) []Call {
	return []Call{
		UpdateTCBSigner(b.TCBSigner), UpdatePlatformCA(platformCA), UpdateRootCRL(b.RootCRL), UpdatePlatformCRL(b.PlatformCRL),
		UpdateQEIdentity(b.QEIdentity), UpdateTCBInfo(b.TCBInfo),
	}
}

// UpdateTCBInfo brings the TCB info of a platform family.
func UpdateTCBInfo(s collateral.Signed) Call {
	return newCall("updateTcbInfo", s.Document, s.Signature[:])
}

// UpdateQEIdentity brings the identity of the quoting enclave.
func UpdateQEIdentity(s collateral.Signed) Call {
	return newCall("updateQeIdentity", s.Document, s.Signature[:])
}

// UpdateRootCRL brings the root's revocation list, in DER.
func UpdateRootCRL(der []byte) Call { return newCall("updateRootCrl", der) }

// UpdatePlatformCRL brings the platform CA's revocation list, in DER.
func UpdatePlatformCRL(der []byte) Call { return newCall("updatePlatformCrl", der) }

// UpdateTCBSigner brings the certificate, in DER, that signs the documents.
func UpdateTCBSigner(der []byte) Call { return newCall("updateTcbSigner", der) }

// UpdatePlatformCA brings the certificate, in DER, that issues PCK certificates.
func UpdatePlatformCA(der []byte) Call { return newCall("updatePlatformCA", der) }

// newCall encodes arguments that are all of type bytes.
func newCall(name string, arguments ...[]byte) Call {
	signature := name + "(bytes)"
	if len(arguments) == 2 {
		signature = name + "(bytes,bytes)"
	}
	selector := keccak([]byte(signature))
	var heads, tails []byte
	for _, a := range arguments {
		heads = appendWord(heads, 32*len(arguments)+len(tails))
		tails = append(appendWord(tails, len(a)), a...)
		tails = append(tails, make([]byte, (32-len(a)%32)%32)...)
	}
	return Call{name, append(append(selector[:4:4], heads...), tails...)}
}

func appendWord(b []byte, n int) []byte {
	return binary.BigEndian.AppendUint64(append(b, make([]byte, 24)...), uint64(n))
}

func keccak(b []byte) (hash [32]byte) {
	h := sha3.NewLegacyKeccak256()
	h.Write(b)
	h.Sum(hash[:0])
	return hash
}
