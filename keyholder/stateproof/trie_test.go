// SPDX-License-Identifier: Apache-2.0

package stateproof

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/rawdb"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/trie"
	"github.com/ethereum/go-ethereum/triedb"
)

// nodes collects the proof that go-ethereum makes.
type nodes [][]byte

func (n *nodes) Put(_, value []byte) error { *n = append(*n, bytes.Clone(value)); return nil }
func (n *nodes) Delete([]byte) error       { panic("not part of a proof") }

// theirs is what go-ethereum says of a proof.
func theirs(root, key [32]byte, proof [][]byte) ([]byte, error) {
	db := rawdb.NewMemoryDatabase()
	for _, node := range proof {
		if err := db.Put(crypto.Keccak256(node), node); err != nil {
			return nil, err
		}
	}
	return trie.VerifyProof(root, key[:], db)
}

// forest is a trie of random keys, many of which share long prefixes and have values so
// short that nodes lie within nodes.
func forest(r *rand.Rand, size int) (*trie.Trie, [][32]byte) {
	t := trie.NewEmpty(triedb.NewDatabase(rawdb.NewMemoryDatabase(), nil))
	keys := make([][32]byte, 0, size)
	for i := range size {
		var key [32]byte
		if i > 0 && r.IntN(2) == 0 {
			key = keys[r.IntN(i)]
		}
		for j := range key {
			if j >= 28 || key == [32]byte{} || r.IntN(40) == 0 {
				key[j] = byte(r.Uint32())
			}
		}
		keys = append(keys, key)
		t.MustUpdate(key[:], bytes.Repeat([]byte{byte(1 + r.IntN(255))}, 1+r.IntN(40)))
	}
	return t, keys
}

func prove(t *testing.T, in *trie.Trie, key [32]byte) [][]byte {
	t.Helper()
	var proof nodes
	if err := in.Prove(key[:], &proof); err != nil {
		t.Fatal(err)
	}
	return proof
}

// Every proof that go-ethereum makes, of a value or of none, says the same to both.
func TestProofsSayWhatGoEthereumSays(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(6, 1186))
	for size := range 60 {
		in, keys := forest(r, size)
		for range 10 { // absent ones, near and far
			var key [32]byte
			if size > 0 {
				key = keys[r.IntN(size)]
			}
			key[r.IntN(32)] ^= byte(1 + r.IntN(255))
			keys = append(keys, key)
		}
		root := in.Hash()
		for _, key := range keys {
			proof := prove(t, in, key)
			got, err := lookup(root, key, proof)
			if want, theirErr := in.Get(key[:]); err != nil || theirErr != nil || !bytes.Equal(got, want) {
				t.Fatalf("%d keys: got %x, %v, want %x, %v", size, got, err, want, theirErr)
			}
		}
	}
}

// KR-17: a proof that was cut, stretched, shuffled or changed in any bit is refused, or
// proves what it did.
func TestKR17ForgedProofs(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(17, 6))
	in, keys := forest(r, 300)
	root := in.Hash()
	for _, key := range keys[:40] {
		proof := prove(t, in, key)
		for name, forged := range map[string][][]byte{
			"none": nil, "without the end": proof[:len(proof)-1], "without the root": proof[1:],
			"with a node after the end": append(proof[:len(proof):len(proof)], proof[0]), "twice": append(proof[:len(proof):len(proof)], proof...),
		} {
			if _, err := lookup(root, key, forged); err == nil {
				t.Errorf("%s: accepted", name)
			}
		}
		for i := range proof {
			for range 50 {
				forged := append([][]byte{}, proof...)
				forged[i] = bytes.Clone(proof[i])
				forged[i][r.IntN(len(forged[i]))] ^= 1 << r.IntN(8)
				if _, err := lookup(root, key, forged); err == nil {
					t.Fatal("accepted a changed node")
				}
			}
		}
		if _, err := lookup(crypto.Keccak256Hash(root[:]), key, proof); err == nil {
			t.Error("accepted for another root")
		}
	}
}

