// SPDX-License-Identifier: Apache-2.0

package keyholder_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/crypto"

	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/keyname"
)

// requestVectors is the shape of testdata/requests.json. Hex is 0x-prefixed; signatures are those of RFC 6979.
type requestVectors struct {
	Comment    string            `json:"comment"`
	Key        string            `json:"key"` // secret, of requester and holder alike
	Account    string            `json:"account"`
	Names      []nameVector      `json:"names"`
	Requests   []requestVector   `json:"requests"`
	Statements []statementVector `json:"statements"`
}

type nameVector struct {
	Label   string `json:"label,omitempty"` // of a secret
	Encoded string `json:"encoded"`
	Digest  string `json:"digest"`
}

type requestVector struct {
	GroupKey        string                  `json:"groupKey"`
	Path            string                  `json:"path"`
	ResponseKeyHash string                  `json:"responseKeyHash"`
	Body            keyholder.SignedRequest `json:"body"`
	Digest          string                  `json:"digest"`
	Epoch           uint64                  `json:"epoch"`
	Context         string                  `json:"releaseContext"`
}

type statementVector struct {
	Proof  keyholder.Proof `json:"proof"`
	Digest string          `json:"digest"`
}

func TestRequestVectors(t *testing.T) {
	t.Parallel()
	encoded, err := json.MarshalIndent(makeRequestVectors(t), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	encoded = append(encoded, '\n')
	path := filepath.Join("testdata", "requests.json")
	if *update {
		if err := os.WriteFile(path, encoded, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, encoded) {
		t.Fatalf("%s differs from what this code makes; run with -update if that is meant", path)
	}
}

func makeRequestVectors(t *testing.T) requestVectors {
	t.Helper()
	secret := crypto.Keccak256([]byte("escrin test requester"))
	key, err := crypto.ToECDSA(secret)
	if err != nil {
		t.Fatal(err)
	}
	sign := func(digest [32]byte) [65]byte {
		s, err := crypto.Sign(digest[:], key)
		if err != nil {
			t.Fatal(err)
		}
		s[64] += 27
		return [65]byte(s)
	}
	account := crypto.PubkeyToAddress(key.PublicKey)
	v := requestVectors{
		Comment: "made by TestRequestVectors; what is signed for requests and shares, and names of each kind",
		Key:     hexOf(secret), Account: hexOf(account[:]),
	}
	names := vectorNames(t)
	for i, name := range names {
		digest := name.Digest()
		v.Names = append(v.Names, nameVector{[]string{"", "", "TLS_KEY"}[i], hexOf(name.Encode()), hexOf(digest[:])})
	}
	for i, path := range []string{keyholder.PathCertificate, keyholder.PathRelease, keyholder.PathState} {
		responseKey := [32]byte{byte(i), 31: 9}
		group := [96]byte{0: 0x80, 95: byte(i)}
		r := keyholder.Sign(group, path, []byte(`{"epoch":7}`), [32]byte{0: 1, 31: byte(i)}, time.Unix(1_700_000_000, 0), responseKey, sign)
		digest := r.Digest(group, path, responseKey)
		context := keyholder.ReleaseContext(digest, 7)
		v.Requests = append(v.Requests, requestVector{hexOf(group[:]), path, hexOf(responseKey[:]), r, hexOf(digest[:]), 7, hexOf(context[:])})

		name := names[i]
		s := keyholder.Statement{
			Board: keyholder.Board{ChainID: 31337, KeyNetwork: [20]byte{0: 9, 19: 10}},
			Path:  path, Request: digest, Epoch: 7, Index: 3, Subject: name.Digest(), Share: [48]byte{0x80, 47: byte(i)},
		}
		proof := keyholder.Proof{Statement: s, Signature: sign(s.Digest())}
		if path == keyholder.PathRelease {
			proof.Name = &name
		}
		statement := s.Digest()
		v.Statements = append(v.Statements, statementVector{proof, hexOf(statement[:])})
	}
	return v
}

// vectorNames are names of the three kinds, in their order.
func vectorNames(t *testing.T) []keyname.Name {
	t.Helper()
	registry, identity := [20]byte{0: 1, 19: 2}, [32]byte{0: 3, 31: 4}
	secret, err := keyname.ForSecret(31337, registry, identity, "TLS_KEY", [32]byte{}, 3)
	if err != nil {
		t.Fatal(err)
	}
	return []keyname.Name{
		keyname.ForTask(31337, registry, identity, [32]byte{0: 5, 30: 6}, [32]byte{0: 7, 31: 8}),
		keyname.ForOmni(31337, registry, identity, [32]byte{0: 7, 31: 8}, 2),
		secret,
	}
}
