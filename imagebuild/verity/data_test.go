// SPDX-License-Identifier: Apache-2.0

package verity_test

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"testing"

	"github.com/escrin/escrin/imagebuild/verity"
)

func leavesOf(data, salt []byte) []byte {
	leaves := make([]byte, len(data)/verity.BlockSize*verity.DigestSize)
	verity.Digests(leaves, data, salt)
	return leaves
}

func TestLeavesGiveRootAndTree(t *testing.T) {
	for _, blocks := range []int{1, 2, 127, 128, 129, 8192, 8193, 128*128 + 1} {
		for _, salt := range [][]byte{make([]byte, 32), nil} {
			data := random(blocks)
			root, want := tree(t, data, salt)
			leaves := leavesOf(data, salt)
			if got, err := verity.Root(bytes.NewReader(leaves), uint64(blocks), salt); err != nil || got != root {
				t.Errorf("%d blocks: root %x, want %x, %v", blocks, got, root, err)
			}
			var hashes bytes.Buffer
			if got, err := verity.WriteTree(bytes.NewReader(leaves), uint64(blocks), salt, &hashes); err != nil || got != root || !bytes.Equal(hashes.Bytes(), want) {
				t.Errorf("%d blocks: tree of root %x, want %x, %v", blocks, got, root, err)
			}
		}
	}
}

func TestRunsInAnyOrderGiveTheRoot(t *testing.T) {
	data := random(1000)
	want, _ := tree(t, data, make([]byte, 32))
	for _, order := range [][]int{{0, 1, 2, 3, 4, 5, 6, 7}, {7, 6, 5, 4, 3, 2, 1, 0}, {3, 0, 7, 1, 5, 6, 2, 4}} {
		h, err := verity.NewHasher(make([]byte, 32))
		if err != nil {
			t.Fatal(err)
		}
		leaves := make([]byte, verity.RunBlocks*verity.DigestSize)
		for i, run := range order {
			first := run * verity.RunBlocks
			part := data[first*verity.BlockSize : min(first+verity.RunBlocks, 1000)*verity.BlockSize]
			if err := h.Run(leaves, uint64(first), part); err != nil {
				t.Fatal(err)
			}
			if root, err := h.Root(); i < 7 && err == nil && root == want {
				t.Error("the root is known before all was hashed")
			}
		}
		if root, err := h.Root(); err != nil || root != want {
			t.Errorf("order %v: root %x, want %x, %v", order, root, want, err)
		}
	}
}

func TestHasherRefusesWhatIsNoRun(t *testing.T) {
	h, err := verity.NewHasher(nil)
	if err != nil {
		t.Fatal(err)
	}
	leaves := make([]byte, 1000)
	for _, bad := range []struct {
		first uint64
		size  int
	}{{1, 4096}, {127, 4096}, {0, 0}, {0, 4095}, {128, 4097}} {
		if err := h.Run(leaves, bad.first, make([]byte, bad.size)); err == nil {
			t.Errorf("%d bytes at block %d were taken", bad.size, bad.first)
		}
	}
	if _, err := h.Root(); err == nil {
		t.Error("nothing has a root")
	}
	if err := h.Run(leaves, 128, make([]byte, 4096)); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Root(); err == nil {
		t.Error("data with a hole has a root")
	}
	if _, err := verity.NewHasher(make([]byte, 257)); err == nil {
		t.Error("a salt of 257 bytes was taken")
	}
}

func TestDataIsCheckedAsItIsRead(t *testing.T) {
	salt := make([]byte, 32)
	for _, blocks := range []int{1, 2, 129, 300} {
		data := random(blocks)
		root, _ := tree(t, data, salt)
		leaves := leavesOf(data, salt)
		d, err := verity.Open(bytes.NewReader(data), bytes.NewReader(leaves), uint64(blocks), salt, root)
		if err != nil {
			t.Fatal(err)
		}
		for first := range blocks {
			for _, count := range []int{0, 1, blocks - first} {
				p := make([]byte, count*verity.BlockSize)
				if err := d.ReadBlocks(p, uint64(first)); err != nil || !bytes.Equal(p, data[first*verity.BlockSize:(first+count)*verity.BlockSize]) {
					t.Fatalf("%d blocks from %d: %v", count, first, err)
				}
				l := make([]byte, count*verity.DigestSize)
				if err := d.ReadLeaves(l, uint64(first)); err != nil || !bytes.Equal(l, leaves[first*verity.DigestSize:(first+count)*verity.DigestSize]) {
					t.Fatalf("%d leaves from %d: %v", count, first, err)
				}
			}
			block := make([]byte, verity.BlockSize)
			for _, where := range [][]byte{data[first*verity.BlockSize:], leaves[first*verity.DigestSize:]} {
				fresh, err := verity.Open(bytes.NewReader(data), bytes.NewReader(leaves), uint64(blocks), salt, root)
				if err != nil {
					t.Fatal(err)
				}
				where[7] ^= 1
				if err := fresh.ReadBlocks(block, uint64(first)); !errors.Is(err, verity.ErrMismatch) {
					t.Fatalf("block %d of %d was changed: %v", first, blocks, err)
				}
				where[7] ^= 1
				if err := fresh.ReadBlocks(block, uint64(first)); err != nil {
					t.Fatalf("block %d of %d was changed back: %v", first, blocks, err)
				}
			}
		}
		for _, outside := range []uint64{uint64(blocks), 1 << 60} {
			if d.ReadBlocks(make([]byte, verity.BlockSize), outside) == nil || d.ReadLeaves(make([]byte, verity.DigestSize), outside) == nil {
				t.Errorf("block %d of %d was read", outside, blocks)
			}
		}
		if d.ReadBlocks(make([]byte, 100), 0) == nil || d.ReadLeaves(make([]byte, 33), 0) == nil {
			t.Error("parts of blocks were read")
		}
	}
}

// zeros are as many zero bytes as anyone wants.
type zeros struct{}

func (zeros) ReadAt(p []byte, _ int64) (int, error) { clear(p); return len(p), nil }

func TestTreeOfMoreThanFitsIntoMemory(t *testing.T) {
	const blocks = 1<<18 + 300 // leaves of a little more than 8 MiB
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	root, err := verity.Tree(zeros{}, blocks*verity.BlockSize, make([]byte, 32), io.Discard)
	runtime.ReadMemStats(&after)
	if err != nil {
		t.Fatal(err)
	}
	leaf := leavesOf(make([]byte, verity.BlockSize), make([]byte, 32))
	want, err := verity.Root(bytes.NewReader(bytes.Repeat(leaf, blocks)), blocks, make([]byte, 32))
	if err != nil || root != want {
		t.Errorf("root %x, want %x, %v", root, want, err)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > uint64(8<<20+runtime.GOMAXPROCS(0)<<21) {
		t.Errorf("took %d bytes of memory", used)
	}
}
