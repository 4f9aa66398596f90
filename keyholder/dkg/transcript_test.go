// SPDX-License-Identifier: Apache-2.0

package dkg

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// The contract and this package digest a session alike.
func TestContractVectors(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("../../contracts/vectors/agreements.json")
	if err != nil {
		t.Fatal(err)
	}
	var v struct {
		Session struct {
			SessionID, GroupKey, Commitments, Completion string
			Messages                                     []struct {
				Phase               uint8
				Index               uint32
				Message, Transcript string
			}
		}
	}
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	word := func(s string) [32]byte { return [32]byte(fromHex(t, s)) }
	id := word(v.Session.SessionID)
	var posts []Post
	for _, m := range v.Session.Messages {
		posts = append(posts, Post{m.Phase, m.Index, fromHex(t, m.Message)})
		if Transcript(id, posts) != word(m.Transcript) {
			t.Fatalf("transcript after %d messages differs", len(posts))
		}
	}
	if CompletionDigest(id, keccak(fromHex(t, v.Session.GroupKey)), word(v.Session.Commitments), Transcript(id, posts)) != word(v.Session.Completion) {
		t.Fatal("completion differs")
	}
}

func fromHex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.TrimPrefix(s, "0x"))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
