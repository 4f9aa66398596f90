// SPDX-License-Identifier: Apache-2.0

package predict

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/binary"
	"encoding/json"
	"testing"

	"github.com/escrin/escrin/attest"
)

// othersIDBlock is an ID block that another program made and signed.
type othersIDBlock struct {
	LaunchDigest    string    `json:"launchDigest"`
	Policy          SNPPolicy `json:"policy"`
	IDBlock         []byte    `json:"idBlock"`
	IDAuth          []byte    `json:"idAuth"`
	IDKeyDigest     string    `json:"idKeyDigest"`
	AuthorKeyDigest string    `json:"authorKeyDigest"`
}

func TestIDBlockOfOthers(t *testing.T) {
	o := readJSON[othersIDBlock](t, "testdata/snp/id_block.json")
	block, err := ParseIDBlock(o.IDBlock)
	if err != nil || block.LaunchDigest.String() != o.LaunchDigest || block.Policy != o.Policy {
		t.Fatalf("%+v, %v", block, err)
	}
	if again, err := block.Marshal(); err != nil || !bytes.Equal(again, o.IDBlock) {
		t.Errorf("%x, %v", again, err)
	}
	auth, err := ParseIDAuth(o.IDAuth)
	if err != nil {
		t.Fatal(err)
	}
	if err := auth.Verify(block); err != nil {
		t.Error(err)
	}
	id, _ := auth.IDKeyDigest()
	author, _ := auth.AuthorKeyDigest()
	if id.String() != o.IDKeyDigest || author.String() != o.AuthorKeyDigest || !bytes.Equal(auth.Marshal(), o.IDAuth) {
		t.Errorf("%v, %v", id, author)
	}
}

// Every byte of a signed ID block counts: of the block, of the signatures, of the
// keys, and of what is reserved.
func TestIDBlockByteFlips(t *testing.T) {
	o := readJSON[othersIDBlock](t, "testdata/snp/id_block.json")
	accepted := func() bool {
		block, err := ParseIDBlock(o.IDBlock)
		if err != nil {
			return false
		}
		auth, err := ParseIDAuth(o.IDAuth)
		return err == nil && auth.Verify(block) == nil
	}
	for _, raw := range [][]byte{o.IDBlock, o.IDAuth} {
		for i := range raw {
			raw[i] ^= 0x01
			if accepted() {
				t.Errorf("byte %#x of %d does not count", i, len(raw))
			}
			raw[i] ^= 0x01
		}
		if !accepted() {
			t.Fatal("not accepted unchanged")
		}
	}
	for _, n := range []int{0, IDAuthSize - 1} {
		if _, err := ParseIDAuth(o.IDAuth[:n]); err == nil {
			t.Errorf("accepted %d bytes", n)
		}
	}
	if _, err := ParseIDBlock(o.IDBlock[:IDBlockSize-1]); err == nil {
		t.Error("accepted a short block")
	}
}

func newKey(t *testing.T, curve elliptic.Curve) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func signedBlock() IDBlock {
	return IDBlock{LaunchDigest: attest.Register{1}, FamilyID: [16]byte{2}, ImageID: [16]byte{3}, GuestSVN: 4, Policy: PolicyReserved1 | 1<<16}
}

func TestSignIDBlock(t *testing.T) {
	id, author := newKey(t, elliptic.P384()), newKey(t, elliptic.P384())
	for name, signer := range map[string]crypto.Signer{"with author": author, "without": nil} {
		auth, err := SignIDBlock(rand.Reader, signedBlock(), id, signer)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		again, err := ParseIDAuth(auth.Marshal())
		if err != nil || again.Verify(signedBlock()) != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, ok := again.AuthorKeyDigest(); ok != (signer != nil) {
			t.Errorf("%s: author: %v", name, ok)
		}
		other := signedBlock()
		other.GuestSVN++
		if again.Verify(other) == nil {
			t.Errorf("%s: signs every block", name)
		}
	}
}

func TestSignIDBlockRefuses(t *testing.T) {
	id, small := newKey(t, elliptic.P384()), newKey(t, elliptic.P256())
	_, edwards, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change     func(*IDBlock)
		id, author crypto.Signer
	}{
		"no key":              {func(*IDBlock) {}, nil, nil},
		"P-256":               {func(*IDBlock) {}, small, nil},
		"author on P-256":     {func(*IDBlock) {}, id, small},
		"Ed25519":             {func(*IDBlock) {}, edwards, nil},
		"no launch digest":    {func(b *IDBlock) { b.LaunchDigest = attest.Register{} }, id, nil},
		"zero policy":         {func(b *IDBlock) { b.Policy = 0 }, id, nil},
		"MB-08 debug":         {func(b *IDBlock) { b.Policy |= PolicyDebug }, id, nil},
		"MB-08 migration":     {func(b *IDBlock) { b.Policy |= PolicyMigrate }, id, nil},
		"MB-08 unknown bit":   {func(b *IDBlock) { b.Policy |= 1 << 26 }, id, nil},
		"MB-08 unknown bit 2": {func(b *IDBlock) { b.Policy |= 1 << 63 }, id, nil},
	} {
		block := signedBlock()
		c.change(&block)
		if auth, err := SignIDBlock(rand.Reader, block, c.id, c.author); err == nil || auth.Marshal() != nil {
			t.Errorf("%s: signed", name)
		}
	}
	if (IDAuth{}).Verify(signedBlock()) == nil {
		t.Error("the zero value verifies")
	}
	if _, ok := (IDAuth{}).IDKeyDigest(); ok {
		t.Error("the zero value has a key")
	}
}

// A policy stated by others is refused like one of ours.
func TestMB08ParseIDBlockRefusesPolicies(t *testing.T) {
	raw, err := signedBlock().Marshal()
	if err != nil {
		t.Fatal(err)
	}
	for bit := range 64 {
		other := bytes.Clone(raw)
		policy := SNPPolicy(binary.LittleEndian.Uint64(other[88:])) ^ 1<<bit
		binary.LittleEndian.PutUint64(other[88:], uint64(policy))
		_, err := ParseIDBlock(other)
		if allowed := bit < 17 || bit > 19 && bit < 26; (err == nil) != allowed {
			t.Errorf("bit %d: %v", bit, err)
		}
	}
}

func FuzzParseIDBlock(f *testing.F) {
	raw, err := signedBlock().Marshal()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Fuzz(func(t *testing.T, raw []byte) {
		block, err := ParseIDBlock(raw)
		if err != nil {
			return
		}
		if again, err := block.Marshal(); err != nil || !bytes.Equal(again, raw) {
			t.Fatalf("%x, %v", again, err)
		}
	})
}

func FuzzParseIDAuth(f *testing.F) {
	data := readFile(f, "testdata/snp/id_block.json")
	var others othersIDBlock
	if err := json.Unmarshal(data, &others); err != nil {
		f.Fatal(err)
	}
	f.Add(others.IDAuth)
	f.Fuzz(func(t *testing.T, raw []byte) {
		auth, err := ParseIDAuth(raw)
		if err == nil && !bytes.Equal(auth.Marshal(), raw) {
			t.Fatal("another encoding")
		}
	})
}
