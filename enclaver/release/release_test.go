// SPDX-License-Identifier: Apache-2.0

package release_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"

	"github.com/ethereum/go-ethereum/common/math"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/signer/core/apitypes"
	"pgregory.net/rapid"

	"github.com/escrin/escrin/enclaver/release"
)

func sign(t interface{ Fatal(...any) }, s release.Statement, key [32]byte) release.Release {
	r, err := release.Sign(s, key)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// The digest is that of EIP-712 as others compute it, and the author the one whose key signed.
func TestReleasesAreTypedDataOfTheirAuthor(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := release.Statement{
			MeasurementRoot: [32]byte(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "root")),
			Version:         rapid.Uint64Range(0, release.MaxVersion).Draw(t, "version"),
		}
		s.MeasurementRoot[0] |= 1
		want, _, err := apitypes.TypedDataAndHash(apitypes.TypedData{
			Types: apitypes.Types{
				"EIP712Domain":   {{Name: "name", Type: "string"}, {Name: "version", Type: "string"}},
				"EnclaveRelease": {{Name: "measurementRoot", Type: "bytes32"}, {Name: "version", Type: "uint64"}},
			},
			PrimaryType: "EnclaveRelease",
			Domain:      apitypes.TypedDataDomain{Name: "escrin enclave", Version: "1"},
			Message: apitypes.TypedDataMessage{
				"measurementRoot": s.MeasurementRoot[:], "version": math.NewHexOrDecimal256(int64(s.Version)),
			},
		})
		if got := s.Digest(); err != nil || !bytes.Equal(want, got[:]) {
			t.Fatalf("digest is %x, want %x: %v", got, want, err)
		}
		key, err := crypto.ToECDSA(crypto.Keccak256(s.MeasurementRoot[:]))
		if err != nil {
			t.Fatal(err)
		}
		r := sign(t, s, [32]byte(crypto.FromECDSA(key)))
		if author, err := r.Author(); err != nil || author != crypto.PubkeyToAddress(key.PublicKey) {
			t.Fatalf("author is %x, %v", author, err)
		}
		document, err := r.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		if again, err := release.Parse(document); err != nil || again != r {
			t.Fatalf("%s is read as %+v, %v", document, again, err)
		}
		if again, err := release.FromWords(s.MeasurementRoot, r.Words()); err != nil || again != r {
			t.Fatalf("words are read as %+v, %v", again, err)
		}
	})
}

func TestAChangedReleaseIsNotTheAuthors(t *testing.T) {
	r := sign(t, release.Statement{MeasurementRoot: [32]byte{1}, Version: 7}, [32]byte{31: 5})
	author, err := r.Author()
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*release.Release){
		"root":    func(r *release.Release) { r.MeasurementRoot[31] ^= 1 },
		"version": func(r *release.Release) { r.Version++ },
		"r":       func(r *release.Release) { r.R[31] ^= 1 },
		"s":       func(r *release.Release) { r.VS[31] ^= 1 },
		"parity":  func(r *release.Release) { r.VS[0] ^= 0x80 },
		"no r":    func(r *release.Release) { r.R = [32]byte{} },
		"no s":    func(r *release.Release) { r.VS = [32]byte{} },
		"high s":  func(r *release.Release) { r.VS[0] |= 0x7f },
	} {
		changed := r
		change(&changed)
		if got, err := changed.Author(); err == nil && got == author {
			t.Errorf("%s: still the author's", name)
		}
	}
}

