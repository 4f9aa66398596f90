// SPDX-License-Identifier: Apache-2.0

package verity

import "sync"

// pairBlocks continues two SHA-256 states with so many blocks of 64 bytes each, from p and from q.
//
//go:noescape
func pairBlocks(one, two *[8]uint32, p, q *byte, blocks int)

func cpuid(leaf uint32) (eax, ebx, ecx uint32)

// hasPair tells whether the processor has what pairBlocks needs: SHA, SSSE3 and SSE4.1.
var hasPair = sync.OnceValue(func() bool {
	const ssse3, sse41, sha = 1 << 9, 1 << 19, 1 << 29
	if last, _, _ := cpuid(0); last < 7 {
		return false
	}
	_, _, one := cpuid(1)
	_, seven, _ := cpuid(7)
	return one&ssse3 != 0 && one&sse41 != 0 && seven&sha != 0
})
