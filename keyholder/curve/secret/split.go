// SPDX-License-Identifier: Apache-2.0

package secret

import (
	"encoding/binary"
	"math/bits"
)

// half is a number of 128 bits, the lower ones first.
type half [2]uint64

// Digits of a half.
const (
	digitBits = 4
	digits    = 128 / digitBits
)

func (h half) digit(i int) uint64 { return h[i/16] >> (digitBits * (i % 16)) & 15 }

// lambda is z² − 1 for the curve's parameter z. The group order is λ² + λ + 1.
var lambda = half{0x00000000ffffffff, 0xac45a4010001a402}

// split returns k as low + λ·high, by long division. Since k is below the group order,
// high is below 2¹²⁸.
func split(k [ScalarSize]byte) (low, high half) {
	for i := range 4 {
		word := binary.BigEndian.Uint64(k[8*i:])
		for bit := 63; bit >= 0; bit-- {
			top := low[1] >> 63
			low[1] = low[1]<<1 | low[0]>>63
			low[0] = low[0]<<1 | word>>bit&1
			rest0, borrow := bits.Sub64(low[0], lambda[0], 0)
			rest1, borrow := bits.Sub64(low[1], lambda[1], borrow)
			fits := top | (borrow ^ 1) // what was shifted out pays for the borrow
			mask := -fits
			low[0] ^= mask & (low[0] ^ rest0)
			low[1] ^= mask & (low[1] ^ rest1)
			high[1] = high[1]<<1 | high[0]>>63
			high[0] = high[0]<<1 | fits
		}
	}
	return low, high
}
