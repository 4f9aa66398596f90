// SPDX-License-Identifier: Apache-2.0

package audit

import (
	"encoding/hex"
	"fmt"
	"time"

	"golang.org/x/crypto/sha3"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/claims"
	"github.com/escrin/escrin/guestagent/task"
)

// auditor is one audit; each check leaves here what later ones need.
type auditor struct {
	record   Record
	trust    Trust
	manifest task.Manifest   // after "manifest"
	evidence attest.Evidence // after "evidence"
	claims   claims.Claims   // after "quote"
}

// get returns the bytes, or why there are none.
func (b Blob) get(what string) ([]byte, error) {
	if b.Problem != "" {
		return nil, fmt.Errorf("%s cannot be had: %s", what, b.Problem)
	}
	if len(b.Bytes) == 0 {
		return nil, fmt.Errorf("%s was not fetched", what)
	}
	return b.Bytes, nil
}

func keccak(b []byte) (sum [32]byte) {
	h := sha3.NewLegacyKeccak256()
	h.Write(b)
	h.Sum(sum[:0])
	return sum
}

// sha writes a SHA-256 digest so that two that differ can be told apart and found in a store.
func sha(digest [32]byte) string { return "sha256:" + hex.EncodeToString(digest[:]) }

// shortKey writes the two ends of a public key, enough to tell two of them apart.
func shortKey(key []byte) string { return fmt.Sprintf("0x%x…%x", key[:4], key[len(key)-4:]) }

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
