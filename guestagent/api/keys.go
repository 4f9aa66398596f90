// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"

	"github.com/escrin/escrin/guestagent/wire"
	"github.com/escrin/escrin/keyholder/ethsig"
)

// Policy says which enclaves of the identity get the same keys.
type Policy string

// The policies.
const (
	ByEnclave  Policy = "enclave"  // those under this one's measurement root; what is asked for if nothing is
	ByIdentity Policy = "identity" // all that the identity's policy admits when they ask: whoever sets it, has them
)

// Purposes of what is derived from an omni key. With what follows them they are prefix-free: each part has its length before it.
const (
	purposeRaw       = "key raw"
	purposeSecp256k1 = "key secp256k1"
	purposeEd25519   = "key ed25519"
)

const maxPath = 512 // bytes of a key's path

// from says of which omni key something is derived.
type from struct {
	Policy  Policy `json:"policy"`  // ByEnclave if empty
	Version uint64 `json:"version"` // 1 if 0
}

// omni returns the omni key.
func (s *Server) omni(ctx context.Context, f from) ([32]byte, error) {
	if f.Policy == "" {
		f.Policy = ByEnclave
	}
	if f.Policy != ByEnclave && f.Policy != ByIdentity {
		return [32]byte{}, invalid("policy is neither enclave nor identity")
	}
	return s.agent.OmniKey(ctx, f.Policy, max(f.Version, 1))
}

// derived returns 32 bytes for a purpose, and nothing else.
func (s *Server) derived(ctx context.Context, f from, purpose, path string) ([32]byte, error) {
	omni, err := s.omni(ctx, f)
	if err != nil {
		return [32]byte{}, err
	}
	return Derive(omni, purpose, path)
}

// Derive is HKDF-SHA256 (RFC 5869) of an omni key, with the salt "escrin agent v1", and as info the parts, each after its
// length in two bytes.
func Derive(omni [32]byte, parts ...string) ([32]byte, error) {
	var info []byte
	for _, p := range parts {
		info = append(binary.BigEndian.AppendUint16(info, uint16(len(p))), p...)
	}
	key, err := hkdf.Key(sha256.New, omni[:], []byte("escrin agent v1"), string(info), 32)
	if err != nil {
		return [32]byte{}, err
	}
	return [32]byte(key), nil
}

type keyReply struct {
	Key   wire.Hash32 `json:"key"`
	Trial bool        `json:"trial"`
}

// omniKey gives the omni key itself: HKDF's input keying material, as escrin v1's workers have it.
func (s *Server) omniKey(ctx context.Context, f from) (keyReply, error) {
	key, err := s.omni(ctx, f)
	return keyReply{key, s.agent.Task().Trial}, err
}

// keyRequest names a key.
type keyRequest struct {
	Kind string `json:"kind"` // raw, secp256k1 or ed25519
	Path string `json:"path"` // any text of at most maxPath bytes
	from
}

type derivedReply struct {
	Private wire.Hash32 `json:"private"` // raw: the key; ed25519: the seed
	Public  string      `json:"public"`  // compressed; empty of raw
	Address string      `json:"address"` // account of secp256k1, else empty
	Trial   bool        `json:"trial"`
}

// secret returns the 32 bytes of a key.
func (s *Server) secret(ctx context.Context, k keyRequest) ([32]byte, error) {
	purpose := "key " + k.Kind
	if purpose != purposeRaw && purpose != purposeSecp256k1 && purpose != purposeEd25519 {
		return [32]byte{}, invalid("kind is none of raw, secp256k1 and ed25519")
	}
	if k.Path == "" || len(k.Path) > maxPath {
		return [32]byte{}, invalid("path has no byte, or more than 512")
	}
	return s.derived(ctx, k.from, purpose, k.Path)
}

func (s *Server) deriveKey(ctx context.Context, k keyRequest) (derivedReply, error) {
	secret, err := s.secret(ctx, k)
	if err != nil {
		return derivedReply{}, err
	}
	reply := derivedReply{Private: secret, Trial: s.agent.Task().Trial}
	switch k.Kind {
	case "secp256k1":
		key, err := ethsig.ParseKey(secret[:])
		if err != nil { // one secret of 2^128
			return derivedReply{}, err
		}
		public := key.Public()
		reply.Public = "0x" + hex.EncodeToString(append([]byte{2 + public[64]&1}, public[1:33]...)) // compressed
		reply.Address = wire.Address(key.Address()).String()
	case "ed25519":
		public := ed25519.NewKeyFromSeed(secret[:]).Public().(ed25519.PublicKey)
		reply.Public = "0x" + hex.EncodeToString(public)
	}
	return reply, nil
}

type signRequest struct {
	keyRequest
	Message []byte `json:"message"` // secp256k1: a digest of 32 bytes
}

type signReply struct {
	Signature string `json:"signature"` // secp256k1: r‖s‖v, v 27 or 28
	Trial     bool   `json:"trial"`
}

func (s *Server) sign(ctx context.Context, r signRequest) (signReply, error) {
	secret, err := s.secret(ctx, r.keyRequest)
	if err != nil {
		return signReply{}, err
	}
	var signature []byte
	switch {
	case r.Kind == "ed25519":
		signature = ed25519.Sign(ed25519.NewKeyFromSeed(secret[:]), r.Message)
	case r.Kind == "secp256k1" && len(r.Message) == 32:
		key, err := ethsig.ParseKey(secret[:])
		if err != nil {
			return signReply{}, err
		}
		ofDigest := key.Sign([32]byte(r.Message))
		signature = ofDigest[:]
	default:
		return signReply{}, invalid("want a digest of 32 bytes and secp256k1, or a message and ed25519")
	}
	return signReply{"0x" + hex.EncodeToString(signature), s.agent.Task().Trial}, nil
}
