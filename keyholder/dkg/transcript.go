// SPDX-License-Identifier: Apache-2.0

package dkg

import "github.com/escrin/escrin/keyholder/internal/abi"

// Post is one message of a session, in the order of the board.
type Post struct {
	Phase   uint8
	Index   uint32
	Message []byte
}

// Transcript returns the digest that the board keeps of all posts.
// (contracts/SPEC.md, 3.3.)
func Transcript(sessionID [32]byte, posts []Post) [32]byte {
	digest := sessionID
	for _, p := range posts {
		digest = abi.Words(nil).Bytes32(digest).Uint64(uint64(p.Phase)).Uint64(uint64(p.Index)).
			Bytes32(keccak(p.Message)).Keccak()
	}
	return digest
}

// CompletionDigest returns what members confirm and the group key signs, with
// the tag curve.DSTCompletion, when a session has succeeded. (contracts/SPEC.md,
// 3.4.)
func CompletionDigest(sessionID, groupKeyDigest, commitments, transcript [32]byte) [32]byte {
	return abi.Words(nil).Bytes32(abi.Keccak([]byte("escrin.completion.v1"))).
		Bytes32(sessionID).Bytes32(groupKeyDigest).Bytes32(commitments).Bytes32(transcript).Keccak()
}