func TestAccountsAndSlots(t *testing.T) {
	t.Parallel()
	address := [20]byte{7}
	leaf := func(key []byte, value []byte) (common.Hash, [][]byte) {
		in := trie.NewEmpty(triedb.NewDatabase(rawdb.NewMemoryDatabase(), nil))
		hashed := [32]byte(crypto.Keccak256(key))
		in.MustUpdate(hashed[:], value)
		return in.Hash(), prove(t, in, hashed)
	}
	account := append(append([]byte{0xf8, 0x44, 0x01, 0x80, 0xa0}, bytes.Repeat([]byte{5}, 32)...), append([]byte{0xa0}, bytes.Repeat([]byte{6}, 32)...)...)
	root, proof := leaf(address[:], account)
	got, err := ProveAccount(root, address, proof)
	if err != nil || got.StorageRoot != [32]byte(bytes.Repeat([]byte{5}, 32)) || !got.IsContract() {
		t.Errorf("account: %+v, %v", got, err)
	}
	if got, err := ProveAccount(root, [20]byte{8}, proof); err != nil || got.IsContract() || got != (Account{}) {
		t.Errorf("absent account: %+v, %v", got, err)
	}
	for _, malformed := range [][]byte{{1}, account[:len(account)-1], append(account[:len(account):len(account)], 0), {0xc0}, {0xc4, 1, 1, 1, 1}} {
		root, proof := leaf(address[:], malformed)
		if _, err := ProveAccount(root, address, proof); err == nil {
			t.Errorf("account in %x", malformed)
		}
	}
	slot := [32]byte{9}
	for value, want := range map[string]byte{"\x01": 1, "\x7f": 0x7f, "\x81\x80": 0x80} {
		root, proof := leaf(slot[:], []byte(value))
		if got, err := (Account{StorageRoot: root}).ProveSlot(slot, proof); err != nil || got != [32]byte{31: want} {
			t.Errorf("slot %x: %x, %v", value, got, err)
		}
		if got, err := (Account{StorageRoot: root}).ProveSlot([32]byte{}, proof); err != nil || got != [32]byte{} {
			t.Errorf("absent slot: %x, %v", got, err)
		}
	}
	for _, malformed := range []string{"\x00", "\x80", "\xc0", "\x82\x00\x01", "\x01\x01", "\xa1" + string(bytes.Repeat([]byte{1}, 33)), "\x81\x01"} {
		root, proof := leaf(slot[:], []byte(malformed))
		if _, err := (Account{StorageRoot: root}).ProveSlot(slot, proof); err == nil {
			t.Errorf("slot in %x", malformed)
		}
	}
}

// FuzzLookup: whatever we take as proven, go-ethereum takes as proven. The first node is
// made to have the right hash, so that it is read at all. (The one node of the empty trie,
// which some nodes send, is none to go-ethereum.)
func FuzzLookup(f *testing.F) {
	r := rand.New(rand.NewPCG(5, 5))
	in, keys := forest(r, 50)
	in.Hash()
	for _, key := range keys[:10] {
		var proof nodes
		if err := in.Prove(key[:], &proof); err != nil {
			f.Fatal(err)
		}
		f.Add(key[:], proof[len(proof)-1], []byte{})
		f.Add(key[:], proof[0], proof[min(1, len(proof)-1)])
	}
	f.Add([]byte{}, []byte{0x80}, []byte{})
	f.Add([]byte{}, []byte{0xc2, 0x20, 0x01}, []byte{})
	f.Fuzz(func(t *testing.T, keyBytes, first, second []byte) {
		var key [32]byte
		copy(key[:], keyBytes)
		proof := [][]byte{first}
		if len(second) > 0 {
			proof = append(proof, second)
		}
		root := [32]byte(crypto.Keccak256(first))
		got, err := lookup(root, key, proof)
		if err != nil || bytes.Equal(first, []byte{0x80}) {
			return
		}
		want, err := theirs(root, key, proof)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("got %x, go-ethereum %x, %v", got, want, err)
		}
	})
}
