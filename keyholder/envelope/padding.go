// SPDX-License-Identifier: Apache-2.0

package envelope

import "math/bits"

// padded returns the size that content of n bytes is padded to: at least 256,
// then Padmé (Nikitin et al., "Reducing Metadata Leakage from Encrypted Files",
// 2019): at most 12 % more, O(log log n) bits of leakage.
func padded(n uint64) uint64 {
	if n <= minimumData {
		return minimumData
	}
	exponent := bits.Len64(n) - 1
	mantissa := bits.Len(uint(exponent))
	mask := uint64(1)<<(exponent-mantissa) - 1
	return (n + mask) &^ mask
}

// SealedToNameSize returns the size in bytes of an envelope to a key name whose
// content has n bytes.
func SealedToNameSize(n uint64) uint64 { return sealedSize(kindName, n) }

// SealedToRecipientSize returns the size in bytes of an envelope to a recipient
// whose content has n bytes.
func SealedToRecipientSize(n uint64) uint64 { return sealedSize(kindRecipient, n) }

func sealedSize(kind byte, n uint64) uint64 {
	size := padded(n)
	chunks := (size + chunkData - 1) / chunkData
	head := len(magic) + 1 + 32 + wrappedSize(kind) + saltSize + macSize
	return uint64(head) + size + chunks*(countSize+tagSize)
}
