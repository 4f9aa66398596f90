// SPDX-License-Identifier: Apache-2.0

// Package blob is a content-addressed store of sealed inputs, outputs and evidence: on disk, over HTTP, and its
// client.
//
//	PUT /v1/blobs/sha256:<64 hex>      201, or 200 if it was there; 413 if too large; 422 if the digest differs
//	GET /v1/blobs/sha256:<64 hex>      200 with the bytes, 404
//	PUT /v1/evidence/0x<64 hex>        the same for evidence, by its Keccak-256; 400 if it is none
//	GET /v1/evidence/0x<64 hex>
//
// A store is trusted for nothing but availability: the client checks the digest of every byte it returns.
package blob

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
)

// Digest is the SHA-256 of a blob. It is written sha256:<64 lower-case hexadecimal digits>.
type Digest [sha256.Size]byte

// Of returns the digest of b.
func Of(b []byte) Digest { return sha256.Sum256(b) }

// String writes the digest as sha256:<hex>.
func (d Digest) String() string { return "sha256:" + hex.EncodeToString(d[:]) }

var digestPattern = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)

// ParseDigest reads exactly sha256:<64 lower-case hexadecimal digits> (JS-02: a digest is never a path).
func ParseDigest(s string) (Digest, error) {
	if !digestPattern.MatchString(s) {
		return Digest{}, fmt.Errorf("digest %.100q is not sha256: and 64 lower-case hexadecimal digits", s)
	}
	var d Digest
	if _, err := hex.Decode(d[:], []byte(s[len("sha256:"):])); err != nil {
		return Digest{}, fmt.Errorf("digest: %w", err)
	}
	return d, nil
}

// DefaultMaxBytes is the largest blob that a store accepts unless told otherwise: 32 MiB.
const DefaultMaxBytes = 32 << 20
