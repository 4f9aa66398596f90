// SPDX-License-Identifier: Apache-2.0

package keyholder

import (
	"errors"
	"fmt"
	"time"

	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/ethsig"
	"github.com/escrin/escrin/keyholder/internal/abi"
	"github.com/escrin/escrin/strictjson"
)

// MaxClockSkew is how far the time of a request may be from a keyholder's clock,
// either way. Within it a keyholder remembers every nonce.
const MaxClockSkew = 10 * time.Minute

// SignedRequest is the body of every request that makes a keyholder use its
// share. What is asked for is in Inner; the signature is by the requester of the
// evidence in it, over all of this, the network's group key, the path, and the key
// that the answer is sealed to. (SPEC.md, section 5.)
type SignedRequest struct {
	Inner     []byte   // JSON of a CertificateRequest or a ReleaseRequest
	Nonce     [32]byte // drawn for this request
	Time      uint64   // seconds since the epoch, by the requester's clock
	Signature [SignatureSize]byte
}

type signedRequestJSON struct {
	Request   []byte `json:"request"`
	Nonce     hex32  `json:"nonce"`
	Time      uint64 `json:"time"`
	Signature hexSig `json:"signature"`
}

var errUnsigned = errors.New("request is empty or carries no time")

// Sign returns inner, signed for a path of the network with a group key.
// responseKeyHash is keccak256 of the evidence's channel key; sign makes the
// requester's signature of a digest.
func Sign(group [curve.G2Size]byte, path string, inner []byte, nonce [32]byte, now time.Time, responseKeyHash [32]byte,
	sign func(digest [32]byte) [SignatureSize]byte) SignedRequest {
	r := SignedRequest{Inner: inner, Nonce: nonce, Time: uint64(now.Unix())}
	r.Signature = sign(r.Digest(group, path, responseKeyHash))
	return r
}

// ParseSignedRequest reads the body of a request, of at most MaxBody bytes,
// strictly. Nothing of it is verified.
func ParseSignedRequest(body []byte) (SignedRequest, error) {
	var r SignedRequest
	if err := r.UnmarshalJSON(body); err != nil {
		return SignedRequest{}, fmt.Errorf("parse signed request: %w", err)
	}
	return r, nil
}

// Digest is what is signed: keccak256(abi.encode(keccak256("escrin.request.v2"),
// keccak256(group key), keccak256("POST"), keccak256(path), keccak256(inner), nonce,
// time, response key hash)). It names the request from then on. Whoever asks puts in
// the group key of the network that it takes the answer from, whoever answers that of
// its own share: no network's answer is had by what was meant for another.
func (r SignedRequest) Digest(group [curve.G2Size]byte, path string, responseKeyHash [32]byte) [32]byte {
	return abi.Words{}.
		Bytes32(abi.Keccak([]byte("escrin.request.v2"))).Bytes32(abi.Keccak(group[:])).
		Bytes32(abi.Keccak([]byte("POST"))).Bytes32(abi.Keccak([]byte(path))).
		Bytes32(abi.Keccak(r.Inner)).Bytes32(r.Nonce).Uint64(r.Time).Bytes32(responseKeyHash).
		Keccak()
}

// Recover returns the account that signed the request with this digest. It must be
// the requester of the evidence.
func (r SignedRequest) Recover(digest [32]byte) ([20]byte, error) {
	signer, err := ethsig.Recover(digest, r.Signature)
	if err != nil {
		return [20]byte{}, fmt.Errorf("recover who signed the request: %w", err)
	}
	return signer, nil
}

// Timely reports whether the request's time is within MaxClockSkew of now.
func (r SignedRequest) Timely(now time.Time) bool {
	clock := now.Unix()
	skew := int64(MaxClockSkew / time.Second)
	return clock >= skew && r.Time >= uint64(clock-skew) && r.Time <= uint64(clock+skew)
}

// MarshalJSON implements json.Marshaler.
func (r SignedRequest) MarshalJSON() ([]byte, error) {
	return strictjson.Encode(signedRequestJSON{r.Inner, r.Nonce, r.Time, r.Signature})
}

// UnmarshalJSON implements json.Unmarshaler, strictly.
func (r *SignedRequest) UnmarshalJSON(b []byte) error {
	var w signedRequestJSON
	if err := decodeBody(b, &w); err != nil {
		return err
	}
	if len(w.Request) == 0 || w.Time == 0 {
		return errUnsigned
	}
	*r = SignedRequest{w.Request, w.Nonce, w.Time, w.Signature}
	return nil
}
