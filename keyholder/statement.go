// SPDX-License-Identifier: Apache-2.0

package keyholder

import (
	"encoding/binary"
	"errors"

	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/ethsig"
	"github.com/escrin/escrin/keyholder/internal/abi"
)

// SignedShareSize is the number of bytes of what a ReleaseReply seals: a share,
// then the holder's signature of its Statement.
const SignedShareSize = curve.G1Size + SignatureSize

// Statement says of a share who gave it, in answer to what. A holder signs it
// with each share, so that a wrong one proves to everybody who lied. (SPEC.md,
// section 5.)
type Statement struct {
	Board   Board              // of the network: a signer may serve several
	Path    string             // PathCertificate or PathRelease
	Request [32]byte           // digest of the signed request
	Epoch   uint64             // of the holder's share
	Index   uint32             // of the holder in that epoch
	Subject [32]byte           // digest of the certificate, or of the key name
	Share   [curve.G1Size]byte // as it was given, be it a point or not
}

// Digest is what the holder's signer signs: keccak256(abi.encode(
// keccak256("escrin.share.v1"), chain id, KeyNetwork, keccak256(path), request, epoch, index, subject,
// keccak256(share))).
func (s Statement) Digest() [32]byte {
	return abi.Words{}.
		Bytes32(abi.Keccak([]byte("escrin.share.v1"))).
		Uint64(s.Board.ChainID).Address(s.Board.KeyNetwork).
		Bytes32(abi.Keccak([]byte(s.Path))).Bytes32(s.Request).
		Uint64(s.Epoch).Uint64(uint64(s.Index)).Bytes32(s.Subject).
		Bytes32(abi.Keccak(s.Share[:])).
		Keccak()
}

// Signer returns the account that signed the statement.
func (s Statement) Signer(signature [SignatureSize]byte) ([20]byte, error) {
	return ethsig.Recover(s.Digest(), signature)
}

// ReleaseContext is the associated data under which a share is sealed:
// keccak256(request digest ‖ epoch as eight bytes, big-endian).
func ReleaseContext(request [32]byte, epoch uint64) [32]byte {
	return abi.Keccak(binary.BigEndian.AppendUint64(request[:], epoch))
}

var errSignedShare = errors.New("sealed share has the wrong size")

// JoinShare returns what a ReleaseReply seals.
func JoinShare(share [curve.G1Size]byte, statement [SignatureSize]byte) []byte {
	return append(share[:], statement[:]...)
}

// SplitShare takes apart what a ReleaseReply sealed. Neither part is verified.
func SplitShare(plain []byte) (share [curve.G1Size]byte, statement [SignatureSize]byte, err error) {
	if len(plain) != SignedShareSize {
		return share, statement, errSignedShare
	}
	return [curve.G1Size]byte(plain), [SignatureSize]byte(plain[curve.G1Size:]), nil
}
