// SPDX-License-Identifier: Apache-2.0

package exchange

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"flag"
	"math/big"
	"os"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "write the vector")

// vector is a statement with its encodings, in hexadecimal digits.
type vector struct {
	Exporter string `json:"exporter"`
	Nonce    string `json:"nonce"`
	Key      string `json:"key"`
	Port     uint16 `json:"port"`
	Encoded  string `json:"encoded"`
	Digest   string `json:"digest"`
}

func (s Statement) vector() vector {
	encoded, digest := s.Encode(), s.Digest()
	return vector{
		hex.EncodeToString(s.Exporter[:]), hex.EncodeToString(s.Nonce[:]), hex.EncodeToString(s.Key[:]), s.Port,
		hex.EncodeToString(encoded[:]), hex.EncodeToString(digest[:]),
	}
}

func TestStatementIsThatOfTheVector(t *testing.T) {
	const file = "testdata/statement.json"
	s := Statement{Port: 443}
	for i := range 32 {
		s.Exporter[i], s.Nonce[i], s.Key[i] = byte(i), byte(32+i), byte(64+i)
	}
	document, err := json.MarshalIndent(s.vector(), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	document = append(document, '\n')
	if *update {
		if err := os.WriteFile(file, document, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil || !bytes.Equal(document, want) {
		t.Errorf("statement is\n%s\nwant\n%s%v", document, want, err)
	}
}

// TestDigestIsOfFiveWords as a contract would encode them.
func TestDigestIsOfFiveWords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := func(name string) [32]byte { return [32]byte(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, name)) }
		s := Statement{word("exporter"), word("nonce"), word("key"), rapid.Uint16().Draw(t, "port")}
		port := common.BigToHash(big.NewInt(int64(s.Port)))
		want := crypto.Keccak256(crypto.Keccak256([]byte("escrin.session.v1")), s.Exporter[:], s.Nonce[:], s.Key[:], port[:])
		if got := s.Digest(); !bytes.Equal(got[:], want) {
			t.Fatalf("digest %x, want %x", got, want)
		}
	})
}
