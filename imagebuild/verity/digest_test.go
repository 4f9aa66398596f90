// SPDX-License-Identifier: Apache-2.0

package verity_test

import (
	"bytes"
	"crypto/sha256"
	"testing"

	"github.com/escrin/escrin/imagebuild/verity"
)

// wantDigests is what Digests must give, by the standard library.
func wantDigests(data, salt []byte) []byte {
	var want []byte
	for ; len(data) >= verity.BlockSize; data = data[verity.BlockSize:] {
		digest := sha256.Sum256(append(bytes.Clone(salt), data[:verity.BlockSize]...))
		want = append(want, digest[:]...)
	}
	return want
}

func TestDigestsAreSHA256(t *testing.T) {
	for blocks := range 8 {
		for _, salt := range [][]byte{nil, make([]byte, 32), bytes.Repeat([]byte{0xa5}, 32), make([]byte, 31), make([]byte, 33), make([]byte, 256)} {
			data := random(blocks)
			got := make([]byte, blocks*verity.DigestSize)
			verity.Digests(got, data, salt)
			if !bytes.Equal(got, wantDigests(data, salt)) {
				t.Errorf("%d blocks, salt of %d bytes: not SHA-256", blocks, len(salt))
			}
		}
	}
}

func FuzzDigests(f *testing.F) {
	f.Add([]byte("seed"), []byte("salt"), uint8(3))
	f.Add(bytes.Repeat([]byte{0xff}, 9000), make([]byte, 32), uint8(5))
	f.Fuzz(func(t *testing.T, seed, salt []byte, blocks uint8) {
		data := make([]byte, int(blocks)*verity.BlockSize)
		for n := 0; n < len(data) && len(seed) > 0; {
			n += copy(data[n:], seed)
			seed[0]++
		}
		if len(salt) > 16 {
			salt = append(salt, make([]byte, 32)...)[:32]
		}
		got := make([]byte, int(blocks)*verity.DigestSize)
		verity.Digests(got, data, salt)
		if !bytes.Equal(got, wantDigests(data, salt)) {
			t.Error("not SHA-256")
		}
	})
}

func BenchmarkDigests(b *testing.B) {
	data, digests := random(256), make([]byte, 256*verity.DigestSize)
	for name, salt := range map[string][]byte{"two at a time": make([]byte, 32), "one at a time": make([]byte, 31)} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				verity.Digests(digests, data, salt)
			}
		})
	}
}
