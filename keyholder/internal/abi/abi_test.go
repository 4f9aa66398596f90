// SPDX-License-Identifier: Apache-2.0

package abi

import (
	"encoding/hex"
	"math"
	"testing"
)

func TestKeccakIsEthereums(t *testing.T) {
	t.Parallel()
	d := Keccak(nil)
	if got := hex.EncodeToString(d[:]); got != "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470" {
		t.Fatal(got)
	}
	if got := Selector("transfer(address,uint256)"); got != [4]byte{0xa9, 0x05, 0x9c, 0xbb} {
		t.Fatalf("%x", got)
	}
	if got := Selector("readPermit(address,bytes32)"); got != [4]byte{0xb8, 0x27, 0x28, 0x83} {
		t.Fatalf("%x", got)
	}
}

func TestWordsReadBack(t *testing.T) {
	t.Parallel()
	w := Words{}.Uint64(math.MaxUint64).Address([20]byte{1, 19: 2}).Bytes32([32]byte{3}).Uint64(7)
	r := NewReader(w)
	if r.Uint64(64) != math.MaxUint64 || r.Address() != [20]byte{1, 19: 2} || r.Bytes32() != [32]byte{3} || r.Uint64(8) != 7 || r.Close() != nil {
		t.Fatal("words differ")
	}
}

func TestReaderRefuses(t *testing.T) {
	t.Parallel()
	for name, read := range map[string]func() *Reader{
		"short word":    func() *Reader { r := NewReader(make([]byte, 31)); r.Bytes32(); return r },
		"rest":          func() *Reader { r := NewReader(make([]byte, 33)); r.Bytes32(); return r },
		"unread":        func() *Reader { return NewReader(make([]byte, 32)) },
		"wide number":   func() *Reader { r := NewReader(Words{}.Uint64(256)); r.Uint64(8); return r },
		"very wide":     func() *Reader { r := NewReader(Words{}.Bytes32([32]byte{1})); r.Uint64(64); return r },
		"dirty address": func() *Reader { r := NewReader(Words{}.Bytes32([32]byte{11: 1})); r.Address(); return r },
		"skip too far":  func() *Reader { r := NewReader(make([]byte, 32)); r.Skip(2); return r },
		"failure is kept": func() *Reader {
			r := NewReader(Words{}.Bytes32([32]byte{1}).Uint64(1))
			r.Uint64(64)
			r.Uint64(64)
			return r
		},
	} {
		if read().Close() == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