func TestParseRefusesOtherForms(t *testing.T) {
	document, err := sign(t, release.Statement{MeasurementRoot: [32]byte{1}, Version: 7}, [32]byte{31: 5}).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{
		"nothing": nil, "null": []byte("null"), "empty": []byte("{}"), "cut off": document[:len(document)-1],
		"trailing":      append(bytes.Clone(document), '\n'),
		"another key":   bytes.Replace(document, []byte(`"r"`), []byte(`"R"`), 1),
		"one key more":  bytes.Replace(document, []byte(`{`), []byte(`{"x":1,`), 1),
		"twice":         bytes.Replace(document, []byte(`"version":7`), []byte(`"version":7,"version":7`), 1),
		"version":       bytes.Replace(document, []byte(`:7,`), []byte(`:9007199254740992,`), 1),
		"7.0":           bytes.Replace(document, []byte(`:7,`), []byte(`:7.0,`), 1),
		"below zero":    bytes.Replace(document, []byte(`:7,`), []byte(`:-7,`), 1),
		"upper case":    bytes.Replace(document, []byte(`0x01`), []byte(`0X01`), 1),
		"too long":      bytes.Replace(document, []byte(`{`), bytes.Repeat([]byte(" "), 2000), 1),
		"no root":       bytes.Replace(document, []byte(`0x01`), []byte(`0x00`), 1),
		"space":         bytes.Replace(document, []byte(`:7`), []byte(`: 7`), 1),
		"no signature":  []byte(`{"measurementRoot":"0x01` + zeros(62) + `","version":7,"r":"0x` + zeros(64) + `","vs":"0x` + zeros(64) + `"}`),
		"short integer": bytes.Replace(document, []byte(`0x01`), []byte(`0x1`), 1),
	} {
		if r, err := release.Parse(data); err == nil {
			t.Errorf("%s: read as %+v", name, r)
		}
	}
	for name, s := range map[string]release.Statement{"no root": {Version: 1}, "version": {MeasurementRoot: [32]byte{1}, Version: release.MaxVersion + 1}} {
		if _, err := release.Sign(s, [32]byte{31: 5}); err == nil {
			t.Errorf("%s: signed", name)
		}
	}
	for name, key := range map[string][32]byte{"zero": {}, "too large": {0: 0xff, 1: 0xff, 2: 0xff, 3: 0xff, 4: 0xff, 5: 0xff, 6: 0xff, 7: 0xff, 8: 0xff, 9: 0xff, 10: 0xff, 11: 0xff, 12: 0xff, 13: 0xff, 14: 0xff, 15: 0xff}} {
		if _, err := release.Sign(release.Statement{MeasurementRoot: [32]byte{1}}, key); err == nil {
			t.Errorf("key %s: signed", name)
		}
	}
	if _, err := release.FromWords([32]byte{1}, bytes.Repeat([]byte{1}, release.WordsSize)); err == nil {
		t.Error("a version beyond 64 bits was read")
	}
}

func zeros(n int) string { return string(bytes.Repeat([]byte("0"), n)) }

// vector is one of contracts/vectors/releases.json.
type vector struct {
	Key             string `json:"key"`
	Author          string `json:"author"`
	MeasurementRoot string `json:"measurementRoot"`
	Version         uint64 `json:"version"`
	Digest          string `json:"digest"`
	R               string `json:"r"`
	VS              string `json:"vs"`
}

func TestReleaseVectors(t *testing.T) {
	raw, err := os.ReadFile("../../contracts/vectors/releases.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []vector
	if err := json.Unmarshal(raw, &vectors); err != nil || len(vectors) == 0 {
		t.Fatal(err)
	}
	for _, v := range vectors {
		s := release.Statement{MeasurementRoot: bytes32(t, v.MeasurementRoot), Version: v.Version}
		r := sign(t, s, bytes32(t, v.Key)) // by RFC 6979: always the same
		author, err := r.Author()
		if err != nil || "0x"+hex.EncodeToString(author[:]) != v.Author {
			t.Errorf("author is %x, want %s: %v", author, v.Author, err)
		}
		if s.Digest() != bytes32(t, v.Digest) || r.R != bytes32(t, v.R) || r.VS != bytes32(t, v.VS) {
			t.Errorf("digest %x, r %x, vs %x: not those of %+v", s.Digest(), r.R, r.VS, v)
		}
	}
}

func bytes32(t *testing.T, text string) [32]byte {
	t.Helper()
	raw, err := hex.DecodeString(text[2:])
	if err != nil || len(raw) != 32 {
		t.Fatal(text, err)
	}
	return [32]byte(raw)
}

func FuzzParse(f *testing.F) {
	document, err := sign(f, release.Statement{MeasurementRoot: [32]byte{1}, Version: 7}, [32]byte{31: 5}).Marshal()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(document)
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := release.Parse(data)
		if err != nil {
			return
		}
		if again, err := r.Marshal(); err != nil || !bytes.Equal(again, data) {
			t.Errorf("%q is written as %q, %v", data, again, err)
		}
	})
}
