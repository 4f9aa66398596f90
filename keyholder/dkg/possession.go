// SPDX-License-Identifier: Apache-2.0

package dkg

import (
	"crypto/sha512"
	"encoding/binary"
	"io"

	"github.com/escrin/escrin/keyholder/curve"
)

// proof is a Schnorr proof that a dealer knows the constant term, for all its
// commitments: z·g2 = R + c·A_0.
type proof struct {
	nonce    curve.G2     // R
	response curve.Scalar // z
}

// prove makes the proof for the encoded commitments. What rand gives is mixed
// with the secret and all that is proved, so that a bad source does not betray
// the secret.
func prove(rand io.Reader, s Session, dealer uint32, commitments []byte, secret curve.Scalar) ([]byte, error) {
	var seed [32]byte
	if _, err := io.ReadFull(rand, seed[:]); err != nil {
		return nil, err
	}
	hidden := secret.Bytes()
	nonce := hash("escrin.dkg.v2.nonce", s, dealer, seed[:], hidden[:], commitments)
	out := raw(nonce.Public())
	response := challenge(s, dealer, commitments, out).Mul(secret).Add(nonce).Bytes()
	return append(out, response[:]...), nil
}

// challenge returns c.
func challenge(s Session, dealer uint32, commitments, nonce []byte) curve.Scalar {
	return hash("escrin.dkg.v2.possession", s, dealer, commitments, nonce)
}

// hash maps a tag, the session, a dealer and parts of known sizes to a scalar.
func hash(tag string, s Session, dealer uint32, parts ...[]byte) curve.Scalar {
	h := sha512.New()
	h.Write([]byte{byte(len(tag))})
	h.Write([]byte(tag))
	h.Write(s.ID[:])
	h.Write(binary.BigEndian.AppendUint32(nil, dealer))
	for _, part := range parts {
		h.Write(part)
	}
	return curve.ScalarFromWide([64]byte(h.Sum(nil)))
}
