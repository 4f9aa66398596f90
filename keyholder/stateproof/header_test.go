// SPDX-License-Identifier: Apache-2.0

package stateproof

import (
	"encoding/json"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
)

// randomHeader returns a header with the fields of the first forks of those that added
// any (0 to 6).
func randomHeader(r *rand.Rand, forks int) *types.Header {
	hash := func() (h common.Hash) {
		for i := range h {
			h[i] = byte(r.Uint32())
		}
		return h
	}
	number := func() uint64 { return r.Uint64() >> r.IntN(64) }
	h := &types.Header{
		ParentHash: hash(), UncleHash: hash(), Coinbase: common.Address(hash().Bytes()[:20]), Root: hash(), TxHash: hash(), ReceiptHash: hash(),
		Bloom: types.BytesToBloom(hash().Bytes()), Difficulty: new(big.Int).SetUint64(number()), Number: new(big.Int).SetUint64(number()),
		GasLimit: number(), GasUsed: number(), Time: number(), Extra: hash().Bytes()[:r.IntN(33)], MixDigest: hash(), Nonce: types.EncodeNonce(number()),
	}
	for i, add := range []func(){
		func() { h.BaseFee = new(big.Int).Rsh(hash().Big(), uint(r.IntN(257))) },
		func() { h.WithdrawalsHash = new(hash()) },
		func() {
			h.BlobGasUsed, h.ExcessBlobGas, h.ParentBeaconRoot = new(number()), new(number()), new(hash())
		},
		func() { h.RequestsHash = new(hash()) },
		func() { h.BlockAccessListHash = new(hash()) },
		func() { h.SlotNumber = new(number()) },
	} {
		if i < forks {
			add()
		}
	}
	return h
}

// Held against go-ethereum's own encoding: every fork, 200 random headers each.
func TestHeadersHashAsNodesHashThem(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(6, 17))
	for forks := range 7 {
		for range 200 {
			want := randomHeader(r, forks)
			text, err := json.Marshal(want)
			if err != nil {
				t.Fatal(err)
			}
			got, err := ParseHeader(text)
			if err != nil {
				t.Fatalf("%d forks: %v: %s", forks, err, text)
			}
			if got != (Header{want.Hash(), want.ParentHash, want.Number.Uint64(), want.Time, want.Root}) {
				t.Fatalf("%d forks: got %+v of %s", forks, got, text)
			}
		}
	}
}

// KR-17: nothing in a header can be changed, left out or added without its hash.
func TestKR17HeadersThatAreNotTheirHash(t *testing.T) {
	t.Parallel()
	header := randomHeader(rand.New(rand.NewPCG(1, 2)), 6)
	header.Extra = []byte{1}
	text, err := json.Marshal(header)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range append(layout[:], field{"hash", 32}) {
		for what, forge := range map[string]any{
			"missing": nil, "short": "0x", "a number": 7, "no hexadecimal": "0xzz", "no 0x": "00", "huge": "0x" + string(make([]byte, 9000)),
		} {
			if what == "short" && f.size == integer {
				continue // zero
			}
			var block map[string]any
			if err := json.Unmarshal(text, &block); err != nil {
				t.Fatal(err)
			}
			block[f.name] = forge
			if f.name == "slotNumber" && what == "missing" {
				block["hash"] = header.ParentHash
			}
			forged, err := json.Marshal(block)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := ParseHeader(forged); err == nil {
				t.Errorf("%s: %s", f.name, what)
			}
		}
	}
	for _, text := range []string{"", "null", "[]", "{}", `"0x"`} {
		if _, err := ParseHeader([]byte(text)); err == nil {
			t.Errorf("header in %q", text)
		}
	}
}

// A fork to come adds a field: the header hashes to what its node says only with it.
func TestUnknownForksAreRefused(t *testing.T) {
	t.Parallel()
	header := randomHeader(rand.New(rand.NewPCG(3, 4)), 6)
	text, err := json.Marshal(header)
	if err != nil {
		t.Fatal(err)
	}
	var block map[string]any
	if err := json.Unmarshal(text, &block); err != nil {
		t.Fatal(err)
	}
	block["laterRoot"] = header.Root
	block["hash"] = header.TxHash // whatever it is
	if text, err = json.Marshal(block); err != nil {
		t.Fatal(err)
	}
	if _, err := ParseHeader(text); err == nil {
		t.Error("parsed")
	}
}

func FuzzParseHeader(f *testing.F) {
	for forks := range 7 {
		text, err := json.Marshal(randomHeader(rand.New(rand.NewPCG(uint64(forks), 1)), forks))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := ParseHeader(text)
		if err != nil {
			return
		}
		var theirs types.Header
		if json.Unmarshal(text, &theirs) == nil && theirs.Hash() != got.Hash {
			t.Errorf("hash is %x, go-ethereum's %x", got.Hash, theirs.Hash())
		}
	})
}
