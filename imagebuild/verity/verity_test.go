// SPDX-License-Identifier: Apache-2.0

package verity_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/escrin/escrin/imagebuild/internal/imagetest"
	"github.com/escrin/escrin/imagebuild/verity"
)

func random(blocks int) []byte {
	data := make([]byte, blocks*verity.BlockSize)
	source := rand.NewChaCha8([32]byte{byte(blocks)})
	_, _ = source.Read(data) // never fails
	return data
}

func tree(t *testing.T, data, salt []byte) (root [32]byte, hashes []byte) {
	t.Helper()
	var b bytes.Buffer
	root, err := verity.Tree(bytes.NewReader(data), int64(len(data)), salt, &b)
	if err != nil {
		t.Fatal(err)
	}
	if want := verity.TreeBlocks(uint64(len(data) / verity.BlockSize)); uint64(b.Len()) != want*verity.BlockSize {
		t.Errorf("tree of %d bytes, TreeBlocks says %d blocks", b.Len(), want)
	}
	return root, b.Bytes()
}

func TestTreeEqualsVeritysetup(t *testing.T) {
	rootHash := regexp.MustCompile(`Root hash:\s+([0-9a-f]{64})`)
	for _, blocks := range []int{1, 2, 127, 128, 129, 256, 257, 1000, 128*128 - 1, 128 * 128, 128*128 + 1} {
		for _, salt := range [][]byte{make([]byte, 32), nil, bytes.Repeat([]byte{0xab}, 256)} {
			dir := t.TempDir()
			data := random(blocks)
			if err := os.WriteFile(filepath.Join(dir, "data"), data, 0o600); err != nil {
				t.Fatal(err)
			}
			saltText := hex.EncodeToString(salt)
			if len(salt) == 0 {
				saltText = "-"
			}
			out := imagetest.Run(t, dir, "veritysetup", "format", "--no-superblock", "--hash=sha256", "--data-block-size=4096", "--hash-block-size=4096",
				"--salt="+saltText, "data", "tree")
			want := rootHash.FindStringSubmatch(out)
			if want == nil {
				t.Fatalf("veritysetup printed no root hash:\n%s", out)
			}
			theirs, err := os.ReadFile(filepath.Join(dir, "tree"))
			if err != nil {
				t.Fatal(err)
			}
			root, ours := tree(t, data, salt)
			if hex.EncodeToString(root[:]) != want[1] || !bytes.Equal(ours, theirs) {
				t.Errorf("%d blocks, salt of %d bytes: root %x, want %s; trees of %d and %d bytes", blocks, len(salt), root, want[1], len(ours), len(theirs))
			}
		}
	}
}

func TestOneBlockIsItsOwnRoot(t *testing.T) {
	data := random(1)
	root, hashes := tree(t, data, []byte("salt"))
	if root != sha256.Sum256(append([]byte("salt"), data...)) || len(hashes) != 0 {
		t.Errorf("root %x, tree of %d bytes", root, len(hashes))
	}
}

func TestEveryFlippedBlockChangesTheRoot(t *testing.T) {
	data := random(300)
	want, _ := tree(t, data, nil)
	for block := range 300 {
		data[block*verity.BlockSize+block] ^= 1
		if got, _ := tree(t, data, nil); got == want {
			t.Fatalf("block %d can be changed", block)
		}
		data[block*verity.BlockSize+block] ^= 1
	}
}

func TestBadInputIsRefused(t *testing.T) {
	data := random(2)
	for _, size := range []int64{-4096, 0, 1, 4095, 4097} {
		if _, err := verity.Tree(bytes.NewReader(data), size, nil, &bytes.Buffer{}); err == nil {
			t.Errorf("%d bytes were hashed", size)
		}
	}
	if _, err := verity.Tree(bytes.NewReader(data), 3*verity.BlockSize, nil, &bytes.Buffer{}); err == nil {
		t.Error("more was hashed than there is")
	}
	if _, err := verity.Tree(nil, verity.BlockSize, nil, &bytes.Buffer{}); err == nil {
		t.Error("nothing was hashed")
	}
	if _, err := verity.Tree(bytes.NewReader(data), verity.BlockSize, make([]byte, 257), &bytes.Buffer{}); err == nil {
		t.Error("a salt of 257 bytes was taken")
	}
	if _, err := verity.Tree(bytes.NewReader(data), int64(len(data)), nil, full{}); err == nil || !strings.Contains(err.Error(), "disk full") {
		t.Errorf("write error: %v", err)
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func BenchmarkTree(b *testing.B) {
	data := random(16384)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if _, err := verity.Tree(bytes.NewReader(data), int64(len(data)), make([]byte, 32), &bytes.Buffer{}); err != nil {
			b.Fatal(err)
		}
	}
}
