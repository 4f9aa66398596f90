// SPDX-License-Identifier: Apache-2.0

package verity

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
)

// Digests writes SHA-256(salt ‖ block) of each whole block of data to dst, which must have 32 bytes for each of them.
func Digests(dst, data, salt []byte) {
	if len(salt) == pairSalt && hasPair() {
		for len(data) >= 2*BlockSize {
			pairDigests((*[2 * DigestSize]byte)(dst), (*[2 * BlockSize]byte)(data), (*[pairSalt]byte)(salt))
			dst, data = dst[2*DigestSize:], data[2*BlockSize:]
		}
	}
	hash := sha256.New()
	for len(data) >= BlockSize {
		hash.Reset()
		hash.Write(salt)
		hash.Write(data[:BlockSize])
		hash.Sum(dst[:0])
		dst, data = dst[DigestSize:], data[BlockSize:]
	}
}

func appendDigests(dst, data, salt []byte) []byte {
	n, more := len(dst), len(data)/BlockSize*DigestSize
	dst = slices.Grow(dst, more)[:n+more]
	Digests(dst[n:], data, salt)
	return dst
}

// pairSalt is the length of the salt for which two blocks are hashed at a time: it is half a block of SHA-256.
const pairSalt = 32

// pairDigests hashes two blocks. Salt and data are 64 blocks of SHA-256 and a half; the padding is the other half.
func pairDigests(dst *[2 * DigestSize]byte, data *[2 * BlockSize]byte, salt *[pairSalt]byte) {
	const step, half = 64, 32
	// What SHA-256 begins with: FIPS 180-4, section 5.3.3.
	initial := [8]uint32{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19}
	states := [2][8]uint32{initial, initial}
	var edge [2][step]byte
	for i := range edge {
		copy(edge[i][:half], salt[:])
		copy(edge[i][half:], data[i*BlockSize:])
	}
	pairBlocks(&states[0], &states[1], &edge[0][0], &edge[1][0], 1)
	pairBlocks(&states[0], &states[1], &data[half], &data[BlockSize+half], BlockSize/step-1)
	for i := range edge {
		edge[i] = [step]byte{half: 0x80}
		copy(edge[i][:half], data[(i+1)*BlockSize-half:])
		binary.BigEndian.PutUint64(edge[i][step-8:], (pairSalt+BlockSize)*8)
	}
	pairBlocks(&states[0], &states[1], &edge[0][0], &edge[1][0], 1)
	for i, state := range states {
		for j, word := range state {
			binary.BigEndian.PutUint32(dst[i*DigestSize+4*j:], word)
		}
	}
}
