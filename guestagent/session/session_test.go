// SPDX-License-Identifier: Apache-2.0

package session

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"math/big"
	"os"
	"slices"
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

func TestAnswersAreReadAsTheyAreWritten(t *testing.T) {
	for _, a := range []Answer{
		{Evidence: []byte{1}, Port: 1}, {Evidence: bytes.Repeat([]byte{2}, MaxEvidence), Port: 65535, Signature: [SignatureSize]byte{3, 64: 27}},
	} {
		var raw bytes.Buffer
		if err := a.Write(&raw); err != nil {
			t.Fatal(err)
		}
		got, err := ReadAnswer(&raw)
		if err != nil || !slices.Equal(got.Evidence, a.Evidence) || got.Port != a.Port || got.Signature != a.Signature || raw.Len() > 0 {
			t.Errorf("read %d bytes, port %d, %v", len(got.Evidence), got.Port, err)
		}
	}
	if err := (Answer{Evidence: make([]byte, MaxEvidence+1)}).Write(new(bytes.Buffer)); err == nil {
		t.Error("too much evidence is written")
	}
}

func FuzzReadAnswer(f *testing.F) {
	f.Add([]byte{0, 0, 0, 0})
	f.Add(append([]byte{0, 0, 0, 1, 7, 1, 187}, make([]byte, SignatureSize)...))
	f.Fuzz(func(t *testing.T, raw []byte) {
		a, err := ReadAnswer(bytes.NewReader(raw))
		if err != nil {
			if len(a.Evidence) > 0 || a.Signature != [SignatureSize]byte{} {
				t.Errorf("%v, and %d bytes of evidence", err, len(a.Evidence))
			}
			if errors.Is(err, ErrTrial) && !bytes.HasPrefix(raw, make([]byte, 4)) {
				t.Error("a trial without its sign")
			}
			return
		}
		var again bytes.Buffer
		if err := a.Write(&again); err != nil || !bytes.HasPrefix(raw, again.Bytes()) {
			t.Errorf("read what is written in another way: %v", err)
		}
	})
}
